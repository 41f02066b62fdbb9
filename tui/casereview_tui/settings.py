"""What a person chose for their own screens, in a small file of their own, never in a store."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

THEMES = ("dark", "light")
LARGEST = 10_000
"""Bytes over which a file is not taken for settings."""


def usual() -> Path:
    """Return the settings file in the user's folder for settings."""
    import platformdirs

    folder = platformdirs.user_config_dir("casereview", appauthor=False)
    return Path(folder) / "screens.json"


def read_theme(place: Path) -> tuple[str | None, str]:
    """Return the theme that was chosen, None for none, and a notice, "" when all is well.

    A file that cannot be read is left as it is and counts as no choice.
    """
    try:
        with place.open("rb") as file:
            held = json.loads(file.read(LARGEST).decode("utf-8"))
    except FileNotFoundError:
        return None, ""
    except (OSError, ValueError) as error:
        why = (error.strerror or "") if isinstance(error, OSError) else "it is no settings file"
        return None, f"Settings left out, {why}: {place}"
    theme = held.get("theme") if isinstance(held, dict) else None
    if theme in THEMES:
        return str(theme), ""
    return None, f"Settings left out, they name no theme that is known: {place}"


def keep_theme(place: Path, theme: str) -> str:
    """Keep the theme that was chosen; return why it could not be kept, "" when it was.

    The file is replaced whole: a program that ends meanwhile leaves the old one or the new one.
    """
    beside = None
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f"{place.name}.", dir=place.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps({"theme": theme}) + "\n")
        Path(beside).replace(place)
    except OSError as error:
        if beside is not None:
            Path(beside).unlink(missing_ok=True)
        return f"The colours are not remembered, {error.strerror}: {place}"
    return ""
