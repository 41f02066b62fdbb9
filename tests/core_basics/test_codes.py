"""The code lists that ship: complete, dated, and found by what people type."""

from __future__ import annotations

from datetime import date

import pytest

from casereview.errors import NotFound, Refused
from casereview.packs.codes import (
    find_in,
    lists_for,
    month_start,
    shipped_list,
    shipped_lists,
)

ON = date(2026, 3, 24)
# The 37 labels as they are published, with their mixed dashes, spaces and question marks.
PUBLISHED = """
Capacity – Awaiting restart of existing social care arrangements (Pathway 0)
Capacity – Bed-based rehabilitation, reablement or recovery services not yet available (Pathway 2)
Capacity – End of life care inc Fast-Track CHC not yet available\u00a0(Pathway 1 or 3)
Capacity – Equipment and associated training not yet delivered (Pathway 1-3)
Capacity – Home-based rehabilitation, reablement or recovery services not yet available\u00a0\
(Pathway 1)
Capacity – Housing adaptations not yet completed (Pathway 1 or 3)
Capacity – Housing provision not yet available (Pathway 0 or 1)
Capacity – Mental health admitted patient care not yet available (Pathway 2)
Capacity – Other home-based community health services not yet available (Pathway 1)
Capacity – Other home-based social care service not yet available (Pathway 1)
Capacity – Residential/nursing home care not yet available (Pathway 3)
Care transfer hub process – Awaiting confirmation of funding eligibility
Care transfer hub process – Waiting for confirmation of immediate care needs and pathway
Care transfer hub process– Awaiting necessary referrals by care transfer hub
Hospital process - Awaiting medical review of need for supported discharge
Hospital process – Awaiting formal decision to discharge (inc diagnostic test results)
Hospital process – Awaiting medicines to take home, discharge letter\u00a0or other discharge \
documentation
Hospital process – Awaiting patient transport services
Hospital process – Awaiting referral to care transfer hub for supported discharge
Hospital process – Awaiting therapy review of need for supported discharge
Hospital process – Remaining in hospital due to infection prevention and control restrictions
Interface process – Bed-based rehabilitation, reablement or recovery service arrangements still \
underway (Pathway 2)
Interface process – Home based rehabilitation, reablement or recovery service arrangements still \
underway (Pathway 1)
Interface process – Other home-based community health service arrangements still underway \
(Pathway 1)
Interface process – Other home-based social care service arrangements still underway (Pathway 1)
Interface process – Residential/nursing home care arrangements still underway (Pathway 3)
Interface\u00a0process – End of life care inc Fast-Track CHC arrangement still underway?\
(Pathway 1 or 3)
Interface\u00a0process – Further action requested by agreed provider
Interface\u00a0process – Homeless with no recourse to public funds?
Interface\u00a0process – Housing provision arrangement for homelessness still underway\u00a0\
(Pathway 0 or 1)
Interface\u00a0process – Out of area discharge arrangements requested but not completed
Interface\u00a0process – Patient/family/carer choice discussions on package still underway
Interface\u00a0process – Self-funded care package arrangements still underway
Wellbeing concerns - Issues with discharge destination readiness
Wellbeing concerns – Awaiting determination of mental capacity
Wellbeing concerns – Ongoing\u00a0safeguarding concern
Wellbeing concerns – Patient\u00a0/family/carer concerns over discharge readiness
""".strip().split("\n")


def test_every_list_that_ships_loads_and_says_its_source() -> None:
    lists = shipped_lists()
    assert set(lists) == {
        "attendance",
        "contact-kinds",
        "delay-england-acute",
        "delay-england-acute-before-2024",
        "delay-local",
        "delay-mental-health",
        "delay-scotland",
    }
    assert all(one.source and one.version and one.codes for one in lists.values())
    assert all(one.file == f"{name}.toml" for name, one in lists.items())


def test_the_mental_health_list_is_complete_with_its_attribution() -> None:
    one = shipped_list("delay-mental-health")
    assert [c.code for c in one.codes] == [f"{n:02}" for n in range(1, 38)] + ["98"]
    assert [c.code for c in one.attributable] == ["04", "05", "06", "07"]
    assert one.find("24", ON).title == "Awaiting the agreement of the Ministry of Justice"
    assert one.find("98", ON).title == "Reason not known"


