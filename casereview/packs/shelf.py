"""One kind of rule file: the shipped ones and a user's own, read only when somebody asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from casereview.errors import CaseReviewError, NotFound, Refused
from casereview.packs.reader import nearest, read_text

_ID = re.compile(r"""^[ \t]*id[ \t]*=[ \t]*["']([a-z0-9-]{1,40})["']""", re.MULTILINE)


class Shelved(Protocol):
    """What a rule file becomes; pack and pathway fit."""

    @property
    def id(self) -> str:
        """Return the id by which it is asked for."""
        ...


T = TypeVar("T", bound=Shelved)


class Shelf(Generic[T]):
    """All rule files of one kind.

    A user's own file replaces the shipped one of the same id only with a higher version. One that
    cannot be used is never passed over in silence: asking for its id raises why, and `refused`
    lists it, while every other file goes on working.

    Attributes:
        what: "pack" or "pathway", for sentences.
    """

    def __init__(
        self,
        what: str,
        shipped: Traversable,
        own: Path | None,
        *,
        read: Callable[[str, str, bool], T],
        version: Callable[[T], int],
    ) -> None:
        self.what = what
        self._shipped = shipped
        self._own_folder = own
        self._read = read
        self._version = version
        self._kept: dict[str, T] = {}
        self._refused: dict[str, CaseReviewError] = {}
        self._blocked: dict[str, CaseReviewError] = {}
        self._own_ids: dict[str, str] = {}
        self._own_is_read = False

    def get(self, name: str) -> T:
        """Return one item, reading its file now if need be.

        Raises:
            NotFound: there is none of that id; the sentence names the nearest.
            PackFaults, Refused: a user's own file of that id cannot be used.
        """
        self._read_own()
        if name in self._blocked:
            raise self._blocked[name]
        if name not in self._kept:
            self._keep_shipped(name)
        return self._kept[name]

    def all(self) -> dict[str, T]:
        """Return every item that can be used, by id, in order of id."""
        self._read_own()
        usable = (name for name in self.ids() if name not in self._blocked)
        return {name: self.get(name) for name in usable}

    def ids(self) -> tuple[str, ...]:
        """Return all ids, in order, also of files that cannot be used."""
        self._read_own()
        return tuple(sorted({*self._shipped_names, *self._own_ids, *self._blocked}))

    @property
    def refused(self) -> dict[str, CaseReviewError]:
        """Return each of the user's own files that cannot be used, with the reason."""
        self._read_own()
        return dict(self._refused)

    @cached_property
    def _shipped_names(self) -> tuple[str, ...]:
        names = (entry.name for entry in self._shipped.iterdir())
        return tuple(sorted(n.removesuffix(".toml") for n in names if n.endswith(".toml")))

    def shipped(self, name: str) -> T | None:
        """Return the shipped item of that id, None when none ships."""
        if name not in self._shipped_names:
            return None
        file = f"{name}.toml"
        return self._read(read_text(self._shipped.joinpath(file), file), file, True)

    def _keep_shipped(self, name: str) -> None:
        found = self.shipped(name)
        if found is None:
            near = nearest(name, self.ids())
            there = f"There are {', '.join(self.ids())}. --rules FOLDER names your own."
            raise NotFound(
                f"There is no {self.what} {name[:60]!r}.",
                code=f"unknown_{self.what}",
                next=f"Did you mean {near!r}?" if near else there,
            )
        self._kept[name] = found

    def _read_own(self) -> None:
        if self._own_is_read:
            return
        self._own_is_read = True
        if self._own_folder is None or not self._own_folder.is_dir():
            return
        for path in sorted(self._own_folder.glob("*.toml")):
            self._read_one_own(path)

    def _read_one_own(self, path: Path) -> None:
        claimed = path.stem
        try:
            text = read_text(path, path.name)
            named = _ID.search(text)
            claimed = named[1] if named else claimed
            self._place_own(self._read(text, path.name, False), path.name)
        except CaseReviewError as error:
            self._refused[path.name] = error
            self._blocked[claimed] = error

    def _place_own(self, item: T, file: str) -> None:
        """Put a user's own item in place of an older one; refuse what would be ambiguous."""
        mine = self._version(item)
        shipped = self.shipped(item.id)
        if shipped is not None and mine <= self._version(shipped):
            raise Refused(
                f"{file} is version {mine} of the {self.what} {item.id!r}, and version "
                f"{self._version(shipped)} ships already.",
                code="version_not_higher",
                next="Give your own a higher version, or an id of its own.",
            )
        earlier = self._kept.get(item.id) if item.id in self._own_ids else None
        if earlier is not None and mine == self._version(earlier):
            raise Refused(
                f"{file} and {self._own_ids[item.id]} are both version {mine} of the {self.what} "
                f"{item.id!r}.",
                code="version_twice",
                next="Give the newer one a higher version.",
            )
        if earlier is None or mine > self._version(earlier):
            self._kept[item.id] = item
            self._own_ids[item.id] = file
