"""Runs one plugin's simulator: ``python -m ankuan.cli.simulator ID --port N --data DIR …``."""

import sys
from importlib.metadata import EntryPoint, entry_points

from ankuan.cli.lifeline import hold_lifeline

GROUP = "ankuan.simulators"


def simulators() -> list[EntryPoint]:
    """Simulators of all installed plugins, in a fixed order."""
    return sorted(entry_points(group=GROUP), key=lambda found: found.name)


def main(arguments: list[str]) -> None:
    """Hand over to the plugin's own ``main(argv)``."""
    if not arguments:
        sys.exit("usage: python -m ankuan.cli.simulator ID --port N --data DIR")
    found = {simulator.name: simulator for simulator in simulators()}
    if arguments[0] not in found:
        sys.exit(f"no simulator {arguments[0]!r}; installed: {', '.join(found) or 'none'}")
    hold_lifeline()
    found[arguments[0]].load()(arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
