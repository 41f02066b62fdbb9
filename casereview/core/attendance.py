"""Whether a contact took place: the national attendance codes.

Source: NHS data dictionary, attended or did not attend (T-26).
"""

from __future__ import annotations

ATTENDED = ("5", "6")
"""In time, and late but seen."""
MISSED = ("3", "7")
"""Did not come, and came too late to be seen; cancellations (2, 4) are no missed contacts."""
