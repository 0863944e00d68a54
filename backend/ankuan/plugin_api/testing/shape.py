"""What can be told without money: types, settings, sub-accounts."""
# ruff: noqa: S101 - a test kit consists of assertions, and its test names say what they assert

import pytest

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankConnector, BankPlugin, FundAccountRef, OpensSubAccounts, PluginServices
from ankuan.plugin_api.errors import InvalidSettings
from ankuan.plugin_api.testing.bench import Bench


class Shape:
    """Types and settings."""

    async def test_plugin_and_connector_are_what_the_contract_asks_for(self, bench: Bench) -> None:
        assert isinstance(bench.plugin, BankPlugin)
        assert isinstance(bench.connector, BankConnector)
        assert bench.plugin.id
        assert bench.plugin.display_name
        assert len(bench.plugin.bank_code_prefix) == 3
        assert bench.plugin.capabilities.client_ref_alphabet
        assert bench.plugin.settings

    async def test_connecting_touches_no_network(self, bench: Bench) -> None:
        settings = {**bench.account.settings, "endpoint": "http://127.0.0.1:9/"}
        account = FundAccountRef(bench.account.account_no, "甲", None, settings)
        await bench.plugin.connect(account, PluginServices(timeout_seconds=1)).aclose()

    async def test_settings_that_do_not_fit_name_their_field(self, bench: Bench) -> None:
        bench.plugin.validate_settings(bench.account.settings)
        with pytest.raises(InvalidSettings) as wrong:
            bench.plugin.validate_settings({**bench.account.settings, "endpoint": "file:///etc/passwd"})
        assert wrong.value.field_name == "endpoint"

    async def test_sub_accounts_get_numbers_of_their_own(self, bench: Bench) -> None:
        assert bench.plugin.capabilities.sub_accounts_online
        names = tuple(f"(2026)鲁0102执{n}号" for n in range(2, 12))
        assert isinstance(bench.connector, OpensSubAccounts)
        opened = (await bench.connector.open_sub_accounts(names)).opened
        assert [account.name for account in opened] == list(names)
        assert len({account.number for account in opened} | {bench.sub}) == 11

    async def test_what_was_opened_before_a_failure_is_not_lost(self, bench: Bench) -> None:
        bench.fail("garbage", nth=3)
        assert isinstance(bench.connector, OpensSubAccounts)
        opened = (await bench.connector.open_sub_accounts(("甲", "乙", "丙", "丁"))).opened
        assert [account.name for account in opened] == ["甲", "乙"]

    async def test_balances_of_main_and_sub_account(self, bench: Bench) -> None:
        bench.credit(12_345)
        bench.credit(55, to=bench.account.account_no)
        sub, main = await bench.connector.balance(bench.sub), await bench.connector.balance()
        assert (sub.booked, sub.available) == (Money(12_345), Money(12_345))
        assert main.booked == Money(12_400)
