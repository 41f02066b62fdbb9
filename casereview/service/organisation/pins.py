"""PINs: scrypt records, limited attempts. A countersign in a real store always asks for one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from casereview.core.entries import Draft, Stream
from casereview.errors import NotAllowed, Refused

if TYPE_CHECKING:
    from casereview.service.desk import Desk, Rows
    from casereview.service.work import Work

ATTEMPTS = 5
_N, _R, _P = 2**14, 8, 1  # about 50 ms on an ordinary machine: slow to guess, quick to type
_MIN, _MAX = 4, 64


def record_of(pin: str) -> str:
    """Return the scrypt record of a PIN with a fresh salt."""
    salt = secrets.token_bytes(16)
    key = hashlib.scrypt(pin.encode(), salt=salt, n=_N, r=_R, p=_P)
    return f"scrypt${_N}${_R}${_P}${salt.hex()}${key.hex()}"


def matches(pin: str, record: str) -> bool:
    """Tell whether a PIN is the one of a record."""
    _, n, r, p, salt, key = record.split("$")
    made = hashlib.scrypt(pin.encode(), salt=bytes.fromhex(salt), n=int(n), r=int(r), p=int(p))
    return hmac.compare_digest(made.hex(), key)


def set_pin(desk: Desk, login: str, pin: str) -> Rows:
    """Set a user's PIN; only the user or an administrator may.

    Raises:
        Refused: fewer than 4 or more than 64 characters.
        NotAllowed: somebody else's PIN.
    """
    if not _MIN <= len(pin) <= _MAX:
        raise Refused(
            f"A PIN has {_MIN} to {_MAX} characters.", code="bad_pin", next="Choose another."
        )
    record = record_of(pin)

    def run(work: Work) -> Rows:
        user = work.user(login)
        if desk.actor != login and work.user(desk.actor).user.role != "administrator":
            raise NotAllowed(
                "Only the user or an administrator sets this PIN.", next="Ask the administrator."
            )
        work.record([_entry(desk, user.user.id, "pin_set", {"pin": record})])
        return [{"login": login, "pin": "set"}]

    return desk.change(run)


def _entry(desk: Desk, user_id: int, kind: str, texts: dict[str, str] | None = None) -> Draft:
    return Draft(
        stream=Stream("user", user_id), kind=kind, occurred_on=desk.today, texts=texts or {}
    )


def check_pin(desk: Desk, login: str, ask: Callable[[str], str] | None) -> None:
    """Ask for a user's PIN and check it; five wrong ones in a row lock, none is no attempt.

    Raises:
        NotAllowed: no PIN is set, none was given, it is wrong, or it is locked.
    """
    with desk.reading() as work:
        user = work.user(login).user
    if user.pin is None:
        raise NotAllowed(
            f"The user {login!r} has no PIN.",
            code="no_pin",
            next=f"Set one with `casereview user pin {login}`.",
        )
    if user.pin_failures >= ATTEMPTS:
        raise NotAllowed(
            f"The PIN of {login!r} is locked after {ATTEMPTS} wrong attempts.",
            code="pin_locked",
            next="An administrator sets a new one with `user pin`.",
        )
    given = ask(login) if ask is not None else ""
    if not given:
        raise NotAllowed(
            f"No PIN was given for {login!r}.",
            code="wrong_pin",
            next="Type it when it is asked for, or give it as one line on stdin.",
        )
    right = matches(given, user.pin)
    if right and user.pin_failures == 0:
        return
    counting = desk.again(actor=desk.actor or login)
    kind = "pin_cleared" if right else "pin_failed"

    def run(work: Work) -> Rows:
        work.record([_entry(counting, user.id, kind)])
        return []

    counting.change(run)
    if not right:
        raise NotAllowed(
            f"The PIN of {login!r} is wrong.",
            code="wrong_pin",
            next=f"{ATTEMPTS - user.pin_failures - 1} attempts are left.",
        )
