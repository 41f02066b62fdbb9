"""The dated records that a stream's entries add up to. Frozen; one class per stored table.

Every `*_on` is a business date, every `*_s` whole seconds since 1970-01-01 UTC (None where only the
date is known), every `from_on`/`before_on` pair half-open with None for "still".
"""

from __future__ import annotations

from casereview.core.records.cases import (
    Allocation,
    Case,
    CaseFact,
    Contact,
    Delay,
    Milestone,
    StageSpell,
    TransferOffer,
)
from casereview.core.records.figures import (
    IssuedFigures,
    NotReportable,
    Series,
    SeriesNote,
    TypedFigure,
)
from casereview.core.records.people import Person, PersonFact, PersonId, PersonLink, Worry
from casereview.core.records.reviews import AgendaItem, Attendance, ImportedCase, Review, Run
from casereview.core.records.teams import MeetingChange, Membership, Post, Team, TeamMeeting, User
from casereview.core.records.work import (
    Action,
    ActionSpell,
    Answer,
    Decision,
    DecisionSpell,
    Dissent,
    Mark,
    Note,
    Override,
)

__all__ = [
    "Action",
    "ActionSpell",
    "AgendaItem",
    "Allocation",
    "Answer",
    "Attendance",
    "Case",
    "CaseFact",
    "Contact",
    "Decision",
    "DecisionSpell",
    "Delay",
    "Dissent",
    "ImportedCase",
    "IssuedFigures",
    "Mark",
    "MeetingChange",
    "Membership",
    "Milestone",
    "NotReportable",
    "Note",
    "Override",
    "Person",
    "PersonFact",
    "PersonId",
    "PersonLink",
    "Post",
    "Review",
    "Run",
    "Series",
    "SeriesNote",
    "StageSpell",
    "Team",
    "TeamMeeting",
    "TransferOffer",
    "TypedFigure",
    "User",
    "Worry",
]
