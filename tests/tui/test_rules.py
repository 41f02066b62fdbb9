"""Rules: what is in force, what each would find today, why on one case."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from casereview.service import sweeping
from casereview.service.actions import action_rows
from casereview_tui.screens.case_list import CaseList
from casereview_tui.screens.rules import FindingsScreen, RulesScreen

SIZES = [(60, 16), (80, 24), (200, 60)]


async def dry_run(p: Any) -> FindingsScreen:
    screen = FindingsScreen("caseload-sweep", "Weekly caseload meeting")
    await p.app.push_screen(screen)
    await p.until(lambda: screen.ready)
    await p.pilot.pause()
    return screen


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_a_dry_run_fits_and_shows_true_false_and_cannot_tell(
    play: Any, copy: Any, size: tuple[int, int]
) -> None:
    async with play(copy("caseload"), "lead", size=size) as p:
        screen = await dry_run(p)
        assert "true  false  cannot tell  rule" in p.text
        assert "nothing was recorded" in p.text
        for row in screen.rows:
            assert row["true"] + row["false"] + row["unknown"] == 12
        assert max(len(line) for line in p.text.splitlines()) <= size[0]


async def test_r_on_home_lists_packs_and_enter_runs_one_dry(play: Any, copy: Any) -> None:
    async with play(copy("caseload"), "lead") as p:
        await p.press("r")
        await p.until(lambda: "Weekly caseload meeting" in p.text)
        assert "pathway" in p.text
        screen = p.app.screen
        assert isinstance(screen, RulesScreen)
        screen.at = next(n for n, r in enumerate(screen.rows) if r["id"] == "caseload-sweep")
        await p.press("s")
        assert "direction" in p.text
        await p.press("escape", "enter")
        await p.until(lambda: "Dry run: Weekly caseload meeting, K1" in p.text)
        await p.press("escape")
        screen.at = next(n for n, r in enumerate(screen.rows) if r["kind"] == "pathway")
        await p.press("enter")
        assert "recover to complete" in p.text or "assess to stabilise" in p.text


async def test_counts_are_those_of_the_sweep_and_nothing_is_raised(play: Any, copy: Any) -> None:
    async with play(copy("caseload"), "lead") as p:
        screen = await dry_run(p)
        desk = p.desk("kw1")
        with closing(desk.store):
            before = len(action_rows.list_actions(desk))
            rows = sweeping.sweep(desk, team="K1", pack="caseload-sweep", dry_run=True)
        await p.press("r", "t")
        assert [(r["rule"], r["true"], r["unknown"]) for r in screen.rows] == [
            (r["rule"], r["true"], r["unknown"]) for r in rows
        ]
        desk = p.desk("kw1")
        with closing(desk.store):
            assert len(action_rows.list_actions(desk)) == before


async def test_w_explains_the_rule_and_one_case(play: Any, copy: Any) -> None:
    async with play(copy("caseload"), "lead") as p:
        screen = await dry_run(p)
        await p.press("w")
        assert "Finds cases where" in p.text
        await p.press("escape")
        for wanted, words in (("cases", "FOUND: it holds"), ("unknown_cases", "CANNOT TELL")):
            at = next((n for n, r in enumerate(screen.rows) if r[wanted]), None)
            assert at is not None, wanted
            screen.at = at
            await p.press("enter")
            listed = p.app.screen
            assert isinstance(listed, CaseList)
            await p.until(lambda listed=listed: listed.ready)
            await p.press("G" if wanted == "unknown_cases" else "g", "w")
            assert words in p.text
            await p.press("escape", "escape")


async def test_a_refused_file_of_ones_own_is_listed_with_its_faults(
    copy: Any, sit: Any, tmp_path: Path
) -> None:
    from datetime import UTC, datetime

    from casereview.packs.library import Library
    from casereview.service.organisation.signing_in import sit_down
    from casereview_tui.app import CaseReviewApp

    folder = tmp_path / "rules"
    (folder / "reviews").mkdir(parents=True)
    (folder / "pathways").mkdir()
    (folder / "reviews" / "mine.toml").write_text("[pack]\nid = '[/red]'\n", encoding="utf-8")
    at = datetime(2026, 3, 4, 9, tzinfo=UTC)
    desk = sit_down(copy("caseload"), library=Library(folder), clock=lambda: at, as_login="lead")
    app = CaseReviewApp(desk, clock=lambda: at)
    with closing(desk.store):
        async with app.run_test(size=(80, 24)) as pilot:
            screen = RulesScreen()
            await app.push_screen(screen)
            await pilot.pause(0.3)
            assert any(r["kind"] == "refused" for r in screen.rows)
            screen.at = next(n for n, r in enumerate(screen.rows) if r["kind"] == "refused")
            await pilot.press("enter")
            await pilot.pause()
            text = "\n".join(s.text for s in app.screen._compositor.render_strips())
            assert "mine.toml" in text
