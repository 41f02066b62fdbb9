"""What may be done only with a reason, and what is said when it is missing."""

from __future__ import annotations

from casereview.errors import Refused


def need_reason(reason: str, what: str) -> None:
    """Refuse an empty reason; `what` is what needs it.

    Raises:
        Refused: code reason_missing.
    """
    if not reason.strip():
        raise Refused(f"{what} needs a reason.", code="reason_missing", next="Give --reason.")
