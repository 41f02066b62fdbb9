"""Run the examples of a pack as its tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casereview.core.facts import Catalogue, Value
from casereview.core.outcomes import ConditionOf, aliases, assess, is_finding, view_of
from casereview.core.packs import Example, Pack
from casereview.errors import ConditionError

if TYPE_CHECKING:
    from casereview.packs.library import Library


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One example run: `got` and `wanted` hold the same keys, those that the example expects."""

    title: str
    ok: bool
    got: Mapping[str, Any]
    wanted: Mapping[str, Any]


def run_examples(pack: Pack, library: Library) -> list[ExampleResult]:
    """Run every example of a pack, in file order."""
    catalogue = library.catalogue.plus(pack.answer_facts)
    return [
        run_example(pack, example, catalogue, lambda text: library.condition(text, pack))
        for example in pack.examples
    ]


def run_example(
    pack: Pack, example: Example, catalogue: Catalogue, condition_of: ConditionOf
) -> ExampleResult:
    """Run one example.

    A given name is a fact; `answer_QUESTION`, or the question's id where no fact has that name,
    is an answer given in this review. A fact not given is unknown, a count not given is 0.
    """
    answers, facts = split_given(pack, example.given, catalogue)
    wanted = {k: list(v) if isinstance(v, tuple) else v for k, v in example.expect.items()}
    try:
        found = _outcome(pack, answers, facts, condition_of)
    except ConditionError as error:
        return ExampleResult(example.title, ok=False, got={"error": str(error)}, wanted=wanted)
    got = {key: found[key] for key in wanted}
    same = all(_same(got[key], wanted[key]) for key in wanted)
    return ExampleResult(example.title, ok=same, got=got, wanted=wanted)


def _same(got: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return sorted(got) == sorted(wanted)
    return bool(got == wanted)


def split_given(
    pack: Pack, given: Mapping[str, Any], catalogue: Catalogue
) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return the answers and the facts that an example gives, under their full names."""
    facts: dict[str, Value] = {
        s.name: (False if s.type == "boolean" else 0)
        for s in catalogue
        if not s.unknown and s.type in {"integer", "boolean"}
    }
    answers: dict[str, Value] = {}
    short = aliases(pack)
    for name, value in given.items():
        question = name.removeprefix("answer_") if name.startswith("answer_") else name
        if name not in catalogue and pack.question(question) is not None:
            answers[question] = value
        else:
            facts[short.get(name, name)] = None if value == "unknown" else value
    return answers, facts


def _outcome(
    pack: Pack, answers: Mapping[str, Value], facts: Mapping[str, Value], condition_of: ConditionOf
) -> dict[str, Any]:
    waiting = any(q.id in answers for q in pack.waiting_questions)
    assessment = assess(pack, answers, facts, condition_of, waiting=waiting)
    view = view_of(pack, answers, facts)
    found = {rule.id: is_finding(rule, view, condition_of) for rule in pack.rules}
    return {
        "proposes": assessment.proposes or "nothing",
        "pattern": [p.id for p in assessment.patterns],
        "actions": [a.question for a in assessment.actions],
        "complete": not assessment.incomplete,
        "rules": [name for name, holds in found.items() if holds],
        "unknown": [name for name, holds in found.items() if holds is None],
    }
