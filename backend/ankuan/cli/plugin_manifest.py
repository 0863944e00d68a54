"""A plugin's ``manifest.toml``: what it says of itself, read and checked."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ankuan.plugin_api.version import PLUGIN_API_VERSION

KINDS = ("bank", "verifier", "signer", "listener", "matcher", "report", "sms")
"""Also how the ids of plugins of a kind begin: ``bank_citic``."""
STATUSES = ("simulator", "joint-tested", "production")
_RANGE = re.compile(r">=(\d+)\.(\d+),<(\d+)(?:\.(\d+))?")


class BadManifest(Exception):
    """The manifest is missing, can't be read, or says something impossible."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """``capabilities``: names of the abilities a bank declares. ``simulator``: package of its simulator, if any.
    ``signed_by``: who signs what goes to the bank.
    """

    kind: str
    id: str
    name: str
    package: str
    api: str
    status: str
    owners: tuple[str, ...]
    capabilities: tuple[str, ...]
    document: str
    document_version: str
    simulator: str | None
    signed_by: str


def read_manifest(folder: Path) -> Manifest:
    """Raises :class:`BadManifest` naming the field."""
    try:
        found = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadManifest(f"manifest.toml: {error}") from error
    spec, simulator = found.get("spec", {}), found.get("simulator", {})
    manifest = Manifest(
        kind=_one_of(found, "kind", KINDS),
        id=_text(found, "id"),
        name=_text(found, "name"),
        package=_text(found, "package"),
        api=_text(found, "api"),
        status=_one_of(found, "status", STATUSES),
        owners=_texts(found, "owners"),
        capabilities=_texts(found, "capabilities"),
        document=str(spec.get("document", "")),
        document_version=str(spec.get("version", "")),
        simulator=str(simulator["package"]) if "package" in simulator else None,
        signed_by=str(found.get("security", {}).get("signed_by", "")),
    )
    if not accepts(manifest.api):
        raise BadManifest(f"manifest.toml: api {manifest.api!r} leaves out {PLUGIN_API_VERSION}, which this is")
    return manifest


def accepts(wanted: str, version: str = PLUGIN_API_VERSION) -> bool:
    """Whether a range such as ``>=1.0,<2`` holds this version of the API."""
    found = _RANGE.fullmatch(wanted.replace(" ", ""))
    if found is None:
        return False
    major, minor = (int(part) for part in version.split(".")[:2])
    return (int(found[1]), int(found[2])) <= (major, minor) < (int(found[3]), int(found[4] or 0))


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise BadManifest(f"manifest.toml: {name} is missing")
    return value


def _texts(found: dict[str, Any], name: str) -> tuple[str, ...]:
    value = found.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise BadManifest(f"manifest.toml: {name} is no list of texts")
    return tuple(value)


def _one_of(found: dict[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = _text(found, name)
    if value not in allowed:
        raise BadManifest(f"manifest.toml: {name} {value!r} is none of {', '.join(allowed)}")
    return value
