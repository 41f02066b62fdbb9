"""Make docs/meeting.svg: the meeting screen over the demo's weekly caseload meeting.

Run: python -m benchmarks.picture
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

from casereview.packs.library import Library
from casereview.service.organisation import teams, users
from casereview.service.organisation.signing_in import sit_down
from casereview.service.rehearsal import demo
from casereview.service.reviews import reviewing
from casereview_tui.app import CaseReviewApp
from casereview_tui.screens.meeting import MeetingScreen

NOW = datetime(2026, 3, 4, 9, 2, tzinfo=UTC)
TARGET = Path(__file__).parents[1] / "docs" / "meeting.svg"


async def picture(place: Path) -> str:
    """Open the children's meeting, go a few cases on, and return the screen as SVG."""
    library = Library()
    desk = sit_down(place, library=library, clock=lambda: NOW, rehearsal_now=NOW)
    team = next(t for t in teams.list_teams(desk) if t["pathway"] == "childrens")
    lead = next(
        u["login"]
        for u in users.list_users(desk)
        if u["role"] == "team-lead" and team["team"] in u["teams"]
    )
    row = reviewing.open_review(
        desk.again(actor=lead), pack="caseload-sweep", team=team["team"], on=NOW.date()
    )[0]
    app = CaseReviewApp(desk.again(actor=lead), clock=lambda: NOW)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(MeetingScreen(row["review"]))
        await pilot.pause()
        await pilot.press("j")
        await pilot.pause()
        return app.export_screenshot(
            title="casereview: the weekly caseload meeting (invented people)"
        )


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "demo.db"
        demo.build(place, today=NOW.date(), seed=1)
        svg = asyncio.run(picture(place))
    # The font would be fetched from elsewhere; the reader's own will do.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code", "DejaVu Sans Mono")
    TARGET.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
