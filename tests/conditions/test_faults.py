"""Whoever writes a condition is told everything that is wrong with it, not only the first of it."""

from __future__ import annotations

import random
import time
from types import ModuleType

import pytest

from casereview.core.conditions import faults, load
from casereview.core.conditions.faults import MOST
from casereview.errors import ConditionError

MANY = {
    "two unknown facts of one comparison": ("agge > open_actons", ["agge", "open_actons"]),
    "unknown facts in several clauses": (
        "agge = 1 or not (days_in_stag > 3 and died)", ["agge", "days_in_stag"],
    ),
    "an unknown fact and a wrong type": ("agge = 1 and bed = 5", ["agge", "5"]),
    "three wrong types": (
        "bed = 1 and (today = age or died > false)", ["1", "age", "> false"],
    ),
    "every wrong code of a list": (
        "answer_ward_ready in ('yse', 'yes', 'noo')", ["'yse'", "'noo'"],
    ),
    "both bounds of a range": ("age between 'a' and 'b'", ["'a'", "'b'"]),
    "two numbers too large": ("age in (1000000001, 2, 2000000000)", ["1000000001", "2000000000"]),
    "a term alone and an unknown one": ("age and agge", ["age", "agge"]),
    "inside coalesce": ("coalesce(agge, open_actons) = 1", ["agge", "open_actons"]),
    "the same name twice": ("agge = 1 or agge = 2", ["agge = 1", "agge = 2"]),
    "only the first of what is not in the grammar": ("agge = 1 and and bed = 5", ["and bed"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "places"), MANY.values(), ids=MANY)
def test_every_fault_is_reported_once_at_its_place(
    generate: ModuleType, text: str, places: list[str]
) -> None:
    found = faults(text, generate.CATALOGUE, generate.ALIASES)
    assert [text[e.position :].startswith(p) for e, p in zip(found, places, strict=True)] == [
        True
    ] * len(places)


def test_the_nearest_name_stands_with_each_unknown_fact(generate: ModuleType) -> None:
    found = faults("agge = 1 and open_actons = 2", generate.CATALOGUE)
    assert [e.nearest for e in found] == ["age", "open_actions"]


def test_a_text_has_faults_exactly_when_it_is_refused(generate: ModuleType) -> None:
    rng = random.Random(11)
    for condition in generate.loaded(rng, 300):
        assert faults(condition.text, generate.CATALOGUE, generate.ALIASES) == ()
    for _ in range(1_500):
        text = generate.hostile(rng)
        refused = generate.refused(text)
        found = faults(text, generate.CATALOGUE, generate.ALIASES)
        assert bool(found) == (refused is not None), text
        assert len(found) <= MOST


@pytest.mark.parametrize(
    "text",
    [
        "+".join(f"z{n}" for n in range(400)) + " > 1",
        " or ".join(f"q{n}=1" for n in range(180)),
        "bed in (" + "1," * 600 + "1)",
    ],
    ids=["unknown sum", "unknown clauses", "long list"],
)
def test_looking_for_every_fault_ends_soon(generate: ModuleType, text: str) -> None:
    with pytest.raises(ConditionError):
        load(text, generate.CATALOGUE)
    start = time.process_time()
    found = faults(text, generate.CATALOGUE, generate.ALIASES)
    assert time.process_time() - start < 0.5
    assert 0 < len(found) <= MOST
