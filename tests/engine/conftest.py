"""A fresh rehearsal store for each test, made by copying one that was made once."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from casereview.packs.library import Library
from casereview.service.organisation import setup

if TYPE_CHECKING:
    from tests.engine.factories import Service

FIRST = datetime(2026, 3, 1, 6, tzinfo=UTC)


def _load(name: str) -> ModuleType:
    """Load a module beside this one by path: test folders are no packages."""
    key = f"engine_{name}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, Path(__file__).with_name(f"{name}.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[key] = module
        spec.loader.exec_module(module)
    return sys.modules[key]


# Asserts inside the shared module are explained like those of a test.
pytest.register_assert_rewrite("engine_factories")


@pytest.fixture(scope="session")
def make() -> Any:
    """The factories: `on`, `refused`, `unmet`, `Service`, tables of what completing needs."""
    return _load("factories")


@pytest.fixture(scope="session")
def refused(make: Any) -> Any:
    """`with refused(code, says=..., next_says=...) as held:` expects a refusal with a next step."""
    return make.refused


@pytest.fixture(scope="session")
def unmet(make: Any) -> Any:
    """`unmet(error)` is the set of requirements that a refusal names."""
    return make.unmet


@pytest.fixture(scope="session")
def library() -> Library:
    return Library()


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory, library: Library) -> tuple[Path, str]:
    place = tmp_path_factory.mktemp("blank") / "team.db"
    row = setup.create(place, library=library, now=FIRST, rehearsal=True)[0]
    return place, str(row["administrator"])


@pytest.fixture
def service(
    tmp_path: Path, blank: tuple[Path, str], library: Library, make: Any
) -> Iterator[Service]:
    place = tmp_path / "team.db"
    shutil.copy2(blank[0], place)
    held: Service = make.Service(place, library, blank[1])
    yield held
    held.restart()


@pytest.fixture
def desk(service: Service) -> Any:
    """Desks on any day of March 2026: `desk(day, hour, who)`."""
    return service.desk


@pytest.fixture
def ward(service: Service) -> Service:
    """A ward W1 with rounds on Tuesday and Friday and two doctors, dr.a and dr.b."""
    service.team("W1", "ward", meets=["tue,fri"], people=["dr.a", "dr.b"], lead="sister")
    return service


@pytest.fixture
def in_recovery(ward: Service) -> str:
    """The case C1 on the ward W1, in recovery, with dr.a."""
    return ward.case("W1", "P1", stage="recover", worker="dr.a")


@pytest.fixture
def round_(ward: Service) -> Service:
    """A round R1 on Tuesday 10 March with C1 and C2."""
    for person in ("P1", "P2"):
        ward.case("W1", person, stage="recover", worker="dr.a")
    ward.open("ward-round", "W1", 10, who="dr.a")
    return ward


@pytest.fixture
def weekly(service: Service) -> Service:
    """A children's team K that meets on Wednesdays, with two workers and a lead."""
    service.team("K", "childrens", meets=["wed"], people=["ann", "bob"], lead="boss")
    return service
