"""An export as of a day knows nothing of what came after it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from casereview.service.actions import action_rows, actions
from casereview.service.doors.exporting import export_fhir, export_rows

THEN = date(2026, 3, 4)


def done_later(held: Any) -> None:
    held.case("W1", "one", worker="dr.a")
    actions.add(held.desk(2), ["C1"], "Ring", owner="dr.a", due_on=date(2026, 3, 9))
    actions.close(held.desk(6), "A1", done=True, reason="rung")


def test_an_action_that_was_open_then_has_no_end(service: Any, order: Callable[..., Any]) -> None:
    done_later(service)
    row = next(iter(export_rows(service.desk(10, as_of=THEN), order("actions"))[0]))
    assert (row["status"], row["closed_on"], row["automatic"]) == ("open", None, False)
    task = next(
        e["resource"]
        for e in export_fhir(service.desk(10, as_of=THEN), order("fhir"))["entry"]
        if e["resource"]["resourceType"] == "Task"
    )
    assert (task["status"], task["executionPeriod"]) == ("requested", {"start": "2026-03-02"})
    listed = action_rows.list_actions(service.desk(10, as_of=THEN))[0]
    assert (listed["status"], listed["closed_on"]) == ("open", None)
    now = next(iter(export_rows(service.desk(10), order("actions"))[0]))
    assert (now["status"], now["closed_on"]) == ("done", date(2026, 3, 6))
