"""The archive: a store that is rebuilt has the same chain heads, and a changed file is refused."""

import io
import json
import random
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casereview.core.entries import Stream
from casereview.errors import CaseReviewError, Refused, StoreError, Usage
from casereview.exchange.out import archive_read as out_archive_read
from casereview.service import checking
from casereview.service.actions import actions
from casereview.service.cases import cases, moving, showing
from casereview.service.doors.exporting import export_archive, restore_archive
from casereview.service.reviews import minutes
from casereview.store import journal
from casereview.store.opening import open_store
from casereview.store.whole import heads

PURPOSE = "move to another computer"


def heads_of(place: Path) -> list[tuple[Any, ...]]:
    with open_store(place, read_only=True) as store, store.read() as connection:
        return [tuple(row) for row in heads(connection)]


@pytest.fixture
def archive(full: Any, tmp_path: Path) -> Path:
    file = tmp_path / "store.zip"
    export_archive(full.desk(10), file, purpose=PURPOSE)
    return file


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "rebuilt.db"


def other(full: Any, place: Path) -> Any:
    """The same service on another store."""
    return type(full)(place, full.library, full.admin)


def test_the_rebuilt_store_has_the_same_heads_and_verifies(
    full: Any, archive: Path, target: Path
) -> None:
    row = restore_archive(target, archive)[0]
    assert heads_of(target) == heads_of(full.place)
    assert row["chains"] == len(heads_of(target))
    again = other(full, target)
    try:
        again.sound()
        assert again.store.meta == full.store.meta
        for case in ("C1", "C2", "C3"):
            assert again.show(case) == full.show(case)
        assert minutes.minutes(again.desk(10), "R2") == minutes.minutes(full.desk(10), "R2")
    finally:
        again.restart()
    assert target.stat().st_mode & 0o777 == 0o600
    assert archive.stat().st_mode & 0o777 == 0o600


def test_the_head_printed_in_minutes_holds_the_archive(
    full: Any, archive: Path, target: Path
) -> None:
    printed = minutes.minutes(full.desk(10), "R2")["journal_head"][:16]
    with pytest.raises(CaseReviewError, match="no seal has the head"):
        restore_archive(target, archive, head="0" * 16)
    assert not target.exists()
    assert restore_archive(target, archive, head=printed)


def test_work_goes_on_in_the_rebuilt_store(full: Any, archive: Path, target: Path) -> None:
    restore_archive(target, archive)
    again = other(full, target)
    try:
        assert again.case("W1", "new-person", day=11) == "C4"
        assert again.open("ward-round", "W1", 13, who="dr.a") == "R3"
        again.sound()
    finally:
        again.restart()


def test_a_command_that_was_done_is_not_done_again(full: Any, archive: Path, target: Path) -> None:
    del archive
    cases.note(full.desk(10, command="once"), "C2", "a note", on=_day(10))
    file = target.with_name("second.zip")
    export_archive(full.desk(10), file, purpose=PURPOSE)
    restore_archive(target, file)
    again = other(full, target)
    try:
        cases.note(again.desk(10, command="once"), "C2", "a note", on=_day(10))
        assert heads_of(target) == heads_of(full.place)
    finally:
        again.restart()


def _day(n: int) -> Any:
    from datetime import date

    return date(2026, 3, n)


def test_erased_words_stay_erased_and_the_chains_still_verify(full: Any, target: Path) -> None:
    with full.store.write() as connection:
        entries = journal.load(connection, Stream("case", 1))
        noted = [e.number for e in entries if e.kind == "noted"]
        journal.erase_texts(connection, noted)
    file = target.with_name("erased.zip")
    export_archive(full.desk(10), file, purpose=PURPOSE)
    restore_archive(target, file)
    with open_store(target, read_only=True) as store, store.read() as connection:
        again = journal.load(connection, Stream("case", 1))
        assert [e.texts for e in again if e.kind == "noted"] == [{}]
    assert heads_of(target) == heads_of(full.place)


def test_nothing_is_written_over(full: Any, archive: Path, target: Path) -> None:
    target.write_text("mine")
    with pytest.raises(StoreError) as caught:
        restore_archive(target, archive)
    assert caught.value.code == "store_exists"
    assert target.read_text() == "mine"
    with pytest.raises(StoreError):
        restore_archive("postgresql://somewhere/base", archive)
    with pytest.raises(Usage):
        restore_archive(target.with_name("x.db"), archive.with_name("absent.zip"))


# --- changed archives


