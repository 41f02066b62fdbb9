"""The common start of a command about one case: loaded, permitted, dated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from casereview.core.decide.setting import check_date
from casereview.core.state.case import CaseState
from casereview.errors import Refused
from casereview.service import ids
from casereview.service.access import need_case
from casereview.service.desk import Desk, Rows
from casereview.service.work import Work

Body = Callable[[Work, CaseState], Rows]


def change_case(
    desk: Desk,
    case: str,
    on: date,
    what: str,
    body: Body,
    *,
    ahead: bool = False,
) -> Rows:
    """Run a command about a case; `what` is what its team's members may do.

    With `ahead` the date may lie in the future: an appointment that is booked.

    Raises:
        NotFound: there is no such case.
        NotAllowed: the role or the team does not fit.
        Refused: a date before the referral or after the clock.
    """

    def run(work: Work) -> Rows:
        state = work.case(ids.number(ids.CASE, case))
        need_case(work, state, what)
        until = max(on, desk.today) if ahead else desk.today
        check_date(on, until, earliest=state.case.referred_on, what="the referral")
        return body(work, state)

    return desk.change(run)


def check_delayed(state: CaseState) -> None:
    """Refuse to end a delay where none is open.

    Raises:
        Refused: code no_delay.
    """
    if all(delay.before_on is not None for delay in state.delays):
        case = ids.out(ids.CASE, state.case.id)
        raise Refused(
            f"No delay of {case} is open.",
            code="no_delay",
            next=f"See `case show {case}`; start one with `case delay {case} REASON`.",
        )
