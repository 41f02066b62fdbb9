"""The generator shared with the long command, and a catalogue like the shipped one."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Engine, create_engine


@pytest.fixture(scope="session")
def generate() -> ModuleType:
    """The module of random conditions; loaded by path because test folders are not packages."""
    path = Path(__file__).with_name("generate.py")
    spec = importlib.util.spec_from_file_location("conditions_generate", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def memory() -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    yield engine
    engine.dispose()
