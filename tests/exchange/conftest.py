from __future__ import annotations

import csv
import importlib.util
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from casereview.packs.library import Library
from casereview.service.desk import Desk
from casereview.service.doors.importing import import_file
from casereview.service.organisation import setup, teams
from casereview.service.organisation.signing_in import sit_down
from casereview.store.rebuild import compare_rows
from casereview.store.verify import verify_chains

LAYOUTS = Path(__file__).resolve().parents[2] / "fixtures" / "layouts"
NOW = "2026-03-03T09:00:00+00:00"


@pytest.fixture(scope="session")
def library() -> Library:
    return Library()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published inputs; their tests are skipped where it is not there."""
    here = Path(__file__).resolve().parents[2].parent / "shared"
    found = Path(os.environ.get("CASEREVIEW_SHARED", here))
    if not (found / "data" / "expected").is_dir():
        if os.environ.get("CASEREVIEW_REQUIRE_SHARED"):
            pytest.fail(f"the published inputs are not in {found}")
        pytest.skip("the published inputs are not here (CASEREVIEW_SHARED names their folder)")
    return found


class Ward:
    """A rehearsal store with one ward, into which files are imported."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk = desk
        self.folder = folder

    def take(self, file: Path, layout: Path, **more: Any) -> dict[str, Any]:
        more.setdefault("report", self.folder / "report.csv")
        self.desk = self.desk.again()
        return import_file(self.desk, file, layout, team="WARD", **more)[0]

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        with self.desk.reading() as work:
            return [tuple(row) for row in work.connection.exec_driver_sql(text).all()]

    def one(self, text: str) -> Any:
        return self.sql(text)[0][0]

    def problems(self) -> list[object]:
        """Everything in which journal and rows disagree with themselves or each other."""
        with self.desk.reading() as work:
            connection = work.connection
            return [*verify_chains(connection), *compare_rows(connection)]

    def report(self) -> list[dict[str, str]]:
        with (self.folder / "report.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))


MakeWard = Callable[..., Ward]


@pytest.fixture
def make_ward(tmp_path: Path, library: Library) -> Iterator[MakeWard]:
    with ExitStack() as stack:

        def make(now: str = NOW, pathway: str = "ward", name: str = "team.db") -> Ward:
            at = datetime.fromisoformat(now)
            place = tmp_path / name
            setup.create(place, library=library, now=at, rehearsal=True)
            desk = sit_down(place, library=library, clock=lambda: at)
            stack.callback(desk.store.close)
            teams.add_team(desk, "WARD", pathway=pathway)
            return Ward(desk, tmp_path)

        yield make


@pytest.fixture
def ward(make_ward: MakeWard) -> Ward:
    return make_ward()


EVENTS = """
[layout]
id = "visits"
version = 1
title = "Visits, one row per event"
shape = "events"
pathway = "ward"
[file]
delimiter = "comma"
[time]
formats = ["dd/mm/yyyy HH:MM", "dd/mm/yyyy"]
zone = "Europe/London"
[columns]
id = "case"
activity = "what"
time = "when"
{columns}
[[activity]]
names = ["Referred"]
refer = "assess"
[[activity]]
names = ["Seen"]
milestone = "assessed"
contact = "face-to-face"
[[activity]]
names = ["Treated"]
move = "stabilise"
milestone = "treated"
[[activity]]
names = ["Better"]
move = "recover"
[[activity]]
names = ["Worse"]
move = "stabilise"
back = true
[[activity]]
names = ["Back to start"]
move = "assess"
back = true
[[activity]]
names = ["Home"]
end = "complete"
exit = "home"
[[activity]]
names = ["Died"]
end = "left"
exit = "died"
[[activity]]
names = ["Came back"]
return = "assess"
[[activity]]
names = ["Safe"]
fact = "medically_safe"
value = "yes"
[[activity]]
names = ["Blood"]
nothing = true
{more}
"""

SNAPSHOT = """
[layout]
id = "list"
version = 1
title = "A list, one row per case"
shape = "snapshot"
pathway = "ward"
{head}
[file]
delimiter = "comma"
[time]
formats = ["dd/mm/yyyy"]
zone = "Europe/London"
[columns]
id = "case"
referred = "referred"
status = "stage"
ended = "ended"
reason = "why"
{columns}
[[status]]
words = ["Assess", "new"]
stage = "assess"
[[status]]
words = ["Stabilise"]
stage = "stabilise"
[[status]]
words = ["Recover"]
stage = "recover"
[[status]]
words = ["Done"]
stage = "complete"
[[status]]
words = ["Left"]
stage = "left"
[[reason]]
words = ["well"]
end = "complete"
exit = "home"
[[reason]]
words = ["died"]
end = "left"
exit = "died"
{more}
"""


@pytest.fixture
def events(tmp_path: Path) -> Callable[..., tuple[Path, Path]]:
    """Write an event log and its layout; lines are given without the heading."""

    def make(
        *lines: str, head: str = "case,what,when", columns: str = "", more: str = "",
        name: str = "events.csv",
    ) -> tuple[Path, Path]:  # fmt: skip
        file, layout = tmp_path / name, tmp_path / "events.toml"
        file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        layout.write_text(EVENTS.format(columns=columns, more=more), encoding="utf-8")
        return file, layout

    return make


@pytest.fixture
def snapshot(tmp_path: Path) -> Callable[..., tuple[Path, Path]]:
    """Write a caseload list and its layout; lines are given without the heading."""

    def make(
        *lines: str, heading: str = "case,referred,stage,ended,why", columns: str = "",
        more: str = "", head: str = "", name: str = "list.csv",
    ) -> tuple[Path, Path]:  # fmt: skip
        file, layout = tmp_path / name, tmp_path / "list.toml"
        file.write_text("\n".join([heading, *lines]) + "\n", encoding="utf-8")
        text = SNAPSHOT.format(columns=columns, more=more, head=head)
        layout.write_text(text, encoding="utf-8")
        return file, layout

    return make


@pytest.fixture(scope="session")
def layouts() -> Path:
    return LAYOUTS


@pytest.fixture(scope="session")
def counting() -> ModuleType:
    """The module that counts figures; loaded by path because test folders are not packages."""
    path = Path(__file__).with_name("counting.py")
    spec = importlib.util.spec_from_file_location("exchange_counting", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
