from __future__ import annotations

import re

import pytest

from casereview.core.pathways import CLOSED_STAGES, OPEN_STAGES
from casereview.core.wording import fill
from casereview.packs.check import check_text
from casereview.packs.examples import run_examples
from casereview.packs.library import Library
from casereview.packs.pack_file import sweeps_completed

PACKS = (
    "caseload-sweep", "criteria-to-reside", "discharge-follow-up", "long-stay", "safeguarding",
    "transfer-in", "ward-round",
)  # fmt: skip
PATHWAYS = ("childrens", "reablement", "recovery", "ward")


def test_everything_promised_ships(library: Library) -> None:
    assert set(PACKS) <= set(library.pack_ids())
    assert set(PATHWAYS) <= set(library.pathway_ids())


@pytest.mark.parametrize("name", PACKS)
def test_a_shipped_pack_has_no_fault_and_no_warning(library: Library, name: str) -> None:
    pack = library.pack(name)
    checked = check_text(pack.text, pack.file, library)
    assert (pack.id, checked.faults, checked.warnings) == (name, (), ())
    assert pack.source
    assert pack.shipped


@pytest.mark.parametrize("name", PACKS)
def test_every_example_of_a_shipped_pack_holds(library: Library, name: str) -> None:
    results = run_examples(library.pack(name), library)
    assert results
    assert [r for r in results if not r.ok] == []


@pytest.mark.parametrize("name", PACKS)
def test_every_rule_of_a_shipped_pack_has_an_example_in_which_it_fires_or_cannot_tell(
    library: Library, name: str
) -> None:
    pack = library.pack(name)
    shown = {
        rule
        for example in pack.examples
        for key in ("rules", "unknown")
        for rule in example.expect.get(key, ())
    }
    assert {rule.id for rule in pack.rules} - shown == set()


@pytest.mark.parametrize("name", PATHWAYS)
def test_a_shipped_pathway_has_no_fault(library: Library, name: str) -> None:
    pathway = library.pathway(name)
    assert check_text(pathway.text, name, library).faults == ()
    assert pathway.source


@pytest.mark.parametrize("name", PATHWAYS)
def test_every_requirement_is_a_sentence_with_all_word_forms_filled(
    library: Library, name: str
) -> None:
    pathway = library.pathway(name)
    for move in pathway.moves:
        for requirement in move.requires:
            sentence = fill(requirement.say, pathway.words)
            assert re.fullmatch(r"[A-Z][^{}]+\.", sentence), requirement.id
            assert requirement.fixer


@pytest.mark.parametrize("name", PATHWAYS)
def test_every_way_out_is_guarded_and_completing_is_decided(library: Library, name: str) -> None:
    pathway = library.pathway(name)
    for move in pathway.moves:
        if move.dest in CLOSED_STAGES:
            assert [r.id for r in move.requires if r.guards] == ["safeguarding"]
            assert move.needs_decision == (move.dest == "complete")


@pytest.mark.parametrize("name", PATHWAYS)
def test_every_pathway_has_the_same_edges(library: Library, name: str) -> None:
    edges = {(m.source, m.dest) for m in library.pathway(name).moves}
    assert edges == {
        ("assess", "stabilise"), ("stabilise", "recover"), ("recover", "complete"),
        ("assess", "recover"), ("assess", "complete"), ("stabilise", "complete"),
        ("recover", "stabilise"),
        *((stage, "left") for stage in OPEN_STAGES),
        *((closed, stage) for closed in CLOSED_STAGES for stage in OPEN_STAGES),
    }  # fmt: skip


@pytest.mark.parametrize("name", PATHWAYS)
def test_every_pathway_can_record_a_death_and_waiting_ones_a_list_removal(
    library: Library, name: str
) -> None:
    pathway = library.pathway(name)
    died = pathway.exit("died")
    assert died is not None
    assert died.exit_class == "died"
    removals = {e.code for e in pathway.exits if e.exit_class == "list-removal"}
    assert bool(removals) == pathway.waits == any(e.waiting for e in pathway.exits)


