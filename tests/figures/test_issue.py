"""Figures given out: kept as they left, and what a later issue changes."""

from __future__ import annotations

from typing import Any

import pytest

ISSUE = (
    "report", "issue", "throughput", "--every", "month", "--from", "2026-01-01", "--to",
    "2026-02-28", "--publish", "threshold10",
)  # fmt: skip


def test_an_issue_is_published_kept_and_listed(busy: Any) -> None:
    said = busy.said(*ISSUE)
    assert [r["referred"] for r in said["rows"]] == [12, 11]
    assert (said["issue"], said["changed"]) == ("throughput/2", [])
    assert said["published"]["preset"] == "threshold10"
    (listed,) = busy.rows("report", "issued")
    assert (listed["issue"], listed["preset"], listed["rows"]) == ("throughput/2", "threshold10", 2)
    assert listed["question"]["every"] == "month"
    assert busy.rows("report", "issued", "throughput/2") == said["rows"]
    assert all(r["ok"] for r in busy.rows("verify"))


def test_without_a_preset_the_usual_disclosure_control_holds(busy: Any) -> None:
    said = busy.said(*ISSUE[:-2])
    assert said["published"]["preset"] == "hes7"
    assert [r["referred"] for r in said["rows"]] == [10, 10]


def test_the_same_figures_again_need_no_reason(busy: Any) -> None:
    busy.ok(*ISSUE)
    busy.now("2026-03-21T09:00:00Z")
    assert busy.said(*ISSUE)["changed"] == []
    assert [r["again"] for r in busy.rows("report", "issued")] == ["throughput/2", None]


def test_changed_figures_need_a_reason_and_come_with_what_changed_them(busy: Any) -> None:
    busy.ok(*ISSUE)
    busy.now("2026-03-22T09:00:00Z")
    busy.ok("case", "refer", "--team", "W1", "--person", "late", "--on", "2026-02-20")
    said = busy.refused(*ISSUE)
    assert said["code"] == "why_missing"
    assert "2026-02-01 referred 11 to 12" in said["message"]
    assert len(busy.rows("report", "issued")) == 1
    again = busy.said(*ISSUE, "--why", "One referral was told late")
    assert [(r["figure"], r["old"], r["new"]) for r in again["changed"]] == [
        ("referred", 11, 12), ("open_at_end", 23, 24),
    ]  # fmt: skip
    assert {(e["case"], e["how"]) for e in again["entries"]} == {("C24", "late")}
    newest, first = busy.rows("report", "issued")
    assert (newest["text"], newest["again"]) == ("One referral was told late", "throughput/2")
    assert [r["referred"] for r in busy.rows("report", "issued", first["issue"])] == [12, 11]
    assert all(r["ok"] for r in busy.rows("verify"))


def test_another_question_is_an_issue_of_its_own(busy: Any) -> None:
    busy.ok(*ISSUE)
    busy.ok(*ISSUE, "--team", "W1")
    busy.ok(*ISSUE, "--by", "team")
    assert [r["again"] for r in busy.rows("report", "issued")] == [None, None, None]


def test_what_is_not_reportable_is_issued_as_such(busy: Any) -> None:
    busy.ok("stats", "not-reportable", "throughput", "2026-01", "--reason", "Lost")
    january, february = busy.said(*ISSUE)["rows"]
    assert (january["referred"], january["not_reportable"]) == (None, "Lost")
    assert february["referred"] == 11


WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "a measure that is none": (("issue", "througput"), "unknown_measure"),
    "a measure that is not published": (("issue", "load"), "not_published"),
    "a preset that is none": (("issue", "throughput", "--publish", "hes8"), "no_such_preset"),
    "no rule and no reason": (("issue", "throughput", "--publish", "none"), "reason_missing"),
    "an as-of date": (("issue", "throughput", "--as-of", "2026-02-01"), "as_of_on_write"),
    "an end before its start": (
        ("issue", "throughput", "--from", "2026-02-02", "--to", "2026-02-01"), "period"),
    "an issue that is none": (("issued", "throughput/99"), "not_found"),
    "no issue": (("issued", "x/y"), "not_found"),
    "a series that is none": (("issued", "througput"), "unknown_measure"),
    "read only": (("issue", "throughput", "--read-only"), "read_only"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_wrong_input_gets_a_sentence_and_issues_nothing(served: Any, what: str) -> None:
    words, code = WRONG[what]
    assert served.refused("report", *words)["code"] == code
    assert served.rows("report", "issued") == []


def test_a_clinician_does_not_issue(served: Any) -> None:
    served.ok("user", "add", "ann", "--name", "Ann", "--role", "clinician")
    assert served.refused("report", "issue", "throughput", "--as", "ann")["code"] == "not_allowed"


def test_with_no_case_there_is_nothing_to_issue(program: Any) -> None:
    assert program.refused("report", "issue", "los")["code"] == "nothing_to_issue"


def test_a_retry_with_the_same_token_issues_once(busy: Any) -> None:
    for _ in range(2):
        busy.ok(*ISSUE, "--command", "issue-1")
    assert len(busy.rows("report", "issued")) == 1
