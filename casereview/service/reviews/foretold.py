"""What an answer would bring, told before it is recorded: the very decision, and nothing kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from casereview.core.decide.answers import Effects
from casereview.core.decide.answers import answer as decide_answer
from casereview.core.decide.judging import Given
from casereview.core.state.actions import Actions
from casereview.service import ids
from casereview.service.desk import Desk
from casereview.service.packs_used import pack_of
from casereview.service.reviews.answering import question_of


@dataclass(frozen=True, slots=True)
class Foretold:
    """The action that an answer would make or carry.

    Attributes:
        text: what is to be done.
        owner: login of who would own it, None for nobody.
        due_on: when it would be due, None for no date.
        carried: True when the action is open already.
    """

    text: str
    owner: str | None
    due_on: date | None
    carried: bool


def action_of(desk: Desk, review: str, case: str, question: str, given: Given) -> Foretold | None:
    """Return the action of an answer as recording it would leave it, None when it brings none.

    Raises:
        NotFound: there is no such review, case or question.
        Refused: the answer does not fit the question.
    """
    with desk.reading() as work:
        state = work.review(ids.number(ids.REVIEW, review))
        pack = pack_of(work, state.review)
        found = work.case(ids.number(ids.CASE, case))
        setting = work.setting(work.team(state.review.team), state.review.on, review=state)
        # A number is taken from the store only when something is recorded.
        effects = decide_answer(
            replace(setting, new_id=lambda _: 0), found, pack, question_of(pack, question), given,
            fact_of=desk.library.catalogue.__getitem__,
        )  # fmt: skip
        return None if effects.action is None else _told(effects, found.actions)


def _told(effects: Effects, held: Actions) -> Foretold:
    """Return the action with what the entries would change in it."""
    about = [d for d in effects.drafts if d.kind.startswith("action_")]
    changed: dict[str, Any] = {k: v for d in about for k, v in {**d.body, **d.texts}.items()}
    action = held.get(effects.action or 0)
    if action is None:
        return _made(changed, carried=False)
    spell = held.now(action.id)
    due = spell.due_on.isoformat() if spell.due_on else None
    before = {"text": action.text, "owner": spell.owner, "due_on": due}
    return _made({**before, **changed}, carried=True)


def _made(said: dict[str, Any], *, carried: bool) -> Foretold:
    due = said.get("due_on")
    return Foretold(
        said["text"] or "", said["owner"], date.fromisoformat(due) if due else None, carried
    )
