"""The rules in force: what ships, with a user's own packs and pathways in front."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from casereview.core.facts import Catalogue
from casereview.core.outcomes import aliases
from casereview.core.packs import Pack
from casereview.core.pathways import Pathway
from casereview.errors import CaseReviewError, ConditionError, Usage
from casereview.packs.catalogue import load_catalogue
from casereview.packs.pack_file import load_pack
from casereview.packs.pathway_file import load_pathway
from casereview.packs.reader import read_text
from casereview.packs.shelf import Shelf

if TYPE_CHECKING:
    from casereview.core.conditions import Condition
    from casereview.packs.code_lists import CodeList


class Library:
    """Packs, pathways, code lists and facts; each file is read when it is first asked for.

    Args:
        folder: a user's own rules, with `reviews/*.toml` and `pathways/*.toml`; None for none.
        catalogue: the built-in facts; None for those that ship.

    Raises:
        Usage: the folder is not there.
    """

    def __init__(self, folder: Path | None = None, *, catalogue: Catalogue | None = None) -> None:
        if folder is not None and not folder.is_dir():
            raise Usage(
                f"The rules folder {folder.name!r} is not there.",
                code="no_rules_folder",
                next="Make it, with the folders reviews and pathways, or name another.",
            )
        self.folder = folder
        self._given = catalogue
        self._conditions: dict[tuple[str, str], Condition] = {}
        shipped = files("casereview_rules")
        self._packs: Shelf[Pack] = Shelf(
            "pack",
            shipped.joinpath("reviews"),
            folder / "reviews" if folder else None,
            read=lambda text, file, own: load_pack(text, file, self.facts, shipped=own),
            version=lambda pack: pack.ref.version,
        )
        self._pathways: Shelf[Pathway] = Shelf(
            "pathway",
            shipped.joinpath("pathways"),
            folder / "pathways" if folder else None,
            read=lambda text, file, _own: load_pathway(text, file, self.facts),
            version=lambda pathway: pathway.version,
        )

    @cached_property
    def facts(self) -> Catalogue:
        """Return the built-in facts, without the answers."""
        if self._given is not None:
            return self._given
        file = files("casereview_rules").joinpath("facts.toml")
        return load_catalogue(read_text(file, "facts.toml"), "facts.toml")

    @cached_property
    def catalogue(self) -> Catalogue:
        """Return every fact: the built-in ones and the answers of all packs that can be used."""
        return self.facts.plus(f for pack in self.packs.values() for f in pack.answer_facts)

    @property
    def packs(self) -> Mapping[str, Pack]:
        """Return every pack that can be used, by id; reads all of them."""
        return self._packs.all()

    @property
    def pathways(self) -> Mapping[str, Pathway]:
        """Return every pathway that can be used, by id; reads all of them."""
        return self._pathways.all()

    @property
    def codes(self) -> Mapping[str, CodeList]:
        """Return every shipped code list, by id."""
        from casereview.packs.codes import shipped_lists

        return shipped_lists()

    @property
    def refused(self) -> Mapping[str, CaseReviewError]:
        """Return the user's own files that cannot be used, with the reason of each."""
        return {**self._packs.refused, **self._pathways.refused}

    def pack_ids(self) -> tuple[str, ...]:
        """Return the ids of all packs, without reading the shipped ones."""
        return self._packs.ids()

    def pathway_ids(self) -> tuple[str, ...]:
        """Return the ids of all pathways, without reading the shipped ones."""
        return self._pathways.ids()

    def pack(self, pack_id: str) -> Pack:
        """Return one pack.

        Raises:
            NotFound: there is none; the sentence names the nearest.
            PackFaults, Refused: a user's own pack of that id cannot be used.
        """
        return self._packs.get(pack_id)

    def pathway(self, pathway_id: str) -> Pathway:
        """Return one pathway.

        Raises:
            NotFound: there is none; the sentence names the nearest.
            PackFaults, Refused: a user's own pathway of that id cannot be used.
        """
        return self._pathways.get(pathway_id)

    def packs_for(self, pathway_id: str) -> tuple[Pack, ...]:
        """Return the packs that serve a pathway, in order of id."""
        serving = (p for p in self.packs.values() if not p.pathways or pathway_id in p.pathways)
        return tuple(serving)

    def condition(self, text: str, pack: Pack | None = None) -> Condition:
        """Return a condition, read once; with a pack, its short names for answers are known.

        Raises:
            ConditionError: the text cannot be read, with position and reason.
        """
        key = (text, "" if pack is None else pack.ref.hash)
        held = self._conditions.get(key)
        if held is None:
            held = self._conditions[key] = self._load(text, pack)
        return held

    def _load(self, text: str, pack: Pack | None) -> Condition:
        from casereview.core.conditions import load

        if pack is None:
            return self._load_plain(text)
        # An older version, or a draft that is being checked, brings facts that nobody else knows.
        known = self._own_catalogues.get(pack.ref.hash)
        if known is None:
            known = self._own_catalogues[pack.ref.hash] = self.facts.plus(pack.answer_facts)
        short = aliases(pack)
        try:
            return load(text, known, short)
        except ConditionError:
            return load(text, self.catalogue.plus(pack.answer_facts), short)

    def _load_plain(self, text: str) -> Condition:
        from casereview.core.conditions import load

        try:
            return load(text, self.facts)
        except ConditionError:
            return load(text, self.catalogue)

    @cached_property
    def _own_catalogues(self) -> dict[str, Catalogue]:
        return {}
