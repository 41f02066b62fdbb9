"""The texts of packs, pathways and layouts, each kept once under its hash."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, select

from casereview.store.journal_rows import PackKeptRow

_KEPT: Table = PackKeptRow.__table__  # type: ignore[attr-defined] # SQLModel adds it


def kept_text(connection: Connection, text_hash: str) -> str | None:
    """Return a text by its hash, None when it was never kept."""
    return connection.execute(select(_KEPT.c.text).where(_KEPT.c.hash == text_hash)).scalar()


def kept_texts(connection: Connection, kind: str | None = None) -> list[tuple[str, str, Any]]:
    """Return (hash, id, text) of all that was kept, by hash; of one kind when it is given.

    A text is whatever the file holds: in a damaged store it need not be text.
    """
    query = select(_KEPT.c.hash, _KEPT.c.id, _KEPT.c.text).order_by(_KEPT.c.hash)
    if kind is not None:
        query = query.where(_KEPT.c.kind == kind)
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def keep_text(
    connection: Connection, text_hash: str, kind: str, ident: str, version: int, text: str
) -> None:
    """Keep a text, once for each hash."""
    if kept_text(connection, text_hash) is None:
        values = {"hash": text_hash, "kind": kind, "id": ident, "version": version, "text": text}
        connection.execute(_KEPT.insert().values(**values))
