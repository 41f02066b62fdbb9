"""A small real service with marked words in every place where somebody can type."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casereview.cli.main import run
from casereview.packs.library import Library
from casereview.service.actions import actions
from casereview.service.cases import cases, flagging, moving, people
from casereview.service.doors.tables import Order
from casereview.service.organisation import setup
from casereview.service.reviews import closing

FIRST = datetime(2026, 3, 1, 6, tzinfo=UTC)
MARK = "zebra"
"""Is part of every name, id and free text of the service below, and of nothing else."""
BORN = "1990-11-23"
NHS = "9990000018"


def _factories() -> Any:
    """Load the small service of the engine's tests: test folders are no packages."""
    key = "export_factories"
    if key not in sys.modules:
        path = Path(__file__).parents[1] / "engine" / "factories.py"
        spec = importlib.util.spec_from_file_location(key, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[key] = module
        spec.loader.exec_module(module)
    return sys.modules[key]


@pytest.fixture(scope="session")
def library() -> Library:
    return Library()


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory, library: Library) -> tuple[Path, str]:
    place = tmp_path_factory.mktemp("blank") / "team.db"
    row = setup.create(place, library=library, now=FIRST, rehearsal=True)[0]
    return place, str(row["administrator"])


@pytest.fixture(scope="session")
def make_service(blank: tuple[Path, str], library: Library) -> Callable[[Path], Any]:
    """`make_service(folder)` is a fresh service in a folder; call its `restart` at the end."""

    def make(folder: Path) -> Any:
        place = folder / "team.db"
        shutil.copy2(blank[0], place)
        return _factories().Service(place, library, blank[1])

    return make


@pytest.fixture
def service(tmp_path: Path, make_service: Callable[[Path], Any]) -> Iterator[Any]:
    held = make_service(tmp_path)
    held.team("W1", "ward", meets=["tue,fri"], people=["dr.a", "dr.b"], lead="sister")
    yield held
    held.restart()


@pytest.fixture
def full(service: Any) -> Any:
    """C1 discharged by two signatures, C2 kept with a worry, C3 restricted; marks everywhere."""
    worker = service.user(f"{MARK}.worker", team="W1")
    for n, person in enumerate((f"{MARK}-1", f"{MARK}-2", f"{MARK}-3")):
        cases.refer(
            service.desk(1, 8), team="W1", person=person, on=_on(1), name=f"=Zoe {MARK.title()}{n}",
            born=datetime.fromisoformat(BORN).date(), nhs_number=NHS if n == 0 else "", sex="F",
        )  # fmt: skip
        cases.allocate(service.desk(1, 8), f"C{n + 1}", worker, on=_on(1))
    people.correct(service.desk(2), f"{MARK}-3", restricted=True)
    _history(service)
    return service


def _on(day: int) -> Any:
    return datetime(2026, 3, day, tzinfo=UTC).date()


def _history(service: Any) -> None:
    for stage in ("stabilise", "recover"):
        moving.move(service.desk(2), "C1", stage, on=_on(2))
    service.ready("C1", 5)
    cases.set_fact(service.desk(5), "C1", "destination", f"{MARK} Street 12", on=_on(5))
    cases.note(service.desk(5), "C1", f"{MARK} note", on=_on(5))
    cases.contact(
        service.desk(5), "C1", kind="face-to-face", attended="5", on=_on(5), with_whom=MARK
    )
    cases.contact(service.desk(5), "C1", kind=f"{MARK}-visit", attended="5", on=_on(5))
    review = service.open("ward-round", "W1", 3, who="dr.a")
    service.answer(review, "C2", 3, "crisis_stabilised", "no", reason=f"{MARK} reason", who="dr.a")
    closing.close(service.desk(3, 11, "dr.a"), review)
    flagging.raise_worry(service.desk(4), "C2", f"{MARK} bruise", told=f"{MARK} duty")
    actions.add(
        service.desk(4, who="dr.a"), ["C2"], f"=Call {MARK}", owner="dr.a", due_on=_on(12),
        doer=f"{MARK} council",
    )  # fmt: skip
    service.agree("C1", "W1", 6, first="dr.a", second="dr.b")
    moving.move(service.desk(9), "C1", "complete", on=_on(9))


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "export.key"


@pytest.fixture
def order(key: Path) -> Callable[..., Order]:
    """`order(what, ...)` asks for an export with a key of its own."""
    return lambda what, **more: Order(what, key=key, **more)


@pytest.fixture
def command(
    full: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., tuple[int, str, str]]:
    """Run the command line on the full service; returns exit code, stdout and stderr."""
    monkeypatch.setenv("CASEREVIEW_STORE", str(full.place))
    monkeypatch.setenv("CASEREVIEW_NOW", "2026-03-10T09:00:00Z")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("CASEREVIEW_COMMAND", raising=False)
    full.restart()

    def call(*words: str) -> tuple[int, str, str]:
        code = run([str(w) for w in words])
        found = capsys.readouterr()
        return code, found.out, found.err

    return call
