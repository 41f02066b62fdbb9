"""Review meetings: who was reached, how fast, what was decided, and who waited for a decision."""

from __future__ import annotations

import narwhals as nw

from casereview.measures.ask import Ask
from casereview.measures.common import filled, flag, in_period, percent, spine, spread, total
from casereview.measures.tables import Lazy, Tables

BREAK_SECONDS = 30 * 60
"""A longer silence in a meeting is a break. Source: the pace shown in the meeting."""
CASES = ("on_agenda", "reviewed", "confirmed", "skipped", "not_reached", "partly_or_left")
COUNTS = ("meetings", *CASES, "decided", "complex_decided", "simple_decided", "timed_cases")
GROUPS = ("team", "pack")
_SIMPLE, _COMPLEX = "simple", "complex"


def _meetings(tables: Tables) -> Lazy:
    """Return the meetings that were held; an abandoned one was opened by mistake."""
    held = tables["reviews"].filter(nw.col("status") != "abandoned")
    return in_period(held, tables, "day").with_columns(meetings=nw.lit(1))


def _lines(tables: Tables) -> Lazy:
    """Return every line of every agenda with what became of the case.

    Reviewed is discussed with every question answered, as the closing of the meeting recorded it,
    or in a meeting still open a case with an answer or a decision.
    """
    held = _meetings(tables).select("review_id", "period", "day", *GROUPS, "status")
    lines = tables["agenda"].join(held, on="review_id", how="inner")
    for kind, name in (
        ("discussed", "talked"), ("confirmed", "confirmed"), ("skipped", "skipped"),
        ("not-reached", "not_reached"),
    ):  # fmt: skip
        marked = tables["marks"].filter(nw.col("kind") == kind)
        lines = _beside(lines, marked, name)
    lines = _beside(lines, tables["answers"], "answered")
    lines = _beside(lines, tables["decisions"], "settled")
    named = (nw.col("confirmed") + nw.col("talked")) > 0
    spoken = (nw.col("answered") + nw.col("settled")) > 0
    still = (nw.col("status") == "open") & spoken
    reviewed = (nw.col("confirmed") == 0) & (
        (nw.col("talked") > 0) | (still & ~named & (nw.col("skipped") == 0))
    )
    lines = lines.with_columns(on_agenda=nw.lit(1), reviewed=flag(reviewed))
    known = nw.col("reviewed") + nw.col("confirmed") + nw.col("skipped") + nw.col("not_reached")
    return lines.with_columns(partly_or_left=flag(known == 0))


def _beside(lines: Lazy, events: Lazy, name: str) -> Lazy:
    once = events.select("review_id", "case_id").unique().with_columns(nw.lit(1).alias(name))
    found = lines.join(once, on=["review_id", "case_id"], how="left")
    return found.with_columns(nw.col(name).fill_null(0))


def _worked(tables: Tables) -> Lazy:
    """Return the seconds worked in each meeting, breaks of more than 30 minutes left out."""
    held = _meetings(tables)
    opened = held.select("review_id", nw.col("opened_s").alias("s"))
    parts = [opened, *(tables[name].select("review_id", "s") for name in ("answers", "marks"))]
    instants = nw.concat(parts, how="vertical").filter(~nw.col("s").is_null()).unique()
    instants = instants.join(held.select("review_id"), on="review_id", how="inner")
    gaps = instants.with_columns(
        gap=nw.col("s") - nw.col("s").shift(1).over("review_id", order_by="s")
    ).filter(nw.col("gap") <= BREAK_SECONDS)
    return gaps.group_by("review_id").agg(nw.col("gap").sum().cast(nw.Int64).alias("worked_s"))


# --- the wait for a decision


