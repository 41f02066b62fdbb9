"""Unlocking in groups comes to the same as unlocking all requirements of a move at once."""

from __future__ import annotations

import random
from datetime import date

import pytest

from casereview.core.conditions import unlock
from casereview.core.facts import FactSpec, Value
from casereview.packs.library import Library
from casereview.service.cases.unlocks import Unlocks

ON = date(2026, 3, 10)


def some_value(spec: FactSpec, rng: random.Random) -> Value:
    if rng.random() < 0.3:
        return None
    if spec.type == "date":
        return date.fromordinal(ON.toordinal() + rng.randint(-5, 3))
    if spec.type == "boolean":
        return rng.random() < 0.5
    if spec.type == "integer":
        return rng.randint(0, 40)
    return rng.choice(spec.values) if spec.values else "somewhere"


@pytest.mark.parametrize("goal", ["complete", None])
@pytest.mark.parametrize("pathway_id", ["ward", "childrens", "recovery", "reablement"])
def test_steps_and_effort_are_those_of_the_whole_move(
    library: Library, pathway_id: str, goal: str | None
) -> None:
    rng = random.Random(f"{pathway_id}{goal}")
    pathway = library.pathway(pathway_id)
    unlocks = Unlocks(library, pathway, goal, ON)
    for _ in range(300):
        facts = {n: some_value(library.catalogue[n], rng) for n in sorted(unlocks.names)}
        facts["stage"] = rng.choice(("assess", "stabilise", "recover"))
        moves = pathway.moves_from(str(facts["stage"]))
        move = next(m for m in moves if (m.dest == goal if goal else m.kind == "forward"))
        conditions = [library.condition(r.when) for r in move.requires]
        whole = unlock(conditions, facts, library.catalogue, on=ON)
        expected = (len(whole.changes), whole.cost) if whole.possible else (None, None)
        assert unlocks.of(facts) == expected, facts


def test_a_closed_case_has_no_next_move(library: Library) -> None:
    unlocks = Unlocks(library, library.pathway("ward"), "complete", ON)
    assert unlocks.of({"stage": "complete"}) == (None, None)
