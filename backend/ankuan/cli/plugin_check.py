"""Looks at a plugin's files, without running them. Each finding is one line that says what to change."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from ankuan.cli.plugin_manifest import BadManifest, Manifest, read_manifest
from ankuan.platform.plugins.assumptions import MARK, documented_assumptions

ALLOWED = ("ankuan.plugin_api", "ankuan.kernel")
SIGNERS = ("front-end", "plugin", "paper")
BANK_HEADINGS = ("Set-up", "Certificates", "Limits", "Documented assumptions")
LONGEST_HOOK = 40
LONGEST_MODULE = 400
_FIXTURE = re.compile(r"[A-Za-z0-9.\-]+__[a-z0-9_]+\.[a-z0-9]+")


def findings(folder: Path) -> list[str]:
    """Everything that is wrong with the plugin in this folder; empty: in order."""
    try:
        manifest = read_manifest(folder)
    except BadManifest as error:
        return [str(error)]
    return [
        *_names(folder, manifest),
        *_entry_points(folder, manifest),
        *_modules(folder, manifest),
        *_readme(folder, manifest),
        *(_bank(folder, manifest) if manifest.kind == "bank" else ()),
    ]


def _names(folder: Path, manifest: Manifest) -> Iterator[str]:
    if manifest.id != folder.resolve().name:
        yield f"the folder is called {folder.resolve().name}, the plugin {manifest.id}"
    for package in (manifest.package, manifest.simulator):
        if package and not _package(folder, package).is_dir():
            yield f"manifest.toml names the package {package}, which is not there"


def _package(folder: Path, package: str) -> Path:
    beside = folder / package
    return beside if beside.is_dir() else folder / "simulator" / package


def _entry_points(folder: Path, manifest: Manifest) -> Iterator[str]:
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
    except (OSError, tomllib.TOMLDecodeError) as error:
        yield f"pyproject.toml: {error}"
        return
    points = project.get("entry-points", {})
    if points.get("ankuan", {}).get(manifest.id) != manifest.package:
        yield f'pyproject.toml: entry point group "ankuan" lacks {manifest.id} = "{manifest.package}"'
    if manifest.simulator and manifest.id not in points.get("ankuan.simulators", {}):
        yield f'pyproject.toml: entry point group "ankuan.simulators" lacks {manifest.id}'


def _modules(folder: Path, manifest: Manifest) -> Iterator[str]:
    own, simulator = _package(folder, manifest.package), None
    if manifest.simulator:
        simulator = _package(folder, manifest.simulator)
    for package in filter(None, (own, simulator)):
        for path in sorted(package.rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            where = path.relative_to(folder)
            try:
                tree = ast.parse(text)
            except SyntaxError as error:
                yield f"{where}:{error.lineno}: {error.msg}"
                continue
            lines = text.count("\n")
            if lines > LONGEST_MODULE:
                yield f"{where}: {lines} lines, at most {LONGEST_MODULE}"
            yield from _imports(where, tree, manifest, is_simulator=package == simulator)
            yield from _tables(where, tree)
            yield from _floats(where, tree)
    hook = own / "__init__.py"
    if hook.exists() and hook.read_text(encoding="utf-8").count("\n") > LONGEST_HOOK:
        yield f"{hook.relative_to(folder)}: the hook and nothing else, at most {LONGEST_HOOK} lines"


def _imports(where: Path, tree: ast.Module, manifest: Manifest, *, is_simulator: bool) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "."] if not node.level else ["."]
        else:
            continue
        for name in names:
            first = name.partition(".")[0]
            if first == "ankuan" and is_simulator:
                yield f"{where}:{node.lineno}: a simulator shares no code with the product: {name}"
            elif first == "ankuan" and not (name in ALLOWED or name.startswith(tuple(f"{a}." for a in ALLOWED))):
                yield f"{where}:{node.lineno}: a plugin imports ankuan.plugin_api and ankuan.kernel only: {name}"
            elif is_simulator and first == manifest.package:
                yield f"{where}:{node.lineno}: a simulator shares no code with the plugin it tests: {name}"
            elif not is_simulator and first in {manifest.simulator, "ankuan_simcore"} - {None}:
                yield f"{where}:{node.lineno}: a plugin shares no code with its simulator: {name}"


def _tables(where: Path, tree: ast.Module) -> Iterator[str]:
    """A table of codes is total when it is asked by ``.get`` and the rest is unknown: ``TABLE[code]`` would raise."""
    tables = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and any("AnswerState" in ast.unparse(value) for value in node.value.values)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Subscript) or not isinstance(node.ctx, ast.Load):
            continue
        if isinstance(node.value, ast.Name) and node.value.id in tables:
            yield f"{where}:{node.lineno}: {node.value.id}[…] raises for a code outside the table: use .get"


def _floats(where: Path, tree: ast.Module) -> Iterator[str]:
    if where.name in {"mapping.py", "messages.py", "lines.py", "values.py", "compose.py"}:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id == "float":
                yield f"{where}:{node.lineno}: money is integer fen, never float"


def _readme(folder: Path, manifest: Manifest) -> Iterator[str]:
    path = folder / "README.md"
    if not path.exists():
        yield "README.md is missing"
        return
    headings = " | ".join(re.findall(r"^##\s+(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE))
    for heading in BANK_HEADINGS if manifest.kind == "bank" else ():
        if heading.lower() not in headings.lower():
            yield f"README.md has no heading {heading!r}"


def _bank(folder: Path, manifest: Manifest) -> Iterator[str]:
    if manifest.simulator is None:
        yield "manifest.toml: a bank comes with its simulator"
    if manifest.signed_by not in SIGNERS:
        yield f"manifest.toml: [security] signed_by is one of {', '.join(SIGNERS)}: who signs what the bank gets?"
    if not manifest.document:
        yield "manifest.toml: [spec] document is missing: what does this plugin follow?"
    assumptions = documented_assumptions(folder)
    if not assumptions:
        yield "README.md: no documented assumptions; a bank without any has met the bank, then say so"
    for number, text in enumerate(assumptions, 1):
        if not MARK.search(text):
            yield f"README.md: assumption {number} has no mark [C], [P], [K] or [A]"
    if not list((folder / "tests").glob("test_certification.py")):
        yield "tests/test_certification.py is missing"
    yield from _fixtures(folder)


def _fixtures(folder: Path) -> Iterator[str]:
    fixtures = folder / "fixtures"
    provenance = fixtures / "PROVENANCE.md"
    told = provenance.read_text(encoding="utf-8") if provenance.exists() else ""
    if not told:
        yield "fixtures/PROVENANCE.md is missing"
    for path in sorted(fixtures.glob("*")) if fixtures.is_dir() else ():
        if path.name == "PROVENANCE.md" or path.is_dir():
            continue
        if not _FIXTURE.fullmatch(path.name):
            yield f"fixtures/{path.name} is not called <operation>__<case>.<ext>"
        elif f"`{path.name.partition('__')[0]}`" not in told:
            yield f"fixtures/PROVENANCE.md does not say where {path.name} comes from"
