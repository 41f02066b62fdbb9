"""A condition as a sentence."""

from __future__ import annotations

import pytest

from casereview.core.conditions import load
from casereview.core.facts import Catalogue, FactSpec

CATALOGUE = Catalogue.of(
    [
        FactSpec("days_in_stage", "integer", "Days.", unit="days", noun="days in this stage"),
        FactSpec("open_actions", "integer", "Actions.", unit="actions", noun="open actions"),
        FactSpec(
            "carried_most", "integer", "Count.", unit="meetings", noun="the highest carry count"
        ),
        FactSpec("risk", "integer", "Risk.", noun="risk"),
        FactSpec("today", "date", "Today.", noun="today"),
        FactSpec("expected_end_on", "date", "End.", noun="the expected end"),
        FactSpec("ready_on", "date", "Ready.", noun="the ready date"),
        FactSpec("has_key_worker", "boolean", "Worker.", noun="a key worker"),
        FactSpec("died", "boolean", "Died.", noun="dead"),
        FactSpec("stage", "code", "Stage.", noun="the stage"),
        FactSpec("bed", "text", "Bed.", noun="the bed"),
        FactSpec("no_noun", "integer", "Nothing."),
    ]
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "days_in_stage > 42 and open_actions = 0",
            "days in this stage is more than 42 and there are no open actions",
        ),
        ("open_actions > 0", "there are open actions"),
        ("open_actions >= 3", "there are at least 3 open actions"),
        ("open_actions < 3", "there are fewer than 3 open actions"),
        ("open_actions = 1", "the number of open actions is 1"),
        ("carried_most > 2", "the highest carry count is more than 2"),
        ("not risk > 2", "risk is at most 2"),
        ("risk not between 1 and 2", "risk is not between 1 and 2"),
        ("has_key_worker", "there is a key worker"),
        ("not has_key_worker", "there is no key worker"),
        ("has_key_worker = false", "there is no key worker"),
        ("died", "dead is yes"),
        ("died <> true", "dead is no"),
        (
            "stage in ('assess', 'stabilise', 'recover')",
            "the stage is assess, stabilise or recover",
        ),
        ("stage not in ('left')", "the stage is not left"),
        ("bed = 'it''s'", 'the bed is "it\'s"'),
        ("ready_on is null", "the ready date is not known"),
        ("not ready_on is null", "the ready date is known"),
        ("expected_end_on < today", "the expected end is before today"),
        ("expected_end_on >= '2026-03-01'", "the expected end is on or after 1 March 2026"),
        ("expected_end_on <= today + 7", "the expected end is on or before today plus 7 days"),
        ("today - expected_end_on > 14", "today minus the expected end is more than 14"),
        (
            "coalesce(ready_on, expected_end_on) < today",
            "the ready date (or, where not known, the expected end) is before today",
        ),
        (
            "risk = 1 and (stage = 'assess' or risk = 3)",
            "risk is 1 and (the stage is assess or risk is 3)",
        ),
        (
            "not (risk = 1 and stage = 'assess') or risk = 2 and bed is null",
            "risk is not 1 or the stage is not assess or (risk is 2 and the bed is not known)",
        ),
        ("no_noun = 2", "no noun is 2"),
    ],
)
def test_a_condition_reads_as_a_sentence(text: str, sentence: str) -> None:
    assert load(text, CATALOGUE).sentence() == sentence
