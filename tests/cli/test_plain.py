"""A ward round line by line, driven by a pipe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Program = Any
RUN = ("--as", "dr.a", "review", "run", "--plain", "--pack", "ward-round", "--team", "W1")


def lines(*typed: str) -> str:
    return "\n".join(typed) + "\n"


def open_actions(ward: Program) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ward.rows("action", "list", "--status", "open")
    return found


def test_each_case_says_who_why_and_what_is_open_before_it_is_asked(ward: Program) -> None:
    ward.ok("action", "add", "C1", "Ring home", "--owner", "dr.b", "--due", "2026-03-02", "--on",
            "2026-03-01")  # fmt: skip
    out = ward.ok(*RUN).out
    for words in ("C1", "id 4711", "Why here:", "Open action A1: Ring home", "overdue", "[y, n, x"):
        assert words in out


def test_a_no_shows_its_action_and_enter_accepts_it(ward: Program) -> None:
    ward.ok(*RUN, stdin=lines("n", "", "y", "y", "", "y"))
    assert [(a["owner"], a["due_on"]) for a in open_actions(ward)] == [("dr.a", "2026-03-06")]
    assert ward.rows("review", "list")[0]["status"] == "closed"


def test_a_second_no_reads_out_the_date_that_the_carried_action_gets(ward: Program) -> None:
    ward.ok(*RUN, stdin=lines("n", "", "y", "y", "", "y"))
    ward.now("2026-03-06T09:00:00Z")
    out = ward.ok(*RUN, stdin=lines("n", "")).out
    said = next(line for line in out.splitlines() if line.startswith("Action, open already"))
    held = open_actions(ward)[0]
    assert (held["carried"], str(held["due_on"])) == (1, "2026-03-10")
    assert "due 2026-03-10" in said
    assert "owner dr.a" in said


def test_words_owner_and_date_of_the_action_are_changed_before_it_is_recorded(
    ward: Program,
) -> None:
    ward.ok(*RUN, stdin=lines("n", "e Find a hostel", "o dr.b", "d soon", "d 2026-03-05", ""))
    action = open_actions(ward)[0]
    assert (action["text"], action["owner"], action["due_on"]) == (
        "Find a hostel", "dr.b", "2026-03-05",
    )  # fmt: skip


def test_an_answer_taken_back_records_nothing(ward: Program) -> None:
    out = ward.ok(*RUN, stdin=lines("n", "-")).out
    assert "Taken back" in out
    assert open_actions(ward) == []


def test_when_the_input_ends_the_review_stays_open_and_says_how_to_go_on(ward: Program) -> None:
    out = ward.ok(*RUN, stdin=lines("y")).out
    assert "casereview review run --plain R1" in out
    again = ward.ok("--as", "dr.a", "review", "run", "--plain", "R1").out
    assert "goes on" in again
    assert "destination_ready:" in again
    assert "crisis_stabilised: Has" not in again


def test_undo_takes_the_last_answer_back_and_asks_it_again(ward: Program) -> None:
    out = ward.ok(*RUN, stdin=lines("n", "", "u", "y", "y", "y", "", "y")).out
    assert "Undone: answered" in out
    left = [a["cause"] for a in open_actions(ward)]
    assert left == ["undecided:ward-round"], "the proposal nobody decided, not the answer undone"


def test_three_yeses_are_decided_and_signed_by_a_second_person(
    ward: Program, make_ready: Callable[[], None]
) -> None:
    make_ready()
    out = ward.ok(*RUN, stdin=lines("y", "y", "y", "c", "", "dr.a", "dr.b", "", "y")).out
    assert "The answers propose: complete" in out
    assert "The same person cannot" in out
    assert "Decision to complete: agreed." in out
    assert ward.rows("case", "show", "C1")[0]["decision"]["status"] == "agreed"


def test_a_decision_with_unmet_checks_is_refused_in_words_and_the_meeting_goes_on(
    ward: Program,
) -> None:
    out = ward.ok(*RUN, stdin=lines("y", "y", "y", "c", "", "w", "", "y")).out
    assert "REFUSED:" in out
    assert "Least to do:" in out
    assert "is closed: 1 reviewed" in out


def test_ready_but_no_destination_asks_for_the_delay_reason(ward: Program) -> None:
    out = ward.ok(*RUN, stdin=lines("y", "n", "", "y", "zz", "01", "", "y")).out
    assert "Delay recorded" in out
    assert ward.rows("case", "show", "C1")[0]["delays"][0]["reason"] == "01"


def test_a_skipped_case_keeps_its_reason(ward: Program) -> None:
    ward.ok(*RUN, stdin=lines("s", "at court", "y"))
    marks = ward.rows("review", "minutes", "R1")[0]["cases"][0]["marks"]
    assert [(m["kind"], m["reason"]) for m in marks] == [("skipped", "at court")]


def test_nonsense_is_refused_and_asked_again(ward: Program) -> None:
    out = ward.ok(*RUN, stdin=lines("perhaps", "?", "n", "what", "", "q", "")).out
    assert "REFUSED:" in out
    assert "That was not understood." in out
    assert "R1 stays open" in out
    assert len(open_actions(ward)) == 1


def test_names_of_people_never_steer_the_terminal(ward: Program) -> None:
    ward.ok("action", "add", "C1", "\x1b[2Jx", "--owner", "dr.a", "--due", "2026-03-06")
    out = ward.ok(*RUN).out
    assert "\x1b" not in out
    assert "\ufffd[2Jx" in out


def test_which_review_must_be_said(ward: Program) -> None:
    assert ward("review", "run", "--plain").code == 2
    assert ward("review", "run", "--pack", "ward-round", "--team", "W1").code == 2
    assert ward("review", "run", "--plain", "R9").code == 1
    ward.ok("review", "open", "--pack", "ward-round", "--team", "W1")
    ward.ok("review", "close", "R1")
    assert ward("review", "run", "--plain", "R1").code == 1
