"""The order of an agenda: lanes by how little is needed, simplest first."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casereview.core.facts import Facts, Value
from casereview.core.packs import Pack

LANES = ("safeguarding", "on-plan", "one-step", "two-steps", "complex", "waiting")
LANE_WORDS = {
    "safeguarding": "safeguarding first",
    "on-plan": "on plan",
    "one-step": "one step",
    "two-steps": "two steps",
    "complex": "complex",
    "waiting": "waiting",
}
LANE_FACTS = frozenset({
    "stage", "safeguarding", "open_worries", "overdue_worries", "open_actions", "overdue_actions",
    "actions_unowned", "carried_most", "expected_end_on", "review_on", "waiting_for",
    "days_waiting", "days_since_referral", "days_in_stage", "times_not_reached", "decision",
    "planned_departure_on", "next_action_due_on", "is_return", "open_overrides",
})  # fmt: skip
ON_PLAN_FACTS = frozenset({
    "stage", "safeguarding", "open_actions", "overdue_actions", "actions_unowned", "carried_most",
    "expected_end_on", "review_on", "decision",
})  # fmt: skip
"""Those of LANE_FACTS that tell whether a case is on plan, beside the pack's watched ones."""
NOT_REACHED_TWICE = 2
CARRIED_TWICE = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that may stand on an agenda.

    Attributes:
        facts: its facts on the review's date, LANE_FACTS and the pack's watched ones among them.
        steps: number of facts in its smallest unlock set, None when nothing unlocks it.
        effort: cost of that set, None when nothing unlocks it.
        before: the facts frozen at its last review of this pack, None when never reviewed.
        last_mark: what the last review of this pack did with it: skipped, not-reached, ... or "".
        away: True when its worker is late or absent.
    """

    case: int
    facts: Facts
    steps: int | None
    effort: int | None
    before: Mapping[str, Any] | None = None
    last_mark: str = ""
    away: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A line of the agenda."""

    case: int
    lane: str
    effort: int | None
    drawn: bool
    late: bool
    facts: Mapping[str, Any] = field(default_factory=dict)


def _number(value: Value) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def plain(value: Value) -> str | int | bool | None:
    """Return a fact as JSON: dates as ISO text."""
    return value.isoformat() if isinstance(value, date) else value


def unchanged(facts: Facts, before: Mapping[str, Any], watched: Sequence[str]) -> bool:
    """Tell whether the watched facts and safeguarding are what they were at the last review."""
    return all(plain(facts.get(n)) == before.get(n) for n in (*watched, "safeguarding", "stage"))


def on_plan(pack: Pack, candidate: Candidate, on: date) -> bool:
    """Tell whether a case may be confirmed with one key.

    The next step has an owner and is not overdue, or the planned end or review date is ahead;
    watched facts and safeguarding are known and unchanged; nothing was carried twice and no
    override waits to be confirmed.
    """
    facts, before = candidate.facts, candidate.before
    if not pack.confirm or before is None or facts.get("decision") is not None:
        return False
    if _number(facts.get("open_overrides")) > 0:
        return False
    owned = _number(facts.get("open_actions")) > 0 and _number(facts.get("actions_unowned")) == 0
    step = owned and _number(facts.get("overdue_actions")) == 0
    ahead = any(
        isinstance(planned := facts.get(name), date) and planned > on
        for name in ("expected_end_on", "review_on")
    )
    return (
        (step or ahead)
        and _number(facts.get("overdue_actions")) == 0
        and _number(facts.get("carried_most")) < CARRIED_TWICE
        and facts.get("safeguarding") == "none"
        and unchanged(facts, before, pack.watched)
    )


def lane_of(pack: Pack, candidate: Candidate, on: date) -> str:
    """Return the lane of a case on a day."""
    facts = candidate.facts
    if _number(facts.get("overdue_worries")) > 0 or _number(facts.get("open_worries")) > 0:
        return "safeguarding"
    if pack.waiting and facts.get("waiting_for") in ("assessment", "start"):
        return "waiting"
    if on_plan(pack, candidate, on):
        return "on-plan"
    if candidate.steps is None:
        return "complex"
    if candidate.steps <= 1:
        return "one-step"
    return "two-steps" if candidate.steps == 2 else "complex"


def drawn(seed: str, case: int, one_in: int) -> bool:
    """Draw 1 in `one_in` cases by a seed that is recorded, 0 for none."""
    if one_in <= 0:
        return False
    digest = hashlib.sha256(f"{seed}:{case}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % one_in == 0


def _key(placed: Placed, candidate: Candidate) -> tuple[int, ...]:
    facts = candidate.facts
    again = _number(facts.get("times_not_reached"))
    group = LANES.index(placed.lane) + 2
    if again >= NOT_REACHED_TWICE:
        group = 1
    if candidate.last_mark == "skipped":
        group = 0
    if placed.lane == "safeguarding":
        group = -2 if _number(facts.get("overdue_worries")) > 0 else -1
    first = {"skipped": 0, "not-reached": 1}.get(candidate.last_mark, 2)
    waited = max(_number(facts.get("days_waiting")), _number(facts.get("days_since_referral")))
    effort = placed.effort if placed.effort is not None else 10**6
    return (group, int(placed.late), first, effort, -waited, placed.case)


def arrange(pack: Pack, candidates: Sequence[Candidate], *, on: date, seed: str) -> list[Placed]:
    """Return the agenda: lanes in order, simplest first, then longest waiting."""
    shown = sorted(LANE_FACTS | set(pack.watched))
    lines = []
    for candidate in candidates:
        lane = lane_of(pack, candidate, on)
        lines.append(
            (
                Placed(
                    case=candidate.case,
                    lane=lane,
                    effort=candidate.effort,
                    drawn=lane == "on-plan" and drawn(seed, candidate.case, pack.sample_one_in),
                    late=candidate.away,
                    # `plain`, written out: it runs twenty times for each of 1,300 cases.
                    facts={
                        n: v.isoformat() if isinstance(v := candidate.facts.get(n), date) else v
                        for n in shown
                    },
                ),
                candidate,
            )
        )
    lines.sort(key=lambda line: _key(*line))
    return [placed for placed, _ in lines]
