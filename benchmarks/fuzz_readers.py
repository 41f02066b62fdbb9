"""What the fuzz reads, how it spoils a file, and what counts as broken."""

from __future__ import annotations

import io
import os
import random
import resource
import shutil
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.fuzz_spoil import spoil, spoil_archive, spoil_inside, spoil_packed, spoil_words

ROOT = Path(__file__).resolve().parents[1]
LAYOUTS, FILES = ROOT / "fixtures" / "layouts", ROOT / "fixtures" / "imports"
NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
MOST_S, MOST_MB = 15, 600
SAME = 3
"""Faults of one kind that are told."""
CASE = "case_id,person_id,nhs_number,name,dob,referred,started,stage,ended,end_reason,notes\n"
CSV = CASE + (
    "C1,P1,9990000026,Ann,02/06/1980,02/01/2024,09/01/2024,assess,,,\n"
    'C2,P2,,"B, ""x""",,2/1/24,,complete,03/02/2024,planned,"a\nb"\n'
)
XES = """<?xml version="1.0" encoding="UTF-8"?><log><global scope="event"><date key="time:timestamp"
value="1970-01-01T00:00:00Z"/></global><trace><string key="concept:name" value="A"/><event>
<string key="concept:name" value="ER Registration"/><date key="time:timestamp"
value="2024-01-02T10:00:00.000+01:00"/></event><event><string key="concept:name" value="Release A"/>
<date key="time:timestamp" value="2024-01-03T10:00:00Z"/></event></trace></log>"""
XML = """<Message><Children><Child><ChildIdentifiers><LAchildID>1</LAchildID><PersonBirthDate>
2019-01-01</PersonBirthDate></ChildIdentifiers><CINdetails><CINreferralDate>2020-01-01
</CINreferralDate><CINclosureDate>2020-02-01</CINclosureDate><ReasonForClosure>RC2
</ReasonForClosure></CINdetails></Child></Children></Message>"""
HL7 = "".join(
    f"MSH|^~\\&|PAS|R|W|R|2024010{n}||ADT^{what}|{n}|P|2.4\rEVN|{what}|2024010{n}\r"
    "PID|1||1^^^R^MR~9990000026^^^NHS^NH||A^B||19800601|F\r"
    "PV1|1|I|W^B^1||||||||||||||||V1\r"
    for n, what in enumerate(("A01", "A02", "A03", "A13"), 1)
)


class Slow(Exception):
    """A file took longer than it may."""


def _sheet() -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        made = book.add_worksheet()
        for n, row in enumerate(CSV.splitlines()):
            made.write_row(n, 0, row.split(","))
    return out.getvalue()


class Bench:
    """Everything that a reader needs: a rehearsal store with a team for each pathway."""

    def __init__(self, folder: Path) -> None:
        from casereview.packs.library import Library
        from casereview.service.organisation import setup, teams
        from casereview.service.organisation.signing_in import sit_down

        os.environ["XDG_STATE_HOME"] = str(folder)
        self.folder = folder
        self.library = Library()
        place = folder / "team.db"
        setup.create(place, library=self.library, now=NOW, rehearsal=True)
        self.desk = sit_down(place, library=self.library, clock=lambda: NOW)
        for team, pathway in (("WARD", "ward"), ("CIN", "childrens")):
            teams.add_team(self.desk.again(), team, pathway=pathway)

    def take(self, file: Path, layout: str, *, team: str = "WARD") -> None:
        """Import a file for show."""
        from casereview.service.doors.importing import import_file

        import_file(
            self.desk.again(), file, LAYOUTS / layout, team=team, dry_run=True,
            report=self.folder / "report.csv",
        )  # fmt: skip

    def with_actions(self) -> bytes:
        """Return an action sheet of this store."""
        from datetime import date

        from casereview.service.actions import action_sheets, actions
        from casereview.service.cases import cases

        on = date(2026, 3, 2)
        cases.refer(self.desk.again(), team="WARD", person="P1", on=on)
        for what in ("ring", "write"):
            actions.add(self.desk.again(), ["C1"], what, owner=self.desk.actor, due_on=NOW.date())
        told = action_sheets.write(self.desk.again(), "WARD", self.folder / "sheets")
        return Path(told[0]["file"]).read_bytes()

    def archive(self) -> bytes:
        """Return an archive of this store."""
        from casereview.service.doors.exporting import export_archive

        self.with_actions()
        file = self.folder / "all.zip"
        export_archive(self.desk.again(), file, purpose="a long check of the readers")
        return file.read_bytes()


def _sheets(bench: Bench, file: Path) -> None:
    from casereview.service.actions import action_sheets

    action_sheets.read(bench.desk.again(), file)


