"""Deciding about answers: what one may be, what it passes, what it raises, closes and sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from casereview.core.decide.action_changes import edit_action
from casereview.core.decide.actions import (
    Owner,
    can_start_on,
    carry,
    close_action,
    due_date,
    from_outcome,
    raise_action,
    resolve_owner,
)
from casereview.core.decide.facts import fact_draft, stream_for
from casereview.core.decide.judging import Given, Verdict, cleaned, judge
from casereview.core.decide.setting import Setting, check_due
from casereview.core.entries import Draft, Stream
from casereview.core.facts import FactSpec
from casereview.core.outcomes import (
    facts_set_by,
)
from casereview.core.packs import Outcome, Pack, Question
from casereview.core.records import Action, ActionSpell
from casereview.core.state.case import CaseState
from casereview.core.state.person import PersonState
from casereview.core.wording import fill

FIND_OUT = "Find out: {question}"


@dataclass(frozen=True, slots=True)
class Effects:
    """What the answer did besides being recorded, for the screen."""

    drafts: list[Draft] = field(default_factory=list)
    action: int | None = None
    carried: int = 0


def cause_of(pack: Pack, question: Question) -> str:
    """Return the cause that the question's action carries: one open action a question."""
    return f"answer:{pack.id}/{question.id}"


def answer(
    setting: Setting,
    case: CaseState,
    pack: Pack,
    question: Question,
    given: Given,
    *,
    fact_of: Callable[[str], FactSpec],
) -> Effects:
    """Record an answer with everything it brings: action raised, carried or closed, facts set.

    Raises:
        Refused: the value does not fit the question.
    """
    given = cleaned(given)
    if given.due_on is not None:
        check_due(setting.on, given.due_on)
    verdict = judge(question, given)
    drafts = [_answered(setting, case, pack, question, given, verdict)]
    if given.drafted:
        return Effects(drafts)
    action, carried = None, 0
    if verdict.passes is True or verdict.value == "does-not-apply":
        drafts += _closing(setting, case, pack, question, given)
    else:
        work, action, carried = _work(setting, case, pack, question, given, verdict)
        drafts += work
    drafts += _facts(setting, case, question, verdict, fact_of)
    drafts += _lapse(setting, case, pack, question, verdict)
    return Effects(drafts, action, carried)


def _answered(
    setting: Setting,
    case: CaseState,
    pack: Pack,
    question: Question,
    given: Given,
    verdict: Verdict,
) -> Draft:
    body: dict[str, Any] = {"pack": pack.id, "question": question.id, "passes": verdict.passes}
    texts: dict[str, str] = {}
    if verdict.free_text:
        texts["value"] = verdict.value
    else:
        body["value"] = verdict.value
    if given.reason:
        texts["reason"] = given.reason
    if given.drafted:
        body["drafted"] = True
    if given.paper:
        body["paper"] = True
    return Draft(
        stream=Stream("case", case.case.id),
        kind="answered",
        occurred_on=setting.on,
        body=body,
        texts=texts,
        team=setting.code,
        review=setting.review,
        pack=pack.ref,
    )


def _closing(
    setting: Setting, case: CaseState, pack: Pack, question: Question, given: Given
) -> list[Draft]:
    held = case.actions.of_cause(cause_of(pack, question))
    if held is None or given.keep_action:
        return []
    stream = Stream("case", case.case.id)
    why = "the answer to its question passes"
    return [close_action(setting, stream, held[0].id, done=True, reason=why, automatic=True)]


def _work(
    setting: Setting,
    case: CaseState,
    pack: Pack,
    question: Question,
    given: Given,
    verdict: Verdict,
) -> tuple[list[Draft], int | None, int]:
    outcome = verdict.outcome
    if outcome is None:
        return [], None, 0
    words = setting.pathway.words
    if verdict.value == "cannot-tell" and not outcome.action:
        ask = fill(question.ask, words)
        text = FIND_OUT.format(question=ask)
        outcome = Outcome(action=text, owner=outcome.owner, effort=outcome.effort)
    text = given.text or fill(outcome.action.replace("{answer}", verdict.value), words)
    if not text:
        return [], None, 0
    cause = cause_of(pack, question)
    held = case.actions.of_cause(cause)
    if held is None:
        return _raised(setting, case, outcome, given, text=text, cause=cause, pack=pack)
    return _held(setting, held, case, outcome, given, text=text, pack=pack)


