"""Every refusal and fault, with what happened, why, and what to do next. Imports nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class CaseReviewError(Exception):
    """The base of everything that casereview raises on purpose.

    Attributes:
        code: stable snake_case word for scripts.
        exit_code: 1 refused or failed, 2 usage or unreadable input, 3 store busy.
        message: one sentence, without names of people.
        next: what the user can do now, or "".
    """

    code = "error"
    exit_code = 1

    def __init__(self, message: str, *, code: str | None = None, next: str = "") -> None:  # noqa: A002 - the word of the published JSON contract
        super().__init__(message)
        self.message = message
        self.next = next
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.message} {self.next}".strip()

    def as_json(self) -> dict[str, Any]:
        """Return the error object that scripts read: code, message, requirements, next."""
        return {
            "code": self.code,
            "message": self.message,
            "requirements": [],
            "next": self.next,
        }


class Refused(CaseReviewError):
    """A rule says no. Carries every unmet requirement, not the first."""

    code = "refused"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        requirements: Sequence[Mapping[str, Any]] = (),
        next: str = "",  # noqa: A002 - the word of the published JSON contract
    ) -> None:
        super().__init__(message, code=code, next=next)
        self.requirements = tuple(dict(r) for r in requirements)

    def as_json(self) -> dict[str, Any]:
        """Return the error object with each unmet requirement as `case why` prints it."""
        return {**super().as_json(), "requirements": list(self.requirements)}


class NotFound(Refused):
    """Something named does not exist; the sentence names the nearest that does."""

    code = "not_found"


class Stale(Refused):
    """What the person saw has changed since; nothing was written."""

    code = "stale"


class NotAllowed(Refused):
    """The actor's role, team or PIN does not permit it."""

    code = "not_allowed"


class Usage(CaseReviewError):
    """The command line or an input cannot be understood at all."""

    code = "usage"
    exit_code = 2


class StoreError(CaseReviewError):
    """The store cannot be used: not a store, newer schema, read-only, full, network drive."""

    code = "store"
    exit_code = 2


class StoreRefused(StoreError):
    """A good store, or a good place for one, on which this cannot be done: read-only, full."""

    exit_code = 1


class StoreExists(StoreError):
    """Something is there already where a store was to be made; it was left as it is."""

    code = "store_exists"
    exit_code = 1


class StoreBusy(StoreError):
    """Another program holds the store; trying again is safe."""

    code = "store_busy"
    exit_code = 3


class StoreDamaged(StoreError):
    """The store disagrees with its journal or fails its own check."""

    code = "store_damaged"
    exit_code = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of an input file.

    Attributes:
        file: the file's name as the user gave it.
        key: dotted key or column, "" for the whole file.
        line: 1-based, None when the format gives none.
        column: 1-based, None when unknown.
        what: what is wrong, one sentence.
        nearest: the nearest valid name, None when nothing is near.
    """

    file: str
    key: str
    what: str
    line: int | None = None
    column: int | None = None
    nearest: str | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        if self.line is not None and self.column is not None:
            place += f":{self.column}"
        key = f" {self.key}:" if self.key else ""
        near = f" Did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{place}:{key} {self.what}{near}"


class FileFaults(CaseReviewError):
    """All faults of one input file at once."""

    code = "file_faults"
    exit_code = 2

    def __init__(self, what: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        n = len(self.faults)
        super().__init__(
            f"{what}: {n} fault{'s' if n != 1 else ''}.\n"
            + "\n".join(f"  {f}" for f in self.faults),
            next="Correct what is named, then run it again.",
        )

    def as_json(self) -> dict[str, Any]:
        """Return the error object; each fault is one row of `requirements`."""
        rows = [
            {
                "file": f.file,
                "key": f.key,
                "line": f.line,
                "column": f.column,
                "sentence": f.what,
                "nearest": f.nearest,
            }
            for f in self.faults
        ]
        return {**super().as_json(), "requirements": rows}


class PackFaults(FileFaults):
    """A rule pack, pathway, code list or fact catalogue that cannot be used."""

    code = "pack_faults"


class ConditionError(CaseReviewError):
    """A condition's text was refused at load, with its position and reason."""

    code = "condition"
    exit_code = 2

    def __init__(self, position: int, reason: str, *, nearest: str | None = None) -> None:
        self.position = position
        self.reason = reason
        self.nearest = nearest
        near = f" Did you mean {nearest!r}?" if nearest else ""
        super().__init__(f"At character {position + 1}: {reason}{near}")
