"""Relations that only some measures read: facts, people, agendas, answers, decisions, spells."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from casereview.store.relations.sql import DAY, ID, NUMBER, SMALL, WORD, Source

ADULT_YEARS = 18

MEASURED_FACTS = (
    "expected_end_on", "complexity", "risk", "travel", "assessment_offered_on", "substance_group",
)  # fmt: skip
"""Facts of a case whose dated values measures read."""

_OF_REVIEW = "review_id IN (SELECT id FROM reviews WHERE team = ?)"
OF_PEOPLE = (
    "(id IN (SELECT person_id FROM cases WHERE team = ?) OR merged_into IS NOT NULL "
    "OR id IN (SELECT merged_into FROM persons WHERE merged_into IS NOT NULL))"
)

MORE_SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "facts": Source(
            "case_facts",
            {
                "case_id": ("case_id", ID),
                "fact": ("fact", WORD),
                "n": ("n", SMALL),
                "from_day": ("from_on", DAY),
                "before_day": ("before_on", DAY),
                "number": ("number", NUMBER),
                "text": ("text", WORD),
            },
            dated="from_on",
            only="fact IN (" + ", ".join(f"'{f}'" for f in MEASURED_FACTS) + ")",
        ),
        "people": Source(
            "persons",
            {"person_id": ("id", ID), "born_day": ("born_on", DAY), "sex": ("sex", WORD)},
            dated="",
            of_team=OF_PEOPLE,
        ),
        "agenda": Source(
            "agenda_items",
            {
                "review_id": ("review_id", ID),
                "case_id": ("case_id", ID),
                "lane": ("lane", WORD),
                "late": ("?late", SMALL),
            },
            dated="",
            of_team=_OF_REVIEW,
        ),
        "answers": Source(
            "answers",
            {
                "review_id": ("review_id", ID),
                "case_id": ("case_id", ID),
                "n": ("n", SMALL),
                "day": ("on", DAY),
                "s": ("at_s", NUMBER),
            },
            dated="on",
            of_team=_OF_REVIEW,
            # What a worker drafted beforehand counts when it is confirmed in the meeting.
            only="review_id IS NOT NULL AND NOT drafted",
        ),
        "decisions": Source(
            "decisions",
            {
                "case_id": ("case_id", ID),
                "n": ("n", SMALL),
                "review_id": ("review_id", ID),
                "dest": ("dest", WORD),
                "day": ("proposed_on", DAY),
                "agreed_day": ("agreed_on", DAY),
            },
            dated="proposed_on",
        ),
    }
)


def people_relation(rows: pl.DataFrame) -> pl.DataFrame:
    """Return people with the day on which they come of age, None while the birth is unknown.

    Who was born on 29 February comes of age on 1 March of a common year, as ages are read in the
    United Kingdom.
    """
    born = pl.col("born_day").cast(pl.Date)
    adult = born.dt.offset_by(f"{ADULT_YEARS}y")
    leap = (born.dt.month() == 2) & (born.dt.day() == 29) & (adult.dt.day() == 28)
    return rows.with_columns(
        (adult.cast(DAY) + pl.when(leap).then(1).otherwise(0)).cast(DAY).alias("adult_day")
    )


def spells_of_actions(rows: pl.DataFrame, day: int) -> pl.DataFrame:
    """Return the stretches of actions at the end of a day, with what they belong to left to join.

    `open_day` is the first day of the stretch on which the action is open: at once, or when its
    parking ends; None where it is not open in it.
    """
    before = pl.col("before_day")
    parked = pl.col("parked_until_day")
    waits = pl.when(parked > pl.col("from_day")).then(parked).otherwise(pl.col("from_day"))
    opens = (
        pl.when(pl.col("status") == "open")
        .then(pl.col("from_day"))
        .when((pl.col("status") == "parked") & parked.is_not_null())
        .then(waits)
    )
    return rows.with_columns(
        pl.when(before <= day).then(before).alias("before_day"), opens.cast(DAY).alias("open_day")
    )
