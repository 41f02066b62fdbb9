from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casereview.core.facts import Catalogue, FactSpec
from casereview.errors import Fault, PackFaults
from casereview.packs.catalogue import load_catalogue
from casereview.packs.check import check_text
from casereview.packs.library import Library
from casereview.packs.pack_file import load_pack
from casereview.packs.pathway_file import load_pathway
from casereview.packs.reader import MAX_BYTES, read_text

FIVE = """\
[pack]
id = "mine"
version = "one"
titel = "My review"
title = "My review"
source = "The team's own"

[[question]]
id = "ready"
kind = "yesnoo"
ask = "Is {persn} ready?"

[[rule]]
id = "long"
title = "Long"
when = "days_in_stge > 42"

[[example]]
title = "nothing"
given = {}
expect = { rules = [] }
"""


def found(library: Library, text: str) -> tuple[Fault, ...]:
    return check_text(text, "mine.toml", library).faults


def one(library: Library, text: str) -> Fault:
    faults = found(library, text)
    assert len(faults) == 1, faults
    return faults[0]


def test_a_pack_with_five_faults_names_all_five_with_place_and_nearest_name(
    library: Library,
) -> None:
    faults = {f.key: f for f in found(library, FIVE)}
    assert set(faults) == {
        "pack.version", "pack.titel", "question[1].kind", "question[1].ask", "rule[1].when",
    }  # fmt: skip
    assert faults["pack.titel"].nearest == "title"
    assert faults["question[1].kind"].nearest == "yesno"
    assert faults["question[1].ask"].nearest == "person"
    assert faults["rule[1].when"].nearest == "days_in_stage"
    assert {f.line for f in faults.values()} == {3, 4, 10, 11, 16}
    assert faults["rule[1].when"].column == 9


def test_loading_refuses_with_every_fault_of_the_structure() -> None:
    with pytest.raises(PackFaults) as refused:
        load_pack(FIVE, "mine.toml", Catalogue(), shipped=False)
    assert {f.key for f in refused.value.faults} == {
        "pack.version", "pack.titel", "question[1].kind",
    }  # fmt: skip
    assert refused.value.exit_code == 2


def test_a_good_pack_has_no_fault(library: Library, good_pack: str) -> None:
    checked = check_text(good_pack, "mine.toml", library)
    assert (checked.faults, checked.warnings) == ((), ())


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('id = "mine"\n', "", "pack", "'id' is missing"),
        ('title = "My review"', "title = 7", "pack.title", "must be text"),
        ('source = "The team\'s own"', 'source = " "', "pack.source", "not be empty"),
        ('meets = ["tue"]', 'meets = ["tues"]', "pack.meets", "none of"),
        ('meets = ["tue"]', 'watched = ["stag"]', "pack.watched", "no fact"),
        ('meets = ["tue"]', "confirm = 1", "pack.confirm", "true or false"),
        ('id = "mine"', 'id = "My Pack"', "pack.id", "small letters"),
        ("version = 1", "version = 0", "pack.version", "not between"),
        ('pass = "yes"\n', "", "question[1].otherwise", "needs a 'pass'"),
        ("Make {person} ready", "Make {x} ready", "question[1].otherwise.action", "word form"),
        ("answer_ready = 'yes'\"", "answer_ready = 'yess'\"", "decision[1].when", "not a value"),
        ('"complete"\n\n[[rule]]', '"completed"\n\n[[rule]]', "decision[1].proposes", "none of"),
        ("open_actions = 0", "open_actions = 'x'", "rule[1].when", "cannot be compared"),
        ("days_in_stage > 42 and", "days_in_stage > and", "rule[1].when", "character"),
        ('rules = ["long"]', "rules = []", "example[1]", "The example gives"),
        ('rules = ["long"]', 'rules = ["lang"]', "example[1].expect.rules", "no 'lang'"),
        ("days_in_stage = 43", "days_in_stge = 43", "example[1].given.days_in_stge", "no fact"),
        ("days_in_stage = 43", "days_in_stage = 4.5", "example[1].given.days_in_stage", "whole"),
        ("days_in_stage = 43", 'days_in_stage = "x"', "example[1].given.days_in_stage", "not fit"),
        ('ready"\n\n[[dec', 'ready"\ndue_days = -1\n\n[[dec', "question[1].otherwise.due_days",
         "not between"),
        ('ready"\n\n[[dec', 'ready"\nsets = { today = 1 }\n\n[[dec',
         "question[1].otherwise.sets.today", "cannot be set"),
        ('ready"\n\n[[dec', 'ready"\nsets = { prescribing = "maybe" }\n\n[[dec',
         "question[1].otherwise.sets.prescribing", "none of"),
    ],
)  # fmt: skip
def test_each_fault_is_named_at_its_key(
    library: Library, good_pack: str, old: str, new: str, key: str, says: str
) -> None:
    assert old in good_pack
    fault = next(f for f in found(library, good_pack.replace(old, new, 1)) if f.key == key)
    assert says in fault.what
    assert fault.line is not None


def test_a_condition_fault_points_into_the_condition(library: Library, good_pack: str) -> None:
    text = good_pack.replace("open_actions = 0", "opn_actions = 0")
    fault = one(library, text)
    line = text.splitlines()[(fault.line or 1) - 1]
    assert line[(fault.column or 1) - 1 :].startswith("opn_actions")
    assert fault.nearest == "open_actions"


def test_ids_that_are_there_twice_are_named(library: Library, good_pack: str) -> None:
    rule = good_pack[good_pack.index("[[rule]]") : good_pack.index("[[example]]")]
    fault = one(library, good_pack.replace("[[example]]", rule + "[[example]]"))
    assert fault.key == "rule[2].id"
    assert "twice" in fault.what


