"""Any run of lists with work between them: nothing twice, nothing lost, nothing undone."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casereview.errors import Refused
from casereview.service.actions import action_rows, actions
from casereview.service.organisation import users

LAYOUT = """
[layout]
id = "list"
version = 1
title = "t"
shape = "snapshot"
pathway = "ward"
[time]
formats = ["yyyy-mm-dd"]
[columns]
id = "case"
referred = "referred"
[next_step]
column = "next"
owner = "who"
due = "due"
[[link]]
column = "family"
separator = ";"
"""
FIRST = date(2026, 1, 10)
STEPS = st.sampled_from(["", "ring", "Ring ", "write", "visit"])
ROW = st.tuples(STEPS, st.sampled_from(["ann", "ben"]), st.integers(-5, 30),
                st.sampled_from(["", "B", "A;B", "C;D"]))  # fmt: skip
WORK = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["done", "edit", "cancel"])),
                max_size=2)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[*HealthCheck])
@given(lists=st.lists(st.tuples(st.tuples(ROW, ROW, ROW), WORK), min_size=1, max_size=4))
def test_lists_over_time(make_ward: Any, lists: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ward = make_ward(name=f"{folder.name}.db")
        for login in ("ann", "ben"):
            users.add_user(ward.desk.again(), login, name=login, role="clinician")
        layout, file = folder / "list.toml", folder / "list.csv"
        layout.write_text(LAYOUT, encoding="utf-8")
        for n, (rows, work) in enumerate(lists):
            on = FIRST + timedelta(days=7 * n)
            file.write_text(_text(rows), encoding="utf-8")
            ward.take(file, layout, on=on)
            _holds(ward, rows)
            again = ward.take(file, layout, on=on)
            assert (again["accepted"], again["run"]) == (0, None)
            _work(ward, work)
        assert ward.problems() == []
        ward.desk.store.close()


def _text(rows: Any) -> str:
    lines = ["case,referred,next,who,due,family"]
    for case, (step, who, days, family) in zip("ABC", rows, strict=True):
        due = date(2026, 1, 20) + timedelta(days=days)
        lines.append(f"{case},2026-01-05,{step},{who},{due},{family}")
    return "\n".join(lines) + "\n"


def _open(ward: Any, case: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = action_rows.list_actions(ward.desk.again(), case=case)
    return [r for r in rows if r["status"] == "open"]


def _holds(ward: Any, rows: Any) -> None:
    """What a list names is open, or was ended here by hand; causes are never open twice."""
    for number, (step, *_) in enumerate(rows, 1):
        found = _open(ward, f"C{number}")
        assert len({r["cause"] for r in found}) == len(found)
        words = step.strip().lower()
        texts = [r["text"].lower() for r in found]
        assert len(texts) == len(set(texts))
        ended = action_rows.list_actions(ward.desk.again(), case=f"C{number}")
        assert not words or words in {r["text"].lower() for r in ended}


def _work(ward: Any, work: Any) -> None:
    held = ward.sql("SELECT id FROM actions WHERE closed_on IS NULL ORDER BY id")
    for place, what in work:
        if not held:
            return
        action = f"A{held[place % len(held)][0]}"
        try:
            if what == "edit":
                actions.edit(ward.desk.again(), action, due_on=date(2026, 4, 1))
            else:
                actions.close(ward.desk.again(), action, done=what == "done", reason="by hand")
        except Refused:
            continue
