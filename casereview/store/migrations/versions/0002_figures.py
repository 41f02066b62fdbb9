"""Typed and issued figures, notes on series, a team's emergency words, how decisions stood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TYPES: dict[str, Callable[[], sa.types.TypeEngine[Any]]] = {
    "int": sa.Integer,
    "text": sa.String,
    "long": sa.Text,
}
"""What the words in TABLES stand for; `key` makes the primary key, `null` allows none."""

TABLES = {
    "decision_spells": """
        case_id int key, n int key, decision int, status text, from_on int, before_on int null
    """,
    "transfer_offers": """
        case_id int key, n int key, team text, from_on int, before_on int null
    """,
    "series": "id int key, name text",
    "typed_figures": """
        series_id int key, n int key, team text null, grouped text null, figure text null,
        from_on int, before_on int, value text, typed_on int, by text, corrections int,
        source text null, reason text null
    """,
    "series_notes": """
        series_id int key, n int key, team text null, on int, by text, words text null
    """,
    "not_reportable": """
        series_id int key, n int key, team text null, from_on int, before_on int, by text,
        reason text null
    """,
    "issued_figures": """
        series_id int key, n int key, question long, preset text, definition text, as_of int,
        on int, at_s int, by text, rows long, stamp text null, first_n int null, why text null
    """,
}
WITHOUT_ROWID = (
    "decision_spells",
    "transfer_offers",
    "typed_figures",
    "series_notes",
    "not_reportable",
    "issued_figures",
)

# An action that was changed as of a day before its last change is read otherwise by now.
written_again = (
    ("decision_spells", "transfer_offers", "actions", "action_spells"),
    """
    SELECT stream_kind, stream_id FROM entries WHERE kind IN ('decided', 'transfer_proposed')
    UNION
    SELECT stream_kind, stream_id FROM (
        SELECT stream_kind, stream_id, occurred_on, max(occurred_on) OVER (
            PARTITION BY stream_kind, stream_id ORDER BY seq
        ) AS latest
        FROM entries WHERE substr(kind, 1, 7) = 'action_'
    ) told WHERE occurred_on < latest
    ORDER BY 1, 2
    """,
)


def column(words: str) -> sa.Column[Any]:
    """Return the column of one line of TABLES: name, type, and what else it is."""
    name, kind, *more = words.split()
    key = "key" in more
    return sa.Column(
        name, TYPES[kind](), primary_key=key, autoincrement=False, nullable="null" in more
    )


def upgrade() -> None:
    """Add a column and the new tables; their rows come from the journal afterwards."""
    # Added in place: rebuilding the table would gain nothing and drop whatever hangs on it.
    op.add_column("teams", sa.Column("emergency", sa.String(), nullable=True))
    for name, lines in TABLES.items():
        op.create_table(
            name,
            *(column(words) for words in lines.split(",")),
            sqlite_with_rowid=name not in WITHOUT_ROWID,
        )
    op.create_index("ix_series_name", "series", ["name"])
