"""Facts at day D equal the facts of a store that stopped at D."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from types import ModuleType

import pytest

from casereview.core.facts import Catalogue, Value
from casereview.store.facts import AnswerFact, all_cases, fact_names, open_cases, read_facts
from casereview.store.handle import Store

DAYS = (0, 7, 15, 23, 31, 45, 60, 90)
ANSWERS = {
    fact.name: fact
    for fact in (
        AnswerFact("answer_q", "ward-round", "q", 7),
        AnswerFact("answer_when", "ward-round", "when", 7, "date"),
        AnswerFact("answer_many", "ward-round", "many", 30, "integer"),
        AnswerFact("days_since_answer_q", "ward-round", "q", 7, "integer", "days"),
    )
}
END = date(2027, 1, 1)


@pytest.fixture
def facts_on(store: Store, catalogue: Catalogue) -> Callable[[date], dict[int, dict[str, Value]]]:
    def read(on: date) -> dict[int, dict[str, Value]]:
        names = [*sorted(fact_names()), *ANSWERS]
        with store.read() as conn:
            found = read_facts(
                conn, names, as_of=on, scope=all_cases(), catalogue=catalogue, answers=ANSWERS
            )
            still = read_facts(
                conn, ["stage"], as_of=on, scope=open_cases(), catalogue=catalogue, answers={}
            )
        closed = {c for c, f in found.items() if f["stage"] in ("complete", "left")}
        assert set(still) == set(found) - closed
        return found

    return read


@pytest.mark.parametrize("seed", range(4))
def test_facts_of_a_day_do_not_depend_on_what_came_later(
    write: Callable[..., None],
    clear: Callable[[], None],
    facts_on: Callable[[date], dict[int, dict[str, Value]]],
    histories: ModuleType,
    seed: int,
) -> None:
    made = histories.streams(seed, 40)
    write(list(histories.records(made, END)))
    days = [histories.START + timedelta(days=more) for more in DAYS]
    whole = {on: facts_on(on) for on in days}
    seen: set[tuple[str, Value]] = set()
    for on in days:
        clear()
        write(list(histories.records(made, on)))
        stopped = facts_on(on)
        for case, facts in stopped.items():
            assert facts == whole[on][case], (on, case)
            seen.update((name, value) for name, value in facts.items() if value is not None)
        assert set(stopped) == set(whole[on])
    assert len({name for name, _ in seen}) > 70
    stood = {value for name, value in seen if name == "decision"}
    assert stood == {"proposed", "needs_countersign", "agreed"}
    assert ("transfer_pending", True) in seen