def test_a_question_that_nothing_reads_is_a_warning_and_no_fault(
    library: Library, good_pack: str
) -> None:
    extra = '[[question]]\nid = "idle"\nkind = "yesno"\nask = "Anything else?"\n\n'
    checked = check_text(
        good_pack.replace("[[decision]]", extra + "[[decision]]").replace(
            'answer_ready = "yes", d', 'answer_ready = "yes", answer_idle = "no", d'
        ),
        "mine.toml",
        library,
    )
    assert checked.faults == ()
    assert [w.key for w in checked.warnings] == ["question[2]"]


@pytest.mark.parametrize(
    "text",
    [
        "", "\x00", "[pack", "[pack]\nid = ", "a = 1\na = 2", "x = " + "[" * 5000, "x = '''",
        "[pack]\n" * 2, "x = 9" + "9" * 5000, "x = 2026-13-45", "pack = 3", "pack = []",
        "question = 3\nrule = 'x'\nexample = [1]", "[[pack]]\nid = 'x'", "[pack.id.deep]\nx=1",
        "x" * (MAX_BYTES + 1), ".".join("a" * 90) + " = 1", "\udcff = 1", 'a = "\ud800"',
        "[pack]\nid = nan", "[pack]\nid = 1979-05-27T07:32:00Z",
        "[[question]]\noptions = 3\n[[question.option]]\nid = 3\nkind = {}", "\ufeff[pack]",
        "".join(f"k{n} = 1\n" for n in range(5000)),
    ],
)  # fmt: skip
def test_hostile_text_is_refused_with_faults_and_nothing_else(library: Library, text: str) -> None:
    faults = found(library, text)
    assert 1 <= len(faults) <= 101
    for load in (
        lambda t: load_pathway(t, "x.toml", library.facts),
        lambda t: load_catalogue(t, "x.toml"),
    ):
        with pytest.raises(PackFaults):
            load(text)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *("[pack]", "[[question]]", "[[rule]]", "[example]", "[[example]]", "id", "="),
                *('"x"', "1", "when", "{", "}", "[", "]", "\n", "expect", "given", "'''", '"""'),
                *("true", ",", ".", "a-b", "[question.otherwise]", "[[question.option]]"),
                *("kind", '"choice"', "\\", "#"),
            ]
        )
        | st.text(max_size=6),
        max_size=40,
    )
)
def test_no_text_whatever_ends_in_a_traceback(library: Library, parts: list[str]) -> None:
    assert found(library, " ".join(parts))


@pytest.mark.parametrize(
    ("raw", "says"),
    [(b"\xff\xfe[pack]", "UTF-8"), (b"x" * (MAX_BYTES + 1), "200 kB"), (None, "cannot be read")],
)
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, raw: bytes | None, says: str) -> None:
    path = tmp_path / "x.toml"
    if raw is not None:
        path.write_bytes(raw)
    with pytest.raises(PackFaults) as refused:
        read_text(path, "x.toml")
    assert says in str(refused.value)


def test_a_toml_mistake_has_line_and_column(library: Library) -> None:
    fault = one(library, '[pack]\nid = "x"\ntitle = oops\n')
    assert (fault.line, fault.column) == (3, 9)


def test_places_are_right_after_multi_line_texts_and_comments(library: Library) -> None:
    text = (
        "# [pack]\n[pack]\nid = 'mine'\nversion = 1\ntitle = 'x'\nsource = '''\nid = 3\n"
        '[[rule]]\n\'\'\'\nmeets = [ # ]\n  "tue",\n  "x]",\n]\nwrong = """a\n\\"""\n"""\nbad = 1\n'
        "[[rule]]\nid = 'r'\ntitle = 't'\nwhen = 'open_actions > 0'\n"
        "[[example]]\ntitle = 'e'\ngiven = {}\nexpect = { rules = [] }\n"
    )
    lines = {f.key: f.line for f in found(library, text)}
    assert lines == {"pack.meets": 10, "pack.wrong": 14, "pack.bad": 17}


def test_the_catalogue_reports_all_faults_at_once() -> None:
    text = """
[[fact]]
name = "Days"
type = "int"
sentence = "x"
[[fact]]
name = "age"
type = "integer"
sentense = "x"
[[fact]]
name = "age"
type = "integer"
sentence = "Age in years."
unknown = "no"
"""
    with pytest.raises(PackFaults) as refused:
        load_catalogue(text, "facts.toml")
    assert [f.key for f in refused.value.faults] == [
        "fact[1].name", "fact[1].type", "fact[2]", "fact[2].sentense", "fact[3].unknown",
        "fact[3].name",
    ]  # fmt: skip
    assert refused.value.faults[3].nearest == "sentence"


def test_a_catalogue_holds_every_key_of_a_fact() -> None:
    text = """
[[fact]]
name = "legal_status"
type = "code"
sentence = "Whether the person is detained."
source = "recorded"
unknown = true
changes = "record"
effort = "large"
unit = ""
values = ["informal", "detained"]
settable = true
of = "person"
fixer = "consultant"
noun = "legal status"
"""
    assert load_catalogue(text, "facts.toml")["legal_status"] == FactSpec(
        name="legal_status", type="code", sentence="Whether the person is detained.",
        source="recorded", unknown=True, changes="record", effort="large",
        values=("informal", "detained"), settable=True, of="person", fixer="consultant",
        noun="legal status",
    )  # fmt: skip
