"""Rules: packs, what each rule would find today, and why a case is or is not found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import BindingType

from casereview.service import rules, sweeping
from casereview.service.cases import caseload
from casereview.service.desk import Desk
from casereview_tui.keys import Hint, bind
from casereview_tui.screens.case_list import CaseList
from casereview_tui.screens.listing import Listing, Row, heading
from casereview_tui.text import cell, cut, fit, wrap

KINDS = {"pack": "pack", "pathway": "pathway", "refused": "REFUSED"}


class RulesScreen(Listing):
    """Every pack and pathway in force, and own files that were refused."""

    HELP = (
        "Enter on a pack runs its rules over my team's cases and records nothing: how many each"
        " rule would find, how many not, and for how many it cannot tell. Enter on a pathway shows"
        " what its moves require."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "open", "what its rules would find; what a pathway requires"),
        bind("s", "questions", "what the pack asks and decides"),
    ]

    @property
    def title_words(self) -> str:
        """Return what the title says."""
        return "Rules: packs and pathways in force"

    @property
    def hints(self) -> Sequence[Hint]:
        """Return the keys that do something now."""
        return (Hint("Enter", "dry run"), Hint("s", "what it says"), Hint("f", "worry"),
                Hint("Esc", "back"))  # fmt: skip

    async def load(self) -> None:
        """Read what is in force."""
        self.rows = await self.read(lambda desk: rules.list_rules(desk.library))
        self.ready = True

    def head(self, width: int) -> list[Text]:
        """Return the heads of the columns."""
        words = f"{fit('kind', 8)}{fit('id', 22)}{fit('asks', 5)}{fit('rules', 6)}title"
        return [heading(words, width, f"bold {self.colours.head}")]

    def line(self, row: Row, width: int) -> tuple[str, str]:
        """Return one pack or pathway."""
        kind = KINDS[row["kind"]]
        own = "" if row["shipped"] else " (your own)"
        words = f"{fit(kind, 7)} {fit(row['id'], 21)} {row['questions']:>4} {row['rules']:>5} "
        return cut(f"{words}{row['title']}{own}", width), (
            "over" if row["kind"] == "refused" else "note"
        )

    def detail(self, row: Row, width: int) -> list[Text]:
        """Return version, pathways and hash."""
        said = [row["title"]]
        said += [f"version {row['version']}, {row['hash']}"] if row["version"] else []
        said += [f"for {row['for']}"] if row["for"] else []
        return [cell(x, self.colours.quiet) for x in wrap("; ".join(said), width)]

    def action_open(self) -> None:
        """Run a pack's rules dry; show what a pathway requires."""
        row = self.marked
        if row is None:
            return
        if row["kind"] == "pack" and row["rules"]:
            self.app.push_screen(FindingsScreen(row["id"], row["title"]))
        else:
            self.action_questions()

    def action_questions(self) -> None:
        """Show what a pack asks, or a pathway requires."""
        row = self.marked
        if row is None:
            return
        if row["kind"] == "refused":
            self.show_whole(row["id"], row["title"].split("\n"))
            return
        said = []
        for r in rules.show(self.desk_app.desk.library, row["id"]):
            if row["kind"] == "pathway":
                said.append(f"{r['move']}: {r['sentence']} ({r['fixer']}, {r['effort']} effort)")
            else:
                when = f", when {r['when']}" if r["when"] else ""
                said.append(f"{r['kind']} {r['id']}: {r['text']}{when}")
        self.show_whole(row["title"], said)


