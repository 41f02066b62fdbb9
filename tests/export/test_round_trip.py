"""Events written as CSV or XES and read again by a layout tell the same journeys."""

import random
import tempfile
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casereview.cli.files import to_csv
from casereview.errors import Refused
from casereview.service.cases import cases, moving
from casereview.service.doors import importing
from casereview.service.doors.exporting import export_rows, export_xes
from casereview.service.doors.tables import Order
from casereview.store import journal

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
    if kind == "milestone":
        return f'milestone = "{rest[0]}"'
    if kind != "moved":
        return "nothing = true"
    if rest[0] == "left":
        return f'end = "left"\nexit = "{rest[1]}"'
    return f'move = "{rest[0]}"\nback = true'


def layout(head: str, activities: Iterable[str]) -> str:
    parts = [f'[[activity]]\nnames = ["{a}"]\n{means(a)}\n' for a in sorted(activities)]
    return HEAD + head + "\n".join(parts)


TOLD = {
    "referred": ("stage",),
    "moved": ("dest", "exit", "exit_class"),
    "contact": ("kind", "attended"),
    "milestone": ("name",),
}
"""What of an entry these formats carry."""


def journeys(held: Any) -> list[Any]:
    """Return what the journal itself says of each case, whatever the cases are called."""
    found: dict[int, list[Any]] = {}
    with held.desk(date(2026, 4, 20)).reading() as work:
        for entry in journal.iterate(work.connection, kinds=["case"]):
            if entry.kind in TOLD:
                body = {"stage": "assess", **entry.body} if entry.kind == "referred" else entry.body
                told = tuple(body.get(k) for k in TOLD[entry.kind])
                at = entry.occurred_at
                found.setdefault(entry.stream.id, []).append(
                    (entry.occurred_on, None if at is None else at.timestamp(), entry.kind, told)
                )
    return sorted((sorted(events, key=str) for events in found.values()), key=str)


def dates(held: Any) -> list[Any]:
    """Return the same with the dates alone."""
    return [[(on, kind, told) for on, _, kind, told in events] for events in journeys(held)]


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
        assert sorted(dates(again), key=str) == sorted(dates(held), key=str)
        again.sound()
        again.restart()
        held.restart()


def _live(held: Any, dice: random.Random, who: str = "p") -> None:
    for n in range(dice.randint(1, 4)):
        day = dice.randint(1, 5)
        case = held.case("W1", f"{who}{n}", day=day)
        for _ in range(dice.randint(0, 4)):
            day = min(day + dice.randint(1, 5), 27)
            on = date(2026, 3, day)
            try:
                match dice.randint(0, 3):
                    case 0:
                        held.set(case, day, safeguarding="none")
                        moving.leave(held.desk(28), case, dice.choice(EXITS), on=on)
                    case 1:
                        code = dice.choice(("5", "6", "3", "7"))
                        cases.contact(
                            held.desk(28), case, kind="face-to-face", attended=code, on=on
                        )
                    case _:
                        stage = dice.choice(("stabilise", "recover"))
                        moving.move(held.desk(28), case, stage, on=on, override="as agreed")
            except Refused:
                continue


def test_the_lives_that_go_round_hold_every_kind_of_event(
    make_service: Callable[[Path], Any], tmp_path: Path
) -> None:
    held = make_service(tmp_path)
    held.team("W1", "ward")
    for seed in range(8):
        _live(held, random.Random(seed), f"s{seed}")
    told = {(kind, words[0]) for events in journeys(held) for _, _, kind, words in events}
    assert told >= {
        ("referred", "assess"), ("moved", "stabilise"), ("moved", "recover"), ("moved", "left"),
        ("contact", "face-to-face"),
    }  # fmt: skip
    held.restart()


# --- times of day, from a list that came with them

LIST = """\
[file]
delimiter = "comma"
encoding = "utf-8"
[time]
formats = ["yyyy-mm-dd HH:MM"]
zone = "Europe/London"
[columns]
id = "id"
activity = "what"
time = "when"
"""
MEANS = {
    "Referred": 'refer = "assess"',
    "Triage": 'milestone = "triaged"',
    "Seen": 'contact = "face-to-face"\nattended = "5"\nmilestone = "assessed"',
    "Treated": 'move = "stabilise"',
    "Better": 'move = "recover"',
    "Home": 'end = "complete"',
    "Away": 'end = "left"\nexit = "against-advice"',
}
TIMED = CSV.replace("yyyy-mm-dd", "yyyy-mm-ddTHH:MM:SSzz").replace('time = "on"', 'time = "at"')
# Around the night in which the clock goes forward.
FIRST_AT, LAST_AT = datetime(2026, 3, 27, 12), datetime(2026, 3, 31, 12)


def timed_means(activity: str) -> str:
    if activity.startswith("moved complete"):
        return 'end = "complete"'
    return means(activity)


@pytest.mark.parametrize("ending", ["csv", "xes"])
@settings(max_examples=12, deadline=None)
@given(
    wanted=st.lists(
        st.lists(
            st.tuples(
                st.sampled_from([w for w in MEANS if w != "Referred"]),
                st.datetimes(FIRST_AT, LAST_AT).map(lambda t: t.replace(second=0, microsecond=0)),
            ),
            max_size=6, unique_by=lambda pair: pair[1],
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_times_of_day_and_milestones_come_back_too(
    make_service: Callable[[Path], Any], ending: str, wanted: list[list[tuple[str, datetime]]]
) -> None:
    lines = ["id,what,when"]
    for n, events in enumerate(wanted):
        happened = [("Referred", FIRST_AT), *events]
        lines += [f"p{n},{word},{at:%Y-%m-%d %H:%M}" for word, at in happened]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stores = []
        for n in range(2):
            (folder / str(n)).mkdir()
            stores.append(make_service(folder / str(n)))
            stores[n].team("W1", "ward")
        held, again = stores
        (folder / "list.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        told = [f'[[activity]]\nnames = ["{word}"]\n{what}\n' for word, what in MEANS.items()]
        (folder / "list.toml").write_text(HEAD + LIST + "\n".join(told), encoding="utf-8")
        taken = _take(held, folder / "list.csv", folder / "list.toml")
        assert taken["accepted"] == len(lines) - 1
        key, file, plan = folder / "k", folder / f"out.{ending}", folder / "out.toml"
        rows, _ = export_rows(held.desk(date(2026, 4, 20)), Order("events", key=key))
        if ending == "csv":
            file.write_text(to_csv(rows), encoding="utf-8", newline="")
        else:
            file.write_bytes(export_xes(held.desk(date(2026, 4, 20)), Order("xes", key=key)))
        activities = sorted({r["activity"] for r in rows})
        parts = [f'[[activity]]\nnames = ["{a}"]\n{timed_means(a)}\n' for a in activities]
        head = TIMED if ending == "csv" else XES
        plan.write_text(HEAD + head + "\n".join(parts), encoding="utf-8")
        assert _take(again, file, plan)["rejected"] == 0
        assert journeys(again) == journeys(held)
        assert all(at is not None for events in journeys(held) for _, at, _, _ in events)
        for service in stores:
            service.sound()
            service.restart()


def _take(held: Any, file: Path, plan: Path) -> dict[str, Any]:
    desk, report = held.desk(date(2026, 4, 20)), file.with_suffix(".report.csv")
    row: dict[str, Any] = importing.import_file(desk, file, plan, team="W1", report=report)[0]
    return row