@pytest.mark.parametrize(
    ("month", "on"),
    [(1, "1900-04-01"), (1428, "2019-03-01"), (1429, "2019-04-01"), (1489, "2024-04-01")],
)
def test_month_ids_of_the_mental_health_data_set(month: int, on: str) -> None:
    assert month_start(month) == date.fromisoformat(on)


def test_the_mental_health_codes_count_from_april_2024() -> None:
    one = shipped_list("delay-mental-health")
    assert one.find("01", date(2024, 4, 1)).code == "01"
    with pytest.raises(Refused, match="2024-04-01") as refused:
        one.find("01", date(2024, 3, 31))
    assert refused.value.code == "code_not_valid"


@pytest.mark.parametrize("typed", ["1", "01", " 01 ", "０１"])
def test_a_mental_health_code_that_lost_its_zero_is_found(typed: str) -> None:
    assert shipped_list("delay-mental-health").find(typed, ON).code == "01"


def test_the_scottish_list_is_complete() -> None:
    listed = """11A 11B 23C 23D 24A 24B 24C 24D 24E 24F 27A 25A 25D 25E 25F 44 51 52 61 67 71 72
        73 74 9 51X 24DX 24EX 25X 26X 46X 71X 100"""
    one = shipped_list("delay-scotland")
    assert [c.code for c in one.codes] == listed.split()
    assert one.missing == "11A"
    assert one.flagged("outside-census") == ("26X", "46X")


@pytest.mark.parametrize(
    ("typed", "code"),
    [("11a", "11A"), ("051", "51"), (" 24dx ", "24DX"), ("0100", "100"), ("09", "9")],
)
def test_scottish_codes_match_without_leading_zeros_and_case(typed: str, code: str) -> None:
    assert shipped_list("delay-scotland").find(typed, ON).code == code


def test_the_england_acute_list_has_37_reasons_in_five_families() -> None:
    one = shipped_list("delay-england-acute")
    assert len(one.codes) == 37
    assert set(one.groups.values()) == {
        "Hospital process",
        "Wellbeing concerns",
        "Care transfer hub process",
        "Interface process",
        "Capacity",
    }
    assert {c.group for c in one.codes} == set(one.groups)


@pytest.mark.parametrize("label", PUBLISHED)
def test_every_published_label_finds_one_reason(label: str) -> None:
    found = shipped_list("delay-england-acute").find_label(label, ON)
    assert found is not None
    family = label.replace("\u00a0", " ").replace("–", "-").split("-")[0].strip()
    assert shipped_list("delay-england-acute").groups[found.group] == family


def test_the_published_labels_are_the_whole_list() -> None:
    one = shipped_list("delay-england-acute")
    found = [one.find_label(label, ON) for label in PUBLISHED]
    assert {c.code for c in found if c} == {c.code for c in one.codes}
    assert one.find_label("Capacity – No such reason", ON) is None
    assert one.find_label(PUBLISHED[0], date(2024, 5, 26)) is None


def test_the_england_acute_lists_meet_on_27_may_2024() -> None:
    new, old = shipped_list("delay-england-acute"), shipped_list("delay-england-acute-before-2024")
    last, first = date(2024, 5, 26), date(2024, 5, 27)
    assert old.find("xviii", last).code == "xviii"
    assert new.find("hospital-transport", first).code == "hospital-transport"
    with pytest.raises(Refused, match="ended before 2024-05-27"):
        old.find("VI", first)
    with pytest.raises(Refused):
        new.find("hospital-transport", last)
    numerals = [c.code for c in old.codes if c.group == "acute"]
    assert numerals[:5] == ["i", "ii", "iii", "iv", "v"]
    assert len(numerals) == 18


