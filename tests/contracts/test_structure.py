"""The house's rules: imports go one way, rooms stay small, nothing says how it was built."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    p for folder in ("casereview", "tui", "rules") for p in (ROOT / folder).rglob("*.py")
)
pytestmark = pytest.mark.skipif(
    not SOURCES, reason="the source folders are absent: the wheel is under test"
)


def test_imports_go_one_way() -> None:
    code = "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tui'}:{ROOT / 'rules'}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_holds_one_idea(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= 300, path


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_function_fits_on_a_screen(path: Path) -> None:
    if "migrations/versions" in path.as_posix():
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    # A command's options are its signature; what is counted is what it does.
    lengths = {f.name: (f.end_lineno or 0) - f.body[0].lineno + 1 for f in functions}
    assert {name: lines for name, lines in lengths.items() if lines > 60} == {}


def test_nothing_below_the_edge_reads_the_clock() -> None:
    clock = re.compile(r"\b(datetime\.now|date\.today|time\.time|utcnow)\(")
    below = [p for p in SOURCES if not any(part in p.parts for part in ("cli", "casereview_tui"))]
    assert [p.name for p in below if clock.search(p.read_text(encoding="utf-8"))] == []


def test_only_the_store_speaks_sql() -> None:
    outside = [p for p in SOURCES if (ROOT / "casereview" / "store") not in p.parents]
    asks = re.compile(r"\bexec_driver_sql\b|\bstore\.statements\b|\bconnection\.execute\(")
    names = re.compile(r"^\s*from sqlalchemy\b[^\n]* import (?!Connection$)", re.MULTILINE)
    found = [
        p.relative_to(ROOT).as_posix()
        for p in outside
        if asks.search(text := p.read_text(encoding="utf-8")) or names.search(text)
    ]
    assert found == []


def test_the_list_of_rooms_is_that_of_the_folders() -> None:
    text = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `(casereview[a-z/]*)` \| (.+) \|$", text, re.MULTILINE))
    told = {
        p.parent.relative_to(ROOT).as_posix(): (
            ast.get_docstring(ast.parse(p.read_text(encoding="utf-8"))) or ""
        ).splitlines()[0]
        for p in SOURCES
        if p.name == "__init__.py" and p.is_relative_to(ROOT / "casereview")
    }
    assert listed == {room: words.rstrip(".") for room, words in told.items()}
