"""Next steps of a list as actions of their cases: raised once, replaced when the list changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from casereview.core.records import Action, ActionSpell
from casereview.core.state.actions import OPEN
from casereview.exchange.findings import Findings
from casereview.exchange.layouts.layout import Layout, folded
from casereview.exchange.layouts.moments import EPOCH
from casereview.exchange.out.allowed import NEXT_STEP
from casereview.exchange.plans.journey import Journey, Rules, to_date
from casereview.exchange.rows.beside_rows import KEY_WORKER
from casereview.exchange.rows.snapshot_rows import Standing

REPLACED = "the list names another next step"
BY_HAND = "Bring the action or the list up to date by hand."


class Held(NamedTuple):
    """An action of this list that the case has: as it is, as it was raised, as it is now."""

    action: Action
    first: ActionSpell
    now: ActionSpell

    @property
    def open(self) -> bool:
        """Tell whether it is still to be done."""
        return self.now.status in OPEN

    @property
    def touched(self) -> bool:
        """Tell whether somebody has worked with it since the list brought it."""
        return self.now.n != self.first.n


class Wanted(NamedTuple):
    """A next step of a row."""

    row: Standing
    words: str
    owner: str
    due: int


Live = dict[str, Held | None]
"""Cause to the open action that has it; None for one that this list brought just now."""


class StepPlan:
    """Turns the next steps of the rows of a case into actions."""

    def __init__(self, rules: Rules, layout: Layout, findings: Findings, as_of_day: int) -> None:
        self._rules = rules
        self._findings = findings
        self._as_of = as_of_day
        self._heading = layout.step.column if layout.step else ""
        self._owner = layout.step.owner if layout.step else ""
        self._cause = NEXT_STEP + rules.source

    def apply(self, rows: Sequence[Standing], case: Journey) -> None:
        """Record the next steps of all rows of one case.

        A step that the case has open is left alone. One that the list no longer names is cancelled
        where nobody has touched it since the list brought it, else it stays and is reported. A step
        that was done or cancelled here is not raised again for the same date.
        """
        wanted = [Wanted(row, *s[1:]) for row in rows for s in row.more if s[0] == "step"]
        if not wanted:
            return
        first: dict[str, Wanted] = {}
        for one in wanted:
            first.setdefault(folded(one.words), one)
        wanted = list(first.values())
        held = self._held(case)
        day = max(self._as_of, case.opened_day)
        if case.closed:
            self._warn(wanted[0], "The case has ended; its next step was not recorded.")
        elif any(h.action.opened_on > to_date(day) for h in held):
            self._warn(wanted[0], "A later list has named the next step already; it was kept.")
        else:
            self._take(wanted, held, case, day)

    def _held(self, case: Journey) -> list[Held]:
        if case.state is None:
            return []
        actions = case.state.actions
        return [
            Held(a, next(s for s in actions.spells if s.action_id == a.id), actions.now(a.id))
            for a in actions.actions
            if a.cause == self._cause or a.cause.startswith(f"{self._cause}/")
        ]

    def _take(
        self, wanted: Sequence[Wanted], held: Sequence[Held], case: Journey, day: int
    ) -> None:  # fmt: skip
        owned = [(w, login) for w in wanted if (login := self._login(w, case)) is not None]
        if not owned:
            return
        said = {folded(w.words) for w in wanted}
        live: Live = {h.action.cause: h for h in held if h.open}
        for one in [h for h in held if h.open]:
            if folded(one.action.text or "") not in said:
                self._give_up(wanted[0], one, case, day, live)
        for step, login in owned:
            self._one(step, login, held, live, case, day)

    def _give_up(
        self, step: Wanted, one: Held, case: Journey, day: int, live: Live
    ) -> None:  # fmt: skip
        """Cancel a step that the list no longer names, unless somebody has worked with it."""
        if one.touched:
            self._warn(step, f"A{one.action.id} is another next step, changed here since; it "
                             "stays open.")  # fmt: skip
            return
        body = {"id": one.action.id, "automatic": False}
        case.record("action_cancelled", day, body, {"reason": REPLACED})
        del live[one.action.cause]

    def _one(
        self, step: Wanted, login: str, held: Sequence[Held], live: Live, case: Journey,
        day: int,
    ) -> None:  # fmt: skip
        words, due = folded(step.words), to_date(step.due)
        same = next((h for h in live.values() if h and folded(h.action.text or "") == words), None)
        more: dict[str, Any] = {}
        if same is not None:
            if (login, due) in {(s.owner, s.due_on) for s in (same.first, same.now)}:
                return
            if same.touched:
                self._warn(step, f"A{same.action.id} was changed here since, and has another owner "
                                 "or due date than the list; it was kept.")  # fmt: skip
                return
            more = _carried(same, day)
            self._give_up(step, same, case, day, live)
        elif any(_ended_here(h, words, step.due) for h in held):
            return
        cause = next(c for c in self._causes() if c not in live)
        live[cause] = None
        case.record(
            "action_raised", day,
            {
                "id": self._rules.new_action(), "cause": cause, "owner": login,
                "post": KEY_WORKER if step.owner == KEY_WORKER else None, "effort": "small",
                "needs_accept": login not in self._rules.by, "due_on": due.isoformat(), **more,
            },
            {"text": step.words},
        )  # fmt: skip

    def _causes(self) -> Iterator[str]:
        yield self._cause
        yield from (f"{self._cause}/{n}" for n in range(2, 10**6))

    def _login(self, step: Wanted, case: Journey) -> str | None:
        if step.owner != KEY_WORKER:
            return step.owner
        found = case.workers.get(KEY_WORKER)
        if found is None:
            self._findings.warn(
                step.row.line, self._owner, step.owner,
                "The case has no key worker; the next step was not recorded.",
                "Name a key worker, or an owner.",
            )  # fmt: skip
        return found

    def _warn(self, step: Wanted, reason: str) -> None:
        self._findings.warn(step.row.line, self._heading, step.words, reason, BY_HAND)


def _ended_here(one: Held, words: str, due: int) -> bool:
    """Tell whether a step was done or given up by somebody, for the very same date."""
    if one.open or one.action.reason == REPLACED or folded(one.action.text or "") != words:
        return False
    dates = (one.first.due_on, one.now.due_on)
    return any(d is not None and d.toordinal() - EPOCH == due for d in dates)


def _carried(one: Held, day: int) -> dict[str, Any]:
    """Return what an action keeps that the list gives another date: a date missed is a carry."""
    first, due = one.action.first_due_on, one.now.due_on
    missed = due is not None and due <= to_date(day)
    more: dict[str, Any] = {"carried": one.now.carried + missed} if missed else {}
    return more | ({"first_due_on": first.isoformat()} if first else {})
