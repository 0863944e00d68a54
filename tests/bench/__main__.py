"""Run one benchmark or all: one line each, exit 1 when a target is missed."""

import sys

from tests.bench.framework import benchmarks, load


def main(wanted: list[str]) -> int:
    """Measure and print; 2 for a name that is no benchmark."""
    names = benchmarks()
    unknown = [name for name in wanted if name not in names]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(names)}", file=sys.stderr)
        return 2
    short = False
    for name in wanted or names:
        for measured in load(name)():
            print(measured, flush=True)
            short = short or not measured.is_met
    return 1 if short else 0


sys.exit(main(sys.argv[1:]))
