"""What stands under a table: as of when it is, what it means, what it leaves out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from casereview.cli.cells import plain
from casereview.cli.table import wrapped

HEAD = 16
"""Digits of the seal's head that stand under a short caption; enough to find the seal."""
MORE = "--definition adds numerator, denominator, the whole method and the source."

WHOLE = (
    "definition", "numerator", "denominator", "method", "choices", "left_out", "source",
    "conventions", "published", "partial_periods", "running_periods", "future_periods",
    "compared", "quiet_after", "warnings", "notes", "not_reportable", "typed", "typed_not_shown",
)  # fmt: skip
"""What of a measure's provenance people read under its table; other formats carry all of it."""
SHORT = tuple(w for w in WHOLE if w not in ("numerator", "denominator", "source", "conventions"))
"""The same at a terminal; of the method the first sentence."""

Said = Mapping[str, Any]


def caption(said: Said, *, width: int, short: bool = False) -> str:
    """Return what stands under a table, no line wider than the screen.

    Args:
        said: `as_of`, `known_by` and, of a measure, its provenance.
        width: places of a line.
        short: True leaves out what is asked for with --definition; only of a measure.
    """
    short = short and "measure" in said
    lines = [f"As of {said['as_of']}, known by {said['known_by']}."]
    if "measure" in said:
        lines += [_question(said), _seal(said, short=short)]
    for name in SHORT if short else WHOLE:
        lines += _WORDS.get(name, _plainly)(said, name)
    if short:
        method = _first_sentence(said)
        lines = [f"Method: {method}" if line.startswith("Method: ") else line for line in lines]
        lines.append(MORE)
    return "\n".join(part for line in lines if line for part in wrapped(line, width)) + "\n"


def _plainly(said: Said, name: str) -> list[str]:
    value = said.get(name)
    return [f"{name.replace('_', ' ').capitalize()}: {plain(value)}"] if value else []


def _first_sentence(said: Said) -> str:
    method = str(said.get("method") or "")
    first, ended, rest = method.partition(". ")
    return f"{first}. [...]" if ended and rest else method


def _question(said: Said) -> str:
    """Return which cases and days were asked for."""
    parts = [f"From {plain(said.get('from'))} to {plain(said.get('to'))}"]
    if said.get("every"):
        parts.append(f"by {said['every']}")
    parts += [f"by {plain(g).replace('_', ' ')}" for g in said.get("by") or ()]
    parts.append(f"team {plain(said['team'])}" if said.get("team") else "all teams")
    return f"{', '.join(parts)}."


def _seal(said: Said, *, short: bool) -> str:
    seal = said.get("sealed")
    if not seal:
        return "Nothing is sealed yet."
    head = str(seal["head"])
    return f"Sealed head: {f'{head[:HEAD]}...' if short else head} (seal {seal['number']})."


def _choices(said: Said, _name: str) -> list[str]:
    """Return the other reading of the figure, which of the two this is, and how to ask for it."""
    lines = []
    for c in said.get("choices") or ():
        if c["used"] == "other":
            lines.append(f"Reading of {c['what']}: {c['other']}. Usually: {c['usual']}.")
        else:
            lines.append(f"Reading of {c['what']}: {c['usual']}. With {c['ask']}: {c['other']}.")
    return lines


def _left_out(said: Said, _name: str) -> list[str]:
    """Return the rule of what is left out, and how many that were."""
    rule = str(said.get("leaves_out") or "")
    found = [f"{plain(e['reason'])} {plain(e['n'])}" for e in said.get("exclusions") or ()]
    here = f"Here: {', '.join(found)}." if found else ""
    return [f"Left out: {' '.join(p for p in (rule, here) if p)}"] if rule or here else []


def _partial(said: Said, _name: str) -> list[str]:
    """Return the periods that the dates cut short, which no chart may judge."""
    found = said.get("partial_periods") or ()
    return [f"Cut short by the dates: {', '.join(map(str, found))}."] if found else []


def _running(said: Said, name: str) -> list[str]:
    """Return the periods that the as-of date lies in or before, whose figures are not yet all."""
    found = ", ".join(map(str, said.get(name) or ()))
    if not found:
        return []
    if name == "running_periods":
        return [f"Not over on the as-of date: {found}."]
    return [f"After the as-of date, so nothing is known yet: {found}."]


def _compared(said: Said, name: str) -> list[str]:
    found = said.get(name)
    if not isinstance(found, Mapping) or "days_before" not in found:
        return _plainly(said, name)
    pack = f", the first review with {plain(found['pack'])}" if found.get("pack") else ""
    days = found["days_before"], found["days_after"]
    on = f"{plain(found['on'])}{pack}"
    return [f"Compared: {days[0]} days before {on} with {days[1]} days from it on."]


def _each(said: Said, name: str) -> list[str]:
    value = said.get(name)
    if not isinstance(value, Sequence) or isinstance(value, str):
        return _plainly(said, name)
    lead = {"warnings": "Warning"}.get(name, name.replace("_", " ").capitalize())
    return [f"{lead}: {_one(v)}" for v in value]


def _one(value: Any) -> str:
    """Return a dated cause as people write it, everything else as in a cell."""
    if isinstance(value, Mapping) and {"date", "text"} <= set(value):
        whose = f" ({plain(value['team'])})" if value.get("team") else ""
        return f"{plain(value['date'])} {plain(value['text'])}{whose}"
    return plain(value)


def _unreported(said: Said, name: str) -> list[str]:
    """Return the periods that no limits are worked out from, on one line."""
    marked = said.get(name) or ()
    if not all(isinstance(m, Mapping) and set(m) == {"facet", "date"} for m in marked):
        return _each(said, name)
    series: dict[str, list[str]] = {}
    for m in marked:
        series.setdefault(str(m["facet"]), []).append(plain(m["date"]))
    alike = len({tuple(days) for days in series.values()}) == 1
    each = [", ".join(days) + ("" if alike else f" ({facet})") for facet, days in series.items()]
    return [f"Not reportable: {'; '.join(each[:1] if alike else each)}."] if series else []


def _published(said: Said, _name: str) -> list[str]:
    """Return the rule that was applied; figures that can identify people are called so."""
    stamp = said.get("published")
    if not stamp:
        return []
    rule = plain(stamp["rule"])
    if stamp.get("identifiable"):
        return [f"IDENTIFIABLE: {rule}, by {plain(stamp['by'])}, because: {plain(stamp['reason'])}"]
    return [f"Published under: {rule}; {plain(stamp['hidden'])} figures hidden."]


_WORDS: Mapping[str, Callable[[Said, str], list[str]]] = MappingProxyType(
    {
        "choices": _choices, "left_out": _left_out, "partial_periods": _partial,
        "running_periods": _running, "future_periods": _running, "compared": _compared,
        "warnings": _each, "notes": _each, "not_reportable": _unreported, "published": _published,
    }
)  # fmt: skip
