"""After every word is erased each export is still made, and none of the words is in it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casereview.exchange.out.letter import letter_html
from casereview.service.doors.exporting import (
    export_archive,
    export_fhir,
    export_rows,
    export_xes,
    restore_archive,
)
from casereview.service.doors.letter import letter
from casereview.service.doors.tables import ROWS
from casereview.store import journal

MARK = "zebra"
PURPOSE = "to see what is left of the words"


@pytest.fixture
def erased(full: Any, tmp_path: Path) -> Any:
    """The service rebuilt from an archive that was written after all texts about people went."""
    with full.store.write() as connection:
        kept = ("user", "team")
        numbers = [e.number for e in journal.iterate(connection) if e.stream.kind not in kept]
        assert journal.erase_texts(connection, numbers) > 10
    file, place = tmp_path / "erased.zip", tmp_path / "again" / "team.db"
    place.parent.mkdir()
    export_archive(full.desk(10), file, purpose=PURPOSE)
    restore_archive(place, file)
    again = type(full)(place, full.library, full.admin)
    yield again
    again.restart()


def test_no_erased_word_is_in_any_export(erased: Any, order: Callable[..., Any]) -> None:
    for what in ROWS:
        wanted = order(what, identifiable=True, purpose=PURPOSE)
        rows, _ = export_rows(erased.desk(10), wanted)
        assert rows
        assert f"=zoe {MARK}" not in json.dumps(rows, default=str).lower()
        assert f"{MARK} " not in json.dumps(rows, default=str).lower()
    wanted = order("fhir", identifiable=True, purpose=PURPOSE)
    for text in (
        json.dumps(export_fhir(erased.desk(10), wanted)),
        export_xes(erased.desk(10), wanted).decode(),
        letter_html(letter(erased.desk(10), "C1", named=True)),
    ):
        assert f"{MARK} " not in text.lower()
        assert "9990000018" not in text
    erased.sound()