def waits_for_decision(tables: Tables) -> Lazy:
    """Return each decision made in a meeting with the days since the case first came up for it.

    The wait begins at the first meeting whose agenda had the case after its last decision. It is
    complex when the case stood in that lane at any meeting of the wait.
    """
    held = _meetings(tables).select("review_id", "period", *GROUPS)
    made = tables["decisions"].filter(~nw.col("review_id").is_null())
    before = nw.col("day").shift(1).over("case_id", order_by="n")
    made = made.with_columns(before_day=before).join(held, on="review_id", how="inner")
    days = tables["reviews"].select("review_id", nw.col("day").alias("seen_day"))
    seen = tables["agenda"].join(days, on="review_id", how="inner").select(
        "case_id", "seen_day", "lane"
    )  # fmt: skip
    pairs = made.join(seen, on="case_id", how="inner").filter(
        nw.col("seen_day") <= nw.col("day"),
        nw.col("before_day").is_null() | (nw.col("seen_day") > nw.col("before_day")),
    )
    keys = ["case_id", "n", "review_id", "day", "period", *GROUPS]
    waited = pairs.with_columns(hard=flag(nw.col("lane") == _COMPLEX)).group_by(*keys).agg(
        nw.col("seen_day").min().alias("since_day"), nw.col("hard").max()
    )  # fmt: skip
    days_waited = nw.col("day") - nw.col("since_day")
    hard = nw.col("hard") == 1
    return waited.with_columns(
        days=days_waited, complex_decided=nw.col("hard"), simple_decided=1 - nw.col("hard"),
        complex_wait=nw.when(hard).then(days_waited), simple_wait=nw.when(~hard).then(days_waited),
    )  # fmt: skip


def reviews(tables: Tables, ask: Ask) -> Lazy:
    """Return meetings, what became of the cases on their agendas, pace, decisions and waits."""
    keys = ["period", *ask.by]
    held = _meetings(tables)
    lines = _lines(tables)
    met = held.group_by(*keys).agg(total("meetings"))
    reached = lines.group_by(*keys).agg(*(total(c) for c in CASES))
    settled = lines.with_columns(decided=nw.col("settled")).group_by(*keys).agg(total("decided"))
    waited = waits_for_decision(tables).group_by(*keys).agg(
        total("complex_decided"), total("simple_decided"),
        *spread("complex_wait", "complex_wait_days", (50,)),
        *spread("simple_wait", "simple_wait_days", (50,)),
    )  # fmt: skip
    groups = held.select(*ask.by).unique() if ask.by else None
    rows = filled(
        spine(tables, groups), [met, reached, settled, waited, _pace(tables, ask, lines)], keys,
        [*COUNTS, "worked_s"],
    )  # fmt: skip
    return rows.with_columns(
        percent_not_reached=percent("not_reached", "on_agenda"),
        seconds_per_case=_each("worked_s", "timed_cases"),
        decided_per_meeting=_each("decided", "meetings"),
    ).drop("timed_cases")


def _each(part: str, whole: str) -> nw.Expr:
    return nw.when(nw.col(whole) > 0).then(nw.col(part) * 1.0 / nw.col(whole))


def _pace(tables: Tables, ask: Ask, lines: Lazy) -> Lazy:
    """Return seconds worked and the cases done in them, of the meetings whose time is known."""
    done = nw.col("reviewed") + nw.col("confirmed") + nw.col("skipped")
    counted = lines.with_columns(timed_cases=done)
    counted = counted.group_by("review_id").agg(total("timed_cases"))
    timed = _meetings(tables).select("review_id", "period", *GROUPS)
    timed = timed.join(_worked(tables), on="review_id", how="inner")
    timed = timed.join(counted, on="review_id", how="inner")
    return timed.group_by("period", *ask.by).agg(total("worked_s"), total("timed_cases"))


def reviews_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the agenda lines behind the numbers, and the decisions with their waits."""
    lines = _lines(tables).with_columns(
        since_day=nw.lit(None).cast(nw.Int32), days=nw.lit(None).cast(nw.Int32)
    )
    parts = [_listed(lines.filter(nw.col(c) == 1), ask, c) for c in CASES[1:]]
    waited = waits_for_decision(tables)
    hard = nw.when(nw.col("hard") == 1).then(nw.lit(_COMPLEX)).otherwise(nw.lit(_SIMPLE))
    parts.append(_listed(waited.with_columns(lane=hard), ask, "decided"))
    return nw.concat(parts, how="vertical")


def _listed(frame: Lazy, ask: Ask, counted: str) -> Lazy:
    columns = dict.fromkeys(
        ("period", *ask.by, "counted", "review_id", "case_id", *GROUPS, "lane", "day",
         "since_day", "days")
    )  # fmt: skip
    frame = frame.with_columns(
        nw.col("since_day").cast(nw.Int32), nw.col("days").cast(nw.Int32),
        counted=nw.lit(counted),
    )  # fmt: skip
    return frame.with_columns(review_day=nw.col("day")).select(
        *("review_day" if c == "day" else c for c in columns)
    )
