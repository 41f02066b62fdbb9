"""Read a pathway file: stages are fixed; moves, requirements, exits, waits and words are data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from casereview.core.facts import EFFORT, Catalogue
from casereview.core.pathways import (
    CLOSED_STAGES,
    EXIT_CLASSES,
    OPEN_STAGES,
    STAGES,
    Exit,
    Move,
    MoveKind,
    Pathway,
    Requirement,
)
from casereview.core.wording import DEFAULT_WORDS
from casereview.packs.pack_file import text_hash
from casereview.packs.reader import SLUG, SNAKE, Reader, Table, nearest, no_doubles

ROLES = ("clinician", "team-lead", "manager", "administrator")
USUAL_ROLES = {"decide_roles": ("clinician", "team-lead"), "override_roles": ("team-lead",)}
KINDS = ("forward", "skip", "back", "leave", "reopen")
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_RANK = {stage: n for n, stage in enumerate(STAGES)}


def load_pathway(text: str, file: str, catalogue: Catalogue) -> Pathway:
    """Read a pathway file.

    Its structure is checked whole, also that no way out lacks the safeguarding interlock;
    conditions are checked by `check_pathway`. The facts of `catalogue` are read only there.

    Raises:
        PackFaults: with every fault.
    """
    del catalogue
    reader = Reader(text, file)
    pathway = read_pathway(reader)
    reader.finish()
    return pathway


def read_pathway(reader: Reader) -> Pathway:
    """Return the pathway as far as it can be read; the reader keeps the faults."""
    root = reader.root()
    head = root.table("pathway")
    if head is None:
        if "pathway" not in root:
            root.fault("", "There is no [pathway] table.")
        values: dict[str, Any] = {"id": "", "version": 0, "title": "", "source": ""}
    else:
        values = _head(head)
    needs = _requirements(root)
    pathway = Pathway(
        hash=text_hash(reader.text),
        moves=_moves(root, needs),
        exits=_exits(root, "exit"),
        completions=_exits(root, "completion"),
        words=_words(root),
        waits_between=_waits(root, values.get("milestones", ())),
        text=reader.text,
        **values,
    )
    root.done()
    return pathway


def _head(table: Table) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": table.text("id", required=True, limit=40, like=SLUG),
        "version": table.integer("version", default=1, low=1, high=10**6, required=True),
        "title": table.text("title", required=True, limit=120),
        "source": table.text("source", required=True),
        "countersign": table.flag("countersign"),
        "waits": table.flag("waits"),
        "follow_up_days": table.integer("follow_up_days", low=1, high=366),
        "milestones": table.words("milestones"),
    }
    for key, usual in USUAL_ROLES.items():
        values[key] = table.words(key, ROLES) or usual
    table.done()
    return values


def _words(root: Table) -> Mapping[str, str]:
    table = root.table("words")
    if table is None:
        if "words" not in root:
            root.fault("", "There is no [words] table: how do screens name the service user?")
        return {}
    words = {name: table.text(name, required=True, limit=60) for name in DEFAULT_WORDS}
    table.done()
    return words


def _requirements(root: Table) -> dict[str, Requirement]:
    tables = root.tables("requirement")
    found = [_requirement(table) for table in tables]
    no_doubles(tables, (r.id for r in found), "requirement")
    return {r.id: r for r in found}


def _requirement(table: Table) -> Requirement:
    at = table.word("at", ("decision", "departure"), default="departure")
    requirement = Requirement(
        id=table.text("id", required=True, limit=40, like=SNAKE),
        when=table.text("when", required=True, limit=4000),
        say=table.text("say", required=True),
        fixer=table.text("fixer", required=True, limit=60),
        effort=table.word("effort", EFFORT, default="small"),
        at="decision" if at == "decision" else "departure",
        guards=table.flag("guards"),
    )
    table.done()
    return requirement


def _moves(root: Table, needs: Mapping[str, Requirement]) -> tuple[Move, ...]:
    tables = root.tables("move")
    if not tables:
        root.fault("", "There is no [[move]] table.")
    moves: list[Move] = []
    edges: set[tuple[str, str]] = set()
    ids: set[str] = set()
    for table in tables:
        for move in _edges(table, needs):
            if (move.source, move.dest) in edges:
                table.fault("from", f"A move from {move.source} to {move.dest} is there twice.")
            if move.id and move.id in ids:
                table.fault("id", f"The move {move.id!r} is there twice.")
            edges.add((move.source, move.dest))
            ids.add(move.id)
            moves.append(move)
    return tuple(moves)


def _edges(table: Table, needs: Mapping[str, Requirement]) -> list[Move]:
    """Return the edges of one [[move]]: `from` may list several stages."""
    name = table.text("id", required=True, limit=40, like=SLUG)
    sources = table.words("from", STAGES)
    dest = table.word("to", STAGES, required=True)
    kind = table.word("kind", KINDS, default="forward", required=True)
    title = table.text("title", limit=120)
    decides = table.flag("needs_decision")
    requires = _named(table, needs)
    table.done()
    if not sources:
        table.fault("from", "'from' must list the stages that the move leads from.")
    moves = []
    for source in sources:
        unique = name if len(sources) == 1 else f"{name}-from-{source}"
        move = Move(unique, source, dest, cast("MoveKind", kind), requires, decides, title)
        _check_edge(table, move)
        moves.append(move)
    return moves


def _named(table: Table, needs: Mapping[str, Requirement]) -> tuple[Requirement, ...]:
    found = []
    for name in table.words("requires"):
        if name in needs:
            found.append(needs[name])
        else:
            near = nearest(name, needs)
            table.fault("requires", f"There is no [[requirement]] {name[:60]!r}.", near=near)
    return tuple(found)


def _check_edge(table: Table, move: Move) -> None:
    """Report an edge that the rules of every pathway forbid."""
    if not (move.source and move.dest):
        return
    if (move.source in CLOSED_STAGES) != (move.kind == "reopen"):
        table.fault("kind", "A closed case moves only by 'reopen', and nothing else reopens.")
    elif move.dest in CLOSED_STAGES and move.kind != "leave" and move.dest == "left":
        table.fault("kind", "The way to 'left' is of the kind 'leave'.")
    elif move.kind == "reopen" and move.dest not in OPEN_STAGES:
        table.fault("to", "A case is reopened to an open stage.")
    elif move.kind in {"forward", "skip", "back"}:
        step = _RANK[move.dest] - _RANK[move.source]
        kind = "back" if step < 0 else "forward" if step == 1 else "skip"
        if step == 0 or move.kind != kind:
            table.fault("kind", f"A move from {move.source} to {move.dest} is not {move.kind!r}.")
    if move.dest not in CLOSED_STAGES or move.kind == "reopen":
        return
    if not any(r.guards for r in move.requires):
        table.fault(
            "requires" if "requires" in table else "",
            f"The way out from {move.source} to {move.dest} lacks the safeguarding interlock: "
            "name a requirement with guards = true.",
        )
    if move.dest == "complete" and not move.needs_decision:
        table.fault("", "Completing needs an agreed decision: needs_decision = true.")


def _exits(root: Table, key: str) -> tuple[Exit, ...]:
    tables = root.tables(key)
    classes = ("planned",) if key == "completion" else EXIT_CLASSES
    if not tables and key == "exit":
        root.fault("", "There is no [[exit]] table: how may a case leave otherwise?")
    found, codes = [], set()
    for table in tables:
        code = table.text("code", required=True, limit=40, like=CODE)
        found.append(
            Exit(
                code=code,
                title=table.text("title", required=True, limit=120),
                exit_class=table.word("class", classes, default=classes[0], required=key == "exit"),
                waiting=table.flag("waiting"),
            )
        )
        table.done()
        if code and code in codes:
            table.fault("code", f"The code {code!r} is there twice.")
        codes.add(code)
    return tuple(found)


def _waits(root: Table, milestones: Sequence[str]) -> tuple[tuple[str, str, str, int | None], ...]:
    tables = root.tables("wait")
    found = []
    for table in tables:
        found.append(
            (
                table.text("id", required=True, limit=40, like=SLUG),
                table.word("from", milestones, required=True),
                table.word("to", milestones, required=True),
                table.integer("target_days", low=1, high=3660),
            )
        )
        table.done()
    no_doubles(tables, (w[0] for w in found), "wait")
    return tuple(found)
