"""What is asked of a measure, word by word, before anything of it is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One question to a measure, and in which way it is to be answered.

    Attributes:
        name: of the measure.
        from_on: first date, None for the first on which anything happened.
        to_on: last date, itself counted; None for the as-of date, or with periods the end of the
            one with the last event when nothing has happened for a year since.
        every: week, month, quarter, year or financial-year; None for one row for the whole.
        by: one or more groups, separated by commas.
        wait: for waits, FROM:TO or the name of a pathway's wait; None for those of the pathways.
        unit: "days", or for waits "hours" where instants are known.
        team: only the cases of this team.
        method: the other reading of a figure, None for the usual one.
        target: share to reach in percent, as typed; None for none.
        capacity: LOGIN=WEIGHT of each worker whose agreed weight is known.
        show: rows of the time to the end, None for the curve.
        target_wait: weeks that a wait should not exceed, as typed; None for the pathway's own.
        list_cases: return the cases behind the numbers instead.
        publish: disclosure preset for figures that leave the team, None for the team's own view.
        reason: why figures are published without disclosure control.
        spc: options of a chart over the periods, None for no chart.
        compare: the date of a change, or a pack whose first use it was; None for no comparison.
        comparing: its profile and improvement.
        funnel: hold the groups against the funnel around their pooled share.
        column: the figure that is compared or held against the funnel, None for the usual one.
    """

    name: str
    from_on: date | None = None
    to_on: date | None = None
    every: str | None = None
    by: str | None = None
    wait: str | None = None
    unit: str = "days"
    team: str | None = None
    method: str | None = None
    target: str | None = None
    capacity: Sequence[str] = ()
    show: str | None = None
    target_wait: str | None = None
    list_cases: bool = False
    publish: str | None = None
    reason: str | None = None
    spc: Mapping[str, Any] | None = None
    compare: str | None = None
    comparing: Mapping[str, Any] = field(default_factory=dict)
    funnel: bool = False
    column: str | None = None

    def ways(self) -> list[str]:
        """Return the options that each ask for rows of another kind."""
        given = {
            "--list": self.list_cases, "--publish": self.publish is not None,
            "--spc": self.spc is not None, "--compare": self.compare is not None,
            "--funnel": self.funnel,
        }  # fmt: skip
        return [option for option, there in given.items() if there]

    def taken(self) -> dict[str, object]:
        """Return what only some measures take, by the name of its option."""
        return {
            "method": self.method, "target": self.target, "capacity": self.capacity,
            "show": self.show, "target-wait": self.target_wait,
        }  # fmt: skip
