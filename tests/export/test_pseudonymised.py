"""What leaves by default says nothing about who anybody is."""

import io
import json
import re
import stat
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from casereview.errors import Refused
from casereview.exchange.out.names import Names, export_key
from casereview.service.cases import moving
from casereview.service.doors.exporting import export_fhir, export_rows, export_xes
from casereview.service.doors.tables import ROWS

MARK, BORN, NHS = "zebra", "1990-11-23", "9990000018"
PSEUDONYM = re.compile(r"[a-z]-[0-9a-f]{16}")


def leaks(text: str) -> list[str]:
    found = [w for w in (MARK, BORN, NHS, "dr.a", "dr.b", "sister") if w in text.lower()]
    return found + re.findall(r"\b[CPRAW]\d+\b", text.replace("W1", ""))


def rows_of(full: Any, order: Callable[..., Any], what: str, **more: Any) -> list[dict[str, Any]]:
    return list(export_rows(full.desk(10), order(what, **more))[0])


@pytest.mark.parametrize("what", ROWS)
def test_no_table_holds_a_name_an_id_or_a_typed_word(
    full: Any, order: Callable[..., Any], what: str
) -> None:
    rows = rows_of(full, order, what)
    assert rows
    assert leaks(json.dumps(rows, default=str)) == []


def test_the_bundle_and_the_log_hold_no_name_either(full: Any, order: Callable[..., Any]) -> None:
    bundle = json.dumps(export_fhir(full.desk(10), order("fhir")))
    assert [w for w in leaks(bundle) if not w.startswith("R")] == []
    assert leaks(export_xes(full.desk(10), order("xes")).decode()) == []


