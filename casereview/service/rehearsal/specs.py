"""What tells the rehearsal service's two weekly teams apart: people, pace, facts, ways out."""

from __future__ import annotations

from dataclasses import dataclass

from casereview.service.rehearsal.cast import (
    CHILD_LEAD,
    CHILD_WORKERS,
    CHILDREN,
    RECOVERY,
    RECOVERY_LEAD,
    RECOVERY_WORKERS,
)

Choices = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Spec:
    """A weekly team.

    Attributes:
        size: open cases, waiting ones included, that it holds steady.
        ages: youngest and oldest at referral, years.
        wait: least and most days from referral to assessment, then to the start.
        work: least and most days from the start to the planned end.
        every: days between contacts.
        missed: percent of contacts missed.
        leaves: percent that leave otherwise, and by which exits.
        beginning: facts set when the work begins, each with its values and weights.
        ending: facts that the decision to end asks for.
        departing: facts that the departure asks for besides.
        steps: next steps that meetings agree.
        worry: words of a safeguarding worry.
    """

    team: str
    lead: str
    workers: tuple[str, ...]
    size: int
    ages: tuple[int, int]
    wait: tuple[tuple[int, int], tuple[int, int]]
    work: tuple[int, int]
    every: tuple[int, int]
    missed: int
    leaves: int
    exits: tuple[str, ...]
    removals: tuple[str, ...]
    beginning: tuple[tuple[str, Choices], ...]
    ending: tuple[tuple[str, Choices], ...]
    departing: tuple[tuple[str, Choices], ...]
    steps: tuple[str, ...]
    worry: str


CHILDREN_SPEC = Spec(
    team=CHILDREN,
    lead=CHILD_LEAD,
    workers=CHILD_WORKERS,
    size=60,
    ages=(2, 15),
    wait=((6, 28), (3, 17)),
    work=(84, 250),
    every=(9, 20),
    missed=8,
    leaves=16,
    exits=("disengaged", "moved-away", "declined", "other-service"),
    removals=("no-longer-needed", "better-elsewhere", "no-reply"),
    beginning=(
        ("safeguarding", (("none", 1),)),
        ("child_protection_plan", (("no", 93), ("yes", 7))),
        ("children_in_household", (("yes", 88), ("no", 12))),
        ("outside_agency_involved", (("no", 60), ("yes", 40))),
    ),
    ending=(
        ("child_protection_plan", (("no", 1),)),
        ("goals_met", (("yes", 64), ("partly", 30), ("no", 6))),
        ("persons_view_on", (("today", 1),)),
    ),
    departing=(("carer_told", (("yes", 95), ("declined", 5))),),
    steps=(
        "Ring the school about the reading support", "Visit at home with the health visitor",
        "Send the therapy exercises to both parents", "Ask the nursery for its observations",
        "Book the joint session with education", "Finish the speech assessment report",
        "Agree the summer plan with the family", "Meet the class teacher before half-term",
        "Try the session at school instead of the clinic", "Write to the paediatrician",
    ),
    worry="Said that nobody was at home for two nights last week; seemed tired and hungry.",
)  # fmt: skip
RECOVERY_SPEC = Spec(
    team=RECOVERY,
    lead=RECOVERY_LEAD,
    workers=RECOVERY_WORKERS,
    size=40,
    ages=(19, 67),
    wait=((2, 12), (1, 8)),
    work=(70, 260),
    every=(8, 18),
    missed=14,
    leaves=36,
    exits=("dropped-out", "dropped-out", "transferred", "withdrawn", "declined"),
    removals=("no-longer-needed", "no-reply"),
    beginning=(
        ("safeguarding", (("none", 1),)),
        ("children_in_household", (("no", 68), ("yes", 32))),
        ("substance_group", (
            ("opiate", 44), ("alcohol", 30), ("non-opiate", 16), ("non-opiate-and-alcohol", 10),
        )),
        ("prescribing", (("no", 60), ("yes", 40))),
    ),
    ending=(
        ("prescribing", (("no", 1),)),
        ("goals_met", (("yes", 70), ("partly", 30))),
        ("persons_view_on", (("today", 1),)),
    ),
    departing=(("exit_outcome_on", (("today", 1),)),),
    steps=(
        "Agree the reduction plan with the prescriber", "Go along to the first mutual aid meeting",
        "Ring the housing officer together", "Offer an evening appointment",
        "Review the relapse plan", "Book the blood-borne virus test",
        "Ask the pharmacy about missed pick-ups", "Meet with the partner, if they agree",
        "Apply for the volunteering place", "Complete the outcome form at the next session",
    ),
    worry="Toddler in the flat during a visit, medicines within reach on the table.",
)  # fmt: skip
