"""The plugin that is certified: how it is found, what it declares, which files it consists of."""

import hashlib
import importlib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, packages_distributions, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pluggy

from ankuan.plugin_api.bank import BankPlugin
from ankuan.plugin_api.hooks import AnkuanSpec
from ankuan.plugin_api.signing import SignerPlugin
from ankuan.plugin_api.version import ENTRY_POINT_GROUP

KEY_FOLDER: Final = "ANKUAN_KEY_FOLDER"
"""Where the installed signer of key files looks for its keys."""
_NO_CODE: Final = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache"})


@dataclass(frozen=True, slots=True)
class Subject:
    """A loaded plugin. ``package``: its module's name. ``manifest``: empty when it is installed without one."""

    plugin: BankPlugin
    package: str
    manifest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def facts(self) -> frozenset[str]:
        """What is true of it, as checks ask: its declared abilities and what follows from them.

        ``wire``: it talks to the bank at all. ``pays``: payments go over the wire. ``sub_accounts``, ``batches``,
        ``asks`` (fate of an order can be asked), ``signs`` and ``front_end_signs`` (by the manifest's
        ``[security] signed_by``), ``narrow`` (its character set lacks 𠮷).
        """
        declared = self.plugin.capabilities
        found = set(declared.declared())
        on_wire = declared.statements_pull or declared.answers_queries or declared.balances
        signed_by = self.manifest.get("security", {}).get("signed_by", "")
        more = {
            "wire": on_wire,
            "pays": on_wire and not declared.paper,
            "asks": on_wire and declared.answers_queries and not declared.paper,
            "sub_accounts": declared.opens_sub_accounts,
            "batches": declared.batch_limit > 1,
            "signs": signed_by == "plugin",
            "front_end_signs": signed_by == "front-end",
            "narrow": not encodable("𠮷", declared.encoding),
        }
        return frozenset(found | {name for name, holds in more.items() if holds})

    @property
    def distribution_version(self) -> str:
        """Version of the distribution that holds the package, empty when it is none."""
        root = self.package.partition(".")[0]
        try:
            return version(packages_distributions().get(root, [root])[0])
        except PackageNotFoundError:
            return ""

    @property
    def files(self) -> tuple[Path, ...]:
        """All files of the plugin's package, and its manifest, in order."""
        return _files(self.package)

    @property
    def files_sha256(self) -> str:
        """One digest of all files: their names and contents."""
        return _files_sha256(self.package)


def encodable(text: str, encoding: str) -> bool:
    """Whether a character set can write a text."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def entry_point(plugin_id: str) -> EntryPoint:
    """The installed plugin of that id. LookupError when there is none."""
    found = [point for point in entry_points(group=ENTRY_POINT_GROUP) if point.name == plugin_id]
    if not found:
        raise LookupError(f"no plugin {plugin_id} is installed")
    return found[0]


@cache
def installed_sha256(plugin_id: str) -> str:
    """Digest of an installed plugin's files as this process found them. LookupError when there is no such plugin."""
    return _files_sha256(entry_point(plugin_id).value.partition(":")[0])


def load_subject(source: str) -> Subject:
    """Load a bank: by its id, or as ``module:function`` that returns one. Whatever the plugin raises comes through.

    LookupError when there is no such plugin, or when it registers no bank.
    """
    if ":" in source:
        module, _, name = source.partition(":")
        made: BankPlugin = getattr(importlib.import_module(module), name)()
        return subject_of(made)
    point = entry_point(source)
    banks = _registered(point.load(), "ankuan_register_bank")
    if len(banks) != 1:
        raise LookupError(f"{source} registers {len(banks)} banks")
    return Subject(banks[0], point.value.partition(":")[0], read_manifest(point.value.partition(":")[0]))


def subject_of(plugin: BankPlugin) -> Subject:
    """A plugin that is loaded already."""
    module = type(plugin).__module__
    package = module.partition(".")[0] if module.startswith("ankuan_") else module
    return Subject(plugin, package, read_manifest(package))


def _registered(module: object, hook: str) -> list[Any]:
    manager = pluggy.PluginManager(ENTRY_POINT_GROUP)
    manager.add_hookspecs(AnkuanSpec)
    manager.register(module)
    manager.check_pending()
    return [found.function() for found in getattr(manager.hook, hook).get_hookimpls()]


def installed_signers(keys: Path | None) -> dict[str, SignerPlugin]:
    """All installed signers; the one of key files gets ``keys`` as its folder. Those that break are left out."""
    if keys is not None:
        os.environ[KEY_FOLDER] = str(keys)
    return dict(_signers())


@cache
def _signers() -> Mapping[str, SignerPlugin]:
    found: dict[str, SignerPlugin] = {}
    for point in _signer_points():
        try:
            made = _registered(point.load(), "ankuan_register_signer")
        except Exception:  # noqa: BLE001, S112 - somebody else's broken plugin is not what is certified here
            continue
        found |= {signer.id: signer for signer in made}
    return found


def _signer_points() -> Iterable[EntryPoint]:
    return (point for point in entry_points(group=ENTRY_POINT_GROUP) if point.name.startswith("signer_"))


def _files(package: str) -> tuple[Path, ...]:
    folder = package_folder(package)
    inside = [] if folder is None else [folder] if folder.is_file() else folder.rglob("*")
    found = [path for path in inside if path.is_file()]
    manifest = manifest_file(package)
    kept = [path for path in found if not _NO_CODE & set(path.parts)]
    return tuple(sorted(kept + ([manifest] if manifest else [])))


def _files_sha256(package: str) -> str:
    folder = package_folder(package)
    whole = hashlib.sha256()
    for path in _files(package):
        name = path.relative_to(folder) if folder and path.is_relative_to(folder) else Path(path.name)
        whole.update(f"{name.as_posix()}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def package_folder(package: str) -> Path | None:
    """Where a package's files are, without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.origin:
        return None
    return Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)


def manifest_file(package: str) -> Path | None:
    """The manifest inside a package, or beside it in its source folder."""
    folder = package_folder(package)
    places = [] if folder is None else [folder / "manifest.toml", folder.parent / "manifest.toml"]
    return next((place for place in places if place.is_file()), None)


def read_manifest(package: str) -> dict[str, Any]:
    """The manifest's contents, empty without one."""
    path = manifest_file(package)
    return tomllib.loads(path.read_text(encoding="utf-8")) if path else {}
