"""Who may be named as the owner of an action."""

from __future__ import annotations

from casereview.core.decide.setting import Setting
from casereview.errors import Refused
from casereview.packs.posts import posts_wanted
from casereview.service.work import Work


def check_owner(work: Work, setting: Setting, owner: str) -> None:
    """Refuse an owner who is neither a user, a post of the team, key-worker nor chair.

    Raises:
        NotFound: nobody has this login; the nearest is named.
        Refused: the user was removed.
    """
    if owner in ("key-worker", "chair") or work.knows_user(owner):
        return
    if setting.team.holder(owner, setting.on) is not None:
        return
    if owner in posts_wanted(work.desk.library, setting.pathway.id):
        return  # Nobody fills it yet: it falls to the chair, as when a rule names it.
    work.user(owner)
    raise Refused(
        f"The user {owner!r} was removed.", code="user_removed", next="Name somebody else."
    )
