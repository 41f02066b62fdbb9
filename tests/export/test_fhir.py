"""The FHIR R4 bundle: valid by the library, and by the rules that the library does not check."""

import copy
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from casereview.exchange.out.fhir_check import faults
from casereview.service.doors.exporting import export_fhir


@pytest.fixture
def bundle(full: Any, order: Callable[..., Any]) -> dict[str, Any]:
    return export_fhir(full.desk(10), order("fhir"))


def of_kind(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = (entry["resource"] for entry in bundle["entry"])
    return [r for r in found if r["resourceType"] == kind]


def test_the_library_accepts_the_bundle_and_every_resource(bundle: dict[str, Any]) -> None:
    from fhir.resources.R4B import get_fhir_model_class

    get_fhir_model_class("Bundle").model_validate_json(json.dumps(bundle))
    for entry in bundle["entry"]:
        resource = entry["resource"]
        get_fhir_model_class(resource["resourceType"]).model_validate_json(json.dumps(resource))


def test_our_own_rules_hold_and_everything_is_there(bundle: dict[str, Any]) -> None:
    assert faults(bundle) == []
    kinds = Counter(entry["resource"]["resourceType"] for entry in bundle["entry"])
    assert kinds["Patient"] == kinds["EpisodeOfCare"] == 3
    assert kinds["Flag"] == 1
    assert kinds["Questionnaire"] == 1
    assert kinds["QuestionnaireResponse"] == 2
    assert kinds["Task"] >= 3
    assert kinds["Provenance"] > 20


def test_the_history_of_statuses_follows_the_stages(bundle: dict[str, Any]) -> None:
    first = of_kind(bundle, "EpisodeOfCare")[0]
    assert first["status"] == "finished"
    assert first["period"] == {"start": "2026-03-01", "end": "2026-03-09"}
    history = [
        (s["extension"][0]["valueCode"], s["status"], s["period"]["start"], s["period"].get("end"))
        for s in first["statusHistory"]
    ]
    assert history == [
        ("assess", "active", "2026-03-01", "2026-03-02"),
        ("stabilise", "active", "2026-03-02", "2026-03-02"),
        ("recover", "active", "2026-03-02", "2026-03-09"),
        ("complete", "finished", "2026-03-09", None),
    ]


def test_people_at_home_wait_and_those_who_never_began_are_cancelled(
    service: Any, order: Callable[..., Any]
) -> None:
    from casereview.service.cases import moving

    service.team("K1", "childrens")
    waiting, gone = service.case("K1", "k-1"), service.case("K1", "k-2")
    service.set(gone, 2, safeguarding="none")
    moving.leave(service.desk(3), gone, exit_code="declined", on=_day(3))
    found = of_kind(export_fhir(service.desk(10), order("fhir")), "EpisodeOfCare")
    assert waiting
    assert [e["status"] for e in found] == ["waitlist", "cancelled"]


def _day(n: int) -> Any:
    from datetime import date

    return date(2026, 3, n)


def test_answers_and_tasks_carry_codes_and_no_words(bundle: dict[str, Any]) -> None:
    coded = {
        item["linkId"]: item["answer"][0]["valueCoding"]["code"]
        for response in of_kind(bundle, "QuestionnaireResponse")
        for item in response["item"]
    }
    assert coded["crisis_stabilised"] in ("yes", "no")
    assert all("description" not in task for task in of_kind(bundle, "Task"))
    assert {t["status"] for t in of_kind(bundle, "Task")} <= {"requested", "accepted"}


def test_an_identifiable_bundle_says_so_and_why(full: Any, order: Callable[..., Any]) -> None:
    wanted = order("fhir", identifiable=True, purpose="transfer of care to the new provider")
    bundle = export_fhir(full.desk(10), wanted)
    mark = bundle["meta"]["security"][0]
    assert (mark["code"], mark["display"]) == ("identifiable", wanted.purpose)
    assert faults(bundle) == []
    assert of_kind(bundle, "Patient")[0]["birthDate"] == "1990-11-23"
    assert "name" not in of_kind(bundle, "Patient")[2]


def _episode(bundle: dict[str, Any]) -> dict[str, Any]:
    return of_kind(bundle, "EpisodeOfCare")[0]


def _spoil_status(bundle: dict[str, Any]) -> None:
    _episode(bundle)["status"] = "nonsense"


def _spoil_task(bundle: dict[str, Any]) -> None:
    of_kind(bundle, "Task")[0]["status"] = "open"


def _spoil_period(bundle: dict[str, Any]) -> None:
    _episode(bundle)["period"]["end"] = "2026-02-01"


def _spoil_reference(bundle: dict[str, Any]) -> None:
    _episode(bundle)["patient"]["reference"] = "urn:uuid:00000000-0000-0000-0000-000000000000"


def _spoil_history(bundle: dict[str, Any]) -> None:
    del _episode(bundle)["statusHistory"][2]


def _spoil_form(bundle: dict[str, Any]) -> None:
    of_kind(bundle, "QuestionnaireResponse")[0]["questionnaire"] = "urn:casereview:other|9"


def _spoil_required(bundle: dict[str, Any]) -> None:
    del of_kind(bundle, "Provenance")[0]["agent"]


def _spoil_twice(bundle: dict[str, Any]) -> None:
    bundle["entry"].append(copy.deepcopy(bundle["entry"][0]))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_spoil_status, "is no status"),
        (_spoil_task, "is no status"),
        (_spoil_period, "ends before it starts"),
        (_spoil_reference, "not in the bundle"),
        (_spoil_history, "gap"),
        (_spoil_form, "questionnaire is not in the bundle"),
        (_spoil_required, "agent is missing"),
        (_spoil_twice, "same address"),
    ],
)
def test_what_the_library_lets_through_is_found(
    bundle: dict[str, Any], spoil: Callable[[dict[str, Any]], None], says: str
) -> None:
    spoil(bundle)
    assert any(says in fault for fault in faults(bundle))