def _raised(
    setting: Setting,
    case: CaseState,
    outcome: Outcome,
    given: Given,
    *,
    text: str,
    cause: str,
    pack: Pack,
) -> tuple[list[Draft], int | None, int]:
    due_on, due_pack = due_date(setting, outcome, pack.id)
    if given.due_on is not None:
        due_on, due_pack = given.due_on, None
    draft = raise_action(
        setting, Stream("case", case.case.id), cause=cause, text=text, due_on=due_on,
        owner=resolve_owner(setting, given.owner or outcome.owner, case), due_pack=due_pack,
        effort=outcome.effort, doer=outcome.doer, from_on=can_start_on(setting, outcome),
    )  # fmt: skip
    return [draft], int(draft.body["id"]), 0


def _held(
    setting: Setting,
    held: tuple[Action, ActionSpell],
    case: CaseState,
    outcome: Outcome,
    given: Given,
    *,
    text: str,
    pack: Pack,
) -> tuple[list[Draft], int | None, int]:
    action, spell = held
    stream = Stream("case", case.case.id)
    due_on, due_pack = due_date(setting, outcome, pack.id)
    drafts = carry(setting, stream, held, due_on=due_on, due_pack=due_pack)
    carried = spell.carried + len(drafts)
    edited = text if text != action.text else None
    owner: Owner | None = None
    if given.owner is not None:
        owner = resolve_owner(setting, given.owner, case)
    if edited or owner or given.due_on:
        drafts.append(
            edit_action(setting, stream, held, text=edited, owner=owner, due_on=given.due_on)
        )
    return drafts, action.id, carried


def _facts(
    setting: Setting,
    case: CaseState,
    question: Question,
    verdict: Verdict,
    fact_of: Callable[[str], FactSpec],
) -> list[Draft]:
    sets = facts_set_by(question, verdict.value, today=setting.on)
    return [
        fact_draft(setting, stream_for(case, fact_of(name)), fact_of(name), value)
        for name, value in sets.items()
    ]


def _lapse(
    setting: Setting, case: CaseState, pack: Pack, question: Question, verdict: Verdict
) -> list[Draft]:
    live = case.decision()
    if live is None or live.pack != pack.id or verdict.passes is not False:
        return []
    body = {"n": live.n, "how": "lapsed", "because": f"{question.id} no longer passes"}
    return [
        Draft(
            stream=Stream("case", case.case.id),
            kind="decision_ended",
            occurred_on=setting.on,
            body=body,
            team=setting.code,
            review=setting.review,
        )
    ]


def rule_action(
    setting: Setting,
    case: CaseState,
    outcome: Outcome,
    cause: str,
    pack: str,
    *,
    person: PersonState | None = None,
) -> list[Draft]:
    """Raise the action of a sweep finding unless its cause has one open; never carries it.

    A closed case takes no action: it goes to the person, who is then given.
    """
    if person is None:
        if case.actions.of_cause(cause) is not None:
            return []
        return from_outcome(setting, case, outcome, cause=cause, pack=pack)
    about = f"{cause}:{case.case.id}"
    if person.actions.of_cause(about) is not None:
        return []
    due_on, due_pack = due_date(setting, outcome, pack)
    return [
        raise_action(
            setting,
            Stream("person", person.person.id),
            cause=about,
            text=fill(outcome.action, setting.pathway.words),
            owner=resolve_owner(setting, outcome.owner, case),
            due_on=due_on,
            due_pack=due_pack,
            effort=outcome.effort,
            doer=outcome.doer,
            from_on=can_start_on(setting, outcome),
            about_case=case.case.id,
        )
    ]
