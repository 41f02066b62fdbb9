"""What people read about the rules: every move, plain words, every fault of a file of theirs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

PATHWAYS = ("ward", "childrens", "recovery", "reablement")
MOVE = re.compile(r"    (\[\*\]|[a-z]+) --> (\[\*\]|[a-z]+)(: [^:;%\n]+)?")
"""One relation. Source: Mermaid's stateDiagram.jison, ID, EDGE_STATE, '-->' and DESCR."""

FIVE = """\
[pack]
id = "night-round"
version = 1
title = "Night round"
source = "our own"
pathway = "wrad"

[[question]]
id = "asleep"
kind = "yesnoo"
ask = "Is {persn} asleep?"

[[rule]]
id = "long"
title = "Long here"
when = "days_in_stag > 40 and open_actons = 0"

[[rule]]
id = "old"
title = "Old"
when = "age > 'ninety'"
"""


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_a_pathway_is_shown_with_every_move_and_in_plain_words(program: Any, pathway: str) -> None:
    rows = program.rows("rules", "show", pathway)
    drawn = program.ok("rules", "show", pathway, "--diagram").out.splitlines()
    arrows = {" to ".join(line.split(":")[0].split(" --> ")).strip() for line in drawn[1:]}
    assert {r["move"] for r in rows} == {a for a in arrows if "[*]" not in a}
    assert not [r for r in rows if "{" in r["sentence"]]
    assert {r["requirement"] for r in rows if r["move"].endswith("to complete")} >= {
        "safeguarding", "decision",
    }  # fmt: skip
    free = [r for r in rows if not r["requirement"]]
    assert free
    assert {r["sentence"] for r in free} == {"No requirement."}


@pytest.mark.parametrize("pack", ["ward-round", "caseload-sweep", "safeguarding", "transfer-in"])
def test_a_pack_is_shown_in_plain_words(program: Any, pack: str) -> None:
    rows = program.rows("rules", "show", pack)
    assert not [r for r in rows if "{" in r["text"]]
    if pack == "ward-round":
        assert "brought the patient to the ward" in rows[0]["text"]


def test_a_pack_is_explained_in_english_without_a_store(program: Any) -> None:
    rows = program.rows("rules", "explain", "ward-round")
    assert {"ward-round/complete", "ward-round/no-expected-date"} <= {r["rule"] for r in rows}
    for row in rows:
        assert "{" not in row["title"] + row["holds_when"]
        assert "_" not in row["holds_when"]
    assert program("rules", "explain", "ward-round", "--case", "C1").code == 2
    assert program("rules", "explain", "wardround").code == 1


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_a_diagram_is_mermaid(program: Any, pathway: str) -> None:
    first, *lines = program.ok("rules", "show", pathway, "--diagram").out.splitlines()
    assert first == "stateDiagram-v2"
    assert [line for line in lines if not MOVE.fullmatch(line)] == []


def test_a_file_with_faults_of_five_kinds_has_every_one_named_with_its_line(
    program: Any, tmp_path: Path
) -> None:
    file = tmp_path / "night.toml"
    file.write_text(FIVE)
    refused = program("rules", "check", str(file), "--format", "json")
    assert refused.code == 2
    found = refused.json["error"]["requirements"]
    found.sort(key=lambda f: f["line"] or 0)
    assert [(f["key"], f["line"], f["nearest"]) for f in found] == [
        ("", None, None),
        ("pack.pathway", 6, "ward"),
        ("question[1].kind", 10, "yesno"),
        ("question[1].ask", 11, "person"),
        ("rule[1].when", 16, "days_in_stage"),
        ("rule[1].when", 16, "open_actions"),
        ("rule[2].when", 21, None),
    ]  # fmt: skip
    said = program("rules", "check", str(file)).err
    assert "7 faults" in said
    assert "night.toml:16:9: rule[1].when: There is no fact 'days_in_stag'" in said
    assert "Traceback" not in said
