"""The tables of a layout that say what words mean: activities, statuses, reasons, facts."""

from __future__ import annotations

import dataclasses
from typing import Any

from casereview.core.facts import Catalogue, FactSpec
from casereview.core.pathways import CLOSED_STAGES, EXIT_CLASSES, OPEN_STAGES, STAGES, Pathway
from casereview.errors import Refused
from casereview.exchange.layouts.fact_values import FactValue, parse_fact
from casereview.exchange.layouts.layout import (
    Activity,
    Ending,
    FactColumn,
    MilestoneColumn,
    folded,
)
from casereview.packs.code_lists import CodeList
from casereview.packs.codes import shipped_list
from casereview.packs.reader import Table, nearest

EFFECTS = ("refer", "return", "move", "end", "milestone", "contact", "fact", "nothing")
CODE_LIMIT = 60


def activities(root: Table, pathway: Pathway | None, facts: Catalogue) -> dict[str, Activity]:
    """Read the [[activity]] tables; the same name twice is a fault."""
    found: dict[str, Activity] = {}
    for table in root.tables("activity"):
        names = table.words("names")
        if not names:
            table.fault("" if "names" not in table else "names", "Which activities? Name them.")
        values = _activity(table, pathway, facts)
        table.done()
        for name in names:
            if folded(name) in found:
                table.fault("names", f"The activity {name!r} is there twice.")
            found[folded(name)] = Activity(name=name, **values)
    return found


def _activity(table: Table, pathway: Pathway | None, facts: Catalogue) -> dict[str, Any]:
    if not any(effect in table for effect in EFFECTS):
        table.fault("", f"What does it do? One of {', '.join(EFFECTS)}.")
    if table.flag("nothing") and sum(effect in table for effect in EFFECTS) > 1:
        table.fault("nothing", "It does nothing and something else.")
    end = table.word("end", CLOSED_STAGES)
    exits = _ending(table, pathway, end) if end else Ending("", "", "")
    if not end and ("exit" in table or "class" in table):
        table.fault("", 'An exit needs end = "complete" or end = "left".')
        _ending(table, None, "")
    fact, value = _fact_value(table, facts)
    return {
        "refer": table.word("refer", OPEN_STAGES),
        "returns": table.word("return", OPEN_STAGES),
        "move": table.word("move", OPEN_STAGES),
        "back": table.flag("back"),
        "end": end,
        "exit": exits.exit,
        "exit_class": exits.exit_class,
        "milestone": _milestone(table, "milestone", pathway),
        **dict(zip(("contact", "attended"), contact_of(table, "contact"), strict=True)),
        "fact": fact,
        "value": value,
        "of_case": table.flag("of_case"),
    }


def _milestone(table: Table, key: str, pathway: Pathway | None, *, required: bool = False) -> str:
    if pathway is None:
        return table.text(key, limit=CODE_LIMIT, required=required)
    return table.word(key, pathway.milestones, required=required)


def contact_of(table: Table, key: str) -> tuple[str, str]:
    """Read the kind of a contact, "" when none is named, and its attendance code."""
    kinds = shipped_list("contact-kinds")
    said = table.text(key, limit=CODE_LIMIT)
    found = kinds.get(said) if said else None
    if said and found is None:
        table.fault(
            key,
            f"{said!r} is no kind of contact.",
            near=nearest(said, [c.code for c in kinds.codes]),
        )
    attended = _coded(table, "attended", shipped_list("attendance"), "5")
    return (found.code if found else said), attended


def _coded(table: Table, key: str, codes: CodeList, default: str) -> str:
    said = table.text(key, default=default, limit=CODE_LIMIT)
    found = codes.get(said)
    if found is None:
        table.fault(key, f"{said!r} is none of: {', '.join(c.code for c in codes.codes)}.")
    return found.code if found else default


