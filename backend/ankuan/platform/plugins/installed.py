"""What the installed plugins say of themselves: manifest and README, read without running any of their code."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any

from ankuan.platform.plugins.assumptions import assumptions_in, documented_assumptions
from ankuan.platform.plugins.manifests import BadManifest, package_folder, read_manifest
from ankuan.plugin_api.version import ENTRY_POINT_GROUP


@dataclass(frozen=True, slots=True)
class InstalledPlugin:
    """``status``: simulator, joint-tested or production. ``assumptions``: each with its mark, as it stands there.

    A plugin without a manifest that can be read has empty texts beside its name and version.
    """

    name: str
    id: str
    kind: str
    title: str
    version: str
    api: str
    status: str
    document: str
    document_version: str
    capabilities: tuple[str, ...]
    assumptions: tuple[str, ...]


@cache
def installed_plugins() -> Mapping[str, InstalledPlugin]:
    """By the name of the entry point. Read once a process: another version is seen after a restart, as its code is."""
    points = sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name)
    return MappingProxyType({point.name: _described(point) for point in points})


def _described(point: EntryPoint) -> InstalledPlugin:
    try:
        manifest = read_manifest(point)
    except BadManifest:
        manifest = {}
    spec = manifest.get("spec")
    about: dict[str, Any] = spec if isinstance(spec, dict) else {}
    abilities = manifest.get("capabilities")
    return InstalledPlugin(
        name=point.name,
        id=_text(manifest, "id") or point.name,
        kind=_text(manifest, "kind"),
        title=_text(manifest, "name") or point.name,
        version=point.dist.version if point.dist is not None else "",
        api=_text(manifest, "api"),
        status=_text(manifest, "status"),
        document=_text(about, "document"),
        document_version=_text(about, "version"),
        capabilities=tuple(str(one) for one in abilities) if isinstance(abilities, list) else (),
        assumptions=tuple(_assumptions(point)),
    )


def _assumptions(point: EntryPoint) -> list[str]:
    """From the README beside the package, or from the description that a wheel carries."""
    folder = package_folder(point)
    beside = documented_assumptions(folder.parent) if folder is not None else []
    if beside or point.dist is None:
        return beside
    return assumptions_in(str(point.dist.metadata.get_payload()))  # type: ignore[attr-defined]  # an email message


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""
