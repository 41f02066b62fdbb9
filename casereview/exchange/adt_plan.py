"""What ADT messages do to a visit: admitted, transferred, discharged, each of them cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import blake2b

from casereview.core.facts import FactSpec
from casereview.exchange.adt_rows import AGAIN, Adt
from casereview.exchange.event_plan import KEY_BYTES, split_keys
from casereview.exchange.findings import Findings
from casereview.exchange.journey import Journey, Rules
from casereview.exchange.layout import Ending, Layout, folded
from casereview.exchange.people import Person

NEVER = -10_000_000
"""A day before all others."""
BEFORE = "This lies before the admission of the visit."
UNKNOWN = "No admission of this visit is known."
ASK = "Import the messages from before, or have the admission sent again."


class AdtPlan:
    """Applies messages to visits, each of which is a case.

    Attributes:
        accepted: messages taken, also those that came twice.
        unchanged: messages that an earlier import took.
    """

    def __init__(self, rules: Rules, layout: Layout, findings: Findings) -> None:
        self.accepted = 0
        self.unchanged = 0
        self._rules = rules
        self._layout = layout
        self._findings = findings
        self._bed: FactSpec = rules.facts["bed"]
        self._admitted_on = NEVER

    def apply(
        self, visit: str, rows: Sequence[Adt], known: Journey | None, person: Person,
        before: int | None,
    ) -> list[Journey]:  # fmt: skip
        """Apply the messages of one visit, sorted by time; return its case when it changed."""
        state = known.state if known else None
        seen = split_keys(state.origins[0].events) if state and state.origins else set()
        fresh = []
        for row in rows:
            key = blake2b(row.key.encode(), digest_size=KEY_BYTES).hexdigest()
            if key in seen:
                self.unchanged += 1
            elif row.trigger == AGAIN:
                # Taken with the first one, and means nothing by itself.
                self.accepted += 1
            else:
                fresh.append((row, key))
        case = known
        self._admitted_on = min((r.day for r, _ in fresh if r.trigger == "A01"), default=NEVER)
        for row, key in self._standing([r for r, _ in fresh], {r.line: k for r, k in fresh}):
            case = self._one(visit, row, key, case, person, before)
        if case is None or not case.lines:
            return []
        case.finish()
        return [case]

    def _standing(self, rows: Sequence[Adt], keys: dict[int, str]) -> list[tuple[Adt, str]]:
        """Take out what the same file cancels, so that it never happens; both count as taken."""
        kept: list[Adt] = []
        for row in rows:
            undone = {"A11": "A01", "A12": "A02", "A13": "A03"}.get(row.trigger)
            place = next(
                (n for n in reversed(range(len(kept))) if undone and kept[n].trigger == undone),
                None,
            )
            if place is None:
                kept.append(row)
                continue
            # What came after a cancelled admission has no visit to belong to.
            gone = kept[place:] if undone == "A01" else [kept[place]]
            self.accepted += len(gone) + 1
            kept = kept[:place] if undone == "A01" else [*kept[:place], *kept[place + 1 :]]
        return [(row, keys[row.line]) for row in kept]

    def _one(
        self, visit: str, row: Adt, key: str, case: Journey | None, person: Person,
        before: int | None,
    ) -> Journey | None:  # fmt: skip
        for one in row.more:
            if one[0] == "died":
                person.die(date.fromisoformat(one[1]))
        if case is None:
            if row.trigger == "A05":
                self.accepted += 1
                self._warn(row, "A person was announced; the case opens when they are admitted.")
                return None
            if row.trigger != "A01":
                why = BEFORE if row.day < self._admitted_on else UNKNOWN
                self._findings.reject(row.line, "PV1-19", visit, why, ASK)
                return None
            when = (row.day, row.at_us)
            case = Journey.opened(self._rules, person.id, visit, self._layout.stage, when, before)
            self._place(row, case)
        elif not self._go_on(row, case, person):
            return case
        self.accepted += 1
        case.taken.append(key)
        return case

    def _go_on(self, row: Adt, case: Journey, person: Person) -> bool:
        """Apply a message to a visit that is known; False when it was refused."""
        if row.day < case.opened_day:
            fix = "Correct its time, or the admission."
            self._findings.reject(row.line, "EVN-2", "", "This lies before the admission.", fix)
            return False
        if row.trigger == "A03":
            self._discharge(row, case, person)
        elif row.trigger == "A13":
            if case.closed:
                case.reopen(self._stage_before(case), row.day, row.at_us)
            else:
                self._warn(row, "There is no discharge to cancel; the visit is open.")
            self._place(row, case)
        elif row.trigger == "A11":
            case.exclude("cancelled", row.day)
            if not case.closed:
                case.end("left", row.day, row.at_us, "recorded-in-error", "administrative")
        elif case.closed:
            self._warn(row, "The visit has ended; the message changed nothing of it.")
        else:
            if row.trigger == "A01":
                self._warn(row, "The visit was admitted already.")
            self._place(row, case)
        return True

    def _discharge(self, row: Adt, case: Journey, person: Person) -> None:
        if case.closed:
            self._warn(row, "The visit has ended already; its first end was kept.")
            return
        given = self._layout.reasons.get(folded(row.reason)) if row.reason else None
        if row.reason and given is None:
            self._warn(row, "The layout does not list this way of discharge; no exit was recorded.")
        ending: Ending = given or Ending("complete", "", "planned")
        case.end(ending.end, row.day, row.at_us, ending.exit, ending.exit_class or "planned")
        if ending.exit_class == "died" or ending.died:
            person.die(date.fromordinal(row.day + date(1970, 1, 1).toordinal()))

    def _stage_before(self, case: Journey) -> str:
        """Return the stage that the visit was in before it ended."""
        stages = [s.stage for s in case.state.spells] if case.state else []
        open_ = [s for s in stages if s not in ("complete", "left")]
        return open_[-1] if open_ else self._layout.stage

    def _place(self, row: Adt, case: Journey) -> None:
        if row.bed:
            case.set_fact(self._bed, row.bed, row.day)

    def _warn(self, row: Adt, reason: str) -> None:
        self._findings.warn(row.line, "MSH-9", f"ADT^{row.trigger}", reason, "Nothing, or correct "
                            "the case by hand.")  # fmt: skip
