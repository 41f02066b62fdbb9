"""A team's own rules about outcome reviews: they warn after 12 weeks and breach after 26 (T-39)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from casereview.packs.library import Library
from casereview.service import sweeping

if TYPE_CHECKING:
    from tests.engine.factories import Service

PACK = """\
[pack]
id = "outcomes"
version = 1
title = "Outcome reviews"
source = "The team's own"
pathways = ["recovery"]
meets = ["mon"]

[[rule]]
id = "due"
title = "Outcome review due"
when = "days_since_outcome_review >= 84"

[[rule]]
id = "late"
title = "Outcome review late"
when = "days_since_outcome_review > 182"

[[example]]
title = "twelve weeks"
given = { days_since_outcome_review = 84 }
expect = { rules = ["due"], unknown = [] }
"""


@pytest.fixture
def treated(service: Service, tmp_path: Path) -> Service:
    """A case of a recovery team whose last outcome review was on Monday 5 January 2026."""
    folder = tmp_path / "rules" / "reviews"
    folder.mkdir(parents=True)
    folder.joinpath("outcomes.toml").write_text(PACK, encoding="utf-8")
    service.library = Library(tmp_path / "rules")
    service.team("R", "recovery", meets=["mon"], people=["ann"], lead="boss")
    case = service.case("R", "P1", day=date(2026, 1, 5), worker="ann")
    service.set(case, date(2026, 1, 5), outcome_review_on="2026-01-05")
    return service


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (date(2026, 3, 29), set()),
        (date(2026, 3, 30), {"due"}),
        (date(2026, 7, 6), {"due"}),
        (date(2026, 7, 7), {"due", "late"}),
    ],
)
def test_t39_begun_on_5_january_it_warns_on_30_march_and_breaches_after_6_july(
    treated: Service, on: date, found: set[str]
) -> None:
    rows = sweeping.sweep(treated.desk(on, 18), team="R", pack="outcomes", dry_run=True)
    assert {r["rule"].partition("/")[2] for r in rows if r["true"]} == found
