"""Deciding and folding are pure: the core can ask nothing of the clock, chance or the machine."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest

SPEC = importlib.util.find_spec("casereview.core")
assert SPEC is not None
ROOT = Path(next(iter(SPEC.submodule_search_locations or ())))
FILES = sorted(ROOT.rglob("*.py"))
IMPURE = {
    "os", "sys", "time", "random", "secrets", "uuid", "socket", "subprocess", "threading",
    "tempfile", "shutil", "getpass", "platform", "locale", "io", "sqlite3", "sqlalchemy",
}  # fmt: skip
ASKS = {"now", "today", "utcnow", "open", "input", "getenv", "exec", "eval"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_core_imports_nothing_that_differs_from_run_to_run(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert imported & IMPURE == set()


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_core_calls_nothing_that_asks_the_world(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            called.add(node.func.id)
        elif isinstance(node.func, ast.Attribute):
            whose = node.func.value
            if getattr(whose, "id", "") in ("date", "datetime", "os", "builtins"):
                called.add(node.func.attr)
    assert called & ASKS == set()
