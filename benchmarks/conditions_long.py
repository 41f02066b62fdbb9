"""The long check of conditions: a million pairs of condition and facts, a long fuzz, and the times.

    python benchmarks/conditions_long.py
    python benchmarks/conditions_long.py --pairs 5000000 --fuzz 500000 --seed 7
    python benchmarks/conditions_long.py --url postgresql+psycopg://localhost/scratch

Every pair is evaluated for one case and in the database; any disagreement is printed and the exit
code is 1. The fuzz loads hostile text: anything but a condition or a refusal stops the run.
The database named by --url must be a scratch one: its table "facts" is dropped and made anew.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import sys
import time
import timeit
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from types import ModuleType

from sqlalchemy import create_engine

from casereview.core.conditions import load, unlock
from casereview.core.facts import Catalogue, FactSpec, Value

ROWS = 100
BATCH = 200
RULE = "days_in_stage > 42 and open_actions = 0 and age >= 18 and has_key_worker"
WARD = (
    *(f"f{n} = 'yes'" for n in range(8)),
    "f8 = 'yes' or f9 = 'yes'",
    "f10 >= 3 and f11",
)


def generator() -> ModuleType:
    """Load the generator of the tests by its path: test folders are not packages."""
    path = Path(__file__).parents[1] / "tests" / "conditions" / "generate.py"
    spec = importlib.util.spec_from_file_location("conditions_generate", path)
    if spec is None or spec.loader is None:
        sys.exit(f"cannot read {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def agree(make: ModuleType, url: str, pairs: int, seed: int) -> int:
    """Compare the two readings on at least `pairs` pairs; return how many disagree."""
    rng = random.Random(seed)
    engine = create_engine(url)
    done = wrong = 0
    values: Counter[bool | None] = Counter()
    began = time.perf_counter()
    while done < pairs:
        rows = [make.a_row(rng) for _ in range(ROWS)]
        make.fill(engine, rows)
        conditions = make.loaded(rng, min(BATCH, -(-(pairs - done) // ROWS)))
        for text, row, here, there in make.disagreements(engine, conditions, rows):
            wrong += 1
            print(f"DISAGREE: {text}\n  {row}\n  one case {here}, database {there}")
        values.update(c.evaluate(rows[0]) for c in conditions)
        done += len(conditions) * len(rows)
    engine.dispose()
    spent = time.perf_counter() - began
    kind = url.partition(":")[0]
    shares = ", ".join(f"{v} {values[v] / values.total():.0%}" for v in (True, False, None))
    print(f"agreement on {kind}: {done:,} pairs, {wrong} disagreements, {spent:.0f} s")
    print(f"  values: {shares}")
    return wrong


def reload(make: ModuleType, text: str) -> None:
    """Load a text as if for the first time."""
    make.refused(text, Catalogue.of(make.CATALOGUE))


def fuzz(make: ModuleType, texts: int, seed: int) -> None:
    """Load hostile texts; print how many were refused and the slowest."""
    rng = random.Random(seed)
    refused, slowest, worst = 0, 0.0, ""
    for _ in range(texts):
        text = make.hostile(rng)
        began = time.perf_counter()
        refused += make.refused(text) is not None
        if time.perf_counter() - began > slowest:
            # Timed again by itself: a pause of the machine is not the parser's.
            again = microseconds(partial(reload, make, text), 1) / 1e6
            slowest, worst = max((slowest, worst), (again, text))
    print(f"fuzz: {texts:,} texts, {refused:,} refused; slowest {slowest * 1e3:.1f} ms")
    print(f"  ({len(worst)} characters, {worst[:60]!r}...)")


def microseconds(work: Callable[[], object], number: int) -> float:
    """Return the best of five, so that another program's work is not counted."""
    return min(timeit.repeat(work, number=number, repeat=5)) / number * 1e6


def times(make: ModuleType) -> None:
    """Print what loading, evaluating and unlocking cost."""
    facts: dict[str, Value] = {
        "days_in_stage": 50, "open_actions": 0, "age": 40, "has_key_worker": True
    }  # fmt: skip
    rule = load(RULE, make.CATALOGUE)
    assert rule.evaluate(facts) is True
    loading = microseconds(lambda: load(RULE, Catalogue.of(make.CATALOGUE)), 200)
    print(f"load a four-term rule: {loading:.0f} us")
    print(f"evaluate it: {microseconds(lambda: rule.evaluate(facts), 100_000):.2f} us")
    print(f"load it again: {microseconds(lambda: load(RULE, make.CATALOGUE), 10_000):.2f} us")
    catalogue = Catalogue.of(
        [
            *(FactSpec(f"f{n}", "code", "F.", values=("yes", "no")) for n in range(10)),
            FactSpec("f10", "integer", "F."),
            FactSpec("f11", "boolean", "F."),
        ]
    )
    ward = [load(text, catalogue) for text in WARD]
    on = date(2026, 3, 3)
    solving = microseconds(lambda: unlock(ward, {}, catalogue, on=on), 200)
    print(f"unlock ten requirements over twelve unknown facts: {solving:.0f} us")


def main() -> int:
    """Run the three parts; return 1 when a pair disagrees."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--pairs", type=int, default=1_000_000, help="pairs to compare")
    parser.add_argument("--fuzz", type=int, default=200_000, help="hostile texts to load")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random generator")
    parser.add_argument(
        "--url", default="sqlite://", help="a scratch database (SQLAlchemy address)"
    )
    options = parser.parse_args()
    make = generator()
    times(make)
    fuzz(make, options.fuzz, options.seed)
    return 1 if agree(make, options.url, options.pairs, options.seed) else 0


if __name__ == "__main__":
    sys.exit(main())
