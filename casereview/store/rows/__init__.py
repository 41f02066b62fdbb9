"""The stored tables: one class per record of `core.records`, columns with the same names.

A table class does not validate what it is given; everything is validated before it gets here.
"""

from __future__ import annotations

from casereview.core import records
from casereview.store.rows.cases import (
    AllocationRow,
    CaseFactRow,
    CaseRow,
    ContactRow,
    DelayRow,
    MilestoneRow,
    StageSpellRow,
)
from casereview.store.rows.figures import (
    IssuedFiguresRow,
    NotReportableRow,
    SeriesNoteRow,
    SeriesRow,
    TypedFigureRow,
)
from casereview.store.rows.imports import ImportedCaseRow
from casereview.store.rows.people import (
    PersonFactRow,
    PersonIdRow,
    PersonLinkRow,
    PersonRow,
    WorryRow,
)
from casereview.store.rows.reviews import AgendaItemRow, AttendanceRow, ReviewRow, RunRow
from casereview.store.rows.teams import (
    MeetingChangeRow,
    MembershipRow,
    PostRow,
    TeamMeetingRow,
    TeamRow,
    UserRow,
)
from casereview.store.rows.work import (
    ActionRow,
    ActionSpellRow,
    AnswerRow,
    DecisionRow,
    DissentRow,
    MarkRow,
    NoteRow,
    OverrideRow,
)

__all__ = [
    "TABLES",
    "ActionRow",
    "ActionSpellRow",
    "AgendaItemRow",
    "AllocationRow",
    "AnswerRow",
    "AttendanceRow",
    "CaseFactRow",
    "CaseRow",
    "ContactRow",
    "DecisionRow",
    "DelayRow",
    "DissentRow",
    "ImportedCaseRow",
    "IssuedFiguresRow",
    "MarkRow",
    "MeetingChangeRow",
    "MembershipRow",
    "MilestoneRow",
    "NotReportableRow",
    "NoteRow",
    "OverrideRow",
    "PersonFactRow",
    "PersonIdRow",
    "PersonLinkRow",
    "PersonRow",
    "PostRow",
    "ReviewRow",
    "RunRow",
    "SeriesNoteRow",
    "SeriesRow",
    "StageSpellRow",
    "TeamMeetingRow",
    "TeamRow",
    "TypedFigureRow",
    "UserRow",
    "WorryRow",
]

TABLES = {
    records.Person: PersonRow,
    records.PersonId: PersonIdRow,
    records.PersonFact: PersonFactRow,
    records.PersonLink: PersonLinkRow,
    records.Worry: WorryRow,
    records.Case: CaseRow,
    records.StageSpell: StageSpellRow,
    records.CaseFact: CaseFactRow,
    records.Milestone: MilestoneRow,
    records.Allocation: AllocationRow,
    records.Contact: ContactRow,
    records.Delay: DelayRow,
    records.Answer: AnswerRow,
    records.Mark: MarkRow,
    records.Decision: DecisionRow,
    records.Dissent: DissentRow,
    records.Override: OverrideRow,
    records.Note: NoteRow,
    records.Action: ActionRow,
    records.ActionSpell: ActionSpellRow,
    records.Review: ReviewRow,
    records.AgendaItem: AgendaItemRow,
    records.Attendance: AttendanceRow,
    records.Run: RunRow,
    records.ImportedCase: ImportedCaseRow,
    records.Team: TeamRow,
    records.TeamMeeting: TeamMeetingRow,
    records.MeetingChange: MeetingChangeRow,
    records.Post: PostRow,
    records.User: UserRow,
    records.Membership: MembershipRow,
    records.Series: SeriesRow,
    records.TypedFigure: TypedFigureRow,
    records.SeriesNote: SeriesNoteRow,
    records.NotReportable: NotReportableRow,
    records.IssuedFigures: IssuedFiguresRow,
}
