"""Numbers of my team: a table by period with a trend in blocks, and the cases behind each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import BindingType

from casereview.service.cases import caseload
from casereview.service.desk import Desk
from casereview.service.measuring import stats
from casereview_tui.keys import Hint, bind
from casereview_tui.screens.case_list import CaseList
from casereview_tui.screens.listing import Listing, Row, heading
from casereview_tui.screens.number_rows import behind, periods_back, spark, table
from casereview_tui.text import cell, cut, fit, wrap

ORDER = ("throughput", "los", "waits", "caseload", "stages", "returns")
TITLES = {
    "throughput": "throughput", "los": "length of stay", "waits": "waits",
    "caseload": "caseload", "stages": "stages", "returns": "returns",
}  # fmt: skip
EVERY = ("month", "week", "quarter", "year")
BACK = 12
"""Periods that the trend shows."""
CELL = 7


class NumbersScreen(Listing):
    """Measures of a team."""

    HELP = (
        "Numbers choose a measure. Each line is one figure, its trend over twelve periods drawn in"
        " blocks, lowest to highest, and its values, the latest last. Left and Right mark a period;"
        " Enter lists the cases behind the marked number. d says how it is counted and what is"
        " left out."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *[bind(str(n), f"measure('{m}')", TITLES[m], id=f"measure-{m}")
          for n, m in enumerate(ORDER, 1)],
        bind("right", "period(1)", "a period later", id="period-later"),
        bind("left", "period(-1)", "a period earlier", id="period-earlier"),
        bind("enter", "behind", "the cases behind the marked number"),
        bind("p", "every", "by week, month, quarter or year"),
        bind("t", "team", "another team, or all of mine together"),
        bind("d", "definition", "how it is counted, and what is left out"),
    ]  # fmt: skip

    def __init__(self, measure: str = "throughput") -> None:
        super().__init__()
        self.measure = measure
        self.every = "month"
        self.teams: list[str] = []
        self.team: str | None = None
        self.starts: list[date] = []
        self.facts: dict[str, Any] = {}
        self.period = -1

    @property
    def title_words(self) -> str:
        """Return what the title says."""
        team = self.team or ("the whole service" if self.ready else "reading…")
        return f"Numbers: {TITLES[self.measure]}, {team}, by {self.every}"

    @property
    def hints(self) -> Sequence[Hint]:
        """Return the keys that do something now."""
        own = (Hint("Enter", "cases behind"), Hint("Left", "earlier"), Hint("p", "period"))
        return (*own, Hint("t", "team"), Hint("d", "how counted"), Hint("1", "..6 measure"),
                Hint("Esc", "back"))  # fmt: skip

    async def load(self) -> None:
        """Work the measure out."""
        if not self.ready:
            self.say("Working it out…")
            self.teams = (await self.read(caseload.choices))["teams"]
            self.team = self.teams[0] if self.teams else None
        start = periods_back(self.desk_app.desk.again().today, self.every, BACK)
        rows, self.facts = await self.read(lambda desk: self._stats(desk, start, listing=False))
        meant = stats.definition(self.measure).columns
        self.starts, self.rows = table(rows, BACK, meant)
        self.period = len(self.starts) - 1
        self.ready = True
        self.say("")

    def _stats(self, desk: Desk, start: date, *, listing: bool) -> tuple[list[Row], Any]:
        return stats.stats(
            desk, self.measure, from_on=start, every=self.every, team=self.team, list_cases=listing
        )

    # --- drawing

    @property
    def _label(self) -> int:
        return 30 if self.width >= 110 else 20

    @property
    def _columns(self) -> range:
        """Return the periods that fit, the marked one among them."""
        room = max(1, (self.width - 2 - self._label - BACK - 2) // CELL)
        last = max(room, min(len(self.starts), self.period + 1))
        return range(max(0, last - room), min(len(self.starts), last))

    def head(self, width: int) -> list[Text]:
        """Return the first days of the periods that are shown."""
        heads = "".join(self._cell(_period(self.starts[n], self.every), n) for n in self._columns)
        words = f"{fit('', self._label)} {fit(f'last {len(self.starts)}', BACK)} {heads}"
        return [heading(words, width, f"bold {self.colours.head}")]

    def _cell(self, words: str, n: int) -> str:
        said = f"[{words}]" if n == self.period else f"{words} "
        return f"{said:>{CELL}}"

    def line(self, row: Row, width: int) -> tuple[str, str]:
        """Return one figure: its trend and its values; or what the figures below are about."""
        if not row["column"]:
            return cut(row["words"], width), "ok"
        values = row["values"]
        cells = "".join(self._cell(_said(values[n]), n) for n in self._columns)
        trend = fit(spark(values), BACK)
        return cut(f"{fit(row['words'], self._label)} {trend} {cells}", width), "note"

    def detail(self, row: Row, width: int) -> list[Text]:
        """Return the figure in words, and the range of its trend."""
        if not row["column"]:
            return [cell("The figures below are about this.", self.colours.quiet)]
        known = [v for v in row["values"] if v is not None]
        span = f"lowest {_said(min(known))}, highest {_said(max(known))}" if known else "no values"
        said = f"{row['words'].strip()}: {row['meaning']}; {span}"
        return [cell(x, self.colours.quiet) for x in wrap(said, width)]

    def foot(self, width: int) -> list[Text]:
        """Return which periods are not whole and how many cases are left out."""
        said = []
        if self.facts.get("partial_periods"):
            said.append(f"not whole yet: {', '.join(self.facts['partial_periods'])}")
        left = sum(r["n"] for r in self.facts.get("exclusions", ()))
        if left:
            said.append(f"{left} left out (d says why)")
        return [cell(fit("; ".join(said), width), self.colours.quiet)]

    @property
    def empty(self) -> str:
        """Return what is said when there is nothing to count."""
        return "There is nothing to count yet. t shows another team, 1 to 6 another measure."

    # --- keys

    async def action_measure(self, name: str) -> None:
        """Show another measure."""
        self.measure, self.at = name, 0
        await self.reload()

    def action_period(self, step: int) -> None:
        """Mark another period."""
        self.period = max(0, min(self.period + step, len(self.starts) - 1))
        self.paint()

    async def action_every(self) -> None:
        """Count by another kind of period."""
        self.every = EVERY[(EVERY.index(self.every) + 1) % len(EVERY)]
        await self.reload()

    async def action_team(self) -> None:
        """Show another team, then the whole service."""
        ways: list[str | None] = [*self.teams, None]
        self.team = ways[(ways.index(self.team) + 1) % len(ways)]
        await self.reload()

    def action_behind(self) -> None:
        """List the cases behind the marked number."""
        row = self.marked
        if row is None or not row["column"] or not self.starts:
            self.say("Mark a figure first.", "due")
            return
        start, first = self.starts[self.period], self.starts[0]

        def read(desk: Desk) -> list[Row]:
            rows, _ = self._stats(desk, first, listing=True)
            return behind(rows, row, start)

        said = _said(row["values"][self.period])
        about = " ".join([*row["group"].values(), row["words"].strip()])
        title = f"{about}, {_period(start, self.every)}: {said}"
        self.app.push_screen(CaseList(title, read))

    def action_definition(self) -> None:
        """Say how the measure is counted."""
        f = self.facts
        said = [f.get(k, "") for k in ("definition", "numerator", "denominator", "method")]
        said += [f"Left out: {f.get('leaves_out', '')}"]
        said += [f"{r['n']} {r['reason']}" for r in f.get("exclusions", ())]
        self.show_whole(
            str(f.get("title", self.measure)), [*said, f"Source: {f.get('source', '')}"]
        )


def _period(start: date, every: str) -> str:
    if every == "week":
        return f"{start.day}/{start.month}"
    if every == "year":
        return str(start.year)
    if every == "quarter":
        return f"{start.year % 100}Q{(start.month + 2) // 3}"
    return f"{start.month}/{start.year % 100:02}"


def _said(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
