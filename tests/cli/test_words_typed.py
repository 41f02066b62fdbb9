"""Words that are no whole command are answered with what there is."""

from __future__ import annotations

from typing import Any

import pytest

from casereview.cli import main as cli


def test_without_a_terminal_the_commands_are_listed_and_stderr_says_why(
    program: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([], screens=lambda _: pytest.fail("opened")) == 0
    found = capsys.readouterr()
    assert "Commands:" in found.out
    assert "open in a terminal" in found.err


@pytest.mark.parametrize(("group", "one"), [("case", "refer"), ("review", "open")])
def test_a_group_alone_names_its_commands(program: Any, group: str, one: str) -> None:
    refused = program(group, "--format", "json")
    assert refused.code == 2
    error = refused.json["error"]
    assert error["code"] == "missing_command"
    assert one in error["next"]
    assert f"casereview {group} --help" in error["next"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("case", "refer"), "--team, --person"),
        (("case", "refer", "--team", "W1"), "'--person'"),
        (("case", "contact", "C1", "--kind=visit"), "'--attended'"),
        (("action", "add", "C1", "Ring"), "--owner, --due"),
    ],
)
def test_every_option_that_is_missing_is_named(
    program: Any, words: tuple[str, ...], says: str
) -> None:
    refused = program(*words)
    assert refused.code == 2
    assert says in refused.err


@pytest.mark.parametrize("words", [("nonsense",), ("case", "nonsense"), ("--nope",)])
def test_an_unknown_word_is_refused_with_where_to_look(
    program: Any, words: tuple[str, ...]
) -> None:
    refused = program(*words)
    assert refused.code == 2
    assert len(refused.err.splitlines()) == 2
