"""Groups of the person, the place and the provider: which value counts, and that they add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from casereview.core.periods import periods_between
from casereview.core.records import CaseFact, Delay, Person, PersonFact
from casereview.errors import Usage
from casereview.measures.ask import PLACES, TRAITS, Ask, Wait
from casereview.measures.registry import MEASURES
from casereview.measures.tables import calendar_tables, on_files, on_polars, rows_of
from casereview.service.desk import Desk
from casereview.service.doors.importing import import_file
from casereview.service.measuring.stats import stats
from casereview.store.relations.groups import GROUPS
from casereview.store.relations.relations import RELATIONS, read_relations, write_parquet

NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)
day = date.fromisoformat


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk(NOW, W1="ward", W2="ward")


def person(told: Any, number: int, born: str | None = None, sex: str | None = None) -> None:
    told.records.append(
        Person(id=number, name=None, born_on=day(born) if born else None, nhs_number=None, sex=sex)
    )


def about(told: Any, number: int, name: str, *spells: tuple[str, str | None]) -> None:
    """Say what a person fact was from each date on."""
    for n, (on, text) in enumerate(spells, 10):
        before = day(spells[n - 9][0]) if n - 9 < len(spells) else None
        told.records.append(PersonFact(number, name, n, day(on), before, text=text))


def counts(desk: Desk, by: str, **more: Any) -> dict[Any, int]:
    rows, _ = stats(desk, "throughput", by=by, **more)
    return {r[by.replace("-", "_")]: r["referred"] for r in rows}


def test_the_names_are_those_that_the_store_reads() -> None:
    assert TRAITS == GROUPS


@pytest.mark.parametrize(
    ("came", "born", "band"),
    [
        ("2026-03-02", "2008-03-03", "0-17"),
        ("2026-03-03", "2008-03-03", "18-64"),
        ("2026-02-28", "2008-02-29", "0-17"),
        ("2026-03-01", "2008-02-29", "18-64"),
        ("2026-01-05", "1961-01-06", "18-64"),
        ("2026-01-06", "1961-01-06", "65+"),
        ("2026-01-06", "2026-01-06", "0-17"),
        ("2026-01-06", "2026-01-07", None),
        ("2026-01-06", None, None),
        ("2026-12-31", "2008-12-31", "18-64"),
        ("2026-12-30", "2008-12-31", "0-17"),
    ],
)
def test_the_age_band_is_that_of_the_referral(
    desk: Desk, told: Any, came: str, born: str | None, band: str | None
) -> None:
    person(told, 7, born)
    told.case(came, person=7)
    told.write()
    held = Desk(desk.store, desk.library, NOW.replace(year=2027), desk.actor)
    assert counts(held, "age-band") == {band: 1}


def test_words_for_one_sex_are_one_group_and_unknown_comes_last(desk: Desk, told: Any) -> None:
    for number, word in enumerate(("F", "female", "Woman ", "m", "9", None), 1):
        person(told, number, sex=word)
        told.case("2026-01-05", person=number)
    told.write()
    found = counts(desk, "sex")
    assert list(found.items()) == [("9", 1), ("female", 3), ("male", 1), (None, 1)]


def test_age_bands_stand_in_the_order_of_age(desk: Desk, told: Any) -> None:
    for number, born in enumerate((None, "1950-01-01", "2020-01-01", "1990-01-01"), 1):
        person(told, number, born)
        told.case("2026-01-05", person=number)
    told.write()
    assert list(counts(desk, "age-band")) == ["0-17", "18-64", "65+", None]


def test_the_value_at_the_end_of_the_case_counts(desk: Desk, told: Any) -> None:
    person(told, 1)
    told.case("2026-01-05", "2026-02-01", person=1)
    told.case("2026-02-10", person=1)
    about(told, 1, "district", ("2026-01-01", "north"), ("2026-02-01", "south"),
          ("2026-03-01", "east"))  # fmt: skip
    told.write()
    rows, _ = stats(desk, "throughput", by="district", list_cases=True)
    assert {(r["district"], r["case"]) for r in rows} == {("south", "C1"), ("east", "C2")}


def test_what_is_told_only_after_the_end_still_counts_and_unknown_stays_unknown(
    desk: Desk, told: Any
) -> None:
    for number in (1, 2, 3):
        person(told, number)
        told.case("2026-01-05", "2026-01-20", person=number)
    about(told, 1, "language", ("2026-02-01", "polish"), ("2026-02-05", "english"))
    about(told, 2, "language", ("2026-01-06", None), ("2026-02-05", "english"))
    about(told, 3, "language", ("2026-04-05", "english"))
    told.write()
    assert counts(desk, "language") == {"polish": 1, None: 2}


def test_site_and_provider_are_facts_of_the_case(desk: Desk, told: Any) -> None:
    for one, site in ((told.case("2026-01-05"), "hill"), (told.case("2026-01-06"), "quay")):
        told.records.append(CaseFact(one, "site", 50, day("2026-01-06"), text=site))
    told.case("2026-01-07")
    told.write()
    assert counts(desk, "site") == {"hill": 1, "quay": 1, None: 1}
    assert counts(desk, "provider") == {None: 3}
    assert counts(desk, "site", team="W2") == {}


def test_a_merged_record_gives_what_the_kept_one_does_not_know(desk: Desk, told: Any) -> None:
    person(told, 1, sex="f")
    told.records.append(
        Person(id=2, name=None, born_on=day("1950-01-01"), nhs_number=None, sex="m", merged_into=1)
    )
    told.case("2026-01-05", person=2)
    told.write()
    assert counts(desk, "sex") == {"female": 1}
    assert counts(desk, "age-band") == {"65+": 1}
    assert counts(desk, "sex", team="W1") == {"female": 1}


def test_a_group_that_a_measure_does_not_know_is_named_with_the_nearest(
    desk: Desk, told: Any
) -> None:
    told.case("2026-01-05")
    told.write()
    with pytest.raises(Usage, match="Did you mean ethnic-group"):
        stats(desk, "los", by="ethnic-grup")


@pytest.mark.parametrize("by", TRAITS)
def test_published_groups_never_give_a_hidden_one_away(desk: Desk, told: Any, by: str) -> None:
    for i in range(30):
        number = i + 1
        born = ("1950-01-01", "1990-01-01", "2020-01-01")[i % 3 if i > 2 else 0]
        person(told, number, born, "f" if i < 3 else "m")
        one = told.case("2026-01-05", "2026-02-01", person=number)
        word = "a" if i < 3 else "b" if i < 16 else "c"
        if by in ("site", "provider", "substance_group"):
            told.records.append(CaseFact(one, by, 50, day("2026-01-06"), text=word))
        elif by not in ("sex", "age_band"):
            about(told, number, by, ("2026-01-05", word))
    told.write()
    rows, facts = stats(desk, "throughput", by=by.replace("_", "-"), publish="threshold10")
    hidden = [r[by] for r in rows if r["referred"] == "*"]
    assert facts["published"]["preset"] == "threshold10"
    assert rows[-1][by] == "total"
    assert len(hidden) != 1


def _mixed(told: Any) -> None:
    for i in range(12):
        person(told, i + 1, f"{1940 + 7 * i}-06-01", "fm"[i % 2])
        one = told.case(
            f"2026-01-{i + 5:02}", f"2026-03-{i + 1:02}" if i % 3 else None, person=i + 1,
            ended="complete" if i % 2 else "left", exit_class="planned" if i % 2 else "unplanned",
            worker=("ann", None)[i % 2], milestones={"ready": f"2026-02-{i + 1:02}"},
        )  # fmt: skip
        told.contact(one, f"2026-02-{i + 1:02}", attended="5673"[i % 4])
        told.records.append(Delay(one, 60, "09", day("2026-02-25")))
        for name in ("site", "provider", "substance_group"):
            if i % 4:
                told.records.append(CaseFact(one, name, 70, day("2026-01-06"), text="xy"[i % 2]))
        for name in ("ethnic_group", "disability", "language", "district"):
            if i % 3:
                about(told, i + 1, name, ("2026-01-06", "xyz"[i % 3]))


@pytest.mark.parametrize("name", [n for n, m in MEASURES.items() if set(TRAITS) <= set(m.by)])
def test_both_engines_group_alike_and_the_groups_add_up(
    told: Any, tmp_path: Path, name: str
) -> None:
    _mixed(told)
    told.write()
    with told.store.read() as conn:
        frames = read_relations(conn, RELATIONS, as_of=day("2026-03-31"), groups=TRAITS)
    measure, sums = MEASURES[name], set()
    for n, group in enumerate((None, *TRAITS)):
        ask = Ask(
            periods=periods_between(day("2026-01-01"), day("2026-04-01"), "quarter"),
            as_of=day("2026-03-31"), by=(*((group,) if group else ()), *measure.always_by),
            joined=False, waits=(Wait("r", "referred", "ready", 21),),
        )  # fmt: skip
        tables = {**frames, **calendar_tables(ask)}
        rows = rows_of(measure.compute(on_polars(tables), ask))
        # The year that successful completion judges ended before these cases began.
        first: dict[str, Any] = rows[0] if rows else {}
        skip = ("period", "rank", "band", "day")
        whole = [c for c, v in first.items() if isinstance(v, int) and c not in skip]
        sums.add(sum(r[c] or 0 for c in whole[:1] for r in rows))
        if group in ("sex", "site", "district"):
            paths = write_parquet(tables, tmp_path / str(n))
            with duckdb.connect() as engine:
                there = rows_of(measure.compute(on_files(paths, engine.read_parquet), ask))
            assert len(there) == len(rows)
            assert {r[group] for r in there} == {r[group] for r in rows}
        assert name == "successful-completion" or rows_of(measure.cases(on_polars(tables), ask))
    assert len(sums) == 1


def test_every_measure_of_cases_has_every_group() -> None:
    without = {n for n, m in MEASURES.items() if not set(PLACES) <= set(m.by)}
    assert without == {"actions", "reviews"}


LIST = """
[layout]
id = "groups"
version = 1
title = "A list with what people are grouped by"
shape = "snapshot"
pathway = "ward"
stage = "assess"
as_of = "2026-03-02"
[file]
delimiter = "comma"
[time]
formats = ["yyyy-mm-dd"]
zone = "Europe/London"
[columns]
id = "id"
referred = "came"
sex = "sex"
born = "born"
""" + "".join(
    f'[[fact]]\ncolumn = "{name}"\nname = "{name}"\n'
    for name in TRAITS
    if name not in ("sex", "age_band")
)


def test_every_group_comes_in_with_a_list(desk: Desk, tmp_path: Path) -> None:
    facts = [t for t in TRAITS if t not in ("sex", "age_band")]
    words = ["opiate" if f == "substance_group" else "Code1" for f in facts]
    (tmp_path / "list.toml").write_text(LIST, encoding="utf-8")
    (tmp_path / "list.csv").write_text(
        f"id,came,sex,born,{','.join(facts)}\nZ1,2026-03-01,F,1990-01-01,{','.join(words)}\n",
        encoding="utf-8",
    )
    import_file(
        desk.again(), tmp_path / "list.csv", tmp_path / "list.toml", team="W1",
        report=tmp_path / "report.csv",
    )  # fmt: skip
    found = {by: next(iter(counts(desk, by))) for by in TRAITS}
    assert found.pop("sex") == "female"
    assert found.pop("age_band") == "18-64"
    assert found.pop("substance_group") == "opiate"
    assert set(found.values()) == {"code1"}
