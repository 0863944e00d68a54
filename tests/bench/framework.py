"""What benchmarks share: turns of product and baseline, and discovery by name."""

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Literal

import tests.bench
from tests.bench.measurement import Benchmark, Measurement

_PREFIX = "bench_"


def paired(
    name: str,
    *,
    product: Callable[[], float],
    baseline: Callable[[], float],
    rounds: int,
    unit: str,
    bound: Literal["<=", ">="],
    target: float,
) -> Measurement:
    """Measure both in turns, the one that begins alternating, after one round that does not count."""
    product()
    baseline()
    turns = []
    for turn in range(rounds):
        if turn % 2:
            base = baseline()
            turns.append((product(), base))
        else:
            value = product()
            turns.append((value, baseline()))
    return Measurement(
        name,
        median(value for value, _ in turns),
        unit,
        median(base for _, base in turns),
        bound,
        target,
        pairs=tuple(value / base for value, base in turns),
    )


def benchmarks() -> list[str]:
    """Names of all benchmarks."""
    folder = Path(tests.bench.__file__).parent
    modules = [module.name for module in pkgutil.iter_modules([str(folder)])]
    return sorted(name.removeprefix(_PREFIX) for name in modules if name.startswith(_PREFIX))


def load(name: str) -> Benchmark:
    """The ``run`` of a benchmark. ModuleNotFoundError for a name that is none."""
    run: Benchmark = importlib.import_module(f"tests.bench.{_PREFIX}{name}").run
    return run
