"""A layout says all its faults at once, where they are and what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from casereview.exchange.layouts.file import LayoutFaults, load_layout
from casereview.packs.library import Library

FIVE = """\
[layout]
id = "bad"
version = 1
title = "A layout with five faults"
shape = "event"
pathway = "ward"

[time]
formats = ["dd/mm/yyyy", "mm/dd/yyyy"]
zone = "Europe/Londen"

[columns]
id = "case"
activty = "what"
activity = "what"
time = "when"

[[activity]]
names = ["Treated"]
move = "stabilize"
"""


def faults_of(text: str, folder: Path, library: Library) -> list[tuple[str, int | None, str, str]]:
    path = folder / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LayoutFaults) as caught:
        load_layout(path, library)
    assert caught.value.exit_code == 2
    return [(f.key, f.line, f.what, f.nearest or "") for f in caught.value.faults]


def test_five_faults_are_told_at_once_with_line_key_and_nearest(
    tmp_path: Path, library: Library
) -> None:
    found = faults_of(FIVE, tmp_path, library)
    assert len(found) == 5
    by_key = {key: (line, near) for key, line, _, near in found}
    assert by_key["layout.shape"] == (5, "events")
    assert by_key["time.formats"][0] == 9
    assert by_key["time.zone"][0] == 10
    assert by_key["columns.activty"] == (14, "activity")
    assert by_key["activity[1].move"] == (20, "stabilise")


def test_the_fixtures_are_sound(layouts: Path, library: Library) -> None:
    for path in sorted(layouts.glob("*.toml")):
        assert load_layout(path, library).id == path.stem


GOOD = FIVE.replace('"event"', '"events"').replace(', "mm/dd/yyyy"', "")
GOOD = GOOD.replace("Londen", "London").replace('activty = "what"\n', "")
GOOD = GOOD.replace("stabilize", "stabilise")


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("", "", "", ""),
        ('shape = "events"', 'shape = "pictures"', "layout.shape", "is none of"),
        ('pathway = "ward"', 'pathway = "wards"', "layout.pathway", "is none of"),
        ('"dd/mm/yyyy"', '"dd/mm/yyyy hh:mm"', "time.formats", "means nothing"),
        ('"dd/mm/yyyy"', '"mm/yyyy"', "time.formats", "needs a day"),
        ('zone = "Europe/London"', "", "time", "zone"),
        ('id = "case"', 'id = "make"', "columns", "only for a snapshot"),
        ('time = "when"', "", "columns", "'time' is missing"),
        ('move = "stabilise"', "", "activity[1]", "What does it do?"),
        ('move = "stabilise"', 'milestone = "treted"', "activity[1].milestone", "is none of"),
        ('move = "stabilise"', 'end = "left"\nexit = "dead"', "activity[1].exit", "no such exit"),
        ('move = "stabilise"', 'fact = "days_in_stage"', "activity[1].fact", "worked out"),
        ('move = "stabilise"', 'fact = "medically_safe"\nvalue = "oui"', "activity[1].value",
         "does not fit"),
        ('move = "stabilise"', 'contact = "smoke-signal?"', "activity[1].contact", "no kind"),
        ('names = ["Treated"]', 'names = ["Treated", "treated "]', "activity[1].names", "twice"),
        ("[columns]", '[nulls]\nwhan = ["NA"]\n[columns]', "nulls", "No column"),
        ("[columns]", '[file]\ndelimiter = "comme"\n[columns]', "file.delimiter", "separates"),
        ("[columns]", '[file]\nencoding = "latin"\n[columns]', "file.encoding", "none of"),
        ("[[activity]]", '[[status]]\nwords = ["x"]\nstage = "assess"\n[[activity]]', "status",
         "has no"),
    ],
)  # fmt: skip
def test_one_fault_is_named_by_its_key(
    tmp_path: Path, library: Library, old: str, new: str, key: str, says: str
) -> None:
    text = GOOD.replace(old, new) if old else GOOD
    if not says:
        (tmp_path / "good.toml").write_text(text, encoding="utf-8")
        assert load_layout(tmp_path / "good.toml", library).shape == "events"
        return
    found = faults_of(text, tmp_path, library)
    assert len(found) == 1
    assert found[0][0] == key
    assert says in found[0][2]


def test_a_layout_that_is_not_there_or_not_toml_is_refused(
    tmp_path: Path, library: Library
) -> None:
    with pytest.raises(LayoutFaults, match="cannot be read"):
        load_layout(tmp_path / "none.toml", library)
    assert "not TOML" in faults_of("[layout\n", tmp_path, library)[0][2]