def _restore(bench: Bench, file: Path) -> None:
    from casereview.service.doors.exporting import restore_archive

    place = bench.folder / "again"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    restore_archive(place / "new.db", file)


def _layout(bench: Bench, file: Path) -> None:
    from casereview.exchange.layouts.file import load_layout

    load_layout(file, bench.library)


def _guess(bench: Bench, file: Path) -> None:
    from casereview.exchange.layouts.guessing import propose

    del bench
    propose(file)


Seeds = Callable[[Bench], list[bytes]]
Read = Callable[[Bench, Path], None]
Spoil = Callable[[bytes, random.Random], bytes]


def _by(layout: str, team: str = "WARD") -> Read:
    return lambda bench, file: bench.take(file, layout, team=team)


def _files(pattern: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted(FILES.glob(pattern))]


READERS: dict[str, tuple[str, Seeds, Spoil, Read]] = {
    "csv": ("x.csv", lambda _: [CSV.encode(), CSV.encode("utf-16")], spoil, _by("caseload.toml")),
    "xlsx": ("x.xlsx", lambda _: [_sheet()], spoil_inside, _by("caseload.toml")),
    "ods": ("x.ods", lambda _: _files("*.ods"), spoil_inside, _by("ward-list.toml")),
    "xls": ("x.xls", lambda _: _files("*.xls"), spoil, _by("ward-list.toml")),
    "xml": ("x.xml", lambda _: [XML.encode()], spoil_words, _by("cin.toml", "CIN")),
    "xes": ("x.xes", lambda _: [XES.encode()], spoil_words, _by("sepsis-xes.toml")),
    "xes.gz": ("x.xes.gz", lambda _: [XES.encode()], spoil_packed, _by("sepsis-xes.toml")),
    "hl7": ("x.hl7", lambda _: [HL7.encode(), f"\x0b{HL7}\x1c\r".encode()], spoil, _by("adt.toml")),
    "guess": ("x.csv", lambda _: [CSV.encode(), *_files("*.csv")], spoil, _guess),
    "sheets": ("x.xlsx", lambda bench: [bench.with_actions()], spoil_inside, _sheets),
    "archive": ("x.zip", lambda bench: [bench.archive()], spoil_archive, _restore),
    "layout": (
        "x.toml", lambda _: [p.read_bytes() for p in sorted(LAYOUTS.glob("*.toml"))],
        spoil_words, _layout,
    ),
}  # fmt: skip
"""Reader to the name of its files, sound files to begin with, what spoils and what reads them."""


def kept_name(place: Path) -> str:
    """Return where the file lies that was being read last."""
    return str(next(iter(sorted((place / "now").glob("*"))), place))


def work(reader: str, place: Path, seconds: int, seed: int) -> dict[str, Any]:
    """Read spoiled files until the time is over, and tell what happened."""
    from casereview.errors import CaseReviewError

    name, seeds, spoiling, read = READERS[reader]
    pick = random.Random(seed)
    bench = Bench(place)
    sound = seeds(bench)
    (place / "now").mkdir()
    file, told = place / "now" / name, {"files": 0, "refused": 0, "slowest_s": 0.0}
    broken: list[str] = []
    signal.signal(signal.SIGALRM, _too_slow)
    until = time.monotonic() + seconds
    while time.monotonic() < until and len(broken) < 20:
        file.write_bytes(spoiling(pick.choice(sound), pick))
        told["files"] += 1
        begun, fault = time.monotonic(), ""
        signal.alarm(MOST_S)
        try:
            read(bench, file)
        except CaseReviewError:
            told["refused"] += 1
        except Exception as error:  # noqa: BLE001 - any other error is what is looked for
            fault = f"{type(error).__name__}: {str(error)[:120]}"
        finally:
            signal.alarm(0)
        told["slowest_s"] = max(told["slowest_s"], time.monotonic() - begun)
        if not fault and peak_mb() > MOST_MB:
            fault = f"{peak_mb():.0f} MB"
        if fault and sum(b.startswith(fault[:20]) for b in broken) < SAME:
            kept = place / f"{told['files']}-{name}"
            shutil.copy(file, kept)
            broken.append(f"{fault} ({kept})")
            if fault.endswith("MB"):
                break
    bench.desk.store.close()
    return {**told, "peak_mb": peak_mb(), "broken": broken}


def peak_mb() -> float:
    """Return the most memory that this process, or one that it started, has held, in MB."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(w).ru_maxrss for w in who) / 1024


def _too_slow(*_: Any) -> None:
    raise Slow(f"more than {MOST_S} s")
