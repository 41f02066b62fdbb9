"""Facts that answers and patterns set, as drafts on the case or on its person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from casereview.core.decide.setting import Setting
from casereview.core.entries import Draft, Stream
from casereview.core.facts import FactSpec, Value
from casereview.core.outcomes import TODAY, UNKNOWN
from casereview.core.packs import Pattern
from casereview.core.state.case import CaseState
from casereview.core.state.dated import current


def fact_draft(
    setting: Setting,
    stream: Stream,
    spec: FactSpec,
    value: Any,
) -> Draft:
    """Draft a dated value of a fact; free text goes apart from the body, None means unknown."""
    if isinstance(value, date):
        value = value.isoformat()
    body: dict[str, Any] = {"fact": spec.name, "type": spec.type}
    texts: dict[str, str] = {}
    if spec.type == "text" and value is not None:
        texts["value"] = str(value)
    else:
        body["value"] = value
    return Draft(
        stream=stream,
        kind="fact_set",
        occurred_on=setting.on,
        body=body,
        texts=texts,
        team=setting.code,
        review=setting.review,
    )


def stream_for(case: CaseState, spec: FactSpec) -> Stream:
    """Return the stream that a fact belongs to: the person's or the case's."""
    if spec.of == "person":
        return Stream("person", case.case.person_id)
    return Stream("case", case.case.id)


def known_value(case: CaseState, spec: FactSpec, on: date) -> Value:
    """Return the value of a case fact as set by hand or rule, None when unknown."""
    held = current([f for f in case.facts if f.fact == spec.name], on)
    if held is None:
        return None
    if held.number is None:
        return held.text
    if spec.type == "date":
        return date.fromordinal(held.number + date(1970, 1, 1).toordinal())
    return bool(held.number) if spec.type == "boolean" else held.number


def state_facts(
    case: CaseState, names: Iterable[str], on: date, fact_of: Callable[[str], FactSpec]
) -> dict[str, Value]:
    """Return those of the named facts that the case itself holds, so that nobody need look them up.

    They are today, the stage, and what was set on the case by hand or rule.
    """
    found: dict[str, Value] = {}
    for name in names:
        if name == TODAY:
            found[name] = on
        elif name == "stage":
            spell = current(case.spells, on)
            found[name] = spell.stage if spell is not None else None
        elif (spec := fact_of(name)).settable and spec.of == "case":
            found[name] = known_value(case, spec, on)
    return found


def pattern_facts(
    setting: Setting,
    case: CaseState,
    patterns: Iterable[Pattern],
    fact_of: Callable[[str], FactSpec],
) -> list[Draft]:
    """Set what the patterns that hold set, where it differs; "today" never moves a known date."""
    drafts = []
    for pattern in patterns:
        for name, wanted in pattern.sets.items():
            spec = fact_of(name)
            held = known_value(case, spec, setting.on)
            value: Value = None if wanted == UNKNOWN else wanted
            if wanted == TODAY:
                value = held if held is not None else setting.on
            if value != held:
                drafts.append(fact_draft(setting, stream_for(case, spec), spec, value))
    return drafts
