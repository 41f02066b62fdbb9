"""What is installed is whole: three packages, their data, no tests among them."""

import subprocess
import sys
from importlib.metadata import distribution, files
from importlib.resources import files as resources


def test_three_packages_and_nothing_else_are_installed_at_the_top() -> None:
    listed = files("casereview") or []
    tops = {f.parts[0] for f in listed if f.suffix == ".py" and ".." not in f.parts}
    assert tops <= {"casereview", "casereview_rules", "casereview_tui"}


def test_rules_and_the_grammar_are_found_where_they_are_installed() -> None:
    rules = resources("casereview_rules")
    assert rules.joinpath("condition.lark").is_file()
    assert rules.joinpath("facts.toml").is_file()
    assert len(list(rules.joinpath("pathways").iterdir())) >= 4
    assert len(list(rules.joinpath("reviews").iterdir())) >= 7


def test_the_types_are_marked_and_the_licence_is_there() -> None:
    assert resources("casereview").joinpath("py.typed").is_file()
    assert distribution("casereview").metadata["License-Expression"] == "Apache-2.0"


def test_every_shipped_example_passes_from_the_installed_files() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "casereview_tui", "rules", "test", "--format", "csv"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") > 40
