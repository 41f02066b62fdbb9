"""The console command: the command line, and the screens when no command is given."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

from casereview.cli.main import run

if TYPE_CHECKING:
    from casereview.cli.options import Given


def open_screens(given: Given) -> int:
    """Open the terminal screens and return their exit code."""
    from casereview_tui.app import main as screens

    return screens(given)


def main() -> None:
    """Run the words typed and end with their exit code."""
    # What a start makes lives to its end: looking through it for rubbish is time lost (50 ms).
    gc.set_threshold(100_000, 50, 100)
    sys.exit(run(sys.argv[1:], screens=open_screens))


if __name__ == "__main__":
    main()