def test_every_format_of_the_command_line_is_as_silent(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    for ending in ("csv", "json", "xlsx", "parquet"):
        file = tmp_path / f"actions.{ending}"
        assert command("export", "actions", "-o", str(file))[0] == 0
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert leaks(_text(file)) == [], ending


def _text(file: Path) -> str:
    content = file.read_bytes()
    if file.suffix == ".parquet":
        return str(pl.read_parquet(io.BytesIO(content)).to_dicts())
    if file.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            names = [n for n in book.namelist() if "sharedStrings" in n]
            return "".join(book.read(n).decode() for n in names)
    return content.decode()


def test_the_same_person_and_worker_have_one_pseudonym_in_every_table(
    full: Any, order: Callable[..., Any]
) -> None:
    cases = {r["case"]: r for r in rows_of(full, order, "cases")}
    assert len(cases) == 3
    assert all(PSEUDONYM.fullmatch(c) for c in cases)
    for what in ("events", "answers"):
        assert {r["case"] for r in rows_of(full, order, what)} <= set(cases)
    workers = {r["key_worker"] for r in cases.values()}
    assert workers <= {r["owner"] for r in rows_of(full, order, "actions")} | workers
    assert {r["said_by"] for r in rows_of(full, order, "answers")} <= {
        r["recorded_by"] for r in rows_of(full, order, "journal")
    }


def test_ages_are_bands_and_a_restricted_person_has_none(
    full: Any, order: Callable[..., Any]
) -> None:
    rows = rows_of(full, order, "cases")
    assert [r["age_band"] for r in rows] == ["35-44", "35-44", "age unknown"]
    assert [r["sex"] for r in rows] == ["female", "female", None]


def test_a_code_of_ones_own_leaves_as_local(full: Any, order: Callable[..., Any]) -> None:
    contacts = [r["what"] for r in rows_of(full, order, "events") if r["event"] == "contact"]
    assert contacts == ["face-to-face", "local"]


def test_facts_are_added_when_asked_for_and_never_free_text(
    full: Any, order: Callable[..., Any]
) -> None:
    rows = rows_of(full, order, "cases", facts=("legal_status", "days_since_referral"))
    assert rows[0]["legal_status"] == "informal"
    with pytest.raises(Refused) as caught:
        rows_of(full, order, "cases", facts=("destination",))
    assert caught.value.code == "free_text"
    with pytest.raises(Refused) as caught:
        rows_of(full, order, "cases", facts=("legal_stauts",))
    assert "legal_status" in caught.value.next


def test_an_export_answers_for_its_day(full: Any, order: Callable[..., Any]) -> None:
    early = full.desk(10, as_of=_day(2))
    rows = list(export_rows(early, order("cases"))[0])
    assert [r["stage"] for r in rows] == ["recover", "assess", "assess"]
    assert list(export_rows(early, order("answers"))[0]) == []


def _day(n: int) -> Any:
    from datetime import date

    return date(2026, 3, n)


def test_one_team_is_exported_alone(full: Any, order: Callable[..., Any]) -> None:
    full.team("W2", "ward")
    full.case("W2", "other-1", day=3)
    assert len(rows_of(full, order, "cases")) == 4
    assert [r["team"] for r in rows_of(full, order, "cases", team="W2")] == ["W2"]
    assert {r["team"] for r in rows_of(full, order, "journal", team="W2")} == {"W2"}


# --- the key


def test_the_key_is_made_once_for_its_owner_alone(key: Path) -> None:
    first = export_key(key)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert export_key(key) == first
    assert len(first) == 32


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_can_read_is_refused(key: Path, mode: int) -> None:
    export_key(key)
    key.chmod(mode)
    with pytest.raises(Refused, match="other users"):
        export_key(key)


def test_a_link_a_folder_and_a_file_that_is_no_key_are_refused(key: Path, tmp_path: Path) -> None:
    export_key(key)
    link = tmp_path / "link.key"
    link.symlink_to(key)
    other = tmp_path / "other.key"
    other.write_text("not a key\n")
    other.chmod(0o600)
    for path in (link, other, tmp_path):
        with pytest.raises(Refused) as caught:
            export_key(path)
        assert caught.value.code == "export_key"
        assert caught.value.next


def test_another_key_or_store_gives_other_pseudonyms() -> None:
    names = [Names(bytes(32), "a"), Names(bytes(32), "b"), Names(b"\x01" * 32, "a")]
    assert len({n.case(1) for n in names}) == 3
    assert len({n.worker("x") for n in names}) == 3
    assert names[0].case(1) != names[0].person(1)
    assert names[0].case(None) is None


def test_the_command_keeps_its_key_outside_the_store(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    code, out, _ = command("export", "cases", "--format", "json")
    assert code == 0
    body = json.loads(out)
    assert body["marking"] == "pseudonymised"
    assert "free text" in body["leaves_out"]
    key = tmp_path / "data" / "casereview" / "export.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    again = json.loads(command("export", "cases", "--format", "json")[1])
    assert again["rows"] == body["rows"]
    key.chmod(0o644)
    assert command("export", "cases")[0] == 1


def test_the_marks_are_there_to_be_found(full: Any, order: Callable[..., Any]) -> None:
    wanted = order("actions", identifiable=True, purpose="to prove the other tests")
    found = leaks(json.dumps(export_rows(full.desk(10), wanted)[0], default=str))
    assert MARK in found
    assert "C2" in found


def test_what_was_known_earlier_has_the_same_pseudonyms(
    command: Callable[..., tuple[int, str, str]],
) -> None:
    now = json.loads(command("export", "cases", "--format", "json")[1])["rows"]
    words = ("--known-by", "2026-03-04T00:00:00Z", "--format", "json")
    then = json.loads(command("export", "cases", *words)[1])["rows"]
    assert [r["case"] for r in then] == [r["case"] for r in now]
    assert [r["stage"] for r in then] == ["recover", "assess", "assess"]


def test_a_date_that_came_with_a_transfer_leaves_as_a_date(
    service: Any, order: Callable[..., Any]
) -> None:
    service.team("W2", "ward", people=["dr.c"])
    case = service.case("W1", "P1", worker="dr.a")
    service.set(case, 2, expected_end_on="2026-04-30", safeguarding="none")
    moving.transfer(service.desk(3, 9, "dr.a"), case, team="W2", on=date(2026, 3, 3))
    moving.accept(service.desk(4, 9, "dr.c"), case, on=date(2026, 3, 4))
    rows = rows_of(service, order, "events")
    dates = [r["value"] for r in rows if r["what"] == "expected_end_on"]
    assert dates == ["2026-04-30", "2026-04-30"]
