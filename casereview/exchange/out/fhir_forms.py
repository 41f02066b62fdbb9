"""Packs as Questionnaires and the answers of one sitting as a QuestionnaireResponse."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from casereview.core.packs import YESNO, Pack, Question
from casereview.core.records import Answer
from casereview.core.wording import fill
from casereview.exchange.out.allowed import Allowed

Resource = dict[str, Any]
ANSWERS = "urn:casereview:answer"
FORM = "urn:casereview:questionnaire"
_TYPES = MappingProxyType({
    "yesno": "choice", "choice": "choice", "date": "date", "number": "integer", "line": "string",
})  # fmt: skip
_WORDS: Mapping[str, str] = MappingProxyType({
    "yes": "Yes", "no": "No", "cannot-tell": "Cannot tell", "does-not-apply": "Does not apply",
})  # fmt: skip
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_ABSENT = MappingProxyType({"cannot-tell": "asked-unknown", "does-not-apply": "not-applicable"})


def canonical(pack: Pack) -> str:
    """Return the name under which responses find their questionnaire: address, bar, version."""
    return f"{FORM}:{pack.id}|{pack.ref.version}"


def _asked(pack: Pack) -> dict[str, Question]:
    """Return every question of a pack by its id, in the order of the questionnaire."""
    return {q.id: q for q in (*pack.waiting_questions, *pack.questions)}


def questionnaire(pack: Pack) -> Resource:
    """Return a pack as a questionnaire; its questions are rule text and name nobody."""
    return {
        "resourceType": "Questionnaire",
        "url": f"{FORM}:{pack.id}",
        "identifier": [{"system": f"{FORM}:hash", "value": pack.ref.hash}],
        "version": str(pack.ref.version),
        # A name that programs can use. Source: FHIR R4, Questionnaire, rule que-0.
        "name": "".join(word.capitalize() for word in re.split("[^A-Za-z0-9]+", pack.id)),
        "title": pack.title,
        "status": "active",
        "subjectType": ["Patient"],
        "item": [_item(question) for question in _asked(pack).values()],
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
            # Any question may be answered that one cannot tell or that it does not apply.
            codes = [*((o.id, o.title) for o in question.options), *codes[2:]]
        item["answerOption"] = [
            {"valueCoding": {"system": ANSWERS, "code": code, "display": title}}
            for code, title in codes
        ]
    return item


def response(pack: Pack | None, given: Sequence[Answer], allowed: Allowed) -> Resource:
    """Return the answers of one sitting, the last of each question; drafts make it in progress.

    They stand in the order of the questionnaire. An answer that may not leave is there without its
    value. Without the pack, or where it no longer asks one of them, values are codes.

    Source: FHIR R4, QuestionnaireResponse: items in the order of the questionnaire.
    """
    last = {answer.question: answer for answer in given}
    places = {name: n for n, name in enumerate(_asked(pack))} if pack is not None else {}
    if not last.keys() <= places.keys():
        pack = None
    else:
        last = dict(sorted(last.items(), key=lambda pair: places[pair[0]]))
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
    name = {"date": "valueDate", "number": "valueInteger"}.get(kind)
    if name is not None and value in _ABSENT:
        # A date has no word for it: the type stays, and an extension says why it is empty.
        return {f"_{name}": {"extension": [{"url": ABSENT, "valueCode": _ABSENT[value]}]}}
    if name is not None:
        return {name: value if kind == "date" else int(value)}
    return {"valueCoding": {"system": ANSWERS, "code": value}}
