from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casereview.core.entries import PackRef
from casereview.store.alike import insert_alike
from casereview.store.canonical import canonical_text
from casereview.store.chain import Alike, Link, Origin, text_digest
from casereview.store.opening import Store
from casereview.store.statements import run

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
# Letters that JSON writes otherwise, also where two parts of a text meet.
HARD = st.one_of(WORDS, st.text('"\\,:{}[]%\n\x00\x7f\u2028é😀'))
MAYBE = st.none() | HARD
VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | HARD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HARD, inner, max_size=3),
    max_leaves=6,
)


@given(
    body=st.dictionaries(HARD, VALUES, max_size=6),
    texts=st.dictionaries(HARD, HARD, max_size=2),
    number=st.tuples(HARD, st.integers(0, 2**62)),
    stream=st.tuples(st.integers(1, 2**62), st.integers(1, 10**6)),
    who=st.tuples(HARD, MAYBE, HARD, MAYBE),
    review=st.none() | st.integers(1, 10**6),
    pack=st.none() | st.builds(PackRef, HARD, st.integers(1, 99), HARD),
    previous=st.sampled_from(["", "0123456789abcdef" * 4]),
    on=st.dates(),
)
def test_entries_written_alike_cover_the_bytes_that_each_alone_would_cover(
    body: dict[str, Any],
    texts: dict[str, str],
    number: tuple[str, int],
    stream: tuple[int, int],
    who: tuple[str, str | None, str, str | None],
    review: int | None,
    pack: PackRef | None,
    previous: str,
    on: date,
) -> None:
    by, said_by, command, team = who
    at = datetime(2026, 3, 3, 9, tzinfo=UTC)
    origin = Origin(at, by, command, said_by, team, review, pack)
    salt = bytes(range(16))
    name, value = number
    row, words = Link(origin, team, review, pack).make(
        (7, "case", *stream), previous, ("noted", on, None, {**body, name: value}, texts), salt
    )
    alike = Alike(origin, "case", "noted", on, texts)
    rest = {k: v for k, v in body.items() if k != name}
    written, digest, mark = alike.make(stream, previous, alike.body(rest, name), value, salt)
    assert tuple(alike.common.values()) == (row[1], *row[4:16])
    assert (written, digest, mark) == row[16:]
    assert alike.texts == (words[2] if words else None)


def test_what_has_no_written_form_is_refused_in_a_body_for_many() -> None:
    origin = Origin(datetime(2026, 3, 3, tzinfo=UTC), "ann", "c1")
    alike = Alike(origin, "case", "noted", date(2026, 3, 3), {})
    with pytest.raises(TypeError):
        alike.body({"weight": 1.5}, "id")


def test_a_text_digest_is_that_of_the_written_texts() -> None:
    origin = Origin(datetime(2026, 3, 3, tzinfo=UTC), "ann", "c1")
    alike = Alike(origin, "case", "noted", date(2026, 3, 3), {"text": "Ring"})
    made = alike.make((1, 1), "", alike.body({}, "id"), 5, b"k" * 16)
    assert made[0] == '{"id":5}'
    assert made[1] == text_digest(b"k" * 16, canonical_text({"text": "Ring"}))


@pytest.mark.parametrize("count", [0, 1, 449, 450, 451, 1000])
def test_every_row_is_written_once_however_many_there_are(store: Store, count: int) -> None:
    rows = [(n, f"head {n}") for n in range(1, count + 1)]
    with store.write() as conn:
        insert_alike(conn, "seals", {"at": "then", "upto": 9}, ("number", "head"), rows)
        held = run(conn, "SELECT number, head FROM seals WHERE at = 'then' AND upto = 9").all()
    assert [tuple(row) for row in held] == rows
