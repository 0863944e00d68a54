"""``python -m tests.bench [NAME …]``: runs benchmarks, all of them without a name. Exit code 1: a target was missed."""

import sys
from importlib import import_module
from pathlib import Path

from tests.bench.measurement import Benchmark


def benchmarks() -> dict[str, str]:
    """Name to module of every benchmark."""
    found = sorted(Path(__file__).parent.glob("bench_*.py"))
    return {path.stem.removeprefix("bench_"): f"tests.bench.{path.stem}" for path in found}


def main(wanted: list[str]) -> int:
    """Run and print."""
    known = benchmarks()
    if unknown := set(wanted) - set(known):
        sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    missed = 0
    for name in wanted or known:
        run: Benchmark = import_module(known[name]).run
        for measurement in run():
            print(measurement, flush=True)
            missed += not measurement.is_met
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
