"""The console command: the command line, and the screens when no command is given."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from casereview.cli.main import run

if TYPE_CHECKING:
    from casereview.cli.options import Given


def open_screens(given: Given) -> int:
    """Open the terminal screens and return their exit code."""
    return int(import_module("casereview_tui.app").main(given))


def main() -> None:
    """Run the words typed and end with their exit code."""
    # What a start makes lives to its end: looking through it for rubbish is time lost (50 ms).
    gc.set_threshold(100_000, 50, 100)
    screens = open_screens if find_spec("casereview_tui.app") is not None else None
    sys.exit(run(sys.argv[1:], screens=screens))


if __name__ == "__main__":
    main()
