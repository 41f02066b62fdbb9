"""What things are called in a file that leaves: keyed pseudonyms, or the store's own words."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from casereview.errors import Refused

KEY_BYTES = 32
DIGITS = 16
"""Hexadecimal digits of a pseudonym: among a million of one kind two meet once in 37 million."""
_PLAIN = {"case": "C", "person": "P", "review": "R", "action": "A", "worry": "W", "import": "I"}
_PREFIX = {**{kind: letter.lower() for kind, letter in _PLAIN.items()}, "worker": "u"}


@dataclass(frozen=True, slots=True)
class Names:
    """Names cases, people, workers, reviews, actions and worries in one file.

    Attributes:
        key: of this installation; None writes the store's own ids and logins.
        store: id of the store, so that two stores share no pseudonym.

    Source: pseudonymisation by a keyed hash (HMAC-SHA-256), UK GDPR Article 4(5).
    """

    key: bytes | None
    store: str

    @property
    def identifiable(self) -> bool:
        """Tell whether the file shows who people are."""
        return self.key is None

    def name(self, kind: str, value: int | str | None) -> str | None:
        """Return what one thing is called, None for None.

        Args:
            kind: case, person, review, action, worry, import or worker.
            value: its number, of a worker the login.
        """
        if value is None:
            return None
        if self.key is None:
            return f"{_PLAIN.get(kind, '')}{value}"
        covered = f"{self.store}\x1f{kind}\x1f{value}".encode()
        return f"{_PREFIX[kind]}-{hmac.digest(self.key, covered, 'sha256').hex()[:DIGITS]}"

    def case(self, number: int | None) -> str | None:
        """Return what a case is called."""
        return self.name("case", number)

    def person(self, number: int | None) -> str | None:
        """Return what a person is called."""
        return self.name("person", number)

    def worker(self, login: str | None) -> str | None:
        """Return what a worker is called."""
        return self.name("worker", login)


def default_key_file() -> Path:
    """Return where the key of this installation lies: the user's own data folder."""
    import platformdirs

    return platformdirs.user_data_path("casereview", appauthor=False) / "export.key"


def export_key(path: Path | None = None) -> bytes:
    """Return the key of the pseudonyms, made on first use in a file that only its owner may read.

    Args:
        path: the key file; None for the default one, whose folder is made when it is missing.

    Raises:
        Refused: others may read the file, it is a link or no key, or it cannot be made or read.
    """
    if path is None:
        path = default_key_file()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return _made(path) if not (path.exists() or path.is_symlink()) else _read(path)
    except OSError as error:
        raise _refused(
            path, f"cannot be used ({error.strerror})", "Name another file with --key."
        ) from error


def _refused(path: Path, what: str, todo: str) -> Refused:
    return Refused(f"The key file {path} {what}.", code="export_key", next=todo)


def _made(path: Path) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        # Another export made it a moment ago: both must use the same one.
        return _read(path)
    with os.fdopen(handle, "wb") as file:
        file.write(key.hex().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def _read(path: Path) -> bytes:
    if path.is_symlink():
        raise _refused(path, "is a link", "Name the file itself.")
    with path.open("rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise _refused(path, "is no plain file", "Name another file with --key.")
        if os.name != "nt" and facts.st_mode & 0o077:
            raise _refused(
                path,
                "can be read by other users of this computer, who could undo the pseudonyms",
                f"Run chmod 600 {path}, and think about making a new key.",
            )
        text = file.read(2 * KEY_BYTES + 3)
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise _refused(
            path, "holds no key (64 hexadecimal digits)", "Name another file with --key."
        )
    return key
