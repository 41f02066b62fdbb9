"""An archive whose manifest was made to fit what was changed: what no chain covers is looked at."""

import json
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from casereview.errors import CaseReviewError
from casereview.exchange.out.archive_read import PARTS
from casereview.service.doors.exporting import export_archive, restore_archive

Rows = list[list[Any]]
RESULT, TEXT, LAST = 3, 4, 1


@pytest.fixture
def archive(full: Any, tmp_path: Path) -> Path:
    file = tmp_path / "store.zip"
    export_archive(full.desk(10), file, purpose="move to another computer")
    return file


def resealed(archive: Path, part: str, change: Callable[[Rows], object], **about: str) -> Path:
    """Write the archive again with the rows of one part changed and a manifest that fits."""
    with zipfile.ZipFile(archive) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    rows = [json.loads(line) for line in parts[part].splitlines()]
    change(rows)
    parts[part] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    manifest = json.loads(parts["manifest.json"])
    manifest["store"] |= about
    manifest["parts"][part] = {
        "sha256": sha256(parts[part]).hexdigest(),
        "bytes": len(parts[part]),
        "lines": len(rows),
    }
    parts["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return archive


def put(row: int, column: int, value: Any) -> Callable[[Rows], object]:
    return lambda rows: rows[row].__setitem__(column, value)


def nothing(rows: Rows) -> None:
    assert rows


def used_pack(rows: Rows) -> list[Any]:
    return next(r for r in rows if r[1] == "ward-round")


def softer(rows: Rows) -> None:
    row = used_pack(rows)
    row[TEXT] = row[TEXT].replace("Three yeses", "Two yeses")


def without_pack(rows: Rows) -> None:
    rows.remove(used_pack(rows))


def back_to_nothing(rows: Rows) -> None:
    next(r for r in rows if r[0] == "case")[LAST] = 0


@pytest.mark.parametrize(
    ("part", "change", "says"),
    [
        ("packs_kept.jsonl", softer, "kept text of ward-round"),
        ("packs_kept.jsonl", without_pack, "pack that a review used"),
        ("counters.jsonl", back_to_nothing, "new numbers"),
        ("counters.jsonl", list.clear, "new numbers"),
        ("commands.jsonl", put(0, RESULT, "{"), "another type"),
        ("commands.jsonl", put(0, RESULT, "[]"), "another type"),
        ("entry_text.jsonl", put(1, 2, "\ud800"), "another type"),
        ("entries.jsonl", put(0, 15, "\udfff"), "another type"),
    ],
)
def test_what_no_chain_covers_is_looked_at_too(
    archive: Path, tmp_path: Path, part: str, change: Callable[[Rows], object], says: str
) -> None:
    with pytest.raises(CaseReviewError, match=says) as caught:
        restore_archive(tmp_path / "made.db", resealed(archive, part, change))
    assert caught.value.code == "archive"
    assert list(tmp_path.glob("made*")) == []


@pytest.mark.parametrize("about", [{"rehearsal": "1"}, {"time_zone": "America/New_York"}])
def test_a_manifest_that_describes_the_store_otherwise_than_its_journal_is_refused(
    full: Any, archive: Path, tmp_path: Path, about: dict[str, str]
) -> None:
    if full.store.meta.get("rehearsal") == about.get("rehearsal"):
        about = {"rehearsal": "0"}
    with pytest.raises(CaseReviewError, match="its journal began") as caught:
        restore_archive(tmp_path / "made.db", resealed(archive, "heads.jsonl", nothing, **about))
    assert caught.value.code == "archive"
    assert list(tmp_path.glob("made*")) == []


def test_an_archive_that_is_only_written_again_is_taken(archive: Path, tmp_path: Path) -> None:
    assert restore_archive(tmp_path / "made.db", resealed(archive, "counters.jsonl", nothing))


@pytest.mark.parametrize("part", sorted(PARTS))
@pytest.mark.parametrize("how", ["a line twice", "a line less", "two lines swapped", "a blank"])
def test_a_part_that_its_manifest_does_not_describe_is_not_even_parsed(
    archive: Path, tmp_path: Path, part: str, how: str
) -> None:
    with zipfile.ZipFile(archive) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    lines = parts[part].splitlines(keepends=True)
    match how:
        case "a line twice":
            lines.append(lines[-1])
        case "a line less":
            lines.pop()
        case "two lines swapped":
            lines[0], lines[-1] = lines[-1], lines[0]
        case _:
            lines[0] = lines[0].replace(b",", b", ", 1)
    changed = b"".join(lines)
    if changed == parts[part]:
        pytest.skip("one line cannot be swapped")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, changed if name == part else content)
    with pytest.raises(CaseReviewError, match=f"{part} differs from what its manifest says"):
        restore_archive(tmp_path / "made.db", archive)
    assert list(tmp_path.glob("made*")) == []
