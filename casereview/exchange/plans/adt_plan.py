"""What ADT messages do to a visit: admitted, transferred, discharged, each of them cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import blake2b

from casereview.core.facts import FactSpec
from casereview.exchange.findings import Findings
from casereview.exchange.layouts.layout import Ending, Layout, folded
from casereview.exchange.plans.event_plan import KEY_BYTES, split_keys
from casereview.exchange.plans.journey import Journey, Rules
from casereview.exchange.plans.people import Person
from casereview.exchange.rows.adt_rows import AGAIN, Adt

NEVER = -10_000_000
"""A day before all others."""
BEFORE = "This lies before the admission of the visit."
UNKNOWN = "No admission of this visit is known."
ASK = "Import the messages from before, or have the admission sent again."


CANCELLED = "cancelled"


def _keys(row: Adt) -> list[str]:
    """Return what is kept of a message: its control id, and that with what it says."""
    texts = (row.key, f"{row.key}\x1f{row.said}")
    return [blake2b(t.encode(), digest_size=KEY_BYTES).hexdigest() for t in texts]


def _is_cancelled(case: Journey) -> bool:
    return case.state is not None and case.state.case.excluded == CANCELLED


def _standing(rows: Sequence[Adt]) -> tuple[list[Adt], list[Adt]]:
    """Return the messages that stand, and those that the same file cancels with their cancels."""
    kept: list[Adt] = []
    gone: list[Adt] = []
    for row in rows:
        undone = {"A11": "A01", "A12": "A02", "A13": "A03"}.get(row.trigger)
        place = next(
            (n for n in reversed(range(len(kept))) if undone and kept[n].trigger == undone), None
        )
        if place is None:
            kept.append(row)
            continue
        # What came after a cancelled admission has no visit to belong to.
        after = kept[place:] if undone == "A01" else [kept[place]]
        gone += [*after, row]
        kept = kept[:place] if undone == "A01" else [*kept[:place], *kept[place + 1 :]]
    return kept, gone


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
        self._cancelled: set[int] = set()
        self._refused: set[str] = set()
        self._line_of: dict[str, int] = {}

    def apply(
        self, visit: str, rows: Sequence[Adt], known: Sequence[Journey], person: Person,
        before: int | None,
    ) -> list[Journey]:  # fmt: skip
        """Apply the messages of one visit, sorted by time; return its cases that changed.

        Args:
            visit: its number.
            rows: its messages.
            known: the stays that the store holds of it, oldest first.
            person: whose visit it is.
            before: number of the person's last ended case before it, None when there is none.
        """
        self._refused, self._line_of = set(), {}
        fresh, again = self._sift(rows, known)
        self._admitted_on = min((r.day for r in fresh if r.trigger == "A01"), default=NEVER)
        standing, gone = _standing(fresh)
        case = known[-1] if known else None
        touched = [case] if case else []
        for row in standing:
            case = self._one(visit, row, case, person, before)
            if case is not None and case not in touched:
                touched.append(case)
        self.accepted += len(gone)
        if case is not None:
            case.taken += [key for row in gone for key in _keys(row)]
        self._count_again(again)
        changed = [one for one in touched if one.lines or one.taken]
        for one in changed:
            one.finish()
        return changed

    def _sift(
        self, rows: Sequence[Adt], known: Sequence[Journey]
    ) -> tuple[list[Adt], list[Adt]]:  # fmt: skip
        """Return messages to apply, and those that came twice; count what is known already."""
        origins = [o for one in known if one.state for o in one.state.origins[:1]]
        seen = {key for origin in origins for key in split_keys(origin.events)}
        fresh: list[Adt] = []
        again: list[Adt] = []
        for row in rows:
            control, whole = _keys(row)
            if whole in seen:
                self.unchanged += 1
            elif control in seen:
                self._reject(
                    row, "MSH-10", row.key.rpartition("|")[2],
                    "An earlier import took another message with this control id.",
                    "Have it sent again with a control id of its own.",
                )  # fmt: skip
            else:
                (again if row.trigger == AGAIN else fresh).append(row)
        return fresh, again

    def _count_again(self, again: Sequence[Adt]) -> None:
        """Count messages that came twice: as taken when the first one was."""
        for row in again:
            if row.key in self._refused:
                self._reject(
                    row, "MSH-10", row.key.rpartition("|")[2],
                    f"The message on line {self._line_of[row.key]}, which has this control id, "
                    "was refused.", "See what is said of that line.",
                )  # fmt: skip
            else:
                self.accepted += 1

    def _reject(self, row: Adt, column: str, value: str, reason: str, fix: str) -> None:
        self._refused.add(row.key)
        self._line_of.setdefault(row.key, row.line)
        self._findings.reject(row.line, column, value, reason, fix)

    def _one(
        self, visit: str, row: Adt, case: Journey | None, person: Person, before: int | None
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
                self._reject(row, "PV1-19", visit, why, ASK)
                return None
            case = self._admitted(visit, row, person, before)
        elif row.trigger == "A01" and self._stays_again(row, case):
            if case.id in self._cancelled or _is_cancelled(case):
                case = self._admitted(visit, row, person, None if before == case.id else before)
            else:
                self._warn(row, "The visit had ended; this admission opens a new case.")
                case = self._admitted(visit, row, person, case.id)
        elif not self._go_on(row, case, person):
            return case
        self.accepted += 1
        case.taken += _keys(row)
        return case

    def _admitted(self, visit: str, row: Adt, person: Person, before: int | None) -> Journey:
        when = (row.day, row.at_us)
        case = Journey.opened(self._rules, person.id, visit, self._layout.stage, when, before)
        self._place(row, case)
        return case

    def _stays_again(self, row: Adt, case: Journey) -> bool:
        """Tell whether an admission is another stay, and not that of the visit told late."""
        if case.id in self._cancelled or _is_cancelled(case):
            return row.order >= case.opened_order
        return case.closed and row.order > case.closed_order

    def _go_on(self, row: Adt, case: Journey, person: Person) -> bool:
        """Apply a message to a visit that is known; False when it was refused."""
        if row.day < case.opened_day:
            fix = "Correct its time, or the admission."
            self._reject(row, "EVN-2", "", "This lies before the admission.", fix)
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
            case.exclude(CANCELLED, row.day)
            self._cancelled.add(case.id)
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
