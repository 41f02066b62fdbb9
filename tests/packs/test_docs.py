from __future__ import annotations

import re
from pathlib import Path

from casereview.packs.check import check_text
from casereview.packs.library import Library

GUIDE = Path(__file__).parents[2] / "docs" / "packs.md"


def test_the_whole_pack_of_the_guide_has_no_fault(library: Library) -> None:
    block = re.search(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    checked = check_text(block[1], "guide.toml", library)
    assert (checked.faults, checked.warnings) == ((), ())
