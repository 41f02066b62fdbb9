"""What the events of one case do to it: opening, moves, endings, returns, dates, nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

from casereview.core.facts import Catalogue
from casereview.exchange.findings import Findings
from casereview.exchange.layouts.layout import Activity, Layout
from casereview.exchange.plans.journey import RANK, Journey, Rules, to_date
from casereview.exchange.plans.people import Person
from casereview.exchange.rows.event_rows import Event

Fresh = tuple[Event, str]
"""An event that the store does not hold yet, and its identity within its case."""
KEY_BYTES = 6
"""2^48 identities within one case: two of 10,000 events meet once in five million cases."""
KEY_DIGITS = 2 * KEY_BYTES


def split_keys(events: str) -> set[str]:
    """Return the identities that a stored row holds."""
    return {events[i : i + KEY_DIGITS] for i in range(0, len(events), KEY_DIGITS)}


class EventPlan:
    """Applies events to cases.

    Attributes:
        accepted: lines taken, also those that mean nothing; of XES, cases.
        unchanged: lines that an earlier import took; of XES, cases.
    """

    def __init__(
        self, rules: Rules, layout: Layout, activities: Sequence[Activity], findings: Findings
    ) -> None:
        self.accepted = 0
        self.unchanged = 0
        self._rules = rules
        self._layout = layout
        self._activities = tuple(activities)
        self._findings = findings
        self._facts: Catalogue = rules.facts
        self._names = [{"name": a.milestone} for a in activities]
        self._contacts = [{"kind": a.contact, "attended": a.attended} for a in activities]
        self._any_opens = any(a.refer for a in activities)
        self._whole = layout.format == "xes"

    def fresh(self, rows: Iterable[Event], seen: set[str]) -> list[Fresh]:
        """Return the events that are new; report lines that are there twice.

        An event's identity is its activity, its time, and its place among those that share both.
        """
        found: list[Fresh] = []
        same: dict[tuple[int, int], dict[int, int]] = {}
        for event in rows:
            marks = same.setdefault((event.order, event.activity), {})
            if event.mark in marks:
                say = self._findings.warn if self._whole else self._findings.reject
                say(
                    event.line, "", "", f"This line is the same as line {marks[event.mark]}.",
                    "Nothing, if it was written twice; else give the rows something that differs.",
                )  # fmt: skip
                continue
            when = f"d{event.day}" if event.at_us is None else event.at_us
            name = self._activities[event.activity].name
            key = blake2b(f"{name}\x1f{when}\x1f{len(marks)}".encode(), digest_size=KEY_BYTES)
            marks[event.mark] = event.line
            if key.hexdigest() in seen:
                self.unchanged += not self._whole
            else:
                found.append((event, key.hexdigest()))
        if self._whole and not found:
            self.unchanged += 1
        return found

    def apply(
        self, local_id: str, fresh: Sequence[Fresh], known: list[Journey], person: Person,
        before: int | None,
    ) -> list[Journey]:  # fmt: skip
        """Apply new events in order and return the cases of this source case, old and new.

        Args:
            local_id: identifier of the case in its source.
            fresh: sorted by time.
            known: cases that the store holds of it, oldest first.
            person: whose case it is.
            before: number of the person's last ended case before this one, None when there is none.
        """
        journeys, start = list(known), -1
        if not journeys:
            start = self._opening(fresh)
            if start < 0:
                self._reject_all(fresh)
                return []
            event, key = fresh[start]
            stage = self._activities[event.activity].opens or self._layout.stage
            when = (event.day, event.at_us)
            made = Journey.opened(self._rules, person.id, local_id, stage, when, before)
            journeys.append(made)
            self._take(made, event, key, person)
            for earlier, its_key in fresh[:start]:
                self._early(made, earlier, its_key, person)
        for event, key in fresh[start + 1 :]:
            self._later(journeys, event, key, person, local_id)
        for journey in journeys:
            journey.finish()
        self.accepted += self._whole
        return journeys

    def _opening(self, fresh: Sequence[Fresh]) -> int:
        """Return the position of the event that opens the case, -1 when none does."""
        for place, (event, _) in enumerate(fresh):
            if self._activities[event.activity].opens:
                return place
        return 0 if fresh and (self._layout.opens_first or not self._any_opens) else -1

    def _reject_all(self, fresh: Sequence[Fresh]) -> None:
        for event, _ in fresh[:1] if self._whole else fresh:
            self._findings.reject(
                event.line, "", event.case, "No event in the file opens this case.",
                'Give its referral, or set opens = "first" in [layout].',
            )  # fmt: skip

    def _take(self, journey: Journey, event: Event, key: str, person: Person) -> None:
        """Record what comes with any event: dates, contacts, facts, workers."""
        self.accepted += not self._whole
        journey.taken.append(key)
        number, day, at_us = event.activity, event.day, event.at_us
        activity = self._activities[number]
        if activity.milestone:
            journey.milestone(self._names[number], day, at_us)
        if activity.contact:
            journey.contact(self._contacts[number], day, at_us)
        if activity.fact is not None:
            self._set(journey, person, ("fact", activity.fact.name, activity.value), event)
        if event.more:
            self._more(journey, person, event)

    def _more(self, journey: Journey, person: Person, event: Event) -> None:
        for one in event.more:
            if one[0] == "fact":
                self._set(journey, person, one, event)
            elif one[0] == "worker":
                journey.allocate(one[1], one[2], event.day)

    def _set(self, journey: Journey, person: Person, one: Sequence[Any], event: Event) -> None:
        spec = self._facts[one[1]]
        if spec.of == "person":
            on = to_date(event.day)
            person.set_fact(spec, one[2], on, line=event.line, findings=self._findings)
        else:
            journey.set_fact(spec, one[2], event.day)

    def _early(self, journey: Journey, event: Event, key: str, person: Person) -> None:
        """Take an event from before the referral: a move takes place at the referral."""
        self._take(journey, event, key, person)
        activity = self._activities[event.activity]
        if activity.end and event.day == journey.opened_day:
            self._warn(event, "This end lies before the referral, on the same day.",
                       "Nothing, or correct the times; the stay counts as 0 days.")  # fmt: skip
            timed = journey.lines[0][2] is not None
            self._end(journey, event, activity, person, journey.opened_order if timed else None)
            return
        if activity.end:
            journey.exclude("end-before-start", journey.opened_day)
            self._warn(event, "This end lies before the referral; the case stays open.",
                       "Correct the file; the case is left out of statistics.")  # fmt: skip
            return
        if activity.move and RANK[activity.move] > RANK[journey.stage]:
            opened = journey.lines[0][2]
            at_us = None if opened is None else journey.opened_order
            self._declared(event, journey.move(activity.move, journey.opened_day, at_us))
        self._warn(
            event, "This lies before the referral; the time was kept.",
            "Nothing, if the work began before the registration.",
        )  # fmt: skip

    def _later(
        self, journeys: list[Journey], event: Event, key: str, person: Person, local_id: str
    ) -> None:
        activity = self._activities[event.activity]
        journey = _at(journeys, event.order)
        if activity.opens:
            if journey.closed and journey is journeys[-1]:
                journey = Journey.opened(
                    self._rules, person.id, local_id, activity.opens, (event.day, event.at_us),
                    journey.id,
                )  # fmt: skip
                journeys.append(journey)
            else:
                journey.referred_again(event.day, event.at_us)
                self._warn(event, "The case was still open when it was opened again.",
                           "Nothing, or give the end of the case.")  # fmt: skip
        self._take(journey, event, key, person)
        if activity.move or activity.end or journey.closed:
            self._progress(journey, event, activity, person)

    def _progress(
        self, journey: Journey, event: Event, activity: Activity, person: Person
    ) -> None:  # fmt: skip
        """Move or end a case as far as its own time allows."""
        if journey.closed:
            if event.order > journey.closed_order or activity.end or activity.move:
                self._warn(event, "This comes after the end of the case, which stays ended.",
                           "Nothing, or give the return that it belongs to.")  # fmt: skip
        elif event.order < journey.spell_order:
            if activity.end or activity.move != journey.stage:
                self._warn(event, "This lies before the last known move; it moves nothing.",
                           "Nothing, or correct the case by hand.")  # fmt: skip
        elif activity.end:
            self._end(journey, event, activity, person, event.at_us)
        elif activity.move != journey.stage and (
            activity.back or RANK[activity.move] > RANK[journey.stage]
        ):
            self._declared(event, journey.move(activity.move, event.day, event.at_us))

    def _end(
        self, journey: Journey, event: Event, activity: Activity, person: Person, at_us: int | None
    ) -> None:  # fmt: skip
        declared = journey.end(activity.end, event.day, at_us, activity.exit, activity.exit_class)
        if activity.exit_class == "died":
            person.die(to_date(event.day))
        self._declared(event, declared)

    def _declared(self, event: Event, declared: bool) -> None:
        if not declared:
            self._warn(event, "The pathway does not declare this move; it was kept as imported.",
                       "Nothing, or declare the move in the pathway.")  # fmt: skip

    def _warn(self, event: Event, reason: str, fix: str) -> None:
        name = self._activities[event.activity].name
        self._findings.warn(event.line, self._layout.columns["activity"], name, reason, fix)


def _at(journeys: Sequence[Journey], order: int) -> Journey:
    """Return the case that was the present one at a moment: the last opened by then."""
    for journey in reversed(journeys):
        if journey.opened_order <= order:
            return journey
    return journeys[0]
