"""Reading for measures: the store as it is, or as it was known at an earlier instant."""

from __future__ import annotations

import importlib
import importlib.util
from contextlib import AbstractContextManager
from typing import cast

from casereview.errors import Refused
from casereview.service.desk import Desk
from casereview.service.work import Work

_PAST = "casereview.service.past"


def reading(desk: Desk) -> AbstractContextManager[Work]:
    """Give a work that can only read, of what the desk is asked to know.

    Raises:
        Refused: an earlier knowledge is asked for and cannot be rebuilt here.
    """
    if desk.known_by is None:
        return desk.reading()
    if importlib.util.find_spec(_PAST) is None:
        raise Refused(
            "What was known at an earlier time cannot be rebuilt here.",
            code="known_by_unavailable",
            next="Leave --known-by out.",
        )
    past = importlib.import_module(_PAST)
    return cast("AbstractContextManager[Work]", past.reading(desk))
