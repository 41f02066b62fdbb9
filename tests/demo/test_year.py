"""The whole year of the rehearsal service: what a manager finds in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from casereview.packs.library import Library
from casereview.service import checking
from casereview.service.desk import Desk
from casereview.service.measuring.stats import stats
from casereview.service.rehearsal import demo
from casereview.service.rehearsal.cast import TWICE_FOR
from casereview.service.reporting.headline import headline


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory, library: Library, today: date) -> Path:
    place = tmp_path_factory.mktemp("year") / "demo.db"
    return demo.build(place, today=today, library=library)


def test_stays_fell_since_the_second_round_and_the_day_is_noted(
    year: Path, sit: Callable[[Path], Desk], today: date
) -> None:
    desk = sit(year)
    since = today - timedelta(days=TWICE_FOR)
    figures = {row["figure"]: row for row in headline(desk, since=since, team="WARD")[0]}
    stay, agency = figures["Length of stay"], figures["Agency staff"]
    assert stay["verdict"] == "fell"
    assert -40 < stay["change_percent"] < -10
    assert stay["n_before"] > 60
    assert stay["n_after"] > 60
    assert agency["before_from"].startswith("typed")
    assert agency["after_from"].startswith("typed")
    assert agency["change_percent"] < 0
    _, about = stats(desk, "los", team="WARD", every="month")
    assert any(note["date"] == since for note in about["notes"])
    assert all(row["ok"] for row in checking.verify(desk))
