"""Random conditions, random facts with nulls, and hostile text, from a seeded generator.

Used by the tests of this folder and by benchmarks/conditions_long.py.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, insert, select

from casereview.core.conditions import Condition, load
from casereview.core.facts import Catalogue, Facts, FactSpec, FactType, Value
from casereview.errors import ConditionError
from casereview.store.conditions_sql import to_sql
from casereview.store.types import to_day

CODES = ("yes", "no", "cannot-tell", "does-not-apply")
WORDS = ("", "home", "Home", "home ", "it's", "née", "a b", "%", "_")
DAY = date(2026, 3, 1)


def _spec(name: str, kind: FactType, values: tuple[str, ...] = ()) -> FactSpec:
    return FactSpec(name, kind, f"What {name} means.", values=values)


CATALOGUE = Catalogue.of(
    [
        *(_spec(name, "integer") for name in ("days_in_stage", "open_actions", "age", "risk")),
        *(_spec(name, "date") for name in ("today", "expected_end_on", "ready_on")),
        *(_spec(name, "boolean") for name in ("has_key_worker", "transfer_pending", "died")),
        *(_spec(name, "text") for name in ("destination", "bed")),
        _spec("legal_status", "code"),
        *(_spec(f"answer_ward_{q}", "code", CODES) for q in ("stabilised", "ready")),
    ]
)
ALIASES = {"answer_stabilised": "answer_ward_stabilised", "answer_ready": "answer_ward_ready"}
TABLE = Table(
    "facts",
    MetaData(),
    Column("n", Integer, primary_key=True),
    *(Column(s.name, String if s.type in ("text", "code") else Integer) for s in CATALOGUE),
)
COLUMNS = {spec.name: TABLE.c[spec.name] for spec in CATALOGUE}


class Generator:
    """Writes conditions that load, over CATALOGUE; every kind of node turns up."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def condition(self, depth: int = 3) -> str:
        roll = self.rng.random()
        if depth == 0 or roll < 0.3:
            return self.atom()
        if roll < 0.45:
            return self.word("not ") + self.bracketed(depth)
        joint = self.word(" and " if roll < 0.75 else " or ")
        return joint.join(self.bracketed(depth) for _ in range(self.rng.randint(2, 4)))

    def bracketed(self, depth: int) -> str:
        return f"({self.condition(depth - 1)})" if self.rng.random() < 0.8 else self.atom()

    def atom(self) -> str:
        kind = self.rng.choice(("integer", "integer", "date", "date", "text", "code", "boolean"))
        roll = self.rng.random()
        if roll < 0.12:
            return self.value(kind) + self.word(" is ") + self.maybe_not() + self.word("null")
        if kind == "boolean":
            return self.value(kind) + (f" {self.equal()} {self.value(kind)}" if roll < 0.5 else "")
        if roll < 0.35:
            options = ", ".join(self.value(kind) for _ in range(self.rng.randint(1, 4)))
            if self.rng.random() < 0.5:
                options = ", ".join(self.literal(kind) for _ in range(self.rng.randint(1, 4)))
            return f"{self.typed(kind)} {self.maybe_not()}{self.word('in')} ({options})"
        if kind in ("integer", "date") and roll < 0.55:
            ends = self.value(kind) + self.word(" and ") + self.value(kind)
            return f"{self.typed(kind)} {self.maybe_not()}{self.word('between')} {ends}"
        if kind in ("integer", "date"):
            op = self.rng.choice(("=", "<>", "<", "<=", ">", ">="))
            return f"{self.typed(kind)}{op}{self.value(kind)}"
        return f"{self.value(kind)} {self.equal()} {self.value(kind)}"

    def value(self, kind: str, depth: int = 2) -> str:
        roll = self.rng.random()
        if depth and roll < 0.12:
            items = ", ".join(self.value(kind, depth - 1) for _ in range(self.rng.randint(2, 3)))
            return f"{self.word('coalesce')}({items})"
        if depth and roll < 0.35 and kind in ("integer", "date"):
            return self.sum(kind, depth)
        return self.fact(kind) if roll < 0.75 else self.literal(kind)

    def typed(self, kind: str) -> str:
        """Return a value that is a date on its own; quoted words alone would be text."""
        if kind != "date":
            return self.value(kind)
        fact = self.fact(kind)
        return self.rng.choice((fact, self.sum(kind, 2), f"coalesce({fact}, {self.value(kind)})"))

    def sum(self, kind: str, depth: int) -> str:
        if kind == "date":
            text = (
                f"{self.value('date', depth - 1)} {self.sign()} {self.value('integer', depth - 1)}"
            )
        elif self.rng.random() < 0.5:
            text = f"{self.fact('date')} - {self.value('date', depth - 1)}"
        else:
            parts = [self.value("integer", depth - 1) for _ in range(self.rng.randint(2, 4))]
            text = parts[0] + "".join(f" {self.sign()} {part}" for part in parts[1:])
        return f"({text})"

    def fact(self, kind: str) -> str:
        if kind == "code":
            return self.rng.choice((*ALIASES, "answer_ward_stabilised", "answer_ward_ready"))
        names = [s.name for s in CATALOGUE if s.type == kind and s.name not in ALIASES.values()]
        return self.rng.choice(names)

    def literal(self, kind: str) -> str:
        if kind == "integer":
            return str(self.rng.choice((*range(-3, 9), 10**9, -(10**9))))
        if kind == "boolean":
            return self.word(self.rng.choice(("true", "false")))
        value = self.rng.choice(CODES) if kind == "code" else self.rng.choice(WORDS)
        if kind == "date":
            value = a_day(self.rng).isoformat()
        return "'" + value.replace("'", "''") + "'"

    def word(self, word: str) -> str:
        return self.rng.choice((word, word, word.upper(), word.title()))

    def maybe_not(self) -> str:
        return self.word("not ") if self.rng.random() < 0.4 else ""

    def sign(self) -> str:
        return self.rng.choice("+-")

    def equal(self) -> str:
        return self.rng.choice(("=", "<>"))


