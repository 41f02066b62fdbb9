"""The reference packages' real outputs, read in place."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from casereview.service.calculating.calc import calc

ROOT = Path(__file__).parents[2]


class Golden:
    """One folder of expected figures, and how a figure is held against one of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def json(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def same(self, ours: Any, theirs: Any, where: object, *, within: float = 1e-9) -> None:
        """Assert that a figure is the expected one; a blank cell is None."""
        if theirs in ("", "NA", None):
            assert ours is None, (where, ours)
        elif isinstance(theirs, bool) or theirs in ("true", "false"):
            assert ours is (theirs in (True, "true")), (where, ours, theirs)
        elif isinstance(theirs, Mapping):
            for key in theirs:
                self.same(ours[key], theirs[key], (where, key), within=within)
        elif isinstance(theirs, Sequence) and not isinstance(theirs, str):
            assert len(ours) == len(theirs), where
            for n, (a, b) in enumerate(zip(ours, theirs, strict=True)):
                self.same(a, b, (where, n), within=within)
        elif isinstance(ours, str) or (isinstance(theirs, str) and not _is_number(theirs)):
            assert str(ours) == theirs, (where, ours, theirs)
        else:
            assert ours is not None, (where, theirs)
            wanted = float(theirs)
            least = within if wanted == 0 else 0.0
            assert math.isclose(ours, wanted, rel_tol=within, abs_tol=least), (where, ours, theirs)

    def same_rows(
        self, ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, str]]
    ) -> None:
        assert len(ours) == len(theirs)
        for n, (row, expected) in enumerate(zip(ours, theirs, strict=True)):
            assert list(row) == list(expected), n
            for key, value in expected.items():
                self.same(row[key], value, (n, key))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@pytest.fixture(scope="session")
def golden() -> Golden:
    """The golden folder; without it the tests skip, or fail where it is required."""
    shared = Path(os.environ.get("CASEREVIEW_SHARED") or ROOT.parent / "shared")
    folder = shared / "golden"
    if not folder.is_dir():
        reason = f"There is no {folder.name} folder; CASEREVIEW_SHARED names the one above it."
        if os.environ.get("CASEREVIEW_REQUIRE_SHARED"):
            pytest.fail(reason)
        pytest.skip(reason)
    return Golden(folder)


Sheet = Callable[..., str]
Worked = Callable[..., tuple[list[dict[str, Any]], dict[str, Any]]]


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    """Write lines to a CSV and return its path."""

    def write(*lines: str, name: str = "figures.csv") -> str:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def worked(sheet: Sheet) -> Worked:
    """Work a method out on lines of CSV."""

    def run(
        method: str, *lines: str, **options: Any
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        return calc(method, sheet(*lines), **options)

    return run


@pytest.fixture
def weekly() -> Callable[..., list[str]]:
    """Lines of a weekly series from 1 January 2024."""

    def lines(*values: float) -> list[str]:
        from datetime import date, timedelta

        start = date(2024, 1, 1)
        return ["date,value", *(f"{start + timedelta(weeks=n)},{v}" for n, v in enumerate(values))]

    return lines
