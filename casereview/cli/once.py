"""Options that take one value and were given two: the first would be dropped without a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casereview.errors import Usage


def refuse_twice(command: Any, words: Sequence[str]) -> None:
    """Refuse a second value of an option that takes one.

    Args:
        command: the command or group that the words are for.
        words: what was typed after its name, without the common options.

    Raises:
        Usage: code given_twice.
    """
    seen: set[str] = set()
    rest = iter(words)
    for word in rest:
        if word == "--":
            return
        below = getattr(command, "commands", {})
        if word in below:
            command, seen = below[word], set()
            continue
        name, joined, _ = word.partition("=")
        option = _options(command).get(name)
        if option is None:
            continue
        if not joined:
            next(rest, None)
        if option.name in seen:
            raise Usage(
                f"{name} was given twice; it takes one value.",
                code="given_twice",
                next="Give it once, or run the command once for each value.",
            )
        seen.add(option.name)


def _options(command: Any) -> Mapping[str, Any]:
    """Return the options of a command that take one value, by each of their names."""
    return {
        name: p
        for p in command.params
        if p.param_type_name == "option" and not (p.multiple or p.is_flag or p.count)
        for name in p.opts
    }
