"""`stats --all -o folder/`: every measure as CSV and JSON with a manifest, all or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from casereview.cli import files
from casereview.cli.options import Given
from casereview.cli.output import say
from casereview.cli.session import given_to, optional_day, refuse_writing_options, sitting
from casereview.errors import Usage

if TYPE_CHECKING:
    from casereview.service.measuring.every import Everything

MANIFEST = "manifest.json"
_ASKED = ("every", "team", "publish", "reason")


def write_all(ctx: typer.Context, *, everything: bool) -> None:
    """Write every measure into a folder that is new, empty or to be moved aside.

    Args:
        ctx: the command with its options.
        everything: False when neither a measure nor --all was given.

    Raises:
        Usage: an option that does not belong here, no folder, or one that holds something.
    """
    given = given_to(ctx)
    _check(given, ctx.params, everything=everything)
    folder = _folder(given)
    asked = {k: ctx.params[k] for k in _ASKED}
    from casereview.service.measuring.every import all_measures

    with sitting(given, writing=False) as desk:
        made = all_measures(
            desk,
            from_on=optional_day(ctx.params["start"], "--from"),
            to_on=optional_day(ctx.params["end"], "--to"),
            **asked,
        )
    aside = _put_in_place(folder, _contents(made))
    say(
        f"Wrote {len(made.measures)} measures and {MANIFEST} to {given.output} "
        f"(as of {made.manifest['as_of']})."
    )
    if aside is not None:
        say(f"What was there is now in {aside}.")


def _check(given: Given, params: Mapping[str, Any], *, everything: bool) -> None:
    if not everything:
        raise Usage(
            "A measure is missing.",
            code="missing_measure",
            next="Name one, throughput; or add --all -o FOLDER/ for every measure.",
        )
    for name, value in params.items():
        usual = "days" if name == "unit" else None
        if value and value != usual and name not in (*_ASKED, "start", "end", "everything"):
            word = f"The measure {value}" if name == "name" else f"--{name.replace('_', '-')}"
            raise Usage(
                f"{word} does not go with --all.",
                code="all_measures",
                next="Leave it out, or name the measure and leave --all out.",
            )
    refuse_writing_options(given)
    if given.output is None:
        raise Usage(
            "--all writes a folder.", code="output_missing", next="Add -o FOLDER/, a new folder."
        )
    if given.format not in ("table", "json", "csv"):
        raise Usage(
            f"--all writes CSV and JSON, not {given.format}.",
            code="all_measures",
            next="Leave --format out, and name a folder.",
        )


def _folder(given: Given) -> Path:
    """Return the folder to make.

    Raises:
        Usage: something that is no folder is there, or the folder holds something.
    """
    path = Path(str(given.output)).expanduser().absolute()
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise Usage(
            f"{given.output} is no folder.", code="output_exists", next="Name a new folder."
        )
    if not path.parent.is_dir():
        raise Usage(
            f"There is no folder {path.parent}.", code="output_unwritable", next="Make it first."
        )
    if path.is_dir() and any(path.iterdir()) and not given.yes:
        raise Usage(
            f"The folder {given.output} holds something; it was left as it is.",
            code="output_exists",
            next="Name a new folder, or add --yes to move this one aside.",
        )
    return path


def _contents(made: Everything) -> dict[str, bytes]:
    """Return every file by name, the manifest last."""
    found: dict[str, bytes] = {}
    for name, rows, about in made.measures:
        body = {"what": f"stats {name}", **about, "rows": rows}
        found[f"{name}.csv"] = files.to_csv(rows).encode("utf-8", errors="replace")
        found[f"{name}.json"] = (files.dumps(body) + "\n").encode()
    listed = {
        name: {"sha256": sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in sorted(found.items())
    }
    found[MANIFEST] = (files.dumps({**made.manifest, "files": listed}) + "\n").encode()
    return found


def _put_in_place(folder: Path, contents: Mapping[str, bytes]) -> Path | None:
    """Write the files beside the folder, then let them take its name; return where the old one is.

    Raises:
        Usage: the folder cannot be written, or the disk is full; nothing has changed then.
    """
    part: Path | None = None
    try:
        # mkdtemp makes a folder that only its owner may enter.
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        for name, content in contents.items():
            files.write_whole(part / name, content)
        aside = _make_way(folder)
        try:
            part.rename(folder)
        except OSError:
            if aside is not None:
                aside.rename(folder)
            raise
    except OSError as error:
        raise Usage(
            f"{folder} cannot be written: {error.strerror}.",
            code="output_unwritable",
            next="Choose a place that you may write to.",
        ) from error
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
    return aside


def _make_way(folder: Path) -> Path | None:
    """Move a folder that holds something aside; remove an empty one."""
    if not folder.exists():
        return None
    if not any(folder.iterdir()):
        folder.rmdir()
        return None
    n = 1
    while os.path.lexists(aside := folder.with_name(f"{folder.name}.before-{n}")):
        n += 1
    folder.rename(aside)
    return aside
