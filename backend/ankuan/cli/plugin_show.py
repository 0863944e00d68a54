"""What is installed, and what one plugin says of itself."""

from contextlib import suppress
from importlib.metadata import distributions
from pathlib import Path

from ankuan.cli.plugin_manifest import BadManifest, read_manifest
from ankuan.platform.plugins import PluginHost, load_plugins
from ankuan.platform.plugins.assumptions import documented_assumptions
from ankuan.plugin_api.version import ENTRY_POINT_GROUP, PLUGIN_API_VERSION


class NoSuchPlugin(Exception):
    """Neither an installed plugin nor a folder with a manifest."""


def installed() -> dict[str, tuple[str, Path | None]]:
    """Name of the entry point -> version of the distribution, and its folder when it is installed from one."""
    found: dict[str, tuple[str, Path | None]] = {}
    for distribution in distributions():
        for point in distribution.entry_points:
            if point.group == ENTRY_POINT_GROUP:
                found[point.name] = (distribution.version, _folder(point.value.partition(":")[0]))
    return dict(sorted(found.items()))


def _folder(package: str) -> Path | None:
    from importlib.util import find_spec

    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations))).parent
    return folder if (folder / "manifest.toml").exists() else None


def listing() -> str:
    """One line a plugin."""
    host = load_plugins()
    lines = [f"plugin API {PLUGIN_API_VERSION}"]
    for name, (version, folder) in installed().items():
        kind = status = "?"
        if folder is not None:
            with suppress(BadManifest):
                manifest = read_manifest(folder)
                kind, status = manifest.kind, manifest.status
        is_loaded = name in _loaded(host)
        lines.append(f"{name:<22} {kind:<16} {version:<8} {status:<12} {'loaded' if is_loaded else 'LEFT OUT'}")
    return "\n".join(lines)


def _loaded(host: PluginHost) -> set[str]:
    kinds = (host.banks, host.verifiers, host.signers, host.matchers, host.reports, host.sms, host.listeners)
    return {name for kind in kinds for name in kind}


def page(wanted: str) -> str:
    """The page of one plugin. Raises :class:`NoSuchPlugin`."""
    known = installed()
    folder = Path(wanted) if Path(wanted, "manifest.toml").exists() else known.get(wanted, ("", None))[1]
    if folder is None:
        raise NoSuchPlugin(f"{wanted} is neither installed nor a folder with a manifest")
    try:
        manifest = read_manifest(folder)
    except BadManifest as error:
        raise NoSuchPlugin(str(error)) from error
    version = known.get(manifest.id, ("not installed", None))[0]
    lines = [
        f"{manifest.id}  {manifest.name}",
        f"  kind          {manifest.kind}",
        f"  version       {version}  (plugin API {manifest.api})",
        f"  status        {manifest.status}",
        f"  follows       {manifest.document} {manifest.document_version}".rstrip(),
        f"  abilities     {', '.join(manifest.capabilities) or '-'}",
    ]
    bank = load_plugins().banks.get(manifest.id)
    if bank is not None:
        lines.append("  settings")
        for setting in bank.settings:
            need = "required" if setting.required and not setting.default else f"default {setting.default or '-'}"
            lines.append(f"    {setting.name:<24} {setting.label}（{setting.kind.value}, {need}）{setting.help}")
    assumptions = documented_assumptions(folder)
    if assumptions:
        lines.append("  documented assumptions ([C] confirmed, [P] partly, [K] general knowledge, [A] assumed)")
        lines += [f"    {number}. {text}" for number, text in enumerate(assumptions, 1)]
    return "\n".join(lines)
