"""The manifest of an installed plugin: found without running any of its code."""

import hashlib
import importlib.util
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from typing import Any

from ankuan.plugin_api.version import PLUGIN_API_VERSION

MANIFEST = "manifest.toml"
_CLAUSE = re.compile(r"(>=|<=|==|!=|>|<)\s*(\d+(?:\.\d+){0,2})")


class BadManifest(Exception):
    """There is none, or it does not fit. The text is one of a few words and, after a colon, a detail."""


def package_folder(point: EntryPoint) -> Path | None:
    """Folder of the top-level package; its code is not run."""
    try:
        spec = importlib.util.find_spec(point.module.split(".")[0])
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def read_manifest(point: EntryPoint) -> dict[str, Any]:
    """The manifest in the package, or beside it where the plugin is installed from its folder. Raises BadManifest."""
    folder = package_folder(point)
    if folder is None:
        raise BadManifest("package_missing")
    for file in (folder / MANIFEST, folder.parent / MANIFEST):
        if file.is_file():
            try:
                return tomllib.loads(file.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
                raise BadManifest(f"manifest_unreadable: {type(error).__name__}") from None
    raise BadManifest("manifest_missing")


def check_manifest(manifest: dict[str, Any]) -> None:
    """Raises BadManifest unless the plugin was written for this version of the API."""
    wanted = manifest.get("api")
    if not isinstance(wanted, str):
        raise BadManifest("api_range_missing")
    if not covers(wanted, PLUGIN_API_VERSION):
        raise BadManifest(f"api_incompatible: {wanted[:60]}")


def covers(wanted: str, version: str) -> bool:
    """Whether a range such as ``>=1.0,<2`` holds a version. A range that can't be read holds none."""
    here = _numbers(version)
    for clause in wanted.split(","):
        found = _CLAUSE.fullmatch(clause.strip())
        if found is None:
            return False
        there = _numbers(found[2])
        holds = {
            ">=": here >= there,
            "<=": here <= there,
            "==": here == there,
            "!=": here != there,
            ">": here > there,
            "<": here < there,
        }
        if not holds[found[1]]:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    parts = [int(part) for part in version.split(".")]
    return tuple(parts + [0] * (3 - len(parts)))


def fingerprint(point: EntryPoint) -> str:
    """Changes whenever what would be imported changes: distribution, version, interpreter, files.

    A wheel's RECORD holds the digests of all its files; a plugin installed from its folder is known by their sizes and
    times.
    """
    digest = hashlib.sha256()
    parts = [point.name, point.value, sys.version, PLUGIN_API_VERSION]
    if point.dist is not None:
        parts += [point.dist.name, point.dist.version, point.dist.read_text("RECORD") or ""]
    digest.update("\x1f".join(parts).encode())
    if point.dist is None or _is_editable(point.dist):
        folder = package_folder(point)
        for line in sorted(_files(folder)) if folder is not None else ():
            digest.update(line.encode())
    return digest.hexdigest()


def _is_editable(distribution: Distribution) -> bool:
    try:
        told = json.loads(distribution.read_text("direct_url.json") or "{}")
    except ValueError:
        return True
    return bool(told.get("dir_info", {}).get("editable"))


def _files(folder: Path) -> Iterator[str]:
    for file in folder.rglob("*.py"):
        seen = file.stat()
        yield f"{file}\x1f{seen.st_size}\x1f{seen.st_mtime_ns}\n"
