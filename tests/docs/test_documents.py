"""What the documents promise is there: commands, files, chapters, no traces of machines."""

import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest
import typer

from casereview.cli.tree import BRANCHES

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md")])
_COMMAND = re.compile(r"(?:^\$ |`)(casereview(?: [^`\n]*)?)", re.MULTILINE)


def commands() -> list[tuple[str, str]]:
    found = {
        (page.name, " ".join(match[1].split()))
        for page in PAGES
        for match in _COMMAND.finditer(page.read_text(encoding="utf-8"))
    }
    return sorted(found)


def subcommand(line: str) -> list[str]:
    """Return the words of a command line up to the first that is an argument or an option."""
    words: list[str] = []
    skip = False
    for word in shlex.split(line.replace("|", " "))[1:]:
        if skip:
            skip = False
        elif word in ("--as", "--store", "--by"):
            skip = True
        elif re.fullmatch(r"[a-z]+", word) and len(words) < 2:
            words.append(word)
        else:
            break
    return words


@pytest.fixture(scope="module")
def known() -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for word, branch in BRANCHES.items():
        found.add((word,))
        if branch.name == "app":
            app = import_module(f"casereview.cli.{branch.module}").app
            found |= {(word, name) for name in vars(typer.main.get_command(app))["commands"]}
    return found


@pytest.mark.parametrize(("page", "line"), commands())
def test_every_command_named_in_the_documents_exists(
    page: str, line: str, known: set[tuple[str, ...]]
) -> None:
    words = tuple(subcommand(line))
    assert not words or words in known or words[:1] in known, (page, line)
    if len(words) == 2 and any(k[0] == words[0] and len(k) == 2 for k in known):
        assert words in known, (page, line)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_link_between_documents_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), (page.name, target)


def test_the_readme_holds_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    first = text.split("<!-- first command -->")[1].split("<!-- end -->")[0]
    second = text.split("<!-- second command -->")[1].split("<!-- end -->")[0]
    assert "casereview demo" in first
    assert "[test]" in second
    assert "pytest" in second


def test_every_hazard_names_tests_that_exist() -> None:
    log = (ROOT / "docs/safety/hazards.md").read_text(encoding="utf-8")
    lines = [line for line in log.splitlines() if re.match(r"\| H\d", line)]
    assert [line.split()[1] for line in lines] == [f"H{n}" for n in range(1, len(lines) + 1)]
    for line in lines:
        named = re.findall(r"`(tests/[a-z_/]+(?:\.py)?)`", line.rsplit("|", 2)[1])
        assert named, line
        for place in named:
            folder = ROOT / place
            assert folder.is_file() or list(folder.glob("test_*.py")), place


def test_the_constraints_name_no_address() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert re.fullmatch(r"(?:[A-Za-z0-9._-]+==[0-9][^\s]*\n)+", text)
