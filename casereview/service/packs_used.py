"""Packs in force: every version used is kept whole in the store, and found again by its hash."""

from __future__ import annotations

from casereview.core.packs import Pack
from casereview.core.pathways import Pathway
from casereview.core.records import Review
from casereview.errors import Refused
from casereview.packs.library import Library
from casereview.packs.pack_file import load_pack
from casereview.service.work import Work
from casereview.store.kept_texts import keep_text, kept_text


def keep(work: Work, kind: str, held: Pack | Pathway) -> None:
    """Keep a pack or pathway whole, once for each hash."""
    if isinstance(held, Pack):
        key, version, text = held.ref.hash, held.ref.version, held.text
    else:
        key, version, text = held.hash, held.version, held.text
    keep_text(work.connection, key, kind, held.id, version, text)


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
    text = kept_text(work.connection, review.hash)
    if text is None:
        raise Refused(
            f"The version {review.version} of {review.pack} that this review uses is gone.",
            code="pack_gone",
            next="Put the rule file back into the rules folder.",
        )
    return load_pack(text, f"{review.pack}.toml", library.facts, shipped=False)
