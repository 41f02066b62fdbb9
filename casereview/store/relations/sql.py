"""Which stored columns make which relation, and reading them fast into frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl
from polars.datatypes import DataTypeClass
from sqlalchemy import Connection

from casereview.store.statements import Parameters, run
from casereview.store.types import to_day

CHUNK = 20_000
"""Rows turned into columns at once; more only costs memory."""

DAY, NUMBER, WORD = pl.Int32, pl.Int64, pl.String
ID, SMALL = pl.Int64, pl.Int32

_OF_CASE = '"case_id" IN (SELECT id FROM cases WHERE team = ?)'

OF_PERSONS = (
    "(person_id IN (SELECT person_id FROM cases WHERE team = ?) "
    "OR person_id IN (SELECT id FROM persons WHERE merged_into IS NOT NULL) "
    "OR person_id IN (SELECT merged_into FROM persons WHERE merged_into IS NOT NULL))"
)
"""A team's people, and all who were found to be somebody else: they may be one of them."""


@dataclass(frozen=True, slots=True)
class Source:
    """One stored table as it is read.

    Attributes:
        table: its name.
        columns: column of the frame to (stored column, type of the frame's column).
        dated: stored column that must lie on or before the as-of date, "" for none.
        of_team: SQL condition with one ? that keeps a team's rows.
        only: further fixed SQL condition, "" for none.
    """

    table: str
    columns: Mapping[str, tuple[str, DataTypeClass]]
    dated: str
    of_team: str = _OF_CASE
    only: str = ""

    @property
    def schema(self) -> dict[str, DataTypeClass]:
        """Return the frame's columns with their types, in order."""
        return {name: kind for name, (_, kind) in self.columns.items()}

    def sql(self, *, team: bool) -> str:
        """Return the statement; its parameters are the as-of day and, if asked, the team."""
        named = ", ".join(_column(stored) for stored, _ in self.columns.values())
        tests = [f'"{self.dated}" <= ?'] if self.dated else []
        tests += [self.of_team] if team else []
        tests += [self.only] if self.only else []
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        return f"SELECT {named} FROM {self.table}{where}"  # noqa: S608 - names of our own tables


