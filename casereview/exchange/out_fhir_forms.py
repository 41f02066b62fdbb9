"""Packs as Questionnaires and the answers of one sitting as a QuestionnaireResponse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from casereview.core.packs import YESNO, Pack, Question
from casereview.core.records import Answer
from casereview.core.wording import fill
from casereview.exchange.out_allowed import Allowed

Resource = dict[str, Any]
ANSWERS = "urn:casereview:answer"
FORM = "urn:casereview:questionnaire"
_TYPES = MappingProxyType({
    "yesno": "choice", "choice": "choice", "date": "date", "number": "integer", "line": "string",
})  # fmt: skip
_WORDS: Mapping[str, str] = MappingProxyType({
    "yes": "Yes", "no": "No", "cannot-tell": "Cannot tell", "does-not-apply": "Does not apply",
})  # fmt: skip


def canonical(pack: Pack) -> str:
    """Return the name under which responses find their questionnaire: address, bar, version."""
    return f"{FORM}:{pack.id}|{pack.ref.version}"


def questionnaire(pack: Pack) -> Resource:
    """Return a pack as a questionnaire; its questions are rule text and name nobody."""
    asked = {q.id: q for q in (*pack.waiting_questions, *pack.questions)}
    return {
        "resourceType": "Questionnaire",
        "url": f"{FORM}:{pack.id}",
        "identifier": [{"system": f"{FORM}:hash", "value": pack.ref.hash}],
        "version": str(pack.ref.version),
        "name": pack.id,
        "title": pack.title,
        "status": "active",
        "subjectType": ["Patient"],
        "item": [_item(question) for question in asked.values()],
    }


def _item(question: Question) -> Resource:
    item: Resource = {
        "linkId": question.id,
        "text": fill(question.ask, {}),
        "type": _TYPES[question.kind],
    }
    if question.kind in ("yesno", "choice"):
        codes = [(code, _WORDS[code]) for code in YESNO]
        if question.kind == "choice":
            codes = [(o.id, o.title) for o in question.options]
        item["answerOption"] = [
            {"valueCoding": {"system": ANSWERS, "code": code, "display": title}}
            for code, title in codes
        ]
    return item


def response(pack: Pack | None, given: Sequence[Answer], allowed: Allowed) -> Resource:
    """Return the answers of one sitting, the last of each question; drafts make it in progress.

    An answer that may not leave is there without its value. Without the pack values are codes.
    """
    last = {answer.question: answer for answer in given}
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": canonical(pack) if pack is not None else None,
        "status": "in-progress" if any(a.drafted for a in last.values()) else "completed",
        "authored": max(a.on for a in last.values()).isoformat(),
        "item": [_answered(pack, answer, allowed) for answer in last.values()],
    }


def _answered(pack: Pack | None, answer: Answer, allowed: Allowed) -> Resource:
    item: Resource = {"linkId": answer.question}
    value = allowed.answer(answer.pack, answer.question, answer.value)
    if value is not None:
        question = pack.question(answer.question) if pack is not None else None
        item["answer"] = [_value(question, value)]
    return item


def _value(question: Question | None, value: str) -> Resource:
    kind = question.kind if question is not None else "yesno"
    if kind == "line":
        return {"valueString": value}
    if kind == "date" and value not in YESNO:
        return {"valueDate": value}
    if kind == "number" and value not in YESNO:
        return {"valueInteger": int(value)}
    return {"valueCoding": {"system": ANSWERS, "code": value}}
