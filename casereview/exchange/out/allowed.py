"""What of an entry may leave in a pseudonymised file: a list of what may, never of what may not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from casereview.core.facts import Catalogue, FactSpec
from casereview.core.identity import SEX_WORDS
from casereview.core.packs import YESNO, Question

_MOVED = ("dest", "kind", "exit", "exit_class")
_ACTION = (
    "cause", "due_on", "first_due_on", "from_on", "effort", "carried", "status", "parked_until",
    "automatic", "post", "due_pack", "needs_accept",
)  # fmt: skip
BODY: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "referred": ("stage", "pathway", "first_referred_on", "link"),
    "moved": _MOVED,
    "reopened": _MOVED,
    "fact_set": ("fact", "type", "value"),
    "milestone": ("name",),
    "allocated": ("role",),
    "contact": ("kind", "attended"),
    "delay_started": ("reason", "before_on"),
    "answered": ("pack", "question", "value", "passes", "drafted", "paper"),
    "transfer_proposed": ("to",),
    "transfer_ended": ("to", "how"),
    "decided": ("dest", "status", "effective_on", "pack"),
    "decision_ended": ("how",),
    "marked": ("kind", "until_on"),
    "overridden": ("dest", "requirements"),
    "worry_raised": ("danger_now", "act_by"),
    "restricted": ("restricted",),
    "review_opened": ("pack", "version", "paper", "baseline"),
    "attended": ("status",),
    "team_added": ("pathway", "division", "bank_holidays"),
    "meetings_set": ("pack", "weekdays"),
    "meeting_changed": ("pack", "on", "moved_to"),
    "post_set": ("post",),
    "user_added": ("role",),
    "role_set": ("role",),
    "imported": ("accepted", "unchanged", "rejected", "warned", "cases"),
    "exported": ("what", "identifiable"),
    **dict.fromkeys((
        "action_raised", "action_carried", "action_assigned", "action_edited", "action_parked",
        "action_rescheduled", "action_accepted", "action_done", "action_cancelled",
        "action_restored",
    ), _ACTION),
})  # fmt: skip
"""Kind of entry to the keys of its body that hold codes, dates, counts. Other kinds keep none."""

TELLS_AGE = frozenset(("age", "is_child"))
"""Facts that are worked out from a date of birth."""
EXACT = frozenset(("age",))
"""Facts that tell a date of birth once a file is made for each of several days."""
_NUMBERED = re.compile(r":\d+$")
LOCAL = "local"
"""Stands for a word of somebody's own."""
NEXT_STEP = "next-step:"
"""Begins the cause of an action that came with a list."""


def cause_word(cause: str) -> str:
    """Return the cause of an action without the number of a case or worry that it may end with.

    What came with a list is a next step, whatever the list is called here.
    """
    if cause.startswith(NEXT_STEP):
        return NEXT_STEP.rstrip(":")
    return _NUMBERED.sub("", cause)


def sex_word(text: str | None) -> str | None:
    """Return female, male or other for what was typed, None when nothing was."""
    return None if text is None else SEX_WORDS.get(text.strip().lower(), "other")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Says which values are codes, dates and numbers and no free text.

    Attributes:
        catalogue: the facts.
        questions: (pack, question) to every version of the question that is known.
        codes: codes of the lists that ship; a local code is somebody's own word.
        posts: posts that the rules name; any other is somebody's own word.
        free: True lets free text through, for an identifiable file.
    """

    catalogue: Catalogue
    questions: Mapping[tuple[str, str], tuple[Question, ...]] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()
    free: bool = False
    posts: frozenset[str] = frozenset()

    def code(self, code: str) -> str:
        """Return a code of a list that ships, "local" for any other."""
        return code if self.free or code in self.codes else LOCAL

    def post(self, post: str | None) -> str | None:
        """Return a post that the rules name, "local" for any other, None for none."""
        return post if post is None or self.free or post in self.posts else LOCAL

    def fact(self, name: str) -> FactSpec | None:
        """Return a fact whose values may leave, None when there is none of that name."""
        spec = self.catalogue.get(name)
        if spec is None or self.free:
            return spec
        loose = spec.type == "text" or (spec.type == "code" and spec.settable and not spec.values)
        return None if loose else spec

    def fact_value(self, name: str, value: Any) -> Any:
        """Return a fact's value when it is no free text, else None."""
        spec = self.fact(name)
        if self.free or spec is None:
            return value if self.free else None
        if spec.type == "code" and spec.values and value not in spec.values:
            return None
        return value

    def answer(self, pack: str, question: str, value: str | None) -> str | None:
        """Return an answer when a known version of its question makes it a code, date or number."""
        if value is None or self.free or value in YESNO:
            return value
        known = self.questions.get((pack, question), ())
        return value if any(_fits(q, value) for q in known) else None

    def body(self, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return what of an entry's body may leave."""
        kept = {key: body[key] for key in BODY.get(kind, ()) if key in body}
        if "cause" in kept:
            kept["cause"] = cause_word(kept["cause"])
        for of, key in (("contact", "kind"), ("delay_started", "reason")):
            if kind == of and key in kept:
                kept[key] = self.code(kept[key])
        if "post" in kept:
            kept["post"] = self.post(kept["post"])
        if kind == "fact_set" and "value" in kept:
            kept["value"] = self.fact_value(kept["fact"], kept["value"])
        if kind == "answered" and "value" in kept:
            kept["value"] = self.answer(kept["pack"], kept["question"], kept["value"])
        return kept


def _fits(question: Question, value: str) -> bool:
    if question.kind == "choice":
        return any(value == option.id for option in question.options)
    if question.kind == "date":
        return is_day(value)
    return question.kind == "number" and re.fullmatch(r"[+-]?\d{1,9}", value) is not None


def is_day(text: str) -> bool:
    """Tell whether a text is an ISO date."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def by_question(
    questions: Iterable[tuple[str, Question]],
) -> dict[tuple[str, str], tuple[Question, ...]]:
    """Return every known version of each question by pack and question id."""
    found: dict[tuple[str, str], tuple[Question, ...]] = {}
    for pack, question in questions:
        key = (pack, question.id)
        found[key] = (*found.get(key, ()), question)
    return found
