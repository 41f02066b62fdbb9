"""The XES log read again by a parser of its own."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from casereview.exchange.out.events import Event
from casereview.exchange.out.names import Names
from casereview.exchange.out.xes import xes, xes_bytes
from casereview.service.doors.exporting import export_rows, export_xes
from casereview.service.doors.tables import Order

TAG = "{http://www.xes-standard.org/}"


def read(content: bytes) -> dict[str, list[dict[str, str]]]:
    """Return case to its events, each a mapping of key to value."""
    root = ElementTree.fromstring(content, forbid_dtd=True)
    found = {}
    for trace in root.iter(f"{TAG}trace"):
        name = next(c.get("value") for c in trace if c.get("key") == "concept:name")
        found[name] = [
            {c.get("key"): c.get("value") for c in event} for event in trace.iter(f"{TAG}event")
        ]
    return found


def test_every_event_of_the_history_comes_back(full: Any, order: Callable[..., Order]) -> None:
    log = read(export_xes(full.desk(10), order("xes")))
    rows, _ = export_rows(full.desk(10), order("events"))
    written = sorted((r["case"], r["activity"], r["on"].isoformat()) for r in rows)
    again = sorted(
        (case, e["concept:name"], e["time:timestamp"][:10]) for case, es in log.items() for e in es
    )
    assert again == written
    for happened in log.values():
        times = [datetime.fromisoformat(e["time:timestamp"]) for e in happened]
        assert times == sorted(times)
        assert all(t.utcoffset() is not None for t in times)
        assert {e["lifecycle:transition"] for e in happened} == {"complete"}
        assert all(e["org:resource"].startswith("u-") for e in happened)


def test_the_same_log_gives_the_same_bytes_also_packed(
    full: Any, order: Callable[..., Order]
) -> None:
    plain = export_xes(full.desk(10), order("xes"))
    packed = export_xes(full.desk(10), order("xes"), packed=True)
    assert gzip.decompress(packed) == plain
    assert export_xes(full.desk(10), order("xes"), packed=True) == packed


def test_the_command_packs_by_the_name_of_the_file(
    command: Callable[..., tuple[int, str, str]], tmp_path: Any
) -> None:
    file = tmp_path / "log.xes.gz"
    assert command("export", "xes", "-o", str(file))[0] == 0
    assert len(read(gzip.decompress(file.read_bytes()))) == 3
    assert command("export", "xes")[1].startswith("<?xml")


EVENT = Event(
    case=1, seq=1, kind="noted", what="", value="", on=date(2026, 3, 29), at=None,
    recorded_at=datetime(2026, 3, 29, tzinfo=UTC), by="a", said_by=None, team=None, review=None,
)  # fmt: skip


@given(what=st.text(max_size=40), login=st.text(min_size=1, max_size=20))
def test_any_text_is_escaped(what: str, login: str) -> None:
    event = replace(EVENT, what=what, by=login)
    names = Names(None, "s")
    lines = xes([(1, "W1", "ward", [event])], names, ZoneInfo("Europe/London"), purpose=what)
    found = read(xes_bytes(lines, packed=False))
    assert found["C1"][0]["casereview:event"] == "noted"


def test_a_date_without_a_time_is_midnight_of_its_own_zone() -> None:
    late = replace(EVENT, seq=2, on=date(2026, 3, 30))
    lines = xes([(1, "", "", [late, EVENT])], Names(None, "s"), ZoneInfo("Europe/London"))
    found = read(xes_bytes(lines, packed=False))["C1"]
    assert [e["time:timestamp"] for e in found] == [
        "2026-03-29T00:00:00.000+00:00",
        "2026-03-30T00:00:00.000+01:00",
    ]
    assert found[0]["casereview:precision"] == "day"
