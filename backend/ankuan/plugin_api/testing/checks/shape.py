"""What can be told without money: types, settings, abilities."""
# ruff: noqa: S101 - a check consists of assertions

import contextlib
from dataclasses import replace

from ankuan.plugin_api.bank import ABILITIES, BankConnector, BankPlugin, FundAccountRef, PaysBatches
from ankuan.plugin_api.capabilities import BankCapabilities
from ankuan.plugin_api.errors import InvalidSettings
from ankuan.plugin_api.settings import Setting, SettingKind
from ankuan.plugin_api.testing.bench import Bench
from ankuan.plugin_api.testing.check import check

NOWHERE = "127.0.0.1:9"
MISFITS = {
    SettingKind.URL: "file:///etc/passwd",
    SettingKind.HOST_PORT: "no port",
    SettingKind.NUMBER: "1.5",
    SettingKind.MONEY: "-1",
    SettingKind.DATE: "2026-02-30",
    SettingKind.CHOICE: "no such choice",
}


@check("contract.shape", live=True)
async def plugin_and_connector_are_what_the_contract_asks_for(bench: Bench) -> None:
    """Protocols, names and capabilities of the right types."""
    plugin = bench.plugin
    assert isinstance(plugin, BankPlugin)
    assert isinstance(bench.connector, BankConnector)
    assert plugin.id.replace("_", "").isalnum()
    assert plugin.id == plugin.id.lower()
    assert plugin.display_name
    assert len(plugin.bank_code_prefix) == 3
    assert plugin.bank_code_prefix.isdigit()
    assert isinstance(plugin.capabilities, BankCapabilities)
    assert plugin.capabilities.client_ref_alphabet
    assert plugin.capabilities.client_ref_max_length >= 10
    "案款".encode(plugin.capabilities.encoding)
    kinds: list[object] = list(plugin.settings)
    assert all(isinstance(setting, Setting) for setting in kinds)
    assert all(setting.label for setting in plugin.settings)


@check("contract.shape", live=True)
async def what_is_declared_is_implemented_and_nothing_else(bench: Bench) -> None:
    """Each ability goes with its Protocol, both ways."""
    declared = bench.plugin.capabilities
    wanted = {name for name in ABILITIES if getattr(declared, name)}
    found = {name for name, protocol in ABILITIES.items() if isinstance(bench.connector, protocol)}
    assert found == wanted
    assert isinstance(bench.connector, PaysBatches) == (declared.batch_limit > 1)
    assert declared.sub_accounts_per_call >= 1
    assert declared.batch_limit >= 1


@check("contract.shape", live=True)
async def the_manifest_says_what_the_plugin_declares(bench: Bench) -> None:
    """Where a manifest is at hand."""
    manifest = bench.subject.manifest
    if manifest:
        assert manifest["id"] == bench.plugin.id
        assert manifest["name"] == bench.plugin.display_name
        assert set(manifest["capabilities"]) == set(bench.plugin.capabilities.declared())


@check("contract.shape", "wire", live=True)
async def connecting_touches_no_network(bench: Bench) -> None:
    """A fund account can be connected while its bank is away."""
    settings = {
        setting.name: value
        for setting in bench.plugin.settings
        if (value := _elsewhere(setting, bench.account.settings.get(setting.name, "")))
    }
    account = FundAccountRef(bench.account.account_no, "甲", None, settings)
    await bench.again(1, account).aclose()


def _elsewhere(setting: Setting, value: str) -> str:
    if setting.kind is SettingKind.URL and value:
        return f"http://{NOWHERE}/"
    return NOWHERE if setting.kind is SettingKind.HOST_PORT and value else value


@check("contract.shape", live=True)
async def settings_that_do_not_fit_name_their_field(bench: Bench) -> None:
    """Missing, unknown and wrong ones, each named."""
    right = dict(bench.account.settings)
    bench.plugin.validate_settings(right)
    wrong = {"no_such_setting": {**right, "no_such_setting": "1"}}
    for setting in bench.plugin.settings:
        if setting.required and not setting.default:
            wrong[setting.name] = {**right, setting.name: " "}
        elif setting.kind in MISFITS:
            wrong[setting.name] = {**right, setting.name: MISFITS[setting.kind]}
    for setting in bench.plugin.settings:
        if setting.kind in MISFITS:
            await _named(bench, setting.name, {**right, setting.name: MISFITS[setting.kind]})
    for name, settings in wrong.items():
        await _named(bench, name, settings)


async def _named(bench: Bench, field: str, settings: dict[str, str]) -> None:
    told = None
    try:
        bench.plugin.validate_settings(settings)
    except InvalidSettings as error:
        told = error.field_name
    assert told == field


@check("contract.shape", live=True)
async def closing_twice_is_harmless(bench: Bench) -> None:
    """And a closed connector does not keep another one from working."""
    other = bench.again(1, replace(bench.account))
    await other.aclose()
    with contextlib.suppress(RuntimeError):
        await other.aclose()