def test_a_local_reason_is_a_short_word_after_the_prefix() -> None:
    one = shipped_list("delay-england-acute")
    found = one.find("Local: Awaiting_a key", ON)
    assert (found.code, found.title, found.local) == (
        "local:awaiting-a-key",
        "awaiting a key",
        True,
    )
    for text in ("local:", "local:Mrs Smith's daughter, 0161 496 0000", "local:" + "x" * 41):
        with pytest.raises(NotFound, match="not a code"):
            one.find(text, ON)


def test_lists_that_allow_no_local_code_refuse_one() -> None:
    with pytest.raises(NotFound):
        shipped_list("delay-scotland").find("local:key", ON)


def test_an_unknown_code_names_the_nearest_by_code_or_by_title() -> None:
    acute = shipped_list("delay-england-acute")
    with pytest.raises(NotFound) as refused:
        acute.find("hospital-transprt", ON)
    assert "'hospital-transport'" in refused.value.next
    assert "local:" in refused.value.next
    with pytest.raises(NotFound) as by_title:
        shipped_list("delay-mental-health").find("housing: awaiting supported acommodation", ON)
    assert "'18'" in by_title.value.next
    with pytest.raises(NotFound) as far:
        shipped_list("delay-scotland").find("qqqqqqqq", ON)
    assert far.value.next == "`rules codes delay-scotland` lists the codes."


@pytest.mark.parametrize(
    ("pathway", "division", "on", "ids"),
    [
        ("ward", "england-and-wales", None, ["delay-mental-health", "delay-england-acute"]),
        ("ward", "england-and-wales", ON, ["delay-mental-health", "delay-england-acute"]),
        (
            "ward",
            "england-and-wales",
            date(2024, 5, 1),
            ["delay-mental-health", "delay-england-acute-before-2024"],
        ),
        (
            "ward",
            "england-and-wales",
            date(2024, 3, 31),
            ["delay-england-acute-before-2024"],
        ),
        ("ward", "scotland", None, ["delay-scotland"]),
        ("ward", "northern-ireland", None, ["delay-local"]),
        ("reablement", "england-and-wales", None, ["delay-local"]),
        ("childrens", "scotland", ON, ["delay-local"]),
    ],
)
def test_which_delay_lists_apply(
    pathway: str, division: str, on: date | None, ids: list[str]
) -> None:
    assert [one.id for one in lists_for(pathway, division, on)] == ids


def test_a_reason_is_looked_for_in_every_list_that_applies() -> None:
    lists = lists_for("ward", "england-and-wales")
    assert find_in(lists, "18", ON)[0].id == "delay-mental-health"
    assert find_in(lists, "hub-funding", ON)[0].id == "delay-england-acute"
    assert find_in(lists, "local:key", ON)[1].local
    with pytest.raises(NotFound, match=r"mental health.* or .*acute") as refused:
        find_in(lists, "hub-fundin", ON)
    assert "'hub-funding'" in refused.value.next
    with pytest.raises(Refused) as early:
        find_in(lists, "hub-funding", date(2024, 5, 1))
    assert early.value.code == "code_not_valid"
    with pytest.raises(NotFound):
        find_in((), "18", ON)


def test_attendance_codes_and_what_they_count_for() -> None:
    one = shipped_list("attendance")
    assert one.flagged("attended") == ("5", "6")
    assert one.flagged("did-not-attend") == ("7", "3")
    assert set(one.flagged("missed-contact")) == {"2", "3", "4", "7"}
    assert one.flagged("future") == ("0",)
    assert one.find("05", ON).code == "5"
    assert one.find("0", ON).code == "0"
    assert one.find("DNA", ON).code == "3"


def test_kinds_of_contact_are_open_and_known_by_other_words() -> None:
    one = shipped_list("contact-kinds")
    assert one.find("phone", ON).code == "telephone"
    assert one.find("Home visit", ON).code == "home-visit"
    assert "counts" in one.find("video", ON).flags
    assert "counts" not in one.find("letter", ON).flags
    assert one.find("Music therapy", ON).code == "music-therapy"


def test_an_unknown_list_names_those_there_are() -> None:
    with pytest.raises(NotFound) as refused:
        shipped_list("delay-wales")
    assert "delay-scotland" in refused.value.next
