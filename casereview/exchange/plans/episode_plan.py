"""Episodes that follow each other without a gap: one case, brought up to date by every new file."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from casereview.core.pathways import CLOSED_STAGES
from casereview.exchange.findings import Findings
from casereview.exchange.layouts.layout import Layout
from casereview.exchange.plans.event_plan import KEY_BYTES, split_keys
from casereview.exchange.plans.journey import RANK, Journey, Rules, to_date
from casereview.exchange.plans.people import Person
from casereview.exchange.plans.putting import put
from casereview.exchange.rows.snapshot_rows import WRONG, Standing

_SHIFT = 10**7
"""Makes day numbers before 1970 positive, so that they can be written as figures."""


def start_key(row: Standing) -> str:
    """Return what a row is known by within its person: its start, s and eleven figures."""
    return f"s{row.day + _SHIFT:011d}"


def value_key(row: Standing) -> str:
    """Return what a version of a row is known by: everything that it says."""
    said = f"row\x1f{row[5:13]}\x1f{row.via}\x1f{row.more}"
    return blake2b(said.encode(), digest_size=KEY_BYTES).hexdigest()


class Period:
    """A case that the store holds, with the rows that it has taken."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        state = journey.state
        self.keys = split_keys(state.origins[0].events) if state and state.origins else set()

    def last_before(self, day: int) -> int | None:
        """Return the start of the last row that began before a day, None when there is none."""
        starts = (int(k[1:]) - _SHIFT for k in self.keys if k[0] == "s")
        return max((s for s in starts if s < day), default=None)


class EpisodePlan:
    """Applies chains of rows to cases.

    Attributes:
        accepted: rows that say something new.
        unchanged: rows of which an earlier import took this version.
    """

    def __init__(self, rules: Rules, layout: Layout, findings: Findings) -> None:
        self.accepted = 0
        self.unchanged = 0
        self._rules = rules
        self._layout = layout
        self._findings = findings

    def split(self, rows: Sequence[Standing], known: Sequence[Period]) -> list[list[Standing]]:
        """Return the rows as chains, broken where a row that the store holds begins in between."""
        chains = [[rows[0]]]
        for row in rows[1:]:
            last = max((p.last_before(row.day) or -_SHIFT for p in known), default=-_SHIFT)
            if last > chains[-1][-1].day:
                chains.append([row])
            else:
                chains[-1].append(row)
        return chains

    def apply(
        self, case: str, rows: Sequence[Standing], known: list[Period], person: Person,
        before: int | None,
    ) -> Journey | None:  # fmt: skip
        """Apply the rows of one chain and return its case, None when nothing is new.

        Args:
            case: identifier for the case if it is a new one.
            rows: by start; each begins where the one before ended.
            known: cases that the store holds of the person; a new one is added.
            person: whose rows they are.
            before: number of the person's last ended case before, None when there is none.
        """
        seen = {key for period in known for key in period.keys}
        fresh = [row for row in rows if value_key(row) not in seen]
        self.accepted += len(fresh)
        self.unchanged += len(rows) - len(fresh)
        if not fresh:
            return None
        period = self._period(rows, known)
        if period is None:
            period = Period(self._opened(case, rows[0], person, before))
            known.append(period)
        journey = period.journey
        for row in fresh:
            if start_key(row) not in period.keys and not (journey.new and row is rows[0]):
                self._goes_on(row, journey)
            self._more(row, journey, person)
            for key in (start_key(row), value_key(row)):
                if key not in period.keys:
                    period.keys.add(key)
                    journey.taken.append(key)
        self._end(rows[-1], journey, person, fresh)
        journey.finish()
        return journey

    def _period(self, rows: Sequence[Standing], known: list[Period]) -> Period | None:
        """Return the known case that has one of the rows, or that ended where they begin."""
        keys = {start_key(row) for row in rows}
        found = next((p for p in reversed(known) if keys & p.keys), None)
        if found is not None:
            return found
        day = rows[0].day
        starts = [(s, n) for n, p in enumerate(known) if (s := p.last_before(day)) is not None]
        before = known[max(starts)[1]] if starts else None
        return before if before is not None and before.journey.closed_day == day else None

    def _opened(
        self, case: str, row: Standing, person: Person, before: int | None
    ) -> Journey:  # fmt: skip
        stage = row.via or self._layout.stage
        return Journey.opened(self._rules, person.id, case, stage, (row.day, row.at_us), before)

    def _goes_on(self, row: Standing, journey: Journey) -> None:
        """Take a row that begins inside a case: a change of place, not an end."""
        stage = row.via or (journey.stage if not journey.closed else self._layout.stage)
        if journey.closed:
            journey.reopen(stage, row.day, row.at_us)
        elif stage != journey.stage and RANK[stage] < RANK["complete"]:
            journey.move(stage, row.day, row.at_us)

    def _more(self, row: Standing, journey: Journey, person: Person) -> None:
        for one in row.more:
            put(one, row, journey, person, self._findings)
        if row.wrong:
            journey.exclude(row.wrong, row.day)
            self._warn(row, f"{WRONG[row.wrong]} The case is left out of statistics.")

    def _end(
        self, row: Standing, journey: Journey, person: Person, fresh: Sequence[Standing]
    ) -> None:  # fmt: skip
        """End the case where its last row does."""
        if row not in fresh or row.end_day is None or row.stage not in CLOSED_STAGES:
            return
        if row.wrong == "end-before-start":
            return
        if journey.closed:
            if journey.closed_day != row.end_day:
                self._warn(row, "The case ended on another day here, which was kept.")
            return
        given = row.exit_class or ("planned" if row.stage == "complete" else "")
        journey.end(row.stage, row.end_day, row.end_us, row.exit, given)
        if row.exit_class == "died":
            person.die(to_date(row.end_day))

    def _warn(self, row: Standing, reason: str) -> None:
        self._findings.warn(
            row.line, "", row.case, reason, "Correct the row, or correct the case by hand."
        )
