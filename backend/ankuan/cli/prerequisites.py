"""Says in one line what this machine lacks before anything is installed.

Runs under any Python 3 without any package: ``python3 backend/ankuan/cli/prerequisites.py [python] [node]``.
"""

import importlib.util
import re
import shutil
import subprocess
import sys

PYTHON = (3, 11)
NODE = (20, 19)


def python_problem() -> "str | None":
    """What is wrong with this Python, or None."""
    if sys.version_info < PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3])
        needed = ".".join(str(part) for part in PYTHON)
        return f"Python {needed} or newer is needed, this is {found}: install it, then run: make PYTHON=python{needed}"
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            return "Python's venv module is missing: install it (Debian, Ubuntu: apt-get install python3-venv)"
    return None


def node_problem() -> "str | None":
    """What is wrong with Node.js, or None."""
    needed = f"Node.js {NODE[0]}.{NODE[1]} or newer with npm"
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return f"{program} was not found: install {needed} (Debian: apt-get install nodejs npm)"
    told = subprocess.run(["node", "--version"], check=False, stdout=subprocess.PIPE).stdout.decode()
    found = re.match(r"v(\d+)\.(\d+)", told)
    if found is None or (int(found.group(1)), int(found.group(2))) < NODE:
        return f"{needed} is needed, this is {told.strip() or 'unknown'}: install a newer one"
    return None


def main(wanted: "list[str]") -> None:
    """Print the first problem and fail, or be silent."""
    checks = {"python": python_problem, "node": node_problem}
    for name in wanted:
        problem = checks[name]()
        if problem:
            sys.exit("ankuan: " + problem)


if __name__ == "__main__":
    main(sys.argv[1:])
