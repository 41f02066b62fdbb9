"""A file that appears whole or not at all, and that only its owner may read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from casereview.errors import Usage


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Give a new file beside a path; at the end it takes the path's name, on an error it is gone.

    Raises:
        Usage: the folder is missing or cannot be written, or the disk is full.
    """
    part = None
    try:
        # mkstemp makes the file with mode 0600.
        handle, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(path)
    except BaseException as error:
        if part is not None:
            Path(part).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise Usage(
                f"{path} cannot be written: {error.strerror}.",
                code="output_unwritable",
                next="Choose a folder that exists and that you may write to.",
            ) from error
        raise
