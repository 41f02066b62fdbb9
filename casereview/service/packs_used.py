"""Packs in force: every version used is kept whole in the store, and found again by its hash."""

from __future__ import annotations

from sqlalchemy import select

from casereview.core.packs import Pack
from casereview.core.pathways import Pathway
from casereview.core.records import Review
from casereview.errors import Refused
from casereview.packs.library import Library
from casereview.packs.pack_file import load_pack
from casereview.service.work import Work
from casereview.store.journal_rows import PackKeptRow


def keep(work: Work, kind: str, held: Pack | Pathway) -> None:
    """Keep a pack or pathway whole, once for each hash."""
    if isinstance(held, Pack):
        key, version, text = held.ref.hash, held.ref.version, held.text
    else:
        key, version, text = held.hash, held.version, held.text
    table = PackKeptRow.__table__  # type: ignore[attr-defined] # SQLModel adds it
    found = work.connection.execute(select(table.c.hash).where(table.c.hash == key)).first()
    if found is None:
        work.connection.execute(
            table.insert().values(hash=key, id=held.id, version=version, kind=kind, text=text)
        )


def pack_of(work: Work, review: Review) -> Pack:
    """Return the exact pack that a review was opened with.

    Raises:
        Refused: neither the rules folder nor the store has it any more.
    """
    library: Library = work.desk.library
    if review.pack in library.pack_ids():
        pack = library.pack(review.pack)
        if pack.ref.hash == review.hash:
            return pack
    table = PackKeptRow.__table__  # type: ignore[attr-defined] # SQLModel adds it
    text = work.connection.execute(
        select(table.c.text).where(table.c.hash == review.hash)
    ).scalar_one_or_none()
    if text is None:
        raise Refused(
            f"The version {review.version} of {review.pack} that this review uses is gone.",
            code="pack_gone",
            next="Put the rule file back into the rules folder.",
        )
    return load_pack(text, f"{review.pack}.toml", library.facts, shipped=False)
