"""The rules in force, read once for every storm."""

from __future__ import annotations

import pytest

from casereview.packs.library import Library


@pytest.fixture(scope="session")
def library() -> Library:
    return Library()
