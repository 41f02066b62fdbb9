"""The storms' own modules, loaded by path because test folders are no packages."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from casereview.packs.library import Library

pytest.register_assert_rewrite("storm_machine")


def _load(name: str) -> ModuleType:
    key = f"storm_{name}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, Path(__file__).with_name(f"{name}.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[key] = module
        spec.loader.exec_module(module)
    return sys.modules[key]


@pytest.fixture(scope="session")
def load() -> Any:
    """`load("commands")` is the module of that name beside this file."""
    return _load


@pytest.fixture(scope="session")
def library() -> Library:
    return Library()
