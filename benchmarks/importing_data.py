"""Writes an event log like a ward's: unsorted, seeded, as many events as asked for.

Run from the project's folder:
    python -m benchmarks.importing_data FILE [EVENTS]
"""

from __future__ import annotations

import random
import sys
from datetime import datetime, timedelta
from pathlib import Path

SEED = 20_260_101
FIRST = datetime(2013, 1, 1, 8, 0, 0)  # noqa: DTZ001 - as written, in the layout's zone
DAYS = 1_000
TESTS = ("Leucocytes", "CRP", "LacticAcid")
RELEASES = ("Release A", "Release B", "Release C", "Release D", "Release E")


def events_of_case(chance: random.Random, case: str) -> list[str]:
    """Return the lines of one case, in order of time."""
    at = FIRST + timedelta(minutes=chance.randrange(DAYS * 1440))
    steps = ["ER Registration", "ER Triage", "ER Sepsis Triage", *TESTS]
    if chance.random() < 0.8:
        steps += ["IV Liquid", "IV Antibiotics"]
    steps += ["Admission NC"] if chance.random() < 0.8 else []
    steps += [chance.choice(TESTS) for _ in range(chance.randrange(2, 9))]
    if chance.random() < 0.1:
        steps += ["Admission IC", "Admission NC"]
    if chance.random() < 0.75:
        steps.append(chance.choices(RELEASES, (86, 7, 3, 3, 1))[0])
        if chance.random() < 0.35:
            steps.append("Return ER")
    lines = []
    for step in steps:
        lines.append(f"{case};{step};{at:%Y/%m/%d %H:%M:%S}.000;complete;{chance.randrange(9)}")
        at += timedelta(minutes=chance.randrange(1, 600))
    return lines


def write_events(path: Path, events: int) -> int:
    """Write at least so many events in random order and return how many."""
    chance = random.Random(SEED)
    lines: list[str] = []
    case = 0
    while len(lines) < events:
        case += 1
        lines += events_of_case(chance, f"K{case:07d}")
    chance.shuffle(lines)
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write("Case ID;Activity;Complete Timestamp;lifecycle:transition;org:group\n")
        out.writelines(line + "\n" for line in lines)
    return len(lines)


if __name__ == "__main__":
    print(write_events(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000))