class FindingsScreen(Listing):
    """What each rule of a pack would find today; nothing is recorded.

    Args:
        pack: its id.
        title: its title.
    """

    HELP = (
        "A dry run: nothing is recorded and no action is raised. Enter lists the cases a rule"
        " finds, then those for which it cannot tell; w explains the rule. The sweep that raises"
        " the actions is run with: casereview sweep"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "open", "the cases it finds"),
        bind("w", "explain", "explain the rule in words"),
        bind("t", "team", "another of my teams"),
        bind("r", "again", "run it again"),
    ]

    def __init__(self, pack: str, title: str) -> None:
        super().__init__()
        self.pack, self.words = pack, title
        self.teams: list[str] = []
        self.team = ""

    @property
    def title_words(self) -> str:
        """Return what the title says."""
        return f"Dry run: {self.words}, {self.team or 'reading…'}"

    @property
    def hints(self) -> Sequence[Hint]:
        """Return the keys that do something now."""
        other = [Hint("t", "team")] if len(self.teams) > 1 else []
        return (Hint("Enter", "cases"), Hint("w", "explain"), *other, Hint("r", "again"),
                Hint("f", "worry"), Hint("Esc", "back"))  # fmt: skip

    async def load(self) -> None:
        """Run the rules over the team's cases; nothing is written."""
        if not self.teams:
            self.teams = (await self.read(caseload.choices))["teams"]
            self.team = self.teams[0] if self.teams else ""
        if self.team:
            self.say("Working it out…")
            self.rows = await self.read(
                lambda desk: sweeping.sweep(
                    desk, team=self.team, pack=self.pack, dry_run=True, list_cases=True
                )
            )
            self.say("Dry run: nothing was recorded.")
        self.ready = True

    def head(self, width: int) -> list[Text]:
        """Return the heads of the columns."""
        words = f"{'true':>6} {'false':>6} {'cannot tell':>12}  rule"
        return [heading(words, width, f"bold {self.colours.head}")]

    def line(self, row: Row, width: int) -> tuple[str, str]:
        """Return one rule with what it would find."""
        if row["could_not_evaluate"]:
            return cut(f"COULD NOT BE RUN: {row['title']}", width), "over"
        counts = f"{row['true']:>6} {row['false']:>6} {row['unknown']:>12}"
        return cut(f"{counts}  {row['title']}", width), "due" if row["true"] else "note"

    def detail(self, row: Row, width: int) -> list[Text]:
        """Return the rule's id, and why it could not be run."""
        said = row["rule"] + (f": {row['could_not_evaluate']}" if row["could_not_evaluate"] else "")
        return [cell(x, self.colours.quiet) for x in wrap(said, width)]

    @property
    def empty(self) -> str:
        """Return what is said when there is nothing to run."""
        return "This pack has no rules for this team. t shows another team."

    # --- keys

    async def action_team(self) -> None:
        """Run it for another team."""
        if len(self.teams) > 1:
            self.team = self.teams[(self.teams.index(self.team) + 1) % len(self.teams)]
            self.at = 0
            await self.reload()

    async def action_again(self) -> None:
        """Run it again."""
        await self.reload()

    def action_open(self) -> None:
        """List the cases that the rule finds, then those it cannot tell."""
        row = self.marked
        if row is None or row["could_not_evaluate"]:
            return
        rows = [{"case": c, "words": "FOUND", "level": "due"} for c in row["cases"]]
        rows += [{"case": c, "words": "cannot tell", "level": "note"} for c in row["unknown_cases"]]
        name = row["rule"]

        def explain(desk: Desk, case: str) -> list[str]:
            return explained(rules.explain(desk, name, case)[0])

        self.app.push_screen(CaseList(row["title"], lambda _: rows, explain))

    async def action_explain(self) -> None:
        """Explain the marked rule."""
        row = self.marked
        if row is not None:
            name = row["rule"]
            held = await self.read(lambda desk: rules.explain(desk, name)[0])
            self.show_whole(row["title"], explained(held))


def explained(row: dict[str, Any]) -> list[str]:
    """Return an explanation of a rule, and of one case where it has one, as sentences."""
    said = [f"Finds cases where {row['sentence']}."]
    if "holds" in row:
        word = {True: "FOUND: it holds.", False: "NOT FOUND: it does not hold."}
        said.append(word.get(row["holds"], "CANNOT TELL: something is not known."))
        said += [f"{n.replace('_', ' ')}: {_known(v)}" for n, v in row["values"].items()]
        said += [f"Not true: {x}" for x in row["not_true"]]
        said += [f"Not known: {x.replace('_', ' ')}" for x in row["missing"]]
    said.append(f"Raises: {row['raises']}" if row["raises"] else "Reports only.")
    said.append(f"Condition: {row['when']}")
    said.append(f"Version {row['version']}. Source: {row['source']}")
    return said


def _known(value: Any) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
