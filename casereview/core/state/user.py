"""The state of one user and their teams."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casereview.core.entries import Entry
from casereview.core.records import Membership, User
from casereview.core.state.fold import fold, required


@dataclass(frozen=True, slots=True)
class UserState:
    """One user and their teams. No team means every team."""

    user: User
    memberships: tuple[Membership, ...] = ()

    def records(self) -> Iterator[Any]:
        """Yield every record to be stored."""
        yield self.user
        yield from self.memberships

    def teams(self, on: date) -> frozenset[str]:
        """Return the teams the user belongs to at the end of a day."""
        return frozenset(
            m.team
            for m in self.memberships
            if m.from_on <= on and (m.before_on is None or m.before_on > on)
        )


def _user_added(state: UserState | None, entry: Entry) -> UserState:
    del state
    body = entry.body
    user = User(
        login=body["login"],
        id=entry.stream.id,
        role=body["role"],
        name=entry.texts.get("name"),
        initials=entry.texts.get("initials"),
        os_user=entry.texts.get("os_user"),
    )
    teams = tuple(
        Membership(login=user.login, team=t, from_on=entry.occurred_on) for t in body["teams"]
    )
    return UserState(user, teams)


def _user_changed(state: UserState | None, entry: Entry) -> UserState:
    held = required(state)
    user = held.user
    every: dict[str, dict[str, Any]] = {
        "pin_set": {"pin": entry.texts.get("pin"), "pin_failures": 0},
        "pin_failed": {"pin_failures": user.pin_failures + 1},
        "pin_cleared": {"pin_failures": 0},
        "user_removed": {"removed_on": entry.occurred_on},
        "user_restored": {"removed_on": None},
        "role_set": {"role": entry.body.get("role", user.role)},
        "os_user_set": {"os_user": entry.texts.get("os_user")},
    }
    changes = every[entry.kind]
    return dataclasses.replace(held, user=dataclasses.replace(user, **changes))


def _joined(state: UserState | None, entry: Entry) -> UserState:
    held = required(state)
    team = entry.body["team"]
    if team in held.teams(entry.occurred_on):
        return held
    new = Membership(login=held.user.login, team=team, from_on=entry.occurred_on)
    return dataclasses.replace(held, memberships=(*held.memberships, new))


USER_HANDLERS: dict[str, Callable[[UserState | None, Entry], UserState | None]] = {
    "user_added": _user_added,
    "joined": _joined,
    **dict.fromkeys(
        (
            "pin_set",
            "pin_failed",
            "pin_cleared",
            "user_removed",
            "user_restored",
            "role_set",
            "os_user_set",
        ),
        _user_changed,
    ),
}


def user_state(entries: Sequence[Entry]) -> UserState | None:
    """Fold a whole user stream."""
    return fold(USER_HANDLERS, entries)
