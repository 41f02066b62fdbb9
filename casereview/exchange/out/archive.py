"""The whole store as one file: journal as JSON Lines, texts, kept packs, seals, a manifest.

Each line is one row as a JSON array in the order of COLUMNS. The manifest has the SHA-256, size and
number of lines of every part and the last sealed head; `heads.jsonl` has the head of every chain.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection

from casereview.exchange.out.files import whole_file
from casereview.store.canonical import instant
from casereview.store.handle import Store
from casereview.store.seals import last_seal
from casereview.store.whole import COLUMNS, heads, rows_of

FORMAT = "casereview-archive"
VERSION = 1
MANIFEST = "manifest.json"
HEADS = "heads.jsonl"
META = ("created", "id", "rehearsal", "schema", "time_zone")


def part_name(table: str) -> str:
    """Return the name of a table's part inside the file."""
    return f"{table}.jsonl"


def line(values: Sequence[Any]) -> bytes:
    """Return one row as a line; bytes are written as hexadecimal digits."""
    plain = [bytes(v).hex() if isinstance(v, bytes | memoryview) else v for v in values]
    return json.dumps(plain, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def write_archive(store: Store, path: Path, *, at: datetime) -> dict[str, Any]:
    """Write the whole store as of one moment and return the manifest.

    Args:
        store: open; it may be in use.
        path: the file to make; it appears whole or not at all, for its owner only.
        at: when it is made, aware.

    Raises:
        Usage: the file cannot be written.
    """
    with whole_file(path) as file, store.read() as connection:
        return _write(connection, file, store, at)


def _write(connection: Connection, file: IO[bytes], store: Store, at: datetime) -> dict[str, Any]:
    parts = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for table in COLUMNS:
            rows = rows_of(connection, table)
            parts[part_name(table)] = _write_part(packed, part_name(table), rows, at)
        parts[HEADS] = _write_part(packed, HEADS, heads(connection), at)
        seal = last_seal(connection)
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "made_at": instant(at),
            "store": {key: store.meta[key] for key in META},
            "sealed_head": None if seal is None else seal[3],
            "parts": parts,
        }
        text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
        packed.writestr(_info(MANIFEST, at), text)
    return manifest


def _info(name: str, at: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, at.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _write_part(
    packed: zipfile.ZipFile, name: str, rows: Iterator[Sequence[Any]], at: datetime
) -> dict[str, Any]:
    digest, size, count = sha256(), 0, 0
    with packed.open(_info(name, at), "w", force_zip64=True) as part:
        for row in rows:
            written = line(row)
            digest.update(written)
            size, count = size + len(written), count + 1
            part.write(written)
    return {"sha256": digest.hexdigest(), "bytes": size, "lines": count}
