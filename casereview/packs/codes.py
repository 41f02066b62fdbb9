"""Code lists: loading one from its text, the lists that ship, and which apply where."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from casereview.errors import NotFound
from casereview.packs.code_lists import Code, CodeList, find_in
from casereview.packs.code_reader import load_codes, month_start
from casereview.packs.reader import read_text

__all__ = [
    "Code",
    "CodeList",
    "find_in",
    "lists_for",
    "load_codes",
    "month_start",
    "shipped_list",
    "shipped_lists",
]


@lru_cache(maxsize=1)
def shipped_lists() -> Mapping[str, CodeList]:
    """Return the lists that ship, by id.

    Raises:
        PackFaults: an installed list is damaged.
    """
    folder = files("casereview_rules").joinpath("codes")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    lists = [load_codes(read_text(folder.joinpath(name), name), name) for name in names]
    return MappingProxyType({one.id: one for one in lists})


def shipped_list(list_id: str) -> CodeList:
    """Return one list that ships.

    Raises:
        NotFound: there is no such list.
    """
    found = shipped_lists().get(list_id)
    if found is None:
        raise NotFound(
            f"There is no code list {list_id!r}.",
            code="unknown_code_list",
            next=f"There are {', '.join(shipped_lists())}.",
        )
    return found


def lists_for(pathway_id: str, division: str, on: date | None = None) -> tuple[CodeList, ...]:
    """Return the lists of delay reasons that apply to a pathway in a division, in order of use.

    Where no national list applies, the local one does.

    Args:
        pathway_id: e.g. "ward".
        division: "england-and-wales", "scotland" or "northern-ireland".
        on: only lists with a code in force on that date; None for those still in force.
    """
    found = [
        one
        for one in shipped_lists().values()
        if one.use == "delay"
        and (not one.pathways or pathway_id in one.pathways)
        and (not one.divisions or division in one.divisions)
        and (one.valid_before is None if on is None else one.is_valid(on))
    ]
    national = [one for one in found if not one.fallback]
    return tuple(sorted(national or found, key=lambda one: (one.order, one.id)))