def deep(rng: random.Random, depth: int) -> str:
    """Return a condition of `depth` brackets, some holding deep values."""
    if depth == 0:
        return f"age {rng.choice(('=', '<', '<>'))} {deep_value(rng, rng.choice((0, 0, 4, 8)))}"
    parts = [deep(rng, depth - 1), "died" if rng.random() < 0.8 else deep(rng, min(depth - 1, 4))]
    rng.shuffle(parts)
    return f"{rng.choice(('', '', 'not '))}({rng.choice((' and ', ' or ')).join(parts)})"


def deep_value(rng: random.Random, depth: int) -> str:
    """Return sums and coalesces inside one another."""
    if depth == 0:
        return rng.choice(("age", "risk", "1"))
    parts = ["risk", deep_value(rng, depth - 1)]
    rng.shuffle(parts)
    return rng.choice(("coalesce({}, {})", "({} + {})", "({} - {})")).format(*parts)


def seeded(seed: int) -> random.Random:
    """Return a generator that gives the same every time."""
    return random.Random(seed)


def a_day(rng: random.Random) -> date:
    """Return a day near DAY, sometimes an end of the calendar."""
    if rng.random() < 0.05:
        return rng.choice((date.min, date.max))
    return DAY + timedelta(rng.randint(-4, 4))


def a_row(rng: random.Random) -> dict[str, Value]:
    """Return one value, or None three times in ten, for every fact of CATALOGUE."""
    values: Mapping[str, Any] = {
        "integer": lambda: rng.choice((*range(-3, 9), 10**9, -(10**9))),
        "date": lambda: a_day(rng),
        "boolean": lambda: rng.random() < 0.5,
        "text": lambda: rng.choice(WORDS),
        "code": lambda: rng.choice(CODES),
    }
    return {s.name: None if rng.random() < 0.3 else values[s.type]() for s in CATALOGUE}


def fill(engine: Engine, rows: Sequence[Facts]) -> None:
    """Make the table of facts anew in a database of its own, one row for each mapping."""
    TABLE.metadata.drop_all(engine)
    TABLE.metadata.create_all(engine)
    stored = [{k: _stored(v) for k, v in {**row, "n": n}.items()} for n, row in enumerate(rows)]
    with engine.begin() as connection:
        connection.execute(insert(TABLE), stored)


def _stored(value: Value) -> int | str | None:
    if isinstance(value, date):
        return to_day(value)
    return int(value) if isinstance(value, bool) else value


def disagreements(
    engine: Engine, conditions: Sequence[Condition], rows: Sequence[Facts]
) -> list[tuple[str, Facts, bool | None, bool | None]]:
    """Return text, facts, value for one case and value in SQL wherever the two readings differ."""
    found: list[tuple[str, Facts, bool | None, bool | None]] = []
    with engine.connect() as connection:
        for condition in conditions:
            query = select(to_sql(condition, COLUMNS)).select_from(TABLE).order_by(TABLE.c.n)
            in_sql = connection.execute(query).scalars().all()
            for row, there in zip(rows, in_sql, strict=True):
                here = condition.evaluate(row)
                if here is not there:
                    found.append((condition.text, row, here, there))
    return found


def loaded(rng: random.Random, count: int) -> list[Condition]:
    """Return `count` random conditions of at most 2,000 characters."""
    make = Generator(rng)
    texts: list[str] = []
    while len(texts) < count:
        text = make.condition()
        if len(text) <= 2000:
            texts.append(text)
    return [load(text, CATALOGUE, ALIASES) for text in texts]


_SCRAPS = (
    "and", "or", "not", "in", "between", "is", "null", "coalesce", "true", "false", "(", ")", ",",
    "'", "''", '"', "=", "<>", "<", ">", "<=", ">=", "!=", "==", "+", "-", "--", "/*", "*/", ";",
    ".", "1", "0", "-1", "1.5", "1e9", "10000000000", "'2026-02-30'", "'x'", "age", "today", "bed",
    "died", "ready_on", "no_such_fact", "select", "\x00", "\u202e", "é", "\ud800", "\n", "\t", " ",
)  # fmt: skip


def hostile(rng: random.Random) -> str:
    """Return text that is rarely a condition: scraps, a damaged condition, or any characters."""
    roll = rng.random()
    if roll < 0.4:
        text = rng.choice(("", " ")).join(rng.choices(_SCRAPS, k=rng.randint(1, 60)))
    elif roll < 0.8:
        text = Generator(rng).condition()
        for _ in range(rng.randint(1, 4)):
            at, scrap = rng.randint(0, len(text)), rng.choice(_SCRAPS)
            text = text[:at] + scrap + text[at + rng.choice((0, 0, 1, 5)) :]
    elif roll < 0.9:
        text = "".join(chr(rng.randrange(0x110000)) for _ in range(rng.randint(1, 200)))
    else:
        text = "".join(rng.choices(_SCRAPS, k=3)) * rng.randint(1, 900)
    return text


def refused(text: str, catalogue: Catalogue = CATALOGUE) -> ConditionError | None:
    """Load text; return the refusal, or None when it is a condition. Nothing else may be raised."""
    try:
        load(text, catalogue, ALIASES)
    except ConditionError as error:
        return error
    return None
