"""Who may export what shows who people are, and the line that says so in the journal."""

from __future__ import annotations

from casereview.core.entries import Draft, Stream
from casereview.core.text import checked_note
from casereview.errors import NotAllowed, Refused
from casereview.service.desk import Desk, Rows
from casereview.service.work import Work

IDENTIFIABLE_ROLES = ("administrator", "team-lead")
PURPOSE_MIN = 10
"""Characters of a purpose. Source: Caldicott principle 1, justify the purpose."""


def record_export(desk: Desk, what: str, purpose: str, *, team: str | None = None) -> None:
    """Record in the journal that somebody exports identifiable data, and why.

    Raises:
        NotAllowed: the role may not.
        Refused: the purpose is missing or too short.
    """
    words = checked_note(purpose, what="purpose") if purpose.strip() else ""
    if len(words) < PURPOSE_MIN:
        raise Refused(
            "An identifiable export needs a purpose that others can judge.",
            code="no_purpose",
            next=f"Say it with --purpose, in {PURPOSE_MIN} letters or more.",
        )

    def keep(work: Work) -> Rows:
        for login in dict.fromkeys((desk.actor, desk.said_by or desk.actor)):
            role = work.user(login).user.role
            if role not in IDENTIFIABLE_ROLES:
                raise NotAllowed(
                    f"The role {role} may not export data that shows who people are.",
                    next="Leave --identifiable out, or ask an administrator or team lead.",
                )
        body = {"what": what, "identifiable": True}
        work.record([
            Draft(Stream("store", 1), "exported", desk.today, body, {"purpose": words}, team)
        ])  # fmt: skip
        return [{"what": what}]

    # A token that another command used would be answered without asking for the right.
    desk.again().change(keep)
