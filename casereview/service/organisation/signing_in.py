"""A store opened by somebody: who acts, by which PIN, at what time."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from casereview.core.state.user import UserState
from casereview.errors import NotAllowed, Usage
from casereview.packs.library import Library
from casereview.service.access import refuse_removed
from casereview.service.desk import Desk
from casereview.service.organisation.pins import check_pin
from casereview.service.work import Work
from casereview.store import lookup
from casereview.store.opening import open_store


def operating_system_user() -> str:
    """Return the operating-system user's name.

    Raises:
        NotAllowed: this account has no name.
    """
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise NotAllowed(
            "This operating-system account has no name.",
            next="Run casereview from an account with a name.",
        ) from error


def sit_down(
    place: str | Path,
    *,
    library: Library,
    clock: Callable[[], datetime],
    as_login: str | None = None,
    pin: Callable[[str], str] | None = None,
    said_by: str | None = None,
    command: str | None = None,
    as_of: date | None = None,
    known_by: datetime | None = None,
    rehearsal_now: datetime | None = None,
    read_only: bool = False,
    sign_in: bool = True,
) -> Desk:
    """Open a store and find out who acts.

    In a rehearsal store any login may be taken and `rehearsal_now` sets the clock. In a real store
    the actor is the mapped operating-system user, or another login with that user's PIN. Without
    `sign_in` nobody acts: that is for looking whether the store is right, when perhaps it is not.

    Raises:
        StoreError: the store cannot be used.
        Usage: the clock of a real store was to be set (code clock_of_real_store).
        NotAllowed: nobody is mapped, or the PIN is wrong.
        NotFound: no such login.
    """
    store = open_store(place, read_only=read_only)
    if rehearsal_now is not None and not store.rehearsal:
        store.close()
        raise Usage(
            "CASEREVIEW_NOW sets the clock of rehearsal stores only; this is a real store.",
            code="clock_of_real_store",
            next="Unset CASEREVIEW_NOW.",
        )
    ticking = clock if rehearsal_now is None else (lambda: rehearsal_now)
    desk = Desk(
        store=store, library=library, now=ticking(), actor="", said_by=said_by, as_of=as_of,
        known_by=known_by, clock=ticking,
    )  # fmt: skip
    if command:
        desk.command = command
    if not sign_in:
        return desk
    try:
        desk.actor = _actor(desk, as_login, pin)
        if said_by is not None:
            with desk.reading() as work:
                refuse_removed(work.user(said_by))
    except BaseException:
        store.close()
        raise
    return desk


def _actor(desk: Desk, as_login: str | None, pin: Callable[[str], str] | None) -> str:
    with desk.reading() as work:
        mapped = _mapped(work, operating_system_user())
        if as_login is None:
            if mapped is None:
                raise NotAllowed(
                    "Your operating-system user is not known in this store.",
                    next="Ask its administrator to add you with `user add`, or use --as LOGIN.",
                )
            refuse_removed(mapped)
            return mapped.user.login
        user = work.user(as_login)
        refuse_removed(user)
    if desk.rehearsal or (mapped is not None and mapped.user.login == as_login):
        return as_login
    check_pin(desk, as_login, pin)
    return as_login


def _mapped(work: Work, name: str) -> UserState | None:
    login = lookup.login_of(work.connection, name)
    return work.user(login) if login is not None else None
