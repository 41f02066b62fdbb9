from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pytest

from casereview.core.conditions import Condition
from casereview.core.facts import Value
from casereview.core.outcomes import Assessment, assess, facts_set_by, passes
from casereview.core.packs import Option, Outcome, Pack, Question
from casereview.packs.library import Library

LIBRARY = Library()
ROUND = ("crisis_stabilised", "destination_ready", "would_not_admit_today")
ON = date(2026, 3, 3)


def reading(pack: Pack) -> Callable[[str], Condition]:
    return lambda text: LIBRARY.condition(text, pack)


def ward_round(
    answers: Mapping[str, Value], facts: Mapping[str, Value] | None = None
) -> Assessment:
    pack = LIBRARY.pack("ward-round")
    return assess(pack, answers, {"today": ON, **(facts or {})}, reading(pack))


@pytest.mark.parametrize(
    ("answers", "proposes", "actions", "incomplete"),
    [
        (("yes", "yes", "yes"), "complete", 0, False),
        (("yes", "no", "yes"), None, 1, False),
        (("no", "yes", "yes"), None, 1, False),
        (("yes", "yes", "no"), None, 1, False),
        (("no", "no", "no"), None, 3, False),
        (("yes", None, "yes"), None, 0, True),
        (("yes", "cannot-tell", "yes"), None, 1, False),
        ((None, None, None), None, 0, True),
    ],
)
def test_the_truth_table_of_the_three_questions(
    answers: tuple[str | None, ...], proposes: str | None, actions: int, incomplete: bool
) -> None:
    found = ward_round(dict(zip(ROUND, answers, strict=True)))
    assert (found.proposes, len(found.actions), found.incomplete) == (proposes, actions, incomplete)


def test_an_answer_of_an_earlier_review_is_never_read() -> None:
    earlier = {f"answer_ward_round_{q}": "yes" for q in ROUND}
    found = ward_round({ROUND[0]: "yes", ROUND[1]: "yes"}, earlier)
    assert found.proposes is None
    assert found.unanswered == (ROUND[2],)


def test_ready_but_delayed_sets_the_ready_date_once_and_asks_for_the_reason() -> None:
    answers = dict(zip(ROUND, ("yes", "no", "yes"), strict=True))
    found = ward_round(answers)
    assert [p.id for p in found.patterns] == ["ready-but-delayed"]
    assert found.asks_delay_reason
    assert found.sets == {"ready_on": ON}
    assert ward_round(answers, {"ready_on": date(2026, 2, 24)}).sets == {}


def test_needing_the_ward_again_ends_the_ready_date() -> None:
    answers = dict(zip(ROUND, ("no", "yes", "yes"), strict=True))
    assert ward_round(answers, {"ready_on": date(2026, 2, 24)}).sets == {"ready_on": None}


def test_cannot_tell_asks_to_find_out() -> None:
    found = ward_round(dict(zip(ROUND, ("yes", "cannot-tell", "yes"), strict=True)))
    raised = found.actions[0]
    assert (raised.question, raised.because) == ("destination_ready", "unknown")
    assert raised.text.startswith("Find out: Is the onward destination")
    assert raised.outcome.owner == "discharge-coordinator"


YESNO = Question("q", "yesno", "?", passes_on="yes")
REVERSED = Question("q", "yesno", "?", passes_on="no")
RECORDS = Question("q", "yesno", "?")
NUMBER = Question("q", "number", "?", passes_on="<= 3")
CHOICE = Question("q", "choice", "?", options=(Option("a", "A"), Option("b", "B", passes=False)))


@pytest.mark.parametrize(
    ("question", "value", "holds"),
    [
        (YESNO, "yes", True), (YESNO, "no", False), (YESNO, "cannot-tell", False),
        (YESNO, "does-not-apply", True), (YESNO, None, None),
        (REVERSED, "no", True), (REVERSED, "yes", False),
        (RECORDS, "yes", None), (RECORDS, "no", None),
        (NUMBER, 3, True), (NUMBER, 4, False), (NUMBER, "3", True), (NUMBER, "4", False),
        (NUMBER, "cannot-tell", False), (NUMBER, "does-not-apply", True),
        (CHOICE, "a", True), (CHOICE, "b", False),
        (Question("q", "line", "?"), "text", None),
        (Question("q", "date", "?"), "2026-03-03", None),
    ],
)  # fmt: skip
def test_whether_an_answer_passes(question: Question, value: Value, holds: bool | None) -> None:
    assert passes(question, value) is holds


@pytest.mark.parametrize(
    ("sign", "below", "equal", "above"),
    [
        ("<", True, False, False), ("<=", True, True, False), (">", False, False, True),
        (">=", False, True, True), ("=", False, True, False), ("<>", True, False, True),
    ],
)  # fmt: skip
def test_every_comparison_of_a_number(sign: str, below: bool, equal: bool, above: bool) -> None:
    question = Question("q", "number", "?", passes_on=f"{sign} -5")
    assert [passes(question, n) for n in (-6, -5, -4)] == [below, equal, above]


@pytest.mark.parametrize(
    ("question", "value", "sets"),
    [
        (Question("q", "yesno", "?", sets="risk_changed"), "yes", {"risk_changed": "yes"}),
        (Question("q", "yesno", "?", sets="risk_changed"), "cannot-tell", {"risk_changed": None}),
        (Question("q", "date", "?", sets="ready_on"), "2026-03-02", {"ready_on": date(2026, 3, 2)}),
        (Question("q", "number", "?", sets="risk"), "2", {"risk": 2}),
        (
            Question(
                "q", "yesno", "?", passes_on="yes", otherwise=Outcome(sets={"ready_on": "today"})
            ),
            "no",
            {"ready_on": ON},
        ),
        (
            Question("q", "yesno", "?", passes_on="yes", otherwise=Outcome(sets={"bed": "x"})),
            "yes",
            {},
        ),
        (
            Question("q", "yesno", "?", unknown=Outcome(sets={"safeguarding": "unknown"})),
            "cannot-tell",
            {"safeguarding": None},
        ),
    ],
)
def test_facts_that_an_answer_sets(
    question: Question, value: Value, sets: dict[str, Value]
) -> None:
    assert facts_set_by(question, value, today=ON) == sets


def test_an_answer_to_a_question_that_is_no_longer_asked_is_not_read() -> None:
    pack = LIBRARY.pack("criteria-to-reside")
    none = {f"ctr{n:02}": "no" for n in (1, 2, 3, 5, 6, 7, 8, 9, 10, 11)}
    answers: dict[str, Value] = {**none, "ctr04": "3", "ctr09_minutes": "60"}
    found = assess(pack, answers, {}, reading(pack))
    assert found.proposes == "complete"
    assert [p.id for p in found.patterns] == ["no-criterion-to-reside"]


def test_the_line_is_the_text_of_its_action() -> None:
    pack = LIBRARY.pack("caseload-sweep")
    answers: dict[str, Value] = {
        "direction": "continue", "next_step": "Ring the {school}", "risk_changed": "no",
    }  # fmt: skip
    found = assess(pack, answers, {"stage": "stabilise"}, reading(pack))
    assert [(a.because, a.text) for a in found.actions] == [("line", "Ring the {school}")]


def test_the_waiting_lane_asks_its_own_questions() -> None:
    pack = LIBRARY.pack("caseload-sweep")
    found = assess(pack, {"still_needed": "no"}, {"stage": "assess"}, reading(pack), waiting=True)
    assert found.unanswered == ("risk_changed_waiting",)
    assert [a.question for a in found.actions] == ["still_needed"]
