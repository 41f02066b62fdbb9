"""Which definition a figure was worked out by: a hash over every word of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from casereview.measures.definitions import definitions


@cache
def definition_version(name: str) -> str:
    """Return the hash of a measure's definition: 64 hexadecimal digits."""
    return _hash(definitions()[name])


@cache
def definitions_version() -> str:
    """Return the hash of all definitions together: 64 hexadecimal digits."""
    return _hash(dict(sorted(definitions().items())))


def _hash(value: Any) -> str:
    text = json.dumps(_plain(value), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
