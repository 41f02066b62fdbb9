"""What a command line asked for, without how its answer is to be shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from casereview.service.asked import Asked

if TYPE_CHECKING:
    import typer

    from casereview.cli.options import Given


def asked_by(ctx: typer.Context) -> Asked | None:
    """Return what a command line asked for, None when it has no id under which it may come again.

    The order of options does not count, nor do those of form and place: --format, -o, --yes,
    --store, --rules, --seen.
    """
    given = cast("Given", ctx.obj)
    if given.command is None:
        return None
    name = ctx.command_path.removeprefix("casereview ").strip()
    on = given.on.isoformat() if given.on is not None else None
    words = json.dumps([ctx.params, on], sort_keys=True, default=str, ensure_ascii=False)
    return Asked(name, words)
