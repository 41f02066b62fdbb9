"""The state machine: one module-level machine per pathway, one scratch model per question asked.

A failed guard of `transitions` returns False without a word, so no guard is ever registered: the
blockers are worked out before the trigger, and a False from the trigger is a bug.
"""

from __future__ import annotations

import re

from transitions import Machine

from casereview.core.pathways import STAGES, Move, Pathway
from casereview.errors import Refused

_BREAKS = re.compile(r"[:;\n]|%%+")
_MACHINES: dict[str, Machine] = {}


class _Scratch:
    """A throw-away model: cases are never kept as models, that makes the machine linear-slow."""

    state: str


def machine_of(pathway: Pathway) -> Machine:
    """Return the machine of a pathway, made once for each version of its file."""
    held = _MACHINES.get(pathway.hash)
    if held is None:
        held = Machine(
            model=None,
            states=list(STAGES),
            initial="assess",
            auto_transitions=False,
            transitions=[
                {"trigger": m.id, "source": m.source, "dest": m.dest} for m in pathway.moves
            ],
        )
        _MACHINES[pathway.hash] = held
    return held


def declared(pathway: Pathway, source: str, dest: str) -> Move:
    """Return the declared edge.

    Raises:
        Refused: there is none; the sentence names the moves that there are.
    """
    move = pathway.move(source, dest)
    if move is not None:
        return move
    ways = [m.dest for m in pathway.moves_from(source) if m.kind != "reopen"]
    listed = ", ".join(ways) if ways else "none"
    raise Refused(
        f"The {pathway.title} pathway has no move from {source} to {dest}.",
        code="no_such_move",
        next=f"Moves from {source}: {listed}.",
    )


def fire(pathway: Pathway, source: str, move: Move) -> str:
    """Return the stage after a move whose blockers have been worked out.

    Raises:
        RuntimeError: the machine did not move; the pathway file and the machine disagree.
    """
    machine = machine_of(pathway)
    scratch = _Scratch()
    machine.add_model(scratch, initial=source)
    try:
        moved = scratch.trigger(move.id)  # type: ignore[attr-defined] # added by the machine
    finally:
        machine.remove_model(scratch)
    if not moved or scratch.state != move.dest:
        raise RuntimeError(f"{pathway.id}: {move.id} did not lead from {source} to {move.dest}")
    return scratch.state


def diagram(pathway: Pathway) -> str:
    """Return the pathway as a Mermaid state diagram, requirements under each move.

    Source: Mermaid's stateDiagram.jison, where a label ends at a colon, a semicolon or `%%`.
    """
    lines = ["stateDiagram-v2", "    [*] --> assess"]
    for move in pathway.moves:
        needs = len(move.requires)
        label = move.title or move.kind
        if move.needs_decision:
            label += ", after an agreed decision"
        if needs:
            label += f", {needs} requirement{'s' if needs != 1 else ''}"
        lines.append(f"    {move.source} --> {move.dest}: {_BREAKS.sub(',', label)}")
    lines += ["    complete --> [*]", "    left --> [*]"]
    return "\n".join(lines) + "\n"
