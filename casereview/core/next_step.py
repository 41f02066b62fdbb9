"""Whether something is to be done next about a case, told from its facts."""

from __future__ import annotations

from casereview.core.facts import Facts
from casereview.core.pathways import CLOSED_STAGES

STEP_FACTS = ("stage", "open_actions", "parked_actions", "decision", "waiting_for")
"""What `stands_still` reads."""


def waits(facts: Facts) -> bool:
    """Tell whether the person waits for the assessment or for the work to start."""
    return facts.get("waiting_for") not in (None, "nothing")


def stands_still(facts: Facts) -> bool:
    """Tell whether nothing is to be done next about an open case.

    Nothing is open or parked, no decision is agreed and the person is not on a waiting list: what
    the sweep rule caseload-sweep/no-next-action finds.
    """
    return not (
        facts.get("stage") in CLOSED_STAGES
        or facts.get("open_actions")
        or facts.get("parked_actions")
        or facts.get("decision") == "agreed"
        or waits(facts)
    )
