from __future__ import annotations

from pathlib import Path

import pytest

from casereview.packs.library import Library

GOOD_PACK = """\
[pack]
id = "mine"
version = 1
title = "My review"
source = "The team's own"
meets = ["tue"]

[[question]]
id = "ready"
kind = "yesno"
ask = "Is {person} ready?"
pass = "yes"
[question.otherwise]
action = "Make {person} ready"

[[decision]]
when = "answer_ready = 'yes'"
proposes = "complete"

[[rule]]
id = "long"
title = "A long time in this stage"
when = "days_in_stage > 42 and open_actions = 0"
action = "Agree the next step or close"

[[example]]
title = "ready"
given = { answer_ready = "yes", days_in_stage = 43 }
expect = { proposes = "complete", rules = ["long"] }
"""


@pytest.fixture(scope="session")
def library() -> Library:
    return Library()


@pytest.fixture
def good_pack() -> str:
    return GOOD_PACK


@pytest.fixture
def rules_folder(tmp_path: Path) -> Path:
    for name in ("reviews", "pathways"):
        (tmp_path / name).mkdir()
    return tmp_path