def _column(stored: str) -> str:
    # A truth value is 0 or 1 in one database and a boolean in the other.
    return f'CAST("{stored[1:]}" AS INTEGER)' if stored.startswith("?") else f'"{stored}"'


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "cases": Source(
            "cases",
            {
                "case_id": ("id", ID),
                "person_id": ("person_id", ID),
                "team": ("team", WORD),
                "pathway": ("pathway", WORD),
                "ended": ("stage", WORD),
                "referred_day": ("referred_on", DAY),
                "first_referred_day": ("first_referred_on", DAY),
                "referred_s": ("referred_s", NUMBER),
                "closed_day": ("closed_on", DAY),
                "closed_s": ("closed_s", NUMBER),
                "exit": ("exit", WORD),
                "exit_class": ("exit_class", WORD),
                "linked_case_id": ("linked_case_id", ID),
                "link": ("link", WORD),
                "run": ("run", ID),
                "excluded": ("excluded", WORD),
            },
            dated="referred_on",
            # The person's cases elsewhere are read too: they tell who returned, and from where.
            of_team=OF_PERSONS,
        ),
        "stage_spells": Source(
            "stage_spells",
            {
                "case_id": ("case_id", ID),
                "n": ("n", SMALL),
                "stage": ("stage", WORD),
                "from_day": ("from_on", DAY),
                "before_day": ("before_on", DAY),
                "from_s": ("from_s", NUMBER),
                "move": ("move", WORD),
            },
            dated="from_on",
        ),
        "milestones": Source(
            "milestones",
            {
                "case_id": ("case_id", ID),
                "name": ("name", WORD),
                "day": ("on", DAY),
                "s": ("at_s", NUMBER),
                "excluded": ("excluded", WORD),
            },
            dated="on",
        ),
        "workers": Source(
            "allocations",
            {
                "case_id": ("case_id", ID),
                "n": ("n", SMALL),
                "worker": ("login", WORD),
                "from_day": ("from_on", DAY),
                "before_day": ("before_on", DAY),
            },
            dated="from_on",
            only="role = 'key-worker'",
        ),
        "attendances": Source(
            "contacts",
            {
                "case_id": ("case_id", ID),
                "n": ("n", SMALL),
                "kind": ("kind", WORD),
                "attended": ("attended", WORD),
                "day": ("on", DAY),
                "s": ("at_s", NUMBER),
            },
            dated="on",
        ),
        "delays": Source(
            "delays",
            {
                "case_id": ("case_id", ID),
                "n": ("n", SMALL),
                "reason": ("reason", WORD),
                "from_day": ("from_on", DAY),
                "before_day": ("before_on", DAY),
            },
            dated="from_on",
        ),
        "actions": Source(
            "actions",
            {
                "action_id": ("id", ID),
                "case_id": ("case_id", ID),
                "person_id": ("person_id", ID),
                "team": ("team", WORD),
                "cause": ("cause", WORD),
                "opened_day": ("opened_on", DAY),
                "first_due_day": ("first_due_on", DAY),
                "effort": ("effort", WORD),
                "review_id": ("review_id", ID),
                "closed_day": ("closed_on", DAY),
                "closed_how": ("closed_how", WORD),
                "automatic": ("?automatic", SMALL),
            },
            dated="opened_on",
            of_team='"team" = ?',
        ),
        "action_spells": Source(
            "action_spells",
            {
                "action_id": ("action_id", ID),
                "n": ("n", SMALL),
                "status": ("status", WORD),
                "owner": ("owner", WORD),
                "doer": ("doer", WORD),
                "due_day": ("due_on", DAY),
                "carried": ("carried", SMALL),
                "from_day": ("from_on", DAY),
                "before_day": ("before_on", DAY),
                "parked_until_day": ("parked_until", DAY),
            },
            dated="from_on",
            of_team="action_id IN (SELECT id FROM actions WHERE team = ?)",
        ),
        "reviews": Source(
            "reviews",
            {
                "review_id": ("id", ID),
                "team": ("team", WORD),
                "pack": ("pack", WORD),
                "day": ("on", DAY),
                "status": ("status", WORD),
                "opened_s": ("opened_s", NUMBER),
                "closed_s": ("closed_s", NUMBER),
                "closed_day": ("closed_on", DAY),
                "baseline": ("?baseline", SMALL),
            },
            dated="on",
            of_team='"team" = ?',
        ),
        "marks": Source(
            "marks",
            {
                "case_id": ("case_id", ID),
                "n": ("n", SMALL),
                "review_id": ("review_id", ID),
                "kind": ("kind", WORD),
                "day": ("on", DAY),
                "s": ("at_s", NUMBER),
            },
            dated="on",
        ),
    }
)


def fetch(
    connection: Connection,
    sql: str,
    parameters: Parameters,
    schema: Mapping[str, DataTypeClass],
) -> pl.DataFrame:
    """Return the rows of one statement as a frame.

    The rows come through our own connection: a second database library in this process may not
    touch the file.

    Args:
        connection: inside a reading transaction.
        sql: one SELECT whose columns are those of `schema`, in order.
        parameters: values for its ? marks.
        schema: the frame's columns with their types.
    """
    result = run(connection, sql, parameters)
    cursor = result.cursor
    parts = [pl.DataFrame(schema=schema)]
    while rows := cursor.fetchmany(CHUNK):
        parts.append(_frame(rows, schema))
    result.close()
    return pl.concat(parts)


def _frame(rows: Sequence[Sequence[Any]], schema: Mapping[str, DataTypeClass]) -> pl.DataFrame:
    columns = zip(*rows, strict=True)
    return pl.DataFrame(
        [
            pl.Series(name, values, dtype=kind)
            for (name, kind), values in zip(schema.items(), columns, strict=True)
        ]
    )


def read_rows(
    connection: Connection, source: Source, *, as_of: date, team: str | None
) -> pl.DataFrame:
    """Return the stored rows of one source, dated on or before `as_of`."""
    parameters = ((to_day(as_of),) if source.dated else ()) + ((team,) if team is not None else ())
    return fetch(connection, source.sql(team=team is not None), parameters, source.schema)


def read_source(
    connection: Connection, name: str, *, as_of: date, team: str | None
) -> pl.DataFrame:
    """Return the stored rows of a source by name, dated on or before `as_of`."""
    return read_rows(connection, SOURCES[name], as_of=as_of, team=team)