def _ending(table: Table, pathway: Pathway | None, end: str) -> Ending:
    code = table.text("exit", limit=CODE_LIMIT)
    given = table.word("class", EXIT_CLASSES)
    known = None
    if pathway is not None and code:
        coded = pathway.completions if end == "complete" else pathway.exits
        known = next((e for e in coded if e.code == code), None)
    if known is not None and given and known.exit_class != given and end == "left":
        table.fault("class", f"The pathway says that {code!r} is {known.exit_class!r}.")
    if end == "complete":
        if given not in ("", "planned"):
            table.fault("class", 'A completion is planned; use end = "left" for another class.')
        return Ending(end, code, "planned")
    if end == "left" and known is None and not given:
        near = nearest(code, [e.code for e in pathway.exits]) if pathway and code else None
        table.fault(
            "exit" if "exit" in table else "",
            "The pathway has no such exit; name one of its own, or give the class of this one.",
            near=near,
        )
    return Ending(end, code, given or (known.exit_class if known else ""))


def _fact(table: Table, key: str, facts: Catalogue, *, required: bool = False) -> FactSpec | None:
    name = table.text(key, limit=CODE_LIMIT, required=required)
    if not name:
        return None
    spec = facts.get(name)
    if spec is None:
        table.fault(key, f"There is no fact {name!r}.", near=facts.nearest(name))
    elif not spec.settable:
        table.fault(key, f"The fact {name!r} is worked out and cannot be set.")
        return None
    return spec


def _fact_value(table: Table, facts: Catalogue) -> tuple[FactSpec | None, FactValue]:
    spec = _fact(table, "fact", facts)
    text = table.text("value", limit=200)
    if spec is None:
        return None, None
    if not text:
        table.fault("", f'Which value does the fact {spec.name!r} take? Give value = "...".')
        return None, None
    try:
        return spec, parse_fact(spec, text)
    except Refused as error:
        table.fault("value", str(error))
        return None, None


def statuses(root: Table) -> dict[str, str]:
    """Read the [[status]] tables: word to stage."""
    found: dict[str, str] = {}
    for table in root.tables("status"):
        stage = table.word("stage", STAGES, required=True)
        for word in _all_words(table, found, "status"):
            found[folded(word)] = stage
        table.done()
    return found


def default_ending(table: Table, pathway: Pathway | None) -> Ending:
    """Read how cases end whose file does not say; nothing ends without it."""
    end = table.word("end", CLOSED_STAGES)
    return _ending(table, pathway, end) if end else Ending("", "", "")


def endings(root: Table, pathway: Pathway | None) -> dict[str, Ending]:
    """Read the [[reason]] tables: word to coded exit."""
    found: dict[str, Ending] = {}
    for table in root.tables("reason"):
        end = table.word("end", CLOSED_STAGES, required=True)
        ending = dataclasses.replace(_ending(table, pathway, end), died=table.flag("died"))
        for word in _all_words(table, found, "reason"):
            found[folded(word)] = ending
        table.done()
    return found


def _all_words(table: Table, found: dict[str, Any], what: str) -> tuple[str, ...]:
    words = table.words("words")
    if not words:
        table.fault("" if "words" not in table else "words", "Which words? List them.")
    for word in words:
        if folded(word) in found:
            table.fault("words", f"The {what} {word!r} is there twice.")
    return words


def fact_columns(root: Table, facts: Catalogue) -> tuple[FactColumn, ...]:
    """Read the [[fact]] tables: a column, the fact it holds, and what its words mean."""
    found = []
    for table in root.tables("fact"):
        column = table.text("column", required=True, limit=200)
        spec = _fact(table, "name", facts, required=True)
        values = table.values("values")
        table.done()
        if spec is not None and column:
            found.append(FactColumn(column, spec, _mapped(table, spec, values)))
    return tuple(found)


def _mapped(table: Table, spec: FactSpec, values: dict[str, Any]) -> dict[str, FactValue]:
    found: dict[str, FactValue] = {}
    for word, value in values.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        try:
            found[folded(word)] = parse_fact(spec, text)
        except Refused as error:
            table.fault("values", f"{word!r}: {error}")
    return found


def milestone_columns(root: Table, pathway: Pathway | None) -> tuple[MilestoneColumn, ...]:
    """Read the [[milestone]] tables: a column and the named date that it holds."""
    found = []
    for table in root.tables("milestone"):
        column = table.text("column", required=True, limit=200)
        name = _milestone(table, "name", pathway, required=True)
        table.done()
        found.append(MilestoneColumn(column, name))
    return tuple(found)
