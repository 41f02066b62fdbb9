"""Events written as CSV or XES and read again by a layout tell the same journeys."""

import random
import tempfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casereview.cli.files import to_csv
from casereview.errors import Refused
from casereview.service import cases, importing, moving
from casereview.service.export_tables import Order
from casereview.service.exporting import export_rows, export_xes

HEAD = """\
[layout]
id = "exported"
version = 1
title = "Events exported from another store"
shape = "events"
pathway = "ward"
"""
CSV = """\
[file]
delimiter = "comma"
encoding = "utf-8-sig"
[time]
formats = ["yyyy-mm-dd"]
zone = "Europe/London"
[columns]
id = "case"
activity = "activity"
time = "on"
person = "person"
"""
XES = """\
format = "xes"
[time]
formats = ["yyyy-mm-ddTHH:MM:SS.fffzz"]
zone = "Europe/London"
[columns]
id = "case:concept:name"
activity = "concept:name"
time = "time:timestamp"
"""
EXITS = ("against-advice", "declined", "other-ward")


def means(activity: str) -> str:
    """Return what one exported activity does, as a layout says it."""
    kind, *rest = activity.split(" ")
    if kind == "referred":
        return f'refer = "{rest[0]}"'
    if kind == "contact":
        return f'contact = "{rest[0]}"\nattended = "{rest[1]}"'
    if kind != "moved":
        return "nothing = true"
    if rest[0] == "left":
        return f'end = "left"\nexit = "{rest[1]}"'
    return f'move = "{rest[0]}"\nback = true'


def layout(head: str, activities: Iterable[str]) -> str:
    parts = [f'[[activity]]\nnames = ["{a}"]\n{means(a)}\n' for a in sorted(activities)]
    return HEAD + head + "\n".join(parts)


def journeys(held: Any, key: Path) -> list[Any]:
    """Return each case's stages and contacts with their dates, whatever the cases are called."""
    rows, _ = export_rows(held.desk(28), Order("events", key=key))
    found: dict[str, list[Any]] = {}
    for row in rows:
        if row["event"] in ("referred", "moved", "contact"):
            found.setdefault(row["case"], []).append((row["on"], row["activity"]))
    return sorted(found.values())


@pytest.mark.parametrize("ending", ["csv", "xes"])
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_journeys_come_back_with_their_dates(
    make_service: Callable[[Path], Any], ending: str, seed: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "one").mkdir()
        (folder / "two").mkdir()
        key, file, plan = folder / "k", folder / f"events.{ending}", folder / "exported.toml"
        held, again = make_service(folder / "one"), make_service(folder / "two")
        for service in (held, again):
            service.team("W1", "ward")
        _live(held, random.Random(seed))
        rows, _ = export_rows(held.desk(28), Order("events", key=key))
        if ending == "csv":
            file.write_text(to_csv(rows), encoding="utf-8", newline="")
        else:
            file.write_bytes(export_xes(held.desk(28), Order("xes", key=key)))
        head = CSV if ending == "csv" else XES
        plan.write_text(layout(head, {r["activity"] for r in rows}), encoding="utf-8")
        row = importing.import_file(
            again.desk(28), file, plan, team="W1", report=folder / "report.csv"
        )[0]
        assert row["rejected"] == 0
        # Of a log the reader counts traces, of a table lines.
        assert row["accepted"] == (len(rows) if ending == "csv" else row["cases"])
        assert journeys(again, key) == journeys(held, key)
        again.sound()
        again.restart()
        held.restart()


def _live(held: Any, dice: random.Random) -> None:
    for n in range(dice.randint(1, 4)):
        day = dice.randint(1, 5)
        case = held.case("W1", f"p{n}", day=day)
        for _ in range(dice.randint(0, 4)):
            day = min(day + dice.randint(1, 5), 27)
            on = date(2026, 3, day)
            try:
                match dice.randint(0, 3):
                    case 0:
                        held.set(case, day, safeguarding="none")
                        moving.leave(held.desk(day), case, dice.choice(EXITS), on=on)
                    case 1:
                        code = dice.choice(("5", "6", "3", "7"))
                        cases.contact(
                            held.desk(day), case, kind="face-to-face", attended=code, on=on
                        )
                    case _:
                        stage = dice.choice(("stabilise", "recover"))
                        moving.move(held.desk(day), case, stage, on=on, override="as agreed")
            except Refused:
                continue
