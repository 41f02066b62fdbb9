"""An archive holds every kind of chain that the journal knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from casereview.core.entries import STREAM_KINDS
from casereview.service.doors.exporting import export_archive, restore_archive
from casereview.service.typed import figures
from casereview.store.opening import open_store
from casereview.store.rebuild import FOLDS, compare_rows
from casereview.store.whole import heads

WITHOUT_ROWS = {"store", "plan"}


def test_every_kind_of_chain_that_has_rows_is_worked_out_anew() -> None:
    assert set(STREAM_KINDS) - WITHOUT_ROWS <= set(FOLDS)


def test_typed_figures_come_back_with_their_chain(service: Any, tmp_path: Path) -> None:
    service.team("W1", "ward")
    figures.put_figure(
        service.desk(10), "our-calls", "2026-01", "12", source="phone log", team="W1", new=True
    )
    file, target = tmp_path / "all.zip", tmp_path / "again.db"
    export_archive(service.desk(10), file, purpose="move to another computer")
    restore_archive(target, file)
    with open_store(target, read_only=True) as store, store.read() as connection:
        found = {tuple(row) for row in heads(connection)}
        assert [*compare_rows(connection)] == []
    with service.store.read() as connection:
        assert found == {tuple(row) for row in heads(connection)}
    assert "figures" in {row[0] for row in found}
