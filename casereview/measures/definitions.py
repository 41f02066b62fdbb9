"""What each measure means, read from `casereview_rules/measures/*.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from casereview.errors import Fault, PackFaults
from casereview.packs.reader import SLUG, Reader, Table, read_text

LONGEST = 2_000
"""Characters of one text: a method names every choice that changes the figure."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A definition that changes the figure.

    Attributes:
        what: what can be read in two ways.
        usual, other: both readings.
        ask: what is typed for the other, "--method NAME" where it is a method of the measure.
    """

    what: str
    usual: str
    other: str
    ask: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One measure in words.

    Attributes:
        id: its name on the command line.
        title: a heading.
        definition: what it is, for somebody who checks it.
        numerator, denominator: what is counted and out of what.
        method: how, with every choice that changes the figure.
        source: where the rule comes from.
        leaves_out: which cases do not count, and why.
        columns: column of the rows to its meaning, in order.
        choices: definitions that change the figure, each with its other reading.
    """

    id: str
    title: str
    definition: str
    numerator: str
    denominator: str
    method: str
    source: str
    leaves_out: str
    columns: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()


@cache
def definitions() -> Mapping[str, Definition]:
    """Return every definition by id.

    Raises:
        PackFaults: a file is faulty.
    """
    found: dict[str, Definition] = {}
    for file in sorted(files("casereview_rules").joinpath("measures").iterdir(), key=str):
        if file.name.endswith(".toml"):
            one = load_definition(read_text(file, file.name), file.name)
            found[one.id] = one
    return found


def load_definition(text: str, file: str) -> Definition:
    """Read one definition.

    Raises:
        PackFaults: with every fault of the text.
    """
    reader = Reader(text, file)
    root = reader.root()
    table = root.table("measure")
    if table is None:
        raise PackFaults(file, [Fault(file, "measure", "There is no [measure] table.")])
    made = Definition(
        id=table.text("id", required=True, limit=40, like=SLUG),
        columns={k: str(v) for k, v in root.values("columns").items()},
        choices=tuple(_choice(t) for t in root.tables("choice")),
        **{
            key: table.text(key, required=True, limit=LONGEST)
            for key in (
                "title", "definition", "numerator", "denominator", "method", "source", "leaves_out",
            )
        },
    )  # fmt: skip
    table.done()
    root.done()
    reader.finish()
    return made


def _choice(table: Table) -> Choice:
    texts = {
        key: table.text(key, required=True, limit=200) for key in ("what", "usual", "other", "ask")
    }
    table.done()
    return Choice(**texts)
