"""How files are spoiled: places changed, doubled, exchanged or cut off, also inside zips."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import re
import zipfile

TOKENS = (
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\n", b"\r\n", b'"', b"'", b",", b";",
    b"\t", b"|", b"^", b"&", b"<", b">", b"</", b"/>", b"<![CDATA[", b"]]>", b"<!--", b"&#0;",
    b"<!DOCTYPE x", b"&#x10FFFF;", b"-1", b"0", b"99999999999999999999", b"1e308", b"NaN",
    b"31/02/2024", b"00/00/0000", b"9999-12-31", b"0001-01-01", b"\xe2\x80\xae",
    b"\xf0\x9f\x98\x80", b"\xc3\x28",
    b"[", b"]", b"{", b"}", b"=", b"#", b"'''", b'"""', b"\\u0000", b"\\", b"true", b"[[fact]]",
    b"A" * 40_000, b"<a>" * 300, b"[" * 300, b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff",
)  # fmt: skip

_WORDS = tuple(t for t in TOKENS if not any(c in b'<>&"\x00\xff\xfe\xc3' for c in t))


def spoil(data: bytes, pick: random.Random) -> bytes:
    """Return a file with some places changed, doubled, taken out, exchanged or cut off."""
    found = bytearray(data)
    # Headings and heads of files are left alone now and then, so that what is below is reached.
    low = pick.choice((0, min(120, len(data) // 2)))
    for _ in range(pick.choice((1, 1, 2, 3, 6, 20))):
        at, size = (
            pick.randint(min(low, len(found)), len(found)),
            pick.choice((1, 2, 4, 16, 64, 400)),
        )
        what = pick.randrange(8)
        if what == 0:
            found[at : at + size] = b""
        elif what == 1:
            found[at:at] = found[at : at + size] * pick.choice((1, 2, 50))
        elif what == 2:
            found[at : at + pick.choice((0, size))] = pick.choice(TOKENS)
        elif what == 3:
            other = pick.randrange(len(found) + 1)
            found[at : at + size] = found[other : other + size]
        elif what == 4 and pick.random() < 0.2:
            del found[at:]
        elif what == 5:
            found[at : at + size] = pick.randbytes(size)
        elif at < len(found):
            found[at] = pick.choice((found[at] ^ (1 << pick.randrange(8)), 0, 255, 9, 10, 34, 60))
    return bytes(found)


_VALUES = re.compile(rb'"[^"<>]*"|(?<=>)[^<>]+(?=<)|(?<== )[^"\\[\n]+')


def spoil_words(data: bytes, pick: random.Random) -> bytes:
    """Change values only, so that marks and quotes stay sound and what reads them is reached."""
    if pick.random() < 0.3:
        return spoil(data, pick)
    for _ in range(pick.choice((1, 1, 2, 5))):
        places = [m.span() for m in _VALUES.finditer(data)]
        if not places:
            return spoil(data, pick)
        start, end = pick.choice(places)
        if data[start : start + 1] == b'"':
            start, end = start + 1, end - 1
        other = pick.choice(places)
        words = (data[slice(*other)].strip(b'"'), pick.choice(_WORDS), data[start:end] * 2)
        data = data[:start] + pick.choice(words) + data[end:]
    return data


def spoil_inside(data: bytes, pick: random.Random) -> bytes:
    """Spoil some parts of a zip file so that it stays one; now and then its own bytes."""
    if pick.random() < 0.3:
        return spoil(data, pick)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        chosen = {pick.choice(old.namelist()) for _ in range(pick.choice((1, 1, 2)))}
        for info in old.infolist():
            part = old.read(info)
            if info.filename in chosen:
                part = pick.choice((spoil, spoil_words))(part, pick)
            new.writestr(info.filename, part, pick.choice((0, 8)))
    return out.getvalue()


def spoil_archive(data: bytes, pick: random.Random) -> bytes:
    """Spoil a part of an archive, and now and then let its manifest vouch for what came of it."""
    if pick.random() < 0.4:
        return spoil_inside(data, pick)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        parts = {name: old.read(name) for name in old.namelist()}
        manifest = json.loads(parts.pop("manifest.json"))
        chosen = pick.choice(sorted(parts))
        part = parts[chosen] = spoil(parts[chosen], pick)
        digest = hashlib.sha256(part).hexdigest()
        said = {"sha256": digest, "bytes": len(part), "lines": part.count(b"\n")}
        manifest["parts"][chosen] = said
        parts["manifest.json"] = json.dumps(manifest).encode()
        for name, text in parts.items():
            new.writestr(name, text, 8)
    return out.getvalue()


def spoil_packed(data: bytes, pick: random.Random) -> bytes:
    """Return a file packed with gzip, spoiled before or after."""
    if pick.random() < 0.4:
        return spoil(gzip.compress(data, mtime=0), pick)
    return gzip.compress(spoil_words(data, pick), mtime=0)
