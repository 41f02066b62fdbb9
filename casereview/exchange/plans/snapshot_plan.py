"""What one row of a snapshot does to its case: opens it, updates it, or changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from casereview.core.pathways import CLOSED_STAGES
from casereview.exchange.findings import Findings
from casereview.exchange.layouts.layout import Layout
from casereview.exchange.layouts.moments import EPOCH
from casereview.exchange.plans.journey import Journey, Rules, to_date
from casereview.exchange.plans.next_steps import StepPlan
from casereview.exchange.plans.people import Person
from casereview.exchange.rows.snapshot_rows import WRONG, Standing

AGAIN = "Correct the row, or correct the case by hand."


class SnapshotPlan:
    """Applies rows of a snapshot to cases.

    Attributes:
        accepted: rows that changed something.
        unchanged: rows that say what the store already holds.
    """

    def __init__(self, rules: Rules, layout: Layout, findings: Findings, as_of_day: int) -> None:
        self.accepted = 0
        self.unchanged = 0
        self._rules = rules
        self._layout = layout
        self._findings = findings
        self._as_of = as_of_day
        self._steps = StepPlan(rules, layout, findings, as_of_day)
        # Episodes with a column for when a stage began are in assessment until it did.
        self._dated = layout.shape == "episodes" and "stage_from" in layout.columns

    def again(self, row: Standing, case: Journey, person: Person) -> None:
        """Take one more row of a case of the same file: what it says beside its dates."""
        lines = len(case.lines)
        self._more(row, case, person, new=False)
        if len(case.lines) > lines:
            self.accepted += 1
        else:
            self.unchanged += 1

    def apply(
        self, rows: Sequence[Standing], known: Journey | None, person: Person, before: int | None
    ) -> Journey | None:
        """Apply the first row of a case and return it, None when the row was reported instead.

        Args:
            rows: one case as it stood; the next steps of all its rows are taken with the first.
            known: the last case that the store holds of it, None when it holds none.
            person: whose case it is.
            before: number of the person's last ended case before this one, None when there is none.
        """
        row = rows[0]
        if known is None:
            return self._open(rows, person, before)
        if (
            known.closed_day is not None
            and row.day >= known.closed_day
            and row.day > known.opened_day
        ):
            return self._open(rows, person, known.id)
        if row.day != known.opened_day:
            self._findings.reject(
                row.line, self._layout.columns["referred"], to_date(row.day).isoformat(),
                f"This case was referred on {to_date(known.opened_day).isoformat()}.", AGAIN,
            )  # fmt: skip
            return None
        return self._update(rows, known, person)

    def _open(self, rows: Sequence[Standing], person: Person, before: int | None) -> Journey:
        row = rows[0]
        self.accepted += 1
        stage = row.stage if row.stage not in ("", *CLOSED_STAGES) else row.via
        stage = stage or self._layout.stage
        if self._dated and row.stage_day is None:
            stage = "assess"
        first = stage if row.stage_day is None else "assess"
        made = Journey.opened(self._rules, person.id, row.case, first, (row.day, row.at_us), before)
        if stage != first and row.stage_day is not None:
            since = max(row.stage_day, row.day)
            self._declared(row, made.move(stage, since, None))
        self._more(row, made, person, new=True)
        self._exclude(row, made)
        self._end(row, made, person)
        self._steps.apply(rows, made)
        return made

    def _exclude(self, row: Standing, case: Journey) -> None:
        known = case.state is not None and case.state.case.excluded is not None
        if row.wrong and not known:
            case.exclude(row.wrong, row.day)
            self._warn(row, f"{WRONG[row.wrong]} The case is left out of statistics.")

    def _end(self, row: Standing, case: Journey, person: Person) -> None:
        if row.end_day is None or row.wrong == "end-before-start":
            return
        if row.stage not in CLOSED_STAGES:
            return
        given = row.exit_class or ("planned" if row.stage == "complete" else "")
        self._declared(row, case.end(row.stage, row.end_day, row.end_us, row.exit, given))
        if row.exit_class == "died":
            person.die(to_date(row.end_day))

    def _more(self, row: Standing, case: Journey, person: Person, *, new: bool) -> bool:
        """Record facts, workers, dates and notes that differ; True when one did."""
        changed = False
        for one in row.more:
            changed |= self._one(row, one, case, person, new=new)
        return changed

    def _one(
        self, row: Standing, one: tuple[Any, ...], case: Journey, person: Person, *, new: bool
    ) -> bool:
        kind = one[0]
        if kind == "fact":
            spec = self._rules.facts[one[1]]
            if spec.of == "person":
                on = to_date(self._as_of)
                return person.set_fact(spec, one[2], on, line=row.line, findings=self._findings)
            # A fact is known from the day that the file shows, never from before the referral.
            return case.set_fact(spec, one[2], max(self._as_of, row.day))
        if kind == "worker":
            return case.allocate(one[1], one[2], row.day if new else self._as_of)
        if kind == "died":
            return person.die(date.fromisoformat(one[1]))
        if kind == "milestone" and not _has_milestone(case, one[1], one[2]):
            case.milestone({"name": one[1]}, one[2], one[3])
            if one[2] < row.day:
                self._warn(row, f"The date {one[1]!r} lies before the referral.")
            return True
        fresh = kind == "note" and not _has_note(case, one[1])
        if fresh:
            case.note(one[1], max(self._as_of, row.day))
        return fresh

    def _update(self, rows: Sequence[Standing], case: Journey, person: Person) -> Journey:
        """Bring a case that the store holds up to date."""
        row = rows[0]
        lines = len(case.lines)
        if case.closed:
            if row.end_day is None and row.stage not in CLOSED_STAGES:
                self._warn(row, "The case has ended here; the row shows it open and was not used.")
            elif row.end_day is not None and row.end_day != case.closed_day:
                self._warn(row, "The case ended on another day here, which was kept.")
            self.unchanged += 1
            return case
        self._more(row, case, person, new=False)
        if row.stage and row.stage not in CLOSED_STAGES and row.stage != case.stage:
            since = self._as_of if row.stage_day is None else row.stage_day
            begun = case.state.spells[-1].from_on.toordinal() - EPOCH if case.state else row.day
            if since < begun:
                self._warn(row, "The stage began before the last known move; it was not changed.")
            else:
                self._declared(row, case.move(row.stage, since, None))
        self._exclude(row, case)
        self._end(row, case, person)
        self._steps.apply(rows, case)
        if len(case.lines) > lines or person.lines or person.said:
            self.accepted += 1
        else:
            self.unchanged += 1
        return case

    def _declared(self, row: Standing, declared: bool) -> None:
        if not declared:
            self._warn(row, "The pathway does not declare this move; it was kept as imported.")

    def _warn(self, row: Standing, reason: str) -> None:
        self._findings.warn(row.line, "", row.case, reason, AGAIN)


def _has_milestone(case: Journey, name: str, day: int) -> bool:
    held = case.state.milestones if case.state else ()
    if any(m.name == name and m.on.toordinal() - EPOCH == day for m in held):
        return True
    on = to_date(day)
    return any(n[0] == "milestone" and n[1] == on and n[3]["name"] == name for n in case.lines)


def _has_note(case: Journey, words: str) -> bool:
    if case.state is not None and any(n.words == words for n in case.state.notes):
        return True
    return any(n[0] == "noted" and n[4]["words"] == words for n in case.lines)
