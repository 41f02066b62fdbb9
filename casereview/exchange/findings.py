"""What an import has to say about single lines: kept sorted by line, with flat memory."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from casereview.core.text import cell_for_spreadsheet, safe
from casereview.exchange.sorting import Sorter

ERROR, WARNING = "error", "warning"
VALUE_SHOWN = 200
HEADINGS = ("line", "column", "value", "severity", "reason", "fix")


class Finding(NamedTuple):
    """One thing to know about one line.

    Attributes:
        line: 1-based physical line of the file, 0 for the whole file.
        column: heading, "" for the whole line.
        value: the cell as written, cut to 200 characters, made safe for terminals.
        severity: "error" when the line was not taken, "warning" when it was.
        reason: what is wrong, one sentence.
        fix: what to do, one sentence.
    """

    line: int
    column: str
    value: str
    severity: str
    reason: str
    fix: str


def shown(value: str) -> str:
    """Return a value that is safe to show, at most 200 characters and a dot row."""
    text = safe(value)
    return text if len(text) <= VALUE_SHOWN else text[: VALUE_SHOWN - 1] + "\u2026"


@dataclass
class Findings:
    """Collects findings.

    Attributes:
        rejected: lines not taken.
        warned: findings that did not stop a line.
    """

    rejected: int = 0
    warned: int = 0
    _sorter: Sorter = field(default_factory=lambda: Sorter(20_000))

    def reject(self, line: int, column: str, value: str, reason: str, fix: str) -> None:
        """Record why a line is not taken; call it once for a line."""
        self.rejected += 1
        self._sorter.add((line, 0, column, shown(value), ERROR, reason, fix))

    def warn(self, line: int, column: str, value: str, reason: str, fix: str) -> None:
        """Record something about a line that is taken."""
        self.warned += 1
        self._sorter.add((line, 1, column, shown(value), WARNING, reason, fix))

    @property
    def any(self) -> bool:
        """Tell whether there is anything to report."""
        return bool(self.rejected or self.warned)

    def lines(self) -> tuple[int, int]:
        """Return the number of lines not taken, and of others that were taken with a warning."""
        warned, last = 0, 0
        for one in self:
            if one.line != last and one.severity == WARNING:
                warned += 1
            last = one.line
        return self.rejected, warned

    def __iter__(self) -> Iterator[Finding]:
        """Yield every finding by line."""
        for line, _, *rest in self._sorter:
            yield Finding(line, *rest)

    def write(self, path: Path) -> None:
        """Write the report as CSV, readable by the user only; no cell becomes a formula.

        Raises:
            OSError: the file cannot be written.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8-sig", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(HEADINGS)
            for one in self:
                texts = (one.column, one.value, one.severity, one.reason, one.fix)
                rows.writerow([one.line or "", *(cell_for_spreadsheet(t) for t in texts)])

    def close(self) -> None:
        """Give up the temporary files."""
        self._sorter.close()
