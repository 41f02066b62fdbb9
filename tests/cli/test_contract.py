"""The commands and JSON keys that scripts are promised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Program = Any


def keys(row: dict[str, Any]) -> set[str]:
    return set(row)


def test_a_referral_gives_case_person_and_stage(ward: Program) -> None:
    row = ward.rows("case", "refer", "--team", "W1", "--person", "9", "--on", "2026-03-02")[0]
    assert (row["case"], row["person"], row["stage"]) == ("C2", "9", "assess")


def test_an_open_case_in_the_team_is_re_referred_unless_a_reason_opens_a_second(
    ward: Program,
) -> None:
    again = ("case", "refer", "--team", "W1", "--person", "4711", "--on", "2026-03-03")
    assert ward.rows(*again)[0]["case"] == "C1"
    assert ward.rows(*again, "--new", "second admission")[0]["case"] == "C2"


def test_every_set_up_command_works_as_promised(program: Program) -> None:
    program.ok("init", "--rehearsal")
    program.ok(
        "team", "add", "K1", "--pathway", "childrens", "--name", "Kids", "--division", "scotland",
        "--meets", "ward-round=mon", "--meets", "thu",
    )  # fmt: skip
    program.ok("user", "add", "sw.a", "--name", "A Worker", "--role", "clinician", "--team", "K1")
    post = program.rows("team", "post", "K1", "team-lead=sw.a", "--from", "2026-03-01")
    assert post[0]["login"] == "sw.a"
    assert [t["team"] for t in program.rows("team", "list")] == ["K1"]
    assert {u["login"] for u in program.rows("user", "list")} >= {"sw.a"}
    assert program.rows("user", "remove", "sw.a")[0]["login"] == "sw.a"


def test_a_meeting_is_moved_or_cancelled_with_a_reason(ward: Program) -> None:
    move = ("team", "meeting", "W1", "2026-03-06")
    moved = ward.rows(*move, "--move", "2026-03-05", "--reason", "audit")[0]
    assert moved["moved_to"] == "2026-03-05"
    assert ward("team", "meeting", "W1", "2026-03-10", "--cancel", "--reason", "").code == 1
    assert ward(*move, "--reason", "neither").code == 2


def test_facts_of_case_and_person_are_set_and_listed(ward: Program) -> None:
    settable = {f["fact"] for f in ward.rows("rules", "facts", "--settable")}
    promised = {
        "children_in_household", "home_assessment_on", "expected_end_on", "ready_on",
        "legal_status", "destination",
    }  # fmt: skip
    assert promised <= settable
    row = ward.rows("case", "set", "C1", "children_in_household", "unknown", "--on", "2026-03-02")
    assert row[0]["value"] is None


def test_why_gives_every_requirement_with_its_fixer_and_effort(ward: Program) -> None:
    rows = ward.rows("case", "why", "C1", "--move", "complete")
    promised = {
        "requirement", "holds", "sentence", "facts", "fixer", "effort", "in_smallest_set",
    }  # fmt: skip
    assert all(promised <= keys(r) for r in rows)
    assert {r["holds"] for r in rows} <= {True, False, None}
    assert next(r for r in rows if r["requirement"] == "safeguarding")["holds"] is None


def test_a_review_from_opening_to_minutes_gives_the_promised_keys(ward: Program) -> None:
    opened = ward.rows(
        "review", "open", "--pack", "ward-round", "--team", "W1", "--on", "2026-03-03"
    )
    assert (opened[0]["review"], opened[0]["cases"]) == ("R1", 1)
    line = ward.rows("review", "agenda", "R1")[0]
    assert {"position", "case", "person", "lane", "blockers", "unlock_effort"} <= keys(line)
    assert ward.rows("review", "attend", "R1", "dr.b", "late")[0]["status"] == "late"
    no = ward.rows("review", "answer", "R1", "C1", "destination_ready", "no", "--note", "full")
    assert (no[0]["action"], no[0]["carried"]) == ("A1", 0)
    yes = ward.rows("review", "answer", "R1", "C1", "crisis_stabilised", "yes", "--by", "dr.b")
    assert (yes[0]["action"], yes[0]["carried"]) == (None, 0)
    assert ward("review", "confirm", "R1", "C1").code == 1
    assert ward.rows("review", "undo", "R1")[0]["undone"] == "answered"
    assert ward.rows("review", "skip", "R1", "C1", "--reason", "at court")
    assert ward.rows("review", "close", "R1")[0]["journal_head"]
    assert ward.rows("review", "minutes", "R1")[0]["review"] == "R1"
    assert ward.rows("review", "list")[0]["status"] == "closed"
    assert "C1" in ward.rows("review", "extract", "R1", "C1")[0]["text"]


def test_a_decision_is_signed_by_a_second_person_and_the_departure_completes_the_case(
    ward: Program, make_ready: Callable[[], None]
) -> None:
    make_ready()
    ward.ok("review", "open", "--pack", "ward-round", "--team", "W1", "--as", "dr.a")
    for question in ("crisis_stabilised", "destination_ready", "would_not_admit_today"):
        ward.ok("review", "answer", "R1", "C1", question, "yes", "--as", "dr.a")
    decided = ward.rows("--as", "dr.a", "review", "decide", "R1", "C1")[0]
    assert (decided["decision"], decided["status"]) == ("complete", "needs_countersign")
    assert ward("--as", "dr.a", "review", "countersign", "R1", "C1").code == 1
    signed = ward.rows("--as", "dr.b", "review", "countersign", "R1", "C1")[0]
    assert signed["status"] == "agreed"
    assert ward.rows("case", "move", "C1", "complete", "--on", "2026-03-03")[0]["stage"] == (
        "complete"
    )
    ward.now("2026-03-13T09:00:00Z")
    back = ward.rows("case", "return", "C1", "--on", "2026-03-13")[0]
    assert back["linked_case"] == "C1"


def test_declining_makes_an_action(ward: Program) -> None:
    ward.ok("review", "open", "--pack", "ward-round", "--team", "W1")
    for question in ("crisis_stabilised", "destination_ready", "would_not_admit_today"):
        ward.ok("review", "answer", "R1", "C1", question, "yes")
    row = ward.rows("review", "decide", "R1", "C1", "--decline", "the family asks for a week")[0]
    assert (row["status"], row["decision"]) == ("declined", "complete")
    assert row["action"] == "A1"
    assert ward("review", "decide", "R1", "C1", "--owner", "dr.a").code == 2


def test_actions_are_added_listed_and_ended(ward: Program) -> None:
    add = ("action", "add", "C1", "Ring the landlord", "--owner", "dr.a", "--due", "2026-03-06")
    assert ward.rows(*add)[0]["action"] == "A1"
    listed = ward.rows("action", "list", "--case", "C1")[0]
    promised = {
        "action", "case", "cause", "text", "owner", "post", "opened_on", "due_on", "first_due_on",
        "status", "carried", "effort",
    }  # fmt: skip
    assert promised <= keys(listed)
    assert (listed["due_on"], listed["status"]) == ("2026-03-06", "open")
    assert ward.rows("action", "assign", "A1", "dr.b")[0]["owner"] == "dr.b"
    assert ward.rows("action", "park", "A1", "--until", "2026-03-10")[0]["status"] == "parked"
    ward.ok(*add)
    assert ward.rows("action", "edit", "A2", "--text", "Write")[0]["text"] == "Write"
    assert ward.rows("action", "done", "A1")[0]["status"] == "done"
    assert ward("action", "cancel", "A2").code == 2
    assert ward.rows("action", "cancel", "A2", "--reason", "twice")[0]["status"] == "cancelled"
    assert {a["status"] for a in ward.rows("action", "list", "--team", "W1")} == {
        "done", "cancelled",
    }  # fmt: skip


def test_the_sweep_counts_three_ways_and_raises_once(ward: Program) -> None:
    dry = ward.rows("sweep", "--team", "W1", "--pack", "ward-round", "--dry-run")
    assert all({"rule", "true", "false", "unknown", "new_actions"} <= keys(r) for r in dry)
    assert sum(r["new_actions"] for r in dry) == 0
    listed = ward.rows("sweep", "--team", "W1", "--pack", "ward-round", "--dry-run", "--list")
    assert all("cases" in r for r in listed)
    first = ward.rows("sweep", "--team", "W1")
    second = ward.rows("sweep", "--team", "W1")
    assert sum(r["new_actions"] for r in first) > 0
    assert sum(r["new_actions"] for r in second) == 0


@pytest.mark.parametrize("command", ["verify", "doctor"])
def test_checks_say_check_ok_and_detail(ward: Program, command: str) -> None:
    rows = ward.rows(command)
    assert all({"check", "ok", "detail"} <= keys(r) for r in rows)


def test_a_worry_is_raised_handed_over_and_signed_by_another(ward: Program) -> None:
    raised = ward.rows("case", "flag", "C1", "Bruise", "--danger-now", "--told", "duty", "--as",
                       "dr.a")[0]  # fmt: skip
    assert raised["worry"] == "W1"
    ward.ok("case", "flag", "C1", "--handed-to", "children's services", "--as", "dr.a")
    assert ward("case", "flag", "C1", "--sign", "--as", "dr.a").code == 1
    assert ward.rows("case", "flag", "C1", "--sign", "--as", "dr.b")[0]["status"] == "closed"
    assert ward("case", "flag", "C1").code == 2


def test_the_rest_of_a_cases_life_has_its_commands(ward: Program) -> None:
    ward.ok("case", "set", "C1", "safeguarding", "none", "--on", "2026-03-02")
    ward.ok("case", "allocate", "C1", "dr.a", "--on", "2026-03-02")
    ward.ok(
        "case", "contact", "C1", "--kind", "telephone", "--attended", "5", "--on", "2026-03-02",
        "--with", "sister",
    )  # fmt: skip
    ward.ok("case", "delay", "C1", "01", "--on", "2026-03-02")
    ward.ok("case", "delay", "C1", "none", "--on", "2026-03-03")
    ward.ok("case", "note", "C1", "Spoke to the sister.")
    shown = ward.rows("case", "show", "C1")[0]
    assert (shown["key_worker"], shown["stage"]) == ("dr.a", "recover")
    ward.ok("team", "add", "W2", "--pathway", "ward")
    ward.ok("case", "transfer", "C1", "--team", "W2")
    assert ward.rows("case", "accept", "C1", "--on", "2026-03-03")[0]["linked_case"] == "C1"
    left = ward.rows("case", "leave", "C2", "--exit", "recorded-in-error", "--on", "2026-03-03")
    assert left[0]["stage"] == "left"
    assert ward.rows("case", "reopen", "C2", "--reason", "wrong")[0]["stage"] != "left"
    assert {c["case"] for c in ward.rows("case", "list", "--only", "all")} == {"C1", "C2"}


def test_people_are_shown_corrected_linked_merged_and_split(ward: Program) -> None:
    ward.ok("case", "refer", "--team", "W1", "--person", "8", "--on", "2026-03-02")
    ward.ok("person", "set", "P1", "--name", "Ann Example", "--born", "1980-02-03")
    assert ward.rows("person", "show", "4711")[0]["name"] == "Ann Example"
    assert ward.rows("person", "link", "P1", "P2", "--kind", "sibling")[0]["as"] == "sibling"
    ward.ok("case", "set", "C2", "safeguarding", "none", "--on", "2026-03-02")
    ward.ok("case", "leave", "C2", "--exit", "recorded-in-error", "--on", "2026-03-03")
    assert ward.rows("person", "merge", "P2", "P1")[0]["merged_into"] == "P1"
    assert ward.rows("person", "split", "P2")[0]["merged_into"] is None
    assert ward.rows("person", "died", "P1", "--on", "2026-03-03")[0]["exit_class"] == "died"


def test_rules_are_listed_shown_drawn_tested_and_explained(ward: Program) -> None:
    assert {"ward-round", "ward"} <= {r["id"] for r in ward.rows("rules", "list")}
    questions = {r["id"] for r in ward.rows("rules", "show", "ward-round")}
    assert {"crisis_stabilised", "destination_ready", "would_not_admit_today"} <= questions
    assert ward.ok("rules", "show", "ward", "--diagram").out.startswith("stateDiagram")
    assert all(r["ok"] for r in ward.rows("rules", "test", "ward-round"))
    row = ward.rows("rules", "explain", "ward-round/no-expected-date", "--case", "C1")[0]
    assert {"sentence", "holds", "missing"} <= keys(row)


def test_a_faulty_rule_file_is_refused_with_all_its_faults(ward: Program) -> None:
    file = ward.folder / "mine.toml"
    file.write_text('[pack]\nid = "mine"\nversion = 0\ntitel = "x"\n', encoding="utf-8")
    refused = ward("rules", "check", str(file), "--format", "json")
    assert refused.code == 2
    assert len(refused.json["error"]["requirements"]) > 1
    assert "again" in refused.json["error"]["next"]


def test_the_store_is_described_copied_and_put_back(ward: Program) -> None:
    assert {r["name"] for r in ward.rows("info")} >= {"schema", "rehearsal", "entries"}
    copy = ward.folder / "copy.db"
    assert ward.rows("backup", str(copy))
    assert ward("restore", str(copy)).code == 1
    assert ward.rows("restore", str(copy), "--replace")[0]["moved_aside"]
    assert ward.rows("case", "list")[0]["case"] == "C1"
    assert ward.ok("migrate").code == 0


def test_answers_prepared_beforehand_are_taken_in_the_meeting(ward: Program) -> None:
    ward.ok("review", "prepare", "C1", "destination_ready", "no", "--pack", "ward-round")
    ward.ok("review", "open", "--pack", "ward-round", "--team", "W1")
    taken = ward.rows("review", "confirm", "R1", "C1", "--prepared")
    assert [r["question"] for r in taken] == ["destination_ready"]
    ward.ok("review", "dissent", "R1", "C1", "too soon", "--by", "dr.b")
    ward.ok("review", "dissent", "R1", "C1", "--withdraw", "--by", "dr.b")


def test_a_review_opened_by_mistake_is_abandoned(ward: Program) -> None:
    ward.ok("review", "open", "--pack", "ward-round", "--team", "W1")
    assert ward.rows("review", "abandon", "R1", "--reason", "wrong team")[0]["status"] == (
        "abandoned"
    )
