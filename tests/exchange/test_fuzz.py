"""Bytes that nobody meant: every reader takes them or refuses them, and never breaks.

Longer: python -m benchmarks.fuzz, every reader for 10 minutes in a process of its own.
"""

from __future__ import annotations

import gzip
import io
import os
import random
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casereview.errors import CaseReviewError
from casereview.exchange.layouts.file import load_layout
from casereview.exchange.layouts.guessing import propose
from casereview.exchange.loading.reading import stage
from casereview.exchange.rows.cells import Circumstances

EXAMPLES = int(os.environ.get("CASEREVIEW_FUZZ", "60"))
TODAY = datetime(2026, 3, 3, tzinfo=UTC).date()
FEW = settings(
    max_examples=EXAMPLES, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
CSV = (
    b"case_id,person_id,nhs_number,name,dob,referred,started,stage,ended,end_reason,notes\n"
    b"C1,P1,9990000026,Ann,02/06/1980,02/01/2024,09/01/2024,assess,,,\n"
)
XES = (
    b'<log><trace><string key="concept:name" value="A"/><event><string key="concept:name" '
    b'value="ER Registration"/><date key="time:timestamp" value="2024-01-02T10:00:00Z"/>'
    b"</event></trace></log>"
)
XML = (
    b"<Message><Child><ChildIdentifiers><LAchildID>1</LAchildID></ChildIdentifiers><CINdetails>"
    b"<CINreferralDate>2020-01-01</CINreferralDate></CINdetails></Child></Message>"
)
HL7 = (
    b"MSH|^~\\&|PAS|R|W|R|20240102||ADT^A01|1|P|2.4\rEVN|A01|20240102\rPID|1||1^^^R^MR||A^B\r"
    b"PV1|1|I|W^B^1||||||||||||||||V1\r"
)


def sheet() -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        made = book.add_worksheet()
        for n, line in enumerate(CSV.decode().splitlines()):
            made.write_row(n, 0, line.split(","))
    return out.getvalue()


def unpacked_and_spoiled(data: bytes, seed: int) -> bytes:
    """Spoil one part of a spreadsheet inside, so that the zip itself stays sound."""
    out, pick = io.BytesIO(), random.Random(seed)
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        chosen = pick.choice(old.namelist())
        for name in old.namelist():
            part = bytearray(old.read(name))
            for _ in range(pick.randint(1, 5) if name == chosen and part else 0):
                part[pick.randrange(len(part))] = pick.randrange(256)
            new.writestr(name, bytes(part))
    return out.getvalue()


@st.composite
def spoiled(draw: Any, seed: bytes) -> bytes:
    """Return a sound file with bytes changed, taken out, doubled or put in."""
    data = bytearray(seed)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        size = draw(st.integers(0, 40))
        piece = draw(st.one_of(st.binary(max_size=20), st.just(bytes(data[at : at + size]))))
        data[at : at + draw(st.integers(0, 8))] = piece
    return bytes(data)


@pytest.fixture
def take(tmp_path: Path, library: Any, layouts: Path) -> Any:
    held = {p.name: load_layout(p, library) for p in layouts.glob("*.toml")}
    around = Circumstances(TODAY, TODAY, frozenset())
    refused: list[int] = []

    def run(data: bytes, layout: str, name: str) -> None:
        path = tmp_path / name
        path.write_bytes(data)
        try:
            staged = stage(path, held[layout], around, folder=tmp_path)
        except CaseReviewError as error:
            refused.append(error.exit_code)
            return
        for _, cases in staged.groups():
            assert cases
        staged.close()

    yield run
    assert set(refused) <= {2}


@FEW
@given(data=spoiled(CSV))
def test_a_spoiled_csv_is_taken_or_refused_in_words(take: Any, data: bytes) -> None:
    take(data, "caseload.toml", "x.csv")


@FEW
@given(data=spoiled(XES))
def test_a_spoiled_event_log_is_taken_or_refused_in_words(take: Any, data: bytes) -> None:
    take(data, "sepsis-xes.toml", "x.xes")
    take(gzip.compress(data)[: max(20, len(data))], "sepsis-xes.toml", "x.xes.gz")


@FEW
@given(data=spoiled(XML))
def test_spoiled_xml_is_taken_or_refused_in_words(take: Any, data: bytes) -> None:
    take(data, "cin.toml", "x.xml")


@FEW
@given(data=spoiled(HL7))
def test_spoiled_messages_are_taken_or_refused_in_words(take: Any, data: bytes) -> None:
    take(data, "adt.toml", "x.hl7")


@FEW
@given(data=spoiled(sheet()), seed=st.integers(0, 2**32))
def test_a_spoiled_spreadsheet_is_taken_or_refused_in_words(
    take: Any, data: bytes, seed: int
) -> None:
    take(data, "caseload.toml", "x.xlsx")
    take(unpacked_and_spoiled(sheet(), seed), "caseload.toml", "x.xlsx")


@FEW
@given(data=st.one_of(st.binary(max_size=400), spoiled(CSV)))
def test_anything_may_be_proposed_for(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "y.csv"
    path.write_bytes(data)
    try:
        said, code = propose(path), 0
    except CaseReviewError as error:
        said, code = "", error.exit_code
    assert said.startswith("# A proposal") if code == 0 else code == 2


@pytest.mark.parametrize("reader", ["archive", "layout", "ods", "sheets", "xls"])
def test_the_long_fuzz_finds_nothing_in_a_second(reader: str) -> None:
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fuzz", "--seconds", "1", "--reader", reader],
        cwd=root, env=env, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "0 broken; seed" in done.stdout
