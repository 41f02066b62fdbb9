"""Counting for tests of published figures: distributions, months, returns."""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

EPOCH = date(1970, 1, 1).toordinal()
DAY, HOUR = 86_400, 3_600
Figures = dict[str, float]


def flat(found: Mapping[str, Any], before: str = "") -> Figures:
    """Return every number of nested figures under its path."""
    out: Figures = {}
    for key, value in found.items():
        if isinstance(value, Mapping):
            out |= flat(value, f"{before}{key}.")
        elif isinstance(value, int | float):
            out[f"{before}{key}"] = int(value) if isinstance(value, bool) else value
    return out


def spread(values: Iterable[float], name: str) -> Figures:
    """Return the figures of a distribution; the ninth tenth lies between its two neighbours."""
    found = sorted(values)
    place = (len(found) - 1) * 0.9
    low = int(place)
    high = found[min(low + 1, len(found) - 1)]
    told = {
        "n": len(found), "mean": round(statistics.mean(found), 4),
        "median": statistics.median(found), "min": found[0], "max": found[-1],
        "p90": round(found[low] + (high - found[low]) * (place - low), 4),
    }  # fmt: skip
    return {f"{name}.{k}": v for k, v in told.items()}


def counted(values: Iterable[str], name: str) -> Figures:
    return {f"{name}.{k}": n for k, n in Counter(values).items()}


def on(day: int) -> date:
    return date.fromordinal(day + EPOCH)


def number(text: str) -> int:
    return date.fromisoformat(text).toordinal() - EPOCH


def month(day: int) -> str:
    return on(day).isoformat()[:7]


def months_later(day: int, months: int) -> int:
    """Return the same day some months later, the month's last one where it has no such day."""
    start = on(day)
    years, place = divmod(start.month - 1 + months, 12)
    after = date(start.year + years + (place == 11), (place + 1) % 12 + 1, 1) - timedelta(days=1)
    return min(after, after.replace(day=min(start.day, after.day))).toordinal() - EPOCH


def returns(cases: Iterable[tuple[int, int, int | None, bool]], as_of: int, name: str) -> Figures:
    """Return the figures of coming back, of (person, start, end, counts) in the order of starts."""
    of: dict[int, list[tuple[int, int | None, bool]]] = defaultdict(list)
    for person, start, end, counts in cases:
        of[person].append((start, end, counts))
    ended: list[tuple[int, int | None]] = []
    for found in of.values():
        following: list[Any] = [*found[1:], None]
        ended += [(one[1], after and after[0]) for one, after in zip(found, following, strict=True)
                  if one[1] is not None and one[2]]  # fmt: skip
    gaps = [(end, after - end) for end, after in ended if after is not None]
    out: Figures = {"discharges": len(ended), "any_later_episode": len(gaps),
                    "negative_gap_overlap": sum(g < 0 for _, g in gaps)}  # fmt: skip
    windows: list[tuple[str, Callable[[int], int], str]] = [
        *((f"{n}d", n.__add__, f"{n}d") for n in (2, 28, 30, 183)),
        ("6m", lambda end: months_later(end, 6), "6_calendar_months"),
    ]
    for label, last, whole in windows:
        back = [end for end, gap in gaps if gap >= 0 and end + gap <= last(end)]
        out[f"within_{whole}"] = len(back)
        out[f"followed_up_{label}"] = sum(last(end) <= as_of for end, _ in ended)
        out[f"within_{label}_of_followed_up"] = sum(last(end) <= as_of for end in back)
    return {f"{name}.{k}": v for k, v in out.items()}


def wall(seconds: float) -> float:
    """Return an instant as the clock of the file showed it, so that no clock change is counted."""
    shift = datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo("Europe/London")).utcoffset()
    return seconds + (shift.total_seconds() if shift else 0)


def compare(
    shared: Path, name: str, got: Figures, apart: Mapping[str, str], close: float = 5e-5
) -> None:
    """Compare every figure of a file but those that are named with the reason why not."""
    text = (shared / f"data/expected/{name}.json").read_text(encoding="utf-8")
    wanted = flat(json.loads(text))
    unnamed = {k for k in set(wanted) - set(got) if not any(k.startswith(a) for a in apart)}
    assert not unnamed, unnamed
    assert not set(got) - set(wanted), set(got) - set(wanted)
    wrong = {k: (n, wanted[k]) for k, n in got.items() if abs(n - wanted[k]) > close}
    assert not wrong, wrong
