"""Options that say what is asked of a measure, for every command that asks one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from casereview.cli.session import optional_day
from casereview.cli.words import option

Word = str | None
Words = list[str] | None

# Which rows there are.
From = Annotated[Word, option("--from", metavar="DATE", help="First day counted.")]
To = Annotated[Word, option("--to", metavar="DATE", help="Last day counted.")]
FirstDay = Annotated[Word, option("--from", metavar="DATE", help="First day.")]
LastDay = Annotated[Word, option("--to", metavar="DATE", help="Last day.")]
Every = Annotated[
    Word, option("--every", metavar="PERIOD", help="week, month, quarter, year ...")
]  # fmt: skip
By = Annotated[Words, option("--by", metavar="GROUP", help="Groups, with commas between.")]
OneBy = Annotated[Words, option("--by", metavar="GROUP", help="One group.")]
WaitWord = Annotated[
    Word, option("--wait", metavar="WAIT", help="FROM:TO, or a pathway's wait.")
]  # fmt: skip
Unit = Annotated[str, option("--unit", metavar="UNIT", help="days, or for waits hours.")]
Method = Annotated[
    Word,
    option("--method", metavar="METHOD", help="The other reading of a figure; see `choices`."),
]
OtherMethod = Annotated[
    Word, option("--method", metavar="METHOD", help="The other reading of a figure.")
]
Target = Annotated[
    Word, option("--target", metavar="NUMBER", help="Percent, or a chart's target.")
]  # fmt: skip
Capacity = Annotated[
    Words,
    option("--capacity", metavar="LOGIN=WEIGHT", help="load: agreed weight of a worker."),
]
Show = Annotated[
    Word, option("--show", metavar="ROWS", help="survival: km, cif, quantiles, logrank.")
]
TargetWait = Annotated[
    Word, option("--target-wait", metavar="WEEKS", help="waiting-list: longest good wait.")
]

# How they leave the team.
Publish = Annotated[
    Word, option("--publish", metavar="PRESET", help="hes7, mhsds5, threshold10 or none.")
]
IssuePublish = Annotated[
    Word, option("--publish", metavar="PRESET", help="hes7 (usual), mhsds5 ... or none.")
]
Reason = Annotated[Word, option("--reason", metavar="TEXT", help="Why --publish none.")]

# What is made of them.
ListCases = Annotated[
    bool, typer.Option("--list", help="The cases behind the numbers instead.")
]  # fmt: skip
Spc = Annotated[bool, typer.Option("--spc", help="Chart the periods: limits, causes.")]
Compare = Annotated[
    Word,
    option("--compare", metavar="DATE|PACK", help="Before and after a change, with periods."),
]
Funnel = Annotated[
    bool, typer.Option("--funnel", help="Teams as a funnel, with --by team; no league.")
]
Column = Annotated[
    Word, option("--column", metavar="NAME", help="The figure that is charted or compared.")
]
Profile = Annotated[
    Word, option("--profile", metavar="NAME", help="mdc or nhsr rules of a chart.")
]  # fmt: skip
Improvement = Annotated[
    Word, option("--improvement", metavar="WAY", help="increase, decrease or neutral.")
]
Rebase = Annotated[
    Words, option("--rebase", metavar="DATE", help="New limits from this period.")
]  # fmt: skip
FixAfter = Annotated[
    Word, option("--fix-after", metavar="N", help="Limits from the first N periods.")
]  # fmt: skip
Note = Annotated[
    Words, option("--note", metavar="DATE=TEXT", help="Cause other than the work.")
]  # fmt: skip
Everything = Annotated[
    bool, typer.Option("--all", help="Every measure into the folder named with -o.")
]
WholeDefinition = Annotated[
    bool, typer.Option("--definition", help="The whole definition under the table.")
]
CompareKnown = Annotated[
    tuple[str, str] | None,
    option("--compare-known", metavar="T1 T2", help="What moved between two times, or now."),
]

_ROWS = ("every", "wait", "unit", "team", "method", "target", "show", "target_wait")


def asked_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a command that say which rows of a measure there are.

    Raises:
        Usage: a date is none.
    """
    found = {k: params[k] for k in _ROWS if params.get(k) is not None}
    for key, name, word in (("start", "--from", "from_on"), ("end", "--to", "to_on")):
        found[word] = optional_day(params.get(key), name)
    if params.get("by"):
        # Said twice, --by is two groups, as with a comma between them.
        found["by"] = ",".join(params["by"])
    if params.get("capacity"):
        found["capacity"] = params["capacity"]
    return found
