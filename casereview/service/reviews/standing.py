"""Where the cases of an agenda stand: stage, team and local id, without folding each journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from casereview.core.pathways import CLOSED_STAGES
from casereview.service.cases.people import local_id_of
from casereview.service.work import Work
from casereview.store import standing_rows


class Standing(NamedTuple):
    """Where one case stands; `person` is the local id to show, None for none."""

    stage: str
    team: str
    person: str | None

    @property
    def open(self) -> bool:
        """Tell whether the case is open."""
        return self.stage not in CLOSED_STAGES


def standing(work: Work, cases: Sequence[int], team: str) -> dict[int, Standing]:
    """Return where each case stands for a team's agenda, as of the day that is asked about.

    Raises:
        NotFound: a case is not there.
    """
    if work.desk.as_of is not None:
        return {one: _folded(work, one, team) for one in cases}
    found = standing_rows.standing(work.connection, cases)
    people = sorted({person for _, _, person in found.values()})
    names = standing_rows.local_ids(work.connection, people, team)
    return {
        one: Standing(found[one][0], found[one][1], names.get(found[one][2]))
        if one in found
        else _folded(work, one, team)
        for one in cases
    }


def _folded(work: Work, case_id: int, team: str) -> Standing:
    held = work.case(case_id).case
    return Standing(held.stage, held.team, local_id_of(work.person(held.person_id), team))
