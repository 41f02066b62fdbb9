"""Every measure at once: hashes in a manifest, the same bytes again, all of it or nothing."""

from __future__ import annotations

import csv
import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from casereview.service.measuring.stats import measure_names

MONTHLY = ("--every", "month", "--from", "2026-01-01", "--to", "2026-02-28")


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def test_every_measure_is_written_as_csv_and_json_with_its_hash(served: Any) -> None:
    out = served.folder / "out"
    served.ok("stats", "--all", "-o", f"{out}/", *MONTHLY)
    found = contents(out)
    names = {f"{n}.{kind}" for n in measure_names() for kind in ("csv", "json")}
    assert found.keys() == names | {"manifest.json"}
    manifest = json.loads(found["manifest.json"])
    assert manifest["files"].keys() == names
    for name in names:
        told = manifest["files"][name]
        assert (told["sha256"], told["bytes"]) == (
            sha256(found[name]).hexdigest(), len(found[name]),
        )  # fmt: skip
    assert manifest["question"]["from"] == "2026-01-01"
    assert (manifest["as_of"], manifest["known_by"]) == ("2026-03-20", "2026-03-09T12:00:00Z")
    assert manifest["journal"]["entries_to"] > 0
    assert len(manifest["definitions"]) == 64


def test_the_figures_are_those_of_the_measure_on_its_own(served: Any) -> None:
    out = served.folder / "out"
    served.ok("stats", "--all", "-o", str(out), *MONTHLY)
    alone = served.rows("stats", "throughput", *MONTHLY)
    assert json.loads((out / "throughput.json").read_text())["rows"] == alone
    table = list(csv.DictReader((out / "throughput.csv").read_text().splitlines()))
    assert [r["referred"] for r in table] == ["2", "3"]


def test_a_second_run_later_on_the_same_store_is_the_same_to_the_byte(served: Any) -> None:
    first, second = served.folder / "one", served.folder / "two"
    asked = ("stats", "--all", *MONTHLY, "--as-of", "2026-03-10")
    served.ok(*asked, "-o", str(first))
    served.now("2026-05-01T18:00:00Z")
    served.ok(*asked, "-o", str(second))
    assert contents(first) == contents(second)


def test_a_state_of_knowledge_gives_the_same_bytes_whatever_came_later(served: Any) -> None:
    first, second = served.folder / "one", served.folder / "two"
    asked = (
        "stats", "--all", *MONTHLY, "--as-of", "2026-03-10", "--known-by", "2026-03-10T00:00:00Z",
    )  # fmt: skip
    served.ok(*asked, "-o", str(first))
    served.ok("case", "refer", "--team", "W1", "--person", "999", "--on", "2026-02-01")
    served.ok("stats", "put", "throughput", "2026-02", "3", "--source", "s")
    served.ok(*asked, "-o", str(second))
    assert contents(first) == contents(second)
    later = served.folder / "three"
    served.ok("stats", "--all", *MONTHLY, "--as-of", "2026-03-10", "-o", str(later))
    assert contents(later) != contents(first)


def test_published_files_leave_out_what_is_not_published_and_say_so(served: Any) -> None:
    out = served.folder / "out"
    served.ok("stats", "--all", "-o", str(out), *MONTHLY, "--publish", "hes7")
    manifest = json.loads((out / "manifest.json").read_text())
    left_out = {row["measure"] for row in manifest["left_out"]}
    assert "load" in left_out
    assert not (out / "load.csv").exists()
    assert manifest["question"]["publish"] == "hes7"
    assert "*" in (out / "throughput.csv").read_text()


def test_tables_that_stand_together_are_rounded_also_under_the_threshold(served: Any) -> None:
    for n in range(40):
        served.ok("case", "refer", "--team", "W1", "--person", f"T{n}", "--on", "2026-02-03")
    out = served.folder / "out"
    served.ok("stats", "--all", "-o", str(out), "--publish", "threshold10")
    assert json.loads((out / "manifest.json").read_text())["question"]["publish"] == (
        "threshold10-many"
    )
    row = json.loads((out / "throughput.json").read_text())["rows"][0]
    counts = [v for v in row.values() if isinstance(v, int) and not isinstance(v, bool)]
    assert max(counts) >= 40
    assert [v % 5 for v in counts] == [0] * len(counts)


def test_a_folder_that_holds_something_is_left_alone_unless_it_may_be_moved(served: Any) -> None:
    out = served.folder / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    assert served.refused("stats", "--all", "-o", str(out))["code"] == "output_exists"
    assert contents(out) == {"mine.txt": b"mine"}
    told = served.ok("stats", "--all", "-o", str(out), "--yes").err
    aside = served.folder / "out.before-1"
    assert contents(aside) == {"mine.txt": b"mine"}
    assert str(aside) in told
    assert (out / "manifest.json").exists()


def test_an_empty_folder_is_filled_and_nothing_half_made_is_left(served: Any) -> None:
    out = served.folder / "out"
    out.mkdir()
    served.ok("stats", "--all", "-o", str(out))
    assert (out / "manifest.json").exists()
    assert [p.name for p in served.folder.iterdir() if p.name.startswith(".")] == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_cannot_be_written_gets_a_sentence(served: Any) -> None:
    closed = served.folder / "closed"
    closed.mkdir(mode=0o500)
    assert served.refused("stats", "--all", "-o", str(closed / "x"))["code"] == "output_unwritable"


def names(folder: Path) -> set[str]:
    """Return what is in a folder besides the store's own files."""
    return {p.name for p in folder.iterdir() if not p.name.startswith("store.db")}


WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "no folder": ((), "output_missing"),
    "a measure besides": (("throughput", "-o", "OUT"), "all_measures"),
    "a chart": (("--spc", "-o", "OUT"), "all_measures"),
    "a group": (("--by", "team", "-o", "OUT"), "all_measures"),
    "a format": (("--format", "xlsx", "-o", "OUT"), "all_measures"),
    "a file": (("-o", "FILE"), "output_exists"),
    "a place that is not there": (("-o", "OUT/a/b"), "output_unwritable"),
    "an end before its start": (
        ("-o", "OUT", "--from", "2026-03-02", "--to", "2026-03-01"), "period"),
    "a kind of period that is none": (("-o", "OUT", "--every", "fortnight"), "unknown_period"),
    "a team that is none": (("-o", "OUT", "--team", "W9"), "not_found"),
    "a preset that is none": (("-o", "OUT", "--publish", "hes8"), "no_such_preset"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_wrong_input_gets_a_sentence_and_leaves_nothing(served: Any, what: str) -> None:
    words, code = WRONG[what]
    (served.folder / "FILE").write_text("x")
    before = names(served.folder)
    given = [w.replace("OUT", str(served.folder / "o")) for w in words]
    given = [str(served.folder / "FILE") if w == "FILE" else w for w in given]
    more = () if "--format" in given else ("--format", "json")
    result = served("stats", "--all", *given, *more)
    assert result.code in (1, 2)
    assert result.err or result.json["error"]["code"] == code
    assert names(served.folder) == before
