"""The schema's number, its triggers, and how an empty database gets its tables at once.

The tables themselves are imported only when they are made: opening a store needs none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from casereview.store.statements import run

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData

SCHEMA = 2
"""Number of the newest migration; kept in PRAGMA user_version and in store_meta."""

APPLICATION_ID = 0x43525657
"""PRAGMA application_id of every store: the letters CRVW."""

APPEND_ONLY = ("entries", "seals", "seal_streams")

_REFUSE = (
    "CREATE FUNCTION casereview_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' are append-only'; END $$"
)
_ROW_MODULES = ("rows", "journal_rows", "findings_rows")


def metadata() -> MetaData:
    """Return the tables of a store, importing every module that declares one."""
    from sqlmodel import SQLModel

    for name in _ROW_MODULES:
        import_module(f"casereview.store.{name}")
    return SQLModel.metadata


def triggers(dialect: str) -> list[str]:
    """Return the statements that make the journal append-only.

    Args:
        dialect: "sqlite" or "postgresql".
    """
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
            for table in APPEND_ONLY
            for verb in ("update", "delete")
        ]
    return [
        _REFUSE,
        *(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION casereview_append_only()"
            for table in APPEND_ONLY
        ),
    ]


def create_tables(connection: Connection) -> None:
    """Make every table, index and trigger in an empty database, stamped as migrated."""
    metadata().create_all(connection, checkfirst=False)
    for statement in triggers(connection.dialect.name):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    run(connection, "INSERT INTO alembic_version VALUES (?)", (revision(SCHEMA),))
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA}")


def revision(schema: int) -> str:
    """Return the migration's revision for a schema number: four digits."""
    return f"{schema:04d}"
