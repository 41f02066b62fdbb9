"""The weekly caseload meeting from Home to the minutes, simplest first, counting key presses."""

from __future__ import annotations

from collections import Counter
from typing import Any

from casereview.service.reviews.minutes import minutes

Presses = Counter[str]


async def counted(played: Any, tally: Presses, kind: str, *keys: str) -> None:
    tally[kind] += len(keys)
    await played.press(*keys)


async def discuss(p: Any, tally: Presses) -> None:
    """Discuss the case in hand: it goes on, with one next step, and risk has not changed."""
    await counted(p, tally, "discussed", "3", "t")
    await p.type("Ring the school about [next] term")
    await counted(p, tally, "discussed", "enter")
    await p.quiet()
    await counted(p, tally, "discussed", "enter", "n")
    await p.quiet()
    await counted(p, tally, "discussed", "enter")


async def wait_lane(p: Any, tally: Presses) -> None:
    """A referral that waits: still needed, not better elsewhere, no date offered yet."""
    await counted(p, tally, "waiting", "y", "n", "n", "enter", "n", "enter")


async def test_the_weekly_caseload_meeting_from_home_to_the_minutes(play: Any) -> None:
    tally: Presses = Counter()
    async with play("caseload", "lead", size=(80, 24)) as p:
        line = next(x for x in p.text.splitlines() if "Weekly caseload" in x)
        await counted(p, tally, "opening", line.split()[0], "y", "P", "enter")
        await p.until(lambda: "case 1 of 12" in p.text)
        lanes = [x["lane"] for x in p.app.screen.lines]
        assert lanes == sorted(
            lanes, key=("on-plan", "one-step", "two-steps", "complex", "waiting").index
        )
        for _ in range(12):
            await p.quiet()
            p.clock.tick(20)
            card = p.app.screen.card
            if card["may_confirm"]:
                await counted(p, tally, "confirmed", "enter")
            elif card["lane"] == "waiting":
                await wait_lane(p, tally)
            else:
                await discuss(p, tally)
        assert "12 done" in p.text
        await counted(p, tally, "closing", "q", "c")
        held = minutes(p.app.desk, "R2")
    counts = held["counts"]
    assert counts["confirmed"] + counts["reviewed"] == 12
    assert counts["not_reached"] == 0
    assert tally["confirmed"] == counts["confirmed"]
    assert tally["discussed"] == 6 * (counts["reviewed"] - 1)
    assert tally["waiting"] == 6
    assert tally["opening"] + tally["closing"] == 6
    owners = held["actions_by_owner"]
    assert all(owner != "nobody" for owner in owners)
    assert {p["who"] for p in held["present"]} == {"lead", "kw1", "kw2"}
