"""The rehearsal service's teams and people at work: who they are, which posts they fill."""

from __future__ import annotations

from datetime import date, timedelta

from casereview.core.meetings import WEEKDAYS
from casereview.service.organisation import teams, users
from casereview.service.rehearsal.world import World

WARD, CHILDREN, RECOVERY = "WARD", "CHILD", "RECOV"
ROUND, WEEKLY = "ward-round", "caseload-sweep"
ONCE, TWICE, TWICE_FOR = "fri", "tue,fri", 22 * 7
"""The ward's rounds, and the days before today since when there are two a week."""
PACKS = {WARD: ROUND, CHILDREN: WEEKLY, RECOVERY: WEEKLY}
NAMES = {
    WARD: ("ward", "Larch Ward"),
    CHILDREN: ("childrens", "Riverside Children's Team"),
    RECOVERY: ("recovery", "Harbour Recovery Service"),
}
CONSULTANT, DOCTOR, WARD_LEAD = "okafor", "hughes", "whitlock"
COORDINATOR, PHARMACIST = "farouk", "lindqvist"
NURSES = ("adeyemi", "brennan", "price", "shah")
CHILD_LEAD, CHILD_WORKERS = "mensah", ("osei", "carver", "dimitrov", "langley", "nwosu", "rees")
MANAGER = "castell"
RECOVERY_LEAD, PRESCRIBER = "doyle", "ramanathan"
RECOVERY_WORKERS = ("bakshi", "holt", "mcbride", "sandoval")

_USERS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (CONSULTANT, "Dr Ifeoma Okafor", "clinician", (WARD,)),
    (DOCTOR, "Dr Gwen Hughes", "clinician", (WARD,)),
    (WARD_LEAD, "Sarah Whitlock", "team-lead", (WARD,)),
    (COORDINATOR, "Mariam Farouk", "clinician", (WARD,)),
    (PHARMACIST, "Per Lindqvist", "clinician", (WARD,)),
    ("adeyemi", "Tunde Adeyemi", "clinician", (WARD,)),
    ("brennan", "Kate Brennan", "clinician", (WARD,)),
    ("price", "Lloyd Price", "clinician", (WARD,)),
    ("shah", "Nisha Shah", "clinician", (WARD,)),
    (CHILD_LEAD, "Abena Mensah", "team-lead", (CHILDREN,)),
    ("osei", "Kofi Osei", "clinician", (CHILDREN,)),
    ("carver", "Joanne Carver", "clinician", (CHILDREN,)),
    ("dimitrov", "Elena Dimitrov", "clinician", (CHILDREN,)),
    ("langley", "Peter Langley", "clinician", (CHILDREN,)),
    ("nwosu", "Chioma Nwosu", "clinician", (CHILDREN,)),
    ("rees", "Angharad Rees", "clinician", (CHILDREN,)),
    (RECOVERY_LEAD, "Maeve Doyle", "team-lead", (RECOVERY,)),
    (PRESCRIBER, "Dr Anand Ramanathan", "clinician", (RECOVERY,)),
    ("bakshi", "Ravi Bakshi", "clinician", (RECOVERY,)),
    ("holt", "Denise Holt", "clinician", (RECOVERY,)),
    ("mcbride", "Stuart McBride", "clinician", (RECOVERY,)),
    ("sandoval", "Lucia Sandoval", "clinician", (RECOVERY,)),
    (MANAGER, "Rhiannon Castell", "manager", ()),
    ("moss", "Julian Moss", "auditor", ()),
)
_POSTS = {
    WARD: {
        "consultant": CONSULTANT, "discharge-coordinator": COORDINATOR, "pharmacist": PHARMACIST,
        "team-lead": WARD_LEAD, "safeguarding-lead": WARD_LEAD,
    },
    CHILDREN: {"team-lead": CHILD_LEAD, "safeguarding-lead": "osei"},
    RECOVERY: {
        "team-lead": RECOVERY_LEAD, "safeguarding-lead": "holt", "prescriber": PRESCRIBER,
    },
}  # fmt: skip


def _meeting_days(today: date, days_left: int) -> dict[str, str]:
    """Return the regular meeting days of the three teams, the weekly ones on today's weekday.

    On a weekend the weekly meetings are on Fridays; `meet_today` then moves the last one.
    """
    weekly = WEEKDAYS[min(today.weekday(), 4)]
    rounds = TWICE if days_left <= TWICE_FOR else ONCE
    return {WARD: rounds, CHILDREN: weekly, RECOVERY: weekly}


def employ(world: World, administrator: str) -> None:
    """Add the teams, the users of every role and the posts they fill."""
    days = _meeting_days(world.today, world.days_left())
    for code, (pathway, name) in NAMES.items():
        teams.add_team(
            world.by(administrator), code, pathway=pathway, name=name, meets=[days[code]]
        )
    for login, name, role, codes in _USERS:
        if login == administrator:
            # Whoever makes the demo may have such a login too, and keeps the role.
            continue
        users.add_user(world.by(administrator), login, name=name, role=role, teams=codes)
    for code, posts in _POSTS.items():
        for post, login in posts.items():
            teams.fill_post(world.by(administrator), code, post, login, from_on=None)


def second_round(world: World, administrator: str) -> None:
    """Give the ward its second round a week."""
    teams.add_team(world.by(administrator), WARD, pathway=NAMES[WARD][0], meets=[TWICE])


def meet_today(world: World, administrator: str) -> None:
    """Move the nearest meeting of each team that does not meet today to today.

    Called three days before, so that a meeting that has not been held yet is the one that moves.
    """
    for code, pack in PACKS.items():
        if world.meets(code, pack, world.today):
            continue
        near = (world.today + timedelta(days=n * side) for n in range(1, 30) for side in (-1, 1))
        moved = next(d for d in near if d >= world.day and world.meets(code, pack, d))
        teams.change_meeting(
            world.by(administrator), code, moved, move_to=world.today, pack=pack,
            reason="The meeting room is taken on the usual day",
        )  # fmt: skip
