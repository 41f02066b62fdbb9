"""Spoiled files for every reader, for as long as asked: only refusals, never a crash or a hang.

python -m benchmarks.fuzz                      every reader for 10 minutes each
python -m benchmarks.fuzz --seconds 90 --reader xls --reader ods

Each reader works in a process of its own, which may take 600 MB and 15 s for one file. What breaks
it is kept in the folder that the last lines name. Exit code 1 when something did.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.fuzz_readers import READERS, kept_name, work

SECONDS = 600
GRACE = 60
"""Seconds that a reader may take to begin and to end."""


def main() -> int:
    """Fuzz the readers that were asked for, one after the other."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--seconds", type=int, default=SECONDS, help="time for each reader")
    asked.add_argument("--reader", action="append", choices=sorted(READERS), help="only these")
    asked.add_argument("--seed", type=int, default=None, help="repeat a run")
    asked.add_argument("--child", nargs=2, metavar=("READER", "FOLDER"), help=argparse.SUPPRESS)
    given = asked.parse_args()
    seed = given.seed if given.seed is not None else time.time_ns() % 10**9
    if given.child:
        print(json.dumps(work(given.child[0], Path(given.child[1]), given.seconds, seed)))
        return 0
    folder = Path(tempfile.mkdtemp(prefix="casereview-fuzz-"))
    broken = 0
    for reader in given.reader or sorted(READERS):
        broken += _one(reader, folder, given.seconds, seed)
    print(f"{broken} broken; seed {seed}; files in {folder}")
    return 1 if broken else 0


def _one(reader: str, folder: Path, seconds: int, seed: int) -> int:
    place = folder / reader
    place.mkdir()
    command = (sys.executable, "-m", "benchmarks.fuzz", "--child", reader, str(place))
    options = ("--seconds", str(seconds), "--seed", str(seed))
    try:
        done = subprocess.run(
            [*command, *options], capture_output=True, text=True, check=False,
            timeout=seconds + GRACE,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        print(f"{reader:8} HANGS on {kept_name(place)}")
        return 1
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1][:200]
        print(f"{reader:8} DIED ({done.returncode}) on {kept_name(place)}: {last}")
        return 1
    told = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{reader:8} {told['files']:>7,} files, {told['refused']:,} refused whole, slowest "
        f"{told['slowest_s']:.2f} s, {told['peak_mb']:.0f} MB, {len(told['broken'])} broken"
    )
    for what in told["broken"]:
        print(f"         {what}")
    return len(told["broken"])


if __name__ == "__main__":
    raise SystemExit(main())
