"""Rules for people: listed, shown, checked, tested, explained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casereview.core import machine
from casereview.core.entries import PackRef
from casereview.core.packs import Pack
from casereview.core.pathways import Move, Pathway
from casereview.core.requirements import DECISION
from casereview.core.wording import DEFAULT_WORDS, fill
from casereview.errors import Fault, NotFound, PackFaults, Usage
from casereview.packs.check import check_text
from casereview.packs.examples import run_examples
from casereview.packs.library import Library
from casereview.service import ids
from casereview.service.desk import Desk, Rows
from casereview.service.near import nearest

SIZE_LIMIT = 200_000


def list_rules(library: Library) -> Rows:
    """Return every pack and pathway in force, and the user's files that were refused."""
    rows: Rows = [
        {
            "id": p.id, "kind": "pack", "version": p.ref.version, "title": p.title,
            "for": ", ".join(p.pathways) or "every pathway", "questions": len(p.questions),
            "rules": len(p.rules), "shipped": p.shipped, "hash": p.ref.hash[:12],
        }
        for p in library.packs.values()
    ]  # fmt: skip
    rows += [
        {
            "id": p.id, "kind": "pathway", "version": p.version, "title": p.title, "for": "",
            "questions": 0, "rules": 0, "shipped": True, "hash": p.hash[:12],
        }
        for p in library.pathways.values()
    ]  # fmt: skip
    rows += [
        {"id": file, "kind": "refused", "version": None, "title": str(error), "for": "",
         "questions": 0, "rules": 0, "shipped": False, "hash": ""}
        for file, error in library.refused.items()
    ]  # fmt: skip
    return rows


def show(library: Library, rule_id: str) -> Rows:
    """Return a pack's questions and rules, or a pathway's moves and requirements.

    Raises:
        NotFound: there is neither; the nearest is named.
    """
    if rule_id in library.pathway_ids():
        pathway = library.pathway(rule_id)
        return [row for move in pathway.moves for row in _move_rows(move, pathway.words)]
    known = (*library.pack_ids(), *library.pathway_ids())
    if rule_id not in known:
        near = nearest(rule_id, known)
        raise NotFound(
            f"There is no pack or pathway {rule_id[:60]!r}.",
            code="unknown_pack",
            next=f"Did you mean {near}?" if near else f"There are {', '.join(known)}.",
        )
    pack = library.pack(rule_id)
    words = _words(library, pack)
    return [{**row, "text": fill(row["text"], words)} for row in _pack_rows(pack)]


def _words(library: Library, pack: Pack) -> Mapping[str, str]:
    """Return the word forms of a pack's pathway, the common ones when it has several."""
    only = pack.pathways[0] if len(pack.pathways) == 1 else ""
    return library.pathway(only).words if only in library.pathway_ids() else DEFAULT_WORDS


def _move_rows(move: Move, words: Mapping[str, str]) -> Rows:
    """Return one row for each requirement of a move; one that asks for nothing has one row too."""
    asked = (*move.requires, *((DECISION,) if move.needs_decision else ()))
    head = {"move": f"{move.source} to {move.dest}", "kind": move.kind}
    nothing = {
        "requirement": "", "sentence": "No requirement.", "when": "", "fixer": "",
        "effort": "",
    }  # fmt: skip
    rows: Rows = [
        {
            **head, "requirement": r.id, "sentence": fill(r.say, words), "when": r.when,
            "fixer": r.fixer, "effort": r.effort,
        }
        for r in asked
    ]  # fmt: skip
    return rows or [{**head, **nothing}]


def _pack_rows(pack: Pack) -> Rows:
    rows: Rows = [
        {"id": q.id, "kind": q.kind, "text": q.ask, "passes_on": q.passes_on, "when": q.applies}
        for q in (*pack.questions, *pack.waiting_questions)
    ]
    rows += [
        {"id": p.proposes, "kind": "decision", "text": p.say, "passes_on": "", "when": p.when}
        for p in pack.proposals
    ]
    rows += [
        {
            "id": r.id, "kind": "rule", "text": r.title, "passes_on": "",
            "when": r.when,
        }
        for r in pack.rules
    ]  # fmt: skip
    return rows


def diagram(library: Library, pathway_id: str) -> str:
    """Return a pathway as a Mermaid diagram.

    Raises:
        NotFound: there is no such pathway.
    """
    return machine.diagram(library.pathway(pathway_id))


