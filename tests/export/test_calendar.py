"""The calendar: meetings and due dates by ids, in lines that every program reads."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casereview.errors import NotFound, Refused
from casereview.exchange.out.calendar import FOLD, escaped, fold
from casereview.service.doors.calendar import export_calendar
from casereview.service.organisation import teams


def read(text: str) -> list[dict[str, str]]:
    """Return the events of a calendar, lines unfolded."""
    assert text.endswith("\r\n")
    lines = text.replace("\r\n ", "").split("\r\n")
    found: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and name != "END":
            found[-1][name] = value
    return found


def test_meetings_and_due_dates_are_there_without_a_name(full: Any) -> None:
    text = export_calendar(full.desk(10), weeks=2)
    events = read(text)
    meetings = [e for e in events if e["UID"].startswith("meeting-W1-")]
    assert [e["DTSTART;VALUE=DATE"] for e in meetings] == [
        "20260310", "20260313", "20260317", "20260320",
    ]  # fmt: skip
    assert all("ward round" in e["SUMMARY"] for e in meetings)
    # The hour is not known, so nobody's whole day is taken.
    assert {e["TRANSP"] for e in meetings} == {"TRANSPARENT"}
    due = {e["SUMMARY"]: e["DTSTART;VALUE=DATE"] for e in events if e not in meetings}
    assert any(s.endswith("(C2)") for s in due)
    assert "20260312" in due.values()
    assert not [w for w in ("zebra", "dr.a", "Zoe", "Call") if w.lower() in text.lower()]


def test_the_same_store_gives_the_same_uids(full: Any) -> None:
    uids = [[e["UID"] for e in read(export_calendar(full.desk(d)))] for d in (10, 10)]
    assert uids[0] == uids[1]
    assert len(set(uids[0])) == len(uids[0])
    assert all(u.endswith(f"@{full.store.id}") for u in uids[0])


def test_a_cancelled_meeting_is_gone_and_a_moved_one_has_moved(full: Any) -> None:
    teams.change_meeting(full.desk(9), "W1", date(2026, 3, 13), move_to=None, reason="strike")
    teams.change_meeting(
        full.desk(9), "W1", date(2026, 3, 17), move_to=date(2026, 3, 18), reason="training"
    )
    days = [
        e["DTSTART;VALUE=DATE"]
        for e in read(export_calendar(full.desk(10), weeks=2))
        if e["UID"].startswith("meeting")
    ]
    assert days == ["20260310", "20260318", "20260320"]


def test_one_owner_sees_their_own_actions(full: Any) -> None:
    events = read(export_calendar(full.desk(10), owner="dr.b"))
    assert not [e for e in events if e["UID"].startswith("action")]
    with pytest.raises(NotFound):
        export_calendar(full.desk(10), owner="nobody.here")
    with pytest.raises(NotFound):
        export_calendar(full.desk(10), team="W9")


@pytest.mark.parametrize("weeks", [0, -1, 53])
def test_a_span_out_of_bounds_is_refused(full: Any, weeks: int) -> None:
    with pytest.raises(Refused):
        export_calendar(full.desk(10), weeks=weeks)


@given(
    st.text(
        alphabet=st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=5
    ).map(lambda text: "SUMMARY:" + "abcde" * 14 + text * 40)
)
def test_folded_lines_are_short_and_come_back_whole(line: str) -> None:
    parts = list(fold(line))
    assert all(len(p.encode()) <= FOLD for p in parts)
    assert all(p.startswith(" ") for p in parts[1:])
    assert "".join([parts[0], *(p[1:] for p in parts[1:])]) == line


def test_signs_that_mean_something_are_escaped() -> None:
    assert escaped("a,b;c\\d\ne\r\nf") == "a\\,b\\;c\\\\d\\ne\\nf"


def test_the_command_writes_it(command: Callable[..., tuple[int, str, str]], tmp_path: Any) -> None:
    file = tmp_path / "team.ics"
    assert command("export", "calendar", "--team", "W1", "-o", str(file))[0] == 0
    assert file.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
