"""Who people are leaves only with a role, a purpose and a line in the journal."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casereview.core.entries import Stream
from casereview.errors import NotAllowed, Refused
from casereview.service.doors.exporting import export_archive, export_rows
from casereview.store import journal

PURPOSE = "audit of discharges asked for by the trust"


def recorded(full: Any) -> list[Any]:
    with full.desk(10).reading() as work:
        entries = journal.load(work.connection, Stream("store", 1))
    return [e for e in entries if e.kind == "exported"]


def test_names_leave_with_a_purpose_and_the_journal_keeps_it(
    full: Any, order: Callable[..., Any]
) -> None:
    wanted = order("cases", identifiable=True, purpose=PURPOSE)
    rows, about = export_rows(full.desk(10, who="sister"), wanted)
    assert [r["case"] for r in rows] == ["C1", "C2", "C3"]
    assert rows[0]["name"] == "=Zoe Zebra0"
    assert rows[0]["nhs_number"] == "9990000018"
    assert {r["marking"] for r in rows} == {about["marking"]} == {"IDENTIFIABLE"}
    entry = recorded(full)[-1]
    assert (entry.recorded_by, entry.texts["purpose"]) == ("sister", PURPOSE)
    assert entry.body == {"what": "cases", "identifiable": True}
    full.sound()


def test_the_journal_says_why_to_those_who_may_read_words(
    full: Any, order: Callable[..., Any]
) -> None:
    export_rows(full.desk(10), order("cases", identifiable=True, purpose=PURPOSE))
    wanted = order("journal", identifiable=True, purpose="who looked at what this year")
    rows, _ = export_rows(full.desk(10), wanted)
    assert [r["body"]["purpose"] for r in rows if r["kind"] == "exported"] == [
        PURPOSE, wanted.purpose,
    ]  # fmt: skip
    plain, _ = export_rows(full.desk(10), order("journal"))
    assert [r["body"] for r in plain if r["kind"] == "exported"] == [
        {"what": "cases", "identifiable": True}, {"what": "journal", "identifiable": True},
    ]  # fmt: skip


def test_who_a_restricted_person_is_never_leaves(full: Any, order: Callable[..., Any]) -> None:
    rows, _ = export_rows(full.desk(10), order("cases", identifiable=True, purpose=PURPOSE))
    hidden = rows[2]
    assert [hidden[k] for k in ("name", "local_id", "nhs_number", "born_on")] == [None] * 4


@pytest.mark.parametrize("role", ["clinician", "manager", "auditor"])
def test_other_roles_are_refused_and_nothing_is_recorded(
    full: Any, order: Callable[..., Any], role: str
) -> None:
    full.user("somebody", role=role)
    for make in (
        lambda d: export_rows(d, order("cases", identifiable=True, purpose=PURPOSE)),
        lambda d: export_archive(d, full.place.with_name("a.zip"), purpose=PURPOSE),
    ):
        with pytest.raises(NotAllowed) as caught:
            make(full.desk(10, who="somebody"))
        assert caught.value.next
    assert recorded(full) == []
    assert not full.place.with_name("a.zip").exists()


@pytest.mark.parametrize("purpose", ["", "   ", "audit"])
def test_a_purpose_that_says_nothing_is_refused(
    full: Any, order: Callable[..., Any], purpose: str
) -> None:
    with pytest.raises(Refused) as caught:
        export_rows(full.desk(10), order("cases", identifiable=True, purpose=purpose))
    assert caught.value.code == "no_purpose"


def test_the_token_of_another_command_opens_no_way_round_the_right(
    full: Any, order: Callable[..., Any]
) -> None:
    done = full.desk(10, command="token-1")
    export_rows(done, order("cases", identifiable=True, purpose=PURPOSE))
    again = full.desk(10, who="dr.a", command="token-1")
    with pytest.raises(NotAllowed):
        export_rows(again, order("cases", identifiable=True, purpose=PURPOSE))


def test_cells_start_no_formula_in_a_spreadsheet(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    file = tmp_path / "cases.csv"
    words = ("--identifiable", "--purpose", PURPOSE, "-o", str(file))
    assert command("export", "cases", *words)[0] == 0
    with file.open(newline="", encoding="utf-8") as held:
        rows = list(csv.DictReader(held))
    assert rows[0]["marking"] == "IDENTIFIABLE"
    assert rows[0]["name"] == "'=Zoe Zebra0"
    assert not any(v.startswith(("=", "+", "-", "@")) for r in rows for v in r.values())


@pytest.mark.parametrize(
    "words",
    [
        ("export", "cases", "--identifiable", "--purpose", PURPOSE),
        ("export", "archive", "--purpose", PURPOSE),
        ("export", "casse"),
        ("export",),
        ("export", "events", "--fact", "today"),
        ("export", "cases", "--owner", "dr.a"),
        ("export", "calendar", "--as-of", "2026-03-02"),
        ("export", "cases", "--weeks", "3"),
        ("export", "calendar", "--identifiable", "--purpose", PURPOSE, "-o", "never.ics"),
        ("export", "calendar", "--key", "never.key"),
        ("export", "archive", "--key", "never.key", "--purpose", PURPOSE, "-o", "never.zip"),
        ("export", "cases", "--identifiable", "--key", "k", "--purpose", PURPOSE, "-o", "n.csv"),
        ("export", "xes", "--format", "csv"),
        ("export", "cases", "--on", "2026-03-02"),
    ],
)
def test_words_that_make_no_export_end_with_code_2(
    command: Callable[..., tuple[int, str, str]],
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = command(*words)
    assert (code, out) == (2, "")
    assert err


def test_a_file_that_is_there_is_kept(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    file = tmp_path / "b.json"
    file.write_text("mine")
    assert command("export", "fhir", "-o", str(file))[0] == 2
    assert file.read_text() == "mine"
    assert command("export", "fhir", "-o", str(file), "--yes")[0] == 0
    assert json.loads(file.read_text())["resourceType"] == "Bundle"