def check_file(library: Library, path: str | Path) -> Rows:
    """Check a user's own pack or pathway: every fault at once.

    Raises:
        Usage: the file cannot be read.
        PackFaults: it has faults; all of them are listed.
    """
    file = Path(path)
    try:
        if file.stat().st_size > SIZE_LIMIT:
            raise Usage(
                f"{file.name} is larger than {SIZE_LIMIT:,} bytes.",
                next="A rule file is short; check that this is one.",
            )
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Usage(
            f"{file.name} is not UTF-8 text (byte {error.start}).", next="Save it as UTF-8."
        ) from error
    except OSError as error:
        raise Usage(f"{file.name} cannot be read: {error.strerror}.", next="Check it.") from error
    checked = check_text(text, file.name, library)
    held: Any = checked.item
    taken = _taken(held, file.name) if held is not None else []
    if checked.faults or taken:
        raise PackFaults(file.name, (*checked.faults, *taken))
    return [{
        "file": file.name, "id": held.id, "ok": True,
        "version": held.ref.version if hasattr(held, "ref") else held.version,
        "warnings": [str(w) for w in checked.warnings],
    }]  # fmt: skip


def _taken(held: Pack | Pathway, file: str) -> list[Fault]:
    """Report an id that ships with the same or a higher version; an equal copy is fine."""
    shipped = Library()
    if isinstance(held, Pack):
        own, key = held.ref, "pack.version"
        there = shipped.pack(held.id).ref if held.id in shipped.pack_ids() else None
    else:
        own, key = PackRef(held.id, held.version, held.hash), "pathway.version"
        other = shipped.pathway(held.id) if held.id in shipped.pathway_ids() else None
        there = PackRef(other.id, other.version, other.hash) if other is not None else None
    if there is None or there.hash == own.hash or own.version > there.version:
        return []
    what = (
        f"{own.id} ships as version {there.version}; a file of your own with this id"
        f" needs version {there.version + 1} or higher."
    )
    return [Fault(file, key, what)]


def run_tests(library: Library, pack_id: str | None = None) -> Rows:
    """Run the examples of one pack or of all; one row an example.

    Raises:
        NotFound: there is no such pack.
    """
    packs = [library.pack(pack_id)] if pack_id else list(library.packs.values())
    return [
        {
            "pack": p.id, "example": r.title, "ok": r.ok,
            "got": None if r.ok else r.got, "wanted": None if r.ok else r.wanted,
        }
        for p in packs
        for r in run_examples(p, library)
    ]  # fmt: skip


def explain_pack(library: Library, pack_id: str) -> Rows:
    """Say in English when each decision, pattern and sweep rule of a pack holds.

    Raises:
        NotFound: there is no such pack.
    """
    pack = library.pack(pack_id)
    words = _words(library, pack)
    held = (
        *(("decision", p.proposes, p.say, p.when) for p in pack.proposals),
        *(("pattern", p.id, p.say, p.when) for p in pack.patterns),
        *(("rule", r.id, r.title, r.when) for r in pack.rules),
    )
    return [
        {
            "rule": f"{pack.id}/{name}", "kind": kind, "title": fill(title, words),
            "holds_when": fill(library.condition(when, pack).sentence(), words),
        }
        for kind, name, title, when in held
    ]  # fmt: skip


def explain(desk: Desk, rule: str, case: str | None = None) -> Rows:
    """Explain a sweep rule in English; for one case also what of it holds and what is missing.

    Raises:
        NotFound: there is no such pack or rule.
    """
    pack_id, _, rule_id = rule.partition("/")
    pack = desk.library.pack(pack_id)
    found = next((r for r in pack.rules if r.id == rule_id), None)
    if found is None:
        near = nearest(rule_id, [r.id for r in pack.rules])
        hint = f"Did you mean {pack_id}/{near}?" if near else f"See `rules show {pack_id}`."
        raise NotFound(f"{pack_id} has no rule {rule_id!r}.", next=hint)
    condition = desk.library.condition(found.when, pack)
    words = _words(desk.library, pack)
    row: dict[str, Any] = {
        "rule": rule, "title": fill(found.title, words), "when": found.when,
        "sentence": fill(condition.sentence(), words), "facts": sorted(condition.names),
        "raises": fill(found.outcome.action, words) if found.outcome else None,
        "version": pack.ref.version, "source": pack.source,
    }  # fmt: skip
    if case is None:
        return [row]
    with desk.reading() as work:
        case_id = ids.number(ids.CASE, case)
        work.case(case_id)
        facts = work.facts(case_id, condition.names, desk.on)
    row["case"] = case
    row["holds"] = condition.evaluate(facts)
    row["values"] = {n: facts.get(n) for n in sorted(condition.names)}
    row["not_true"] = [fill(c.sentence, words) for c in condition.failing(facts)]
    row["missing"] = list(condition.missing(facts))
    return [row]
