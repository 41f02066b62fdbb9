"""Measures of contacts, caseloads, actions and meetings by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from casereview.core.pathways import STAGES
from casereview.measures import actions as act
from casereview.measures.ask import CASE_GROUPS, PLACES
from casereview.measures.attendance import attendance, attendance_cases
from casereview.measures.front_door import front_door, front_door_cases
from casereview.measures.last_seen import last_seen, last_seen_cases
from casereview.measures.load import load, load_cases, with_band
from casereview.measures.measure import Measure
from casereview.measures.reviews import GROUPS, reviews, reviews_cases
from casereview.measures.time_to_event import curves, journeys, journeys_cases

WORK: Mapping[str, Measure] = MappingProxyType(
    {
        "attendance": Measure(
            attendance, attendance_cases, by=(*CASE_GROUPS, "kind"),
            reads=frozenset({"attendances"}), improvement="decrease", charted="dna_percent",
            events=("appointments", "attended", "did_not_attend", "cancelled_by_person",
                    "cancelled_by_provider", "missed"),
        ),
        "last-seen": Measure(
            last_seen, last_seen_cases, by=PLACES, reads=frozenset({"attendances", "reopened"}),
            at_end=True, improvement="decrease", charted="over_91",
        ),
        "front-door": Measure(
            front_door, front_door_cases, by=CASE_GROUPS,
            reads=frozenset({"attendances", "milestones", "workers"}), improvement="increase",
            charted="percent_solved_first_time", events=("came",),
        ),
        "load": Measure(
            load, load_cases, by=(*PLACES, "stage"), always_by=("worker",),
            reads=frozenset({"stage_spells", "reopened", "facts", "actions", "action_spells"}),
            ranks=MappingProxyType({"stage": STAGES}), at_end=True, takes=("capacity",),
            finish=with_band, charted="weight",
        ),
        "actions": Measure(
            act.actions, act.actions_cases, by=act.GROUPS,
            reads=frozenset({"actions", "action_spells"}), improvement="decrease",
            charted="overdue", events=("raised", "closed", "done", "cancelled"), valued="done",
        ),
        "reviews": Measure(
            reviews, reviews_cases, by=GROUPS,
            reads=frozenset({"reviews", "agenda", "marks", "answers", "decisions"}),
            improvement="decrease", charted="percent_not_reached", events=("meetings", "decided"),
        ),
        "survival": Measure(
            journeys, journeys_cases, by=PLACES, takes=("show",),
            collect=curves, keeps_order=True,
        ),
    }
)  # fmt: skip
