"""Column types: days and seconds as integers, so that arithmetic is the same in every database."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Integer
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from casereview.errors import StoreDamaged

EPOCH = date(1970, 1, 1).toordinal()


def to_day(on: date) -> int:
    """Return whole days since 1970-01-01."""
    return on.toordinal() - EPOCH


def from_day(day: int) -> date:
    """Return the date that is `day` days after 1970-01-01."""
    return date.fromordinal(day + EPOCH)


class Day(TypeDecorator[date]):
    """A date stored as integer days since 1970-01-01."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Turn a date into its day number; integers pass."""
        return to_day(value) if isinstance(value, date) else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:  # noqa: ARG002
        """Turn a day number into its date."""
        try:
            return None if value is None else from_day(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise StoreDamaged(
                "A date in the store's tables cannot be read.",
                next="Run `casereview verify`, and restore the last backup.",
            ) from error