def rewritten(
    archive: Path, change: Callable[[dict[str, bytes]], None], *, reseal: bool = False
) -> Path:
    """Write the archive again after a change; `reseal` makes the manifest fit what was changed."""
    with zipfile.ZipFile(archive) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    change(parts)
    if reseal:
        manifest = json.loads(parts["manifest.json"])
        for name in manifest["parts"]:
            content = parts[name]
            manifest["parts"][name] = {
                "sha256": sha256(content).hexdigest(),
                "bytes": len(content),
                "lines": content.count(b"\n"),
            }
        parts["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return archive


def _line(parts: dict[str, bytes], name: str, n: int, change: Callable[[list[Any]], None]) -> None:
    lines = parts[name].splitlines(keepends=True)
    row = json.loads(lines[n])
    change(row)
    lines[n] = json.dumps(row, separators=(",", ":")).encode() + b"\n"
    parts[name] = b"".join(lines)


def _set(column: int, value: Any) -> Callable[[list[Any]], None]:
    return lambda row: row.__setitem__(column, value)


def _drop(parts: dict[str, bytes], name: str, n: int) -> None:
    lines = parts[name].splitlines(keepends=True)
    del lines[n]
    parts[name] = b"".join(lines)


def _manifest(key: str, value: Any) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        held = json.loads(parts["manifest.json"])
        where, _, name = key.rpartition(".")
        (held[where] if where else held)[name] = value
        parts["manifest.json"] = json.dumps(held).encode()

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda p: _line(p, "entries.jsonl", 8, _set(6, 20_000)),
        lambda p: _line(p, "entry_text.jsonl", 2, _set(2, '{"name":"Somebody Else"}')),
        lambda p: _line(p, "heads.jsonl", 0, _set(3, "0" * 64)),
        lambda p: _line(p, "seals.jsonl", 0, _set(3, "0" * 64)),
        lambda p: _drop(p, "entries.jsonl", 8),
        lambda p: _drop(p, "entries.jsonl", -1),
        lambda p: _drop(p, "heads.jsonl", 0),
        lambda p: _drop(p, "seals.jsonl", -1),
    ],
)
def test_a_changed_archive_is_refused_with_and_without_a_fitting_manifest(
    archive: Path, target: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    copy = tmp_path / "copy.zip"
    for reseal in (False, True):
        shutil.copy(archive, copy)
        with pytest.raises(CaseReviewError) as caught:
            restore_archive(target, rewritten(copy, change, reseal=reseal))
        assert caught.value.next or caught.value.code == "store_conflict"
        assert sorted(p.name for p in tmp_path.glob("rebuilt*")) == []


@pytest.mark.parametrize(
    "change",
    [
        _manifest("format", "other"),
        _manifest("version", 2),
        _manifest("sealed_head", "0" * 64),
        _manifest("store.time_zone", "Mars/Olympus"),
        _manifest("store.schema", "99"),
        _manifest("store.created", "2026-03-01"),
        _manifest("parts", {}),
        lambda p: p.__setitem__("manifest.json", b"[" * 100_000),
        lambda p: p.__setitem__("manifest.json", b"NaN"),
        lambda p: p.__setitem__("more.txt", b"x"),
        lambda p: p.pop("heads.jsonl"),
        lambda p: p.__setitem__("../evil.jsonl", p.pop("heads.jsonl")),
    ],
)
def test_an_odd_manifest_or_directory_is_refused(
    archive: Path, target: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    with pytest.raises(CaseReviewError) as caught:
        restore_archive(target, rewritten(archive, change))
    assert caught.value.code == "archive"
    assert not target.exists()


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 100_000 + b"\n",
        b"{}\n",
        b"[1]\n",
        b'["a","b","c"]\n',
        b"not json\n",
        b"[NaN,NaN,NaN]\n",
        b'[1,"00","x"]\n',
        b'[99999999999999999999999,"' + b"0" * 32 + b'","x"]\n',
    ],
)
def test_a_line_that_is_no_row_is_refused(archive: Path, target: Path, text: bytes) -> None:
    spoilt = rewritten(archive, lambda p: p.__setitem__("entry_text.jsonl", text), reseal=True)
    with pytest.raises(CaseReviewError, match="entry_text"):
        restore_archive(target, spoilt)
    assert not target.exists()


def test_a_part_that_unpacks_to_too_much_is_refused_before_it_is_read(
    archive: Path, target: Path
) -> None:
    spoilt = rewritten(
        archive, lambda p: p.__setitem__("entries.jsonl", b"0" * (64 * 2**20)), reseal=True
    )
    assert spoilt.stat().st_size < 2**20
    with pytest.raises(CaseReviewError, match="unpacks to too much"):
        restore_archive(target, spoilt)