def test_the_ward_asks_for_everything_before_a_discharge(library: Library) -> None:
    ward = library.pathway("ward")
    move = ward.move("recover", "complete")
    assert move is not None
    assert {r.id: r.at for r in move.requires} == {
        "safeguarding": "decision", "legal_status_known": "decision",
        "clinician_agreed": "decision", "ministry_agreed": "decision", "risk_plan": "decision",
        "safety_plan": "decision", "destination_named": "decision", "persons_view": "decision",
        "medicines": "departure", "follow_up": "departure", "carer_told": "departure",
    }  # fmt: skip
    assert ward.countersign
    assert ward.follow_up_days == 3
    assert ward.move("assess", "stabilise").requires == ()  # type: ignore[union-attr]
    assert ward.move("stabilise", "recover").requires == ()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("facts", "unmet"),
    [
        ({}, {"legal_status_known"}),
        ({"legal_status": "informal"}, set()),
        ({"legal_status": "detained"}, {"clinician_agreed"}),
        ({"legal_status": "restricted"}, {"ministry_agreed"}),
    ],
)
def test_the_legal_status_must_permit_the_discharge(
    library: Library, facts: dict[str, str], unmet: set[str]
) -> None:
    move = library.pathway("ward").move("recover", "complete")
    assert move is not None
    legal = {"legal_status_known", "clinician_agreed", "ministry_agreed"}
    found = {r.id for r in move.requires if library.condition(r.when).evaluate(facts) is not True}
    assert found & legal == unmet


@pytest.mark.parametrize(
    ("facts", "unmet"),
    [
        ({}, {"household_known", "no_open_prescribing"}),
        ({"children_in_household": "no", "prescribing": "no"}, set()),
        ({"children_in_household": "yes", "prescribing": "no"}, {"home_assessment"}),
        (
            {"children_in_household": "no", "prescribing": "yes", "substance_group": "opiate"},
            {"no_open_prescribing"},
        ),
        (
            {"children_in_household": "no", "prescribing": "yes", "substance_group": "alcohol"},
            set(),
        ),
    ],
)
def test_recovery_asks_for_the_household_and_for_the_end_of_prescribing(
    library: Library, facts: dict[str, str], unmet: set[str]
) -> None:
    move = library.pathway("recovery").move("recover", "complete")
    assert move is not None
    watched = {"household_known", "home_assessment", "no_open_prescribing"}
    found = {r.id for r in move.requires if library.condition(r.when).evaluate(facts) is not True}
    assert found & watched == unmet


def test_only_recovery_states_a_target_for_a_wait(library: Library) -> None:
    targets = {
        (pathway.id, name): target
        for pathway in library.pathways.values()
        for name, _, _, target in pathway.waits_between
        if target is not None
    }
    assert targets == {("recovery", "first-intervention"): 21}


def test_the_two_ward_checks_have_opposite_polarity(library: Library) -> None:
    assert {q.passes_on for q in library.pack("ward-round").questions} == {"yes"}
    criteria = library.pack("criteria-to-reside").questions
    assert {q.passes_on for q in criteria if q.id in {"ctr01", "ctr05", "ctr08"}} == {"no"}


def test_the_weekly_meeting_asks_at_most_three_questions(library: Library) -> None:
    pack = library.pack("caseload-sweep")
    assert len(pack.questions) <= 3
    assert any(q.kind == "line" and q.otherwise for q in pack.questions)
    assert (pack.confirm, pack.waiting) == (True, True)
    assert len(pack.waiting_questions) == 4


def test_only_the_weekly_meeting_may_confirm_without_asking(library: Library) -> None:
    assert [p.id for p in library.packs.values() if p.confirm] == ["caseload-sweep"]


def test_a_ward_is_not_swept_with_the_packs_of_other_pathways(library: Library) -> None:
    ward = {p.id for p in library.packs_for("ward")}
    assert {"ward-round", "long-stay", "safeguarding", "discharge-follow-up"} <= ward
    assert "caseload-sweep" not in ward
    assert "long-stay" not in {p.id for p in library.packs_for("childrens")}


def test_answers_become_facts_with_short_names_inside_their_pack(library: Library) -> None:
    pack = library.pack("ward-round")
    spec = library.catalogue["answer_ward_round_destination_ready"]
    assert (spec.type, spec.pack, spec.changes) == ("code", "ward-round", "answer")
    assert (spec.effort, spec.fixer) == ("medium", "discharge-coordinator")
    assert "days_since_answer_ward_round_destination_ready" in library.catalogue
    short = library.condition("answer_destination_ready = 'no'", pack)
    assert short.evaluate({"answer_ward_round_destination_ready": "no"}) is True
    outside = library.condition("answer_ward_round_destination_ready = 'no'")
    assert outside.evaluate({}) is None


def test_only_the_follow_up_looks_at_completed_cases(library: Library) -> None:
    assert [p.id for p in library.packs.values() if sweeps_completed(p)] == ["discharge-follow-up"]
