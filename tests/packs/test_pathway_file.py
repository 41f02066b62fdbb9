from __future__ import annotations

import pytest

from casereview.errors import PackFaults
from casereview.packs.check import check_text
from casereview.packs.library import Library
from casereview.packs.pathway_file import load_pathway


def edited(library: Library, old: str, new: str, name: str = "reablement") -> str:
    text = library.pathway(name).text
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('requires = ["safeguarding"]', "requires = []", "lacks the safeguarding interlock"),
        ("guards = true", "guards = false", "lacks the safeguarding interlock"),
        ("needs_decision = true\n", "", "needs an agreed decision"),
        ('requires = ["safeguarding"]', 'requires = ["safegarding"]', "no [[requirement]]"),
        ('to = "recover"\nkind = "forward"', 'to = "assess"\nkind = "forward"', "is not 'forward'"),
        ('kind = "back"', 'kind = "forward"', "is not 'forward'"),
        ('kind = "leave"', 'kind = "skip"', "kind 'leave'"),
        ('kind = "reopen"', 'kind = "forward"', "only by 'reopen'"),
        ('class = "died"', 'class = "dead"', "none of"),
        ('from = "referred"', 'from = "refered"', "none of"),
        ('person = "the person"\n', "", "'person' is missing"),
        ('code = "hospital"', 'code = "died"', "twice"),
        ('id = "stabilise"\nfrom = ["assess"]', 'id = "stabilise"\nfrom = []', "must list"),
        ('id = "step-back"', 'id = "recover"', "twice"),
    ],
)
def test_each_fault_of_a_pathway_is_named(library: Library, old: str, new: str, says: str) -> None:
    with pytest.raises(PackFaults) as refused:
        load_pathway(edited(library, old, new), "reablement.toml", library.facts)
    assert says in str(refused.value)
    assert all(f.line for f in refused.value.faults)


def test_conditions_and_word_forms_of_requirements_are_checked(library: Library) -> None:
    text = edited(library, "goals_met is not null", "gaols_met is not null")
    text = text.replace("What {person} thinks", "What {persson} thinks")
    faults = {f.key: f.nearest for f in check_text(text, "x.toml", library).faults}
    assert faults == {
        "requirement[3].when": "goals_met", "requirement[4].say": "person",
    }  # fmt: skip


def test_one_move_may_lead_from_several_stages(library: Library) -> None:
    ids = {m.id for m in library.pathway("ward").moves if m.kind == "leave"}
    assert ids == {"leave-from-assess", "leave-from-stabilise", "leave-from-recover"}
