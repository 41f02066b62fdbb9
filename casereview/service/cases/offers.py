"""Ending the offer of a case to another team: taken back by the sender, or declined."""

from __future__ import annotations

from datetime import date

from casereview.core.decide import transfers
from casereview.core.text import checked_note
from casereview.service import ids
from casereview.service.access import need_case, need_team
from casereview.service.cases.moving import moved_row
from casereview.service.desk import Desk, Rows
from casereview.service.reasons import need_reason
from casereview.service.work import Work


def withdraw(desk: Desk, case: str, *, reason: str, on: date) -> Rows:
    """Take back the offer of a case: it stays with its team and can be offered again.

    Raises:
        Refused: it was not offered, the reason is empty, or the date does not fit.
        NotAllowed: the actor does not belong to the offering team.
    """
    return _end(desk, case, "withdrawn", reason, on)


def decline(desk: Desk, case: str, *, reason: str, on: date) -> Rows:
    """Say no to an offered case: it stays with the team that offered it, which sees the reason.

    Raises:
        Refused: it was not offered, the reason is empty, or the date does not fit.
        NotAllowed: the actor does not belong to the receiving team.
    """
    return _end(desk, case, "declined", reason, on)


def _end(desk: Desk, case: str, how: str, reason: str, on: date) -> Rows:
    need_reason(reason, "This")

    def run(work: Work) -> Rows:
        state = work.case(ids.number(ids.CASE, case))
        to = state.case.transfer_to
        if to is not None and how == "declined":
            need_team(work, to, "decline for it")
        elif to is not None:
            need_case(work, state, "take its offer back")
        setting = work.setting(work.team(state.case.team), on)
        work.record(transfers.end_offer(setting, state, how, checked_note(reason)))
        return [moved_row(work, state.case.id, transfer_to=None, offer=how)]

    return desk.change(run)