def test_answers_stand_in_the_order_of_their_questionnaire(
    service: Any, order: Callable[..., Any]
) -> None:
    case = service.case("W1", "one", stage="recover")
    review = service.open("ward-round", "W1", 3, who="dr.a")
    asked = ("would_not_admit_today", "crisis_stabilised", "destination_ready")
    service.answers(review, case, 3, dict.fromkeys(asked, "no"), who="dr.a")
    bundle = export_fhir(service.desk(10), order("fhir"))
    form, given = of_kind(bundle, "Questionnaire")[0], of_kind(bundle, "QuestionnaireResponse")[0]
    wanted = [item["linkId"] for item in form["item"]]
    assert [item["linkId"] for item in given["item"]] == [w for w in wanted if w in asked]
    given["item"].reverse()
    assert any("order" in fault for fault in faults(bundle))


def test_a_questionnaire_has_a_name_that_programs_can_use(bundle: dict[str, Any]) -> None:
    form = of_kind(bundle, "Questionnaire")[0]
    assert form["name"] == "WardRound"
    form["name"] = "ward-round"
    assert any("name" in fault for fault in faults(bundle))


@pytest.mark.parametrize(
    ("answered", "member", "value"),
    [
        ("4", "valueInteger", 4),
        ("cannot-tell", "_valueInteger", "asked-unknown"),
    ],
)
def test_a_number_that_nobody_could_tell_keeps_its_type(
    service: Any, order: Callable[..., Any], answered: str, member: str, value: object
) -> None:
    from fhir.resources.R4B import get_fhir_model_class

    case = service.case("W1", "one", stage="recover")
    review = service.open("criteria-to-reside", "W1", 3, who="dr.a")
    service.answer(review, case, 3, "ctr04", answered, who="dr.a")
    bundle = export_fhir(service.desk(10), order("fhir"))
    answer = of_kind(bundle, "QuestionnaireResponse")[0]["item"][0]["answer"][0]
    found = answer[member]
    assert (found["extension"][0]["valueCode"] if member.startswith("_") else found) == value
    get_fhir_model_class("Bundle").model_validate_json(json.dumps(bundle))


def test_every_coded_answer_is_an_option_of_its_question(
    service: Any, order: Callable[..., Any]
) -> None:
    service.team("K1", "childrens", people=["ann"])
    case = service.case("K1", "k-1", stage="recover")
    review = service.open("caseload-sweep", "K1", 4, who="ann")
    service.answer(review, case, 4, "direction", "cannot-tell", who="ann")
    bundle = export_fhir(service.desk(10), order("fhir"))
    form, given = of_kind(bundle, "Questionnaire")[0], of_kind(bundle, "QuestionnaireResponse")[0]
    options = {
        i["linkId"]: [o["valueCoding"]["code"] for o in i.get("answerOption", [])]
        for i in form["item"]
    }
    for item in given["item"]:
        assert item["answer"][0]["valueCoding"]["code"] in options[item["linkId"]]
