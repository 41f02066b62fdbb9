"""The caseload: every case, narrowed, sorted and paged by the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import BindingType

from casereview.core.lanes import LANE_WORDS
from casereview.service.cases import caseload
from casereview.service.cases.caseload import ONLY, SORTS, Wanted
from casereview_tui.keys import Hint, bind
from casereview_tui.screens.forms import Pick
from casereview_tui.screens.forms import Row as Line
from casereview_tui.screens.listing import FRAME, Listing, Row, heading
from casereview_tui.text import cell, cut, day, fit, wrap

PAGE = 40
"""Rows that one page has on a usual screen; a tall one holds twice as many."""
ONLY_WORDS = {
    "overdue": "overdue",
    "no-next-action": "no next action",
    "waiting": "waiting",
    "decided": "decided, not departed",
    "leeches": "leeches",
    "safeguarding": "safeguarding open",
    "delayed": "delayed",
    "closed": "closed",
}
QUICK = ("", "overdue", "no-next-action", "waiting", "decided", "leeches", "safeguarding",
         "delayed", "closed")  # fmt: skip
SORT_WORDS = {
    "case": "case number", "stay": "longest stay", "in stage": "longest in stage",
    "end": "expected end", "due": "next due", "overdue": "most overdue",
}  # fmt: skip


class CaseloadScreen(Listing):
    """Every case of my teams, a page at a time."""

    HELP = (
        "Numbers choose a list; / narrows it further by team, worker, stage, lane, or by the start"
        " of a local id. s changes the order, S turns it round, Esc clears what narrows it. The"
        " lane is that of the case's last agenda."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "open", "open the case"),
        bind("slash", "narrow", "narrow: team, worker, stage, lane, local id"),
        *[
            bind(str(n), f"only('{name}')", ONLY_WORDS.get(name, "every open case"),
                 id=f"only-{name or 'open'}")
            for n, name in enumerate(QUICK, 1)
        ],
        bind("s", "sort", "next order"),
        bind("S", "turn", "turn the order round"),
        bind("right_square_bracket", "leaf(1)", "next page", id="leaf-next"),
        bind("left_square_bracket", "leaf(-1)", "page before", id="leaf-before"),
        bind("escape,q", "back", "clear what narrows the list; then back"),
    ]  # fmt: skip

    def __init__(self, wanted: Wanted | None = None) -> None:
        super().__init__()
        self.wanted = wanted or Wanted()
        self.start = 0
        self.total = 0

    @property
    def title_words(self) -> str:
        """Return what the title says."""
        return f"Caseload: {self._narrowed()}"

    def _narrowed(self) -> str:
        w = self.wanted
        said = [ONLY_WORDS.get(w.only or "", "open cases")]
        said += [f"team {', '.join(w.teams)}"] if w.teams else []
        said += ["no worker" if w.worker == "-" else f"worker {w.worker}"] if w.worker else []
        said += [w.stage] if w.stage else []
        said += [f"lane {LANE_WORDS[w.lane]}"] if w.lane else []
        said += [f"id {w.words}"] if w.words else []
        return ", ".join(said)

    @property
    def hints(self) -> Sequence[Hint]:
        """Return the keys that do something now."""
        more = [Hint("]", f"next {self._ahead}")] if self._ahead else []
        back = "clear" if self._is_narrowed else "back"
        own = (Hint("2", "overdue"), Hint("s", "order"), Hint("Esc", back), Hint("f", "worry"))
        return (Hint("Enter", "open"), Hint("/", "narrow"), *more, *own)

    @property
    def _page(self) -> int:
        return PAGE if self.room <= PAGE + FRAME else 2 * PAGE

    @property
    def _ahead(self) -> int:
        return max(0, min(self._page, self.total - self.start - len(self.rows)))

    @property
    def _is_narrowed(self) -> bool:
        return replace(self.wanted, sort="case", turned=False) != Wanted()

    async def load(self) -> None:
        """Read one page."""
        held = await self.read(
            lambda desk: caseload.caseload(desk, self.wanted, offset=self.start, limit=self._page)
        )
        self.rows, self.total, self.start = held["rows"], held["total"], held["offset"]
        self.ready = True

    # --- drawing

    def head(self, width: int) -> list[Text]:
        """Return the heads of the columns."""
        words = self._columns("case", "who", "stage", "here", "worker", "team", "end", "to watch")
        return [heading(words, width, f"bold {self.colours.head}")]

    def _columns(self, *words: str) -> str:
        wide = self.width >= 110
        sizes = (7, 22, 10, 6, 12, 10, 12) if wide else (7, 15, 10, 5, 9, 0, 0)
        parts = [fit(w, n - 1) + " " for w, n in zip(words, sizes, strict=False) if n]
        return "".join(parts) + words[-1]

    def line(self, row: Row, width: int) -> tuple[str, str]:
        """Return one case: who, stage, days, worker, what to watch."""
        watch, level = _watch(row)
        stage = row["stage"] or "?"
        waits = row["waiting_for"] not in (None, "nothing") and stage == "assess"
        end = row["expected_end_on"]
        words = self._columns(
            row["case"], self.who(row), "waiting" if waits else stage,
            f"{row['days_since_referral'] or 0}d", row["worker"] or "nobody", row["team"],
            day(end) if end else "", watch,
        )  # fmt: skip
        return cut(words, width), level

    def detail(self, row: Row, width: int) -> list[Text]:
        """Return the rest of the marked case in words."""
        said = [f"{row['case']} {self.who(row)}, {row['age_band']}, team {row['team']}"]
        said.append(f"{row['days_in_stage'] or 0} days in {row['stage']}")
        if row["expected_end_on"]:
            said.append(f"end {day(row['expected_end_on'])}")
        if row["next_action_due_on"]:
            said.append(f"next due {day(row['next_action_due_on'])}")
        if row["planned_departure_on"]:
            said.append(f"leaves {day(row['planned_departure_on'])}")
        if row["lane_words"]:
            said.append(f"lane {row['lane_words']}")
        said.append(_watch(row)[0])
        words = "; ".join(s for s in said if s)
        return [cell(x, self.colours.quiet) for x in wrap(words, width, lines=2)]

    def foot(self, width: int) -> list[Text]:
        """Return how many are not shown."""
        order = SORT_WORDS[self.wanted.sort] + (", turned" if self.wanted.turned else "")
        first, last = self.start + 1, self.start + len(self.rows)
        if not self.rows:
            said = f"none; by {order}"
        elif self.total <= self._page:
            said = f"{self.total} in all; by {order}"
        else:
            ahead = f"; ] next {self._ahead} of {self.total}" if self._ahead else ""
            before = f"; [ {self._page} before" if self.start else ""
            said = f"{first} to {last} of {self.total}{ahead}{before}; / narrows; by {order}"
        return [cell(fit(said, width), self.colours.quiet)]

    @property
    def empty(self) -> str:
        """Return what is said when nothing is listed."""
        if self._is_narrowed:
            return "No case fits. Esc clears what narrows the list."
        return (
            "There is no open case in your teams. Refer somebody on the command line: casereview"
            " case refer --team TEAM --person ID"
        )

    # --- keys

    async def action_move(self, step: int) -> None:
        """Mark another row; past the end the next page is read."""
        at = self.at + step
        if at >= len(self.rows) and self._ahead:
            await self.action_leaf(1)
        elif at < 0 and self.start:
            await self.action_leaf(-1)
            self.at = len(self.rows) - 1
            self.paint()
        else:
            await super().action_move(step)

    async def action_leaf(self, step: int) -> None:
        """Read the next page, or the one before."""
        if (step > 0 and not self._ahead) or (step < 0 and not self.start):
            self.say("That is the end of the list." if step > 0 else "That is its start.", "note")
            return
        self.start = max(0, self.start + step * self._page)
        self.at = 0
        await self.reload()

    async def action_only(self, name: str) -> None:
        """Choose a list."""
        await self._ask(only=name or None)

    async def action_sort(self) -> None:
        """Take the next order."""
        names = list(SORTS)
        after = names[(names.index(self.wanted.sort) + 1) % len(names)]
        await self._ask(sort=after, turned=False)

    async def action_turn(self) -> None:
        """Turn the order round."""
        await self._ask(turned=not self.wanted.turned)

    async def _ask(self, **changes: Any) -> None:
        self.wanted = replace(self.wanted, **changes)
        self.start = self.at = 0
        await self.reload()

    async def action_back(self) -> None:
        """Clear what narrows the list; go back when nothing does."""
        if self._is_narrowed:
            await self._ask(teams=(), worker=None, stage=None, lane=None, only=None, words="")
        else:
            await super().action_back()

    async def action_open(self) -> None:
        """Open the marked case."""
        self.open_marked()

    async def action_narrow(self) -> None:
        """Narrow by typing: team, worker, stage, lane, list, or the start of a local id."""
        held = await self.read(caseload.choices)
        lines = [Line(f"only {o}", f"list: {ONLY_WORDS[o]}") for o in ONLY]
        for kind, values in (
            ("team", held["teams"]), ("worker", held["workers"]), ("stage", held["stages"]),
            ("lane", held["lanes"]),
        ):  # fmt: skip
            lines += [Line(f"{kind} {v}", f"{kind} {LANE_WORDS.get(v, v)}") for v in values]
        lines.append(Line("worker -", "worker: nobody"))

        async def picked(key: str | None) -> None:
            if key is not None:
                await self._narrow_by(key, {x.key for x in lines})

        title = "Narrow by (or type the start of a local id, or a case number, and Enter)"
        self.app.push_screen(Pick(title, lines, own=True), picked)

    async def _narrow_by(self, key: str, known: set[str]) -> None:
        kind, _, value = key.partition(" ")
        if key not in known:
            await self._ask(words=key)
        elif kind == "team":
            await self._ask(teams=(value,))
        else:
            await self._ask(**{kind: value})


def _watch(row: Row) -> tuple[str, str]:
    """Return what to watch about a case, the gravest first, and how much it matters."""
    said: list[tuple[str, str]] = []
    if row["safeguarding"] == "open":
        said.append(("SAFEGUARDING", "over"))
    if row["overdue_actions"]:
        said.append((f"OVERDUE {row['days_most_overdue']}d ({row['overdue_actions']})", "over"))
    if row["leeches"]:
        said.append((f"LEECH {row['leeches']}", "over"))
    if row["decision"] == "agreed":
        said.append(("decided", "due"))
    elif row["decision"]:
        said.append(("decision to sign", "due"))
    past = row["days_past_expected_end"]
    if isinstance(past, int) and past > 0:
        said.append((f"past its end {past}d", "due"))
    if row["delay_reason"]:
        said.append(("delayed", "due"))
    if row["stands_still"]:
        said.append(("no next action", "due"))
    level = "over" if any(x == "over" for _, x in said) else ("due" if said else "note")
    return ", ".join(w for w, _ in said), level