def test_a_long_line_is_refused(
    archive: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(out_archive_read, "LINE_MAX", 200)
    with pytest.raises(CaseReviewError, match="longer than 200 bytes"):
        restore_archive(target, archive)


def test_a_file_cut_short_or_of_another_kind_is_refused(
    archive: Path, target: Path, tmp_path: Path
) -> None:
    content = archive.read_bytes()
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as packed:
        for n in range(3_000):
            packed.writestr(f"{n}.txt", "")
    spoilt = tmp_path / "spoilt.zip"
    for damaged in (b"", b"PK", content[:-40], content[: len(content) // 2], many.getvalue()):
        spoilt.write_bytes(damaged)
        with pytest.raises(CaseReviewError) as caught:
            restore_archive(target, spoilt)
        assert caught.value.code == "archive"
    with pytest.raises(CaseReviewError, match="no plain file"):
        restore_archive(target, tmp_path)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_flipped_byte_never_makes_another_store(
    archive: Path, target: Path, data: st.DataObject
) -> None:
    content = bytearray(archive.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    spoilt = archive.with_name("flipped.zip")
    spoilt.write_bytes(content)
    try:
        restore_archive(target, spoilt)
    except CaseReviewError:
        assert not target.exists()
    else:
        # Times and attributes of the zip directory say nothing about the store.
        assert heads_of(target) == heads_of(archive.with_name("team.db"))
        target.unlink()
    spoilt.unlink()


# --- any history


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(0, 25))
def test_any_history_comes_back_as_it_was(
    make_service: Callable[[Path], Any], seed: int, steps: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        held = make_service(folder)
        held.team("W1", "ward", meets=["tue,fri"], people=["dr.a"])
        _live(held, random.Random(seed), steps)
        file, place = folder / "a.zip", folder / "again.db"
        export_archive(held.desk(28), file, purpose=PURPOSE)
        restore_archive(place, file)
        again = other(held, place)
        assert heads_of(place) == heads_of(held.place)
        assert all(r["ok"] for r in checking.verify(again.desk(28)))
        assert showing.list_cases(again.desk(28), only="all") == showing.list_cases(
            held.desk(28), only="all"
        )
        again.restart()
        held.restart()


def _live(held: Any, dice: random.Random, steps: int) -> None:
    words = ["ok", "=1+1", "\u202eevil", "Zoë 🦓", "line\nline", "<b>"]
    for day in sorted(dice.randint(1, 27) for _ in range(steps)):
        case = f"C{dice.randint(1, 4)}"
        desk = held.desk(day)
        try:
            match dice.randint(0, 5):
                case 0 | 1:
                    held.case("W1", f"p{dice.randint(1, 5)}", day=day)
                case 2:
                    cases.note(desk, case, dice.choice(words), on=_day(day))
                case 3:
                    moving.move(desk, case, "stabilise", on=_day(day), override="as agreed")
                case 4:
                    actions.add(desk, [case], dice.choice(words), owner="dr.a", due_on=_day(28))
                case _:
                    held.set(case, day, destination=dice.choice(words), legal_status="informal")
        except Refused:
            continue


# --- the command line


def test_the_command_line_goes_there_and_back(
    command: Callable[..., tuple[int, str, str]], full: Any, tmp_path: Path
) -> None:
    file, place = tmp_path / "all.zip", tmp_path / "again.db"
    words = ("--purpose", PURPOSE, "-o", str(file), "--format", "json")
    code, out, err = command("export", "archive", *words)
    assert code == 0, err
    made = json.loads(out)["rows"][0]
    code, out, err = command(
        "import", "--archive", str(file), "--store", str(place), "--format", "json"
    )
    assert code == 0, err
    assert json.loads(out)["rows"][0]["entries"] == made["entries"]
    assert command("verify", "--store", str(place))[0] == 0
    assert heads_of(place) == heads_of(full.place)
    code, _, err = command("import", "--archive", str(file), "--store", str(place))
    assert code == 1
    assert "already something" in err


def test_archive_and_file_are_not_imported_together(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    assert command("import", "x.csv", "--archive", "a.zip")[0] == 2
    assert command("import", "--head", "0" * 12)[0] == 2
    assert command("import")[0] == 2
    assert command("export", "--archive", "--team", "W1", "-o", str(tmp_path / "a.zip"))[0] == 2
