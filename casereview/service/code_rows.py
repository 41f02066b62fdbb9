"""Code lists for people: which there are, and the codes of one with their dates."""

from __future__ import annotations

from datetime import date

from casereview.errors import NotFound
from casereview.packs.codes import CodeList, shipped_lists
from casereview.packs.library import Library
from casereview.service.desk import Rows
from casereview.service.near import nearest

EXITS = "exits-"
"""An exit list is named so, then by its pathway."""


def lists(library: Library, on: date | None = None) -> Rows:
    """Return every list: the national and local ones, and the exits of each pathway.

    Args:
        library: names the pathways.
        on: only lists with a code that may be used on that day, and how many; None for all.
    """
    rows: Rows = [
        {
            "list": one.id, "for": one.use, "title": one.title,
            "pathways": ", ".join(one.pathways) or "all",
            "divisions": ", ".join(one.divisions) or "all",
            "codes": len(one.codes if on is None else one.valid_codes(on)),
            "own_codes": _own(one), "version": one.version, "source": one.source,
        }
        for one in shipped_lists().values()
        if on is None or one.is_valid(on)
    ]  # fmt: skip
    rows += [
        {
            "list": f"{EXITS}{name}", "for": "exit", "title": f"Exits of {pathway.title}",
            "pathways": name, "divisions": "all", "codes": len(pathway.exits), "own_codes": None,
            "version": pathway.version, "source": None,
        }
        for name in library.pathway_ids()
        for pathway in (library.pathway(name),)
    ]  # fmt: skip
    return rows


def _own(one: CodeList) -> str | None:
    """Return how a code of one's own is written, None when the list takes none."""
    return None if one.allow_local is None else f"{one.allow_local}short-word"


def codes(library: Library, list_id: str, on: date | None = None) -> Rows:
    """Return the codes of a list: list, code, text, group, valid_from, valid_before.

    Args:
        library: holds the pathways' exits.
        list_id: id of a code list, or exits-PATHWAY.
        on: only codes that may be used on that day; None for all.

    Raises:
        NotFound: there is no such list; the nearest is named.
    """
    exits = {f"{EXITS}{name}": name for name in library.pathway_ids()}
    if list_id in exits:
        return [
            {
                "list": list_id, "code": one.code, "text": one.title, "group": one.exit_class,
                "valid_from": None, "valid_before": None,
            }
            for one in library.pathway(exits[list_id]).exits
        ]  # fmt: skip
    found = shipped_lists().get(list_id)
    if found is None:
        known = (*shipped_lists(), *exits)
        near = nearest(list_id, known)
        raise NotFound(
            f"There is no code list {list_id[:60]!r}.",
            code="unknown_code_list",
            next=(f"Did you mean {near}? " if near else "") + "`rules codes` names the lists.",
        )
    return [
        {
            "list": list_id, "code": one.code, "text": found.full_title(one),
            "group": found.groups.get(one.group), "valid_from": one.valid_from,
            "valid_before": one.valid_before,
        }
        for one in (found.codes if on is None else found.valid_codes(on))
    ]  # fmt: skip
