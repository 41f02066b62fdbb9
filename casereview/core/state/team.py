"""The state of one team: calendar, posts, actions of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casereview.core.entries import Entry
from casereview.core.records import MeetingChange, Post, Team, TeamMeeting
from casereview.core.state import actions as act
from casereview.core.state.dated import ended, woven
from casereview.core.state.fold import fold, required


@dataclass(frozen=True, slots=True)
class TeamState:
    """One team: calendar, posts, actions of its own."""

    team: Team
    meetings: tuple[TeamMeeting, ...] = ()
    changes: tuple[MeetingChange, ...] = ()
    posts: tuple[Post, ...] = ()
    actions: act.Actions = field(default_factory=act.Actions)

    def records(self) -> Iterator[Any]:
        """Yield every record to be stored."""
        yield self.team
        yield from self.meetings
        yield from self.changes
        yield from self.posts
        yield from self.actions.actions
        yield from self.actions.spells

    def holder(self, post: str, on: date) -> str | None:
        """Return the login that fills a post at the end of a day, None when it is unfilled."""
        held = [
            p
            for p in self.posts
            if p.post == post and p.from_on <= on and (p.before_on is None or p.before_on > on)
        ]
        return held[-1].login if held else None

    def weekdays(self, pack: str, on: date) -> tuple[int, ...]:
        """Return the weekdays (0 Monday) on which the team meets for a pack, () when unset.

        A calendar given for the pack wins over one given for any pack.
        """
        for wanted in (pack, ""):
            days = [
                m.weekday
                for m in self.meetings
                if m.pack == wanted
                and m.from_on <= on
                and (m.before_on is None or m.before_on > on)
            ]
            if days:
                return tuple(sorted(days))
        return ()

    def moved(self, pack: str) -> dict[date, date | None]:
        """Return meeting dates that were moved (new date) or cancelled (None) for a pack."""
        return {c.on: c.moved_to for c in self.changes if c.pack in (pack, "")}


def _team_added(state: TeamState | None, entry: Entry) -> TeamState:
    del state
    body = entry.body
    return TeamState(
        Team(
            code=body["code"],
            id=entry.stream.id,
            pathway=body["pathway"],
            division=body["division"],
            opened_on=entry.occurred_on,
            name=entry.texts.get("name"),
            bank_holidays=body.get("bank_holidays", "pack"),
        )
    )


def _meetings_set(state: TeamState | None, entry: Entry) -> TeamState:
    held = required(state)
    pack, on = entry.body["pack"], entry.occurred_on
    kept = tuple(m for m in held.meetings if not (m.pack == pack and m.from_on == on))
    kept = ended(kept, on, lambda m: m.pack == pack)
    new = tuple(
        TeamMeeting(team=held.team.code, pack=pack, weekday=d, from_on=on)
        for d in entry.body["weekdays"]
    )
    return dataclasses.replace(held, meetings=(*kept, *new))


def _meeting_changed(state: TeamState | None, entry: Entry) -> TeamState:
    held = required(state)
    body = entry.body
    new = MeetingChange(
        team=held.team.code,
        pack=body["pack"],
        on=date.fromisoformat(body["on"]),
        moved_to=date.fromisoformat(body["moved_to"]) if body.get("moved_to") else None,
        reason=entry.texts.get("reason"),
    )
    kept = tuple(c for c in held.changes if (c.pack, c.on) != (new.pack, new.on))
    return dataclasses.replace(held, changes=(*kept, new))


def _post_set(state: TeamState | None, entry: Entry) -> TeamState:
    held = required(state)
    body = entry.body
    new = Post(
        team=held.team.code,
        n=entry.seq,
        post=body["post"],
        login=body["login"],
        from_on=entry.occurred_on,
    )
    return dataclasses.replace(held, posts=woven(held.posts, new, lambda p: p.post == new.post))


def _emergency_set(state: TeamState | None, entry: Entry) -> TeamState:
    held = required(state)
    team = dataclasses.replace(held.team, emergency=entry.texts.get("emergency"))
    return dataclasses.replace(held, team=team)


def _team_action(state: TeamState | None, entry: Entry) -> TeamState:
    held = required(state)
    return dataclasses.replace(held, actions=act.HANDLERS[entry.kind](held.actions, entry))


TEAM_HANDLERS: dict[str, Callable[[TeamState | None, Entry], TeamState | None]] = {
    "team_added": _team_added,
    "meetings_set": _meetings_set,
    "meeting_changed": _meeting_changed,
    "post_set": _post_set,
    "emergency_set": _emergency_set,
    **dict.fromkeys(act.HANDLERS, _team_action),
}


def team_state(entries: Sequence[Entry]) -> TeamState | None:
    """Fold a whole team stream."""
    return fold(TEAM_HANDLERS, entries)
