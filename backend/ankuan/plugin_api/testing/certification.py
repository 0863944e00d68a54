"""The suite of a bank plugin. A plugin's test file subclasses ``BankCertification`` and says how to connect."""

# ruff: noqa: S101 - a test kit consists of assertions

from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import pytest
import pytest_asyncio

from ankuan.plugin_api.bank import BankPlugin, FundAccountRef, OpensSubAccounts, PluginServices
from ankuan.plugin_api.testing.bench import Bench
from ankuan.plugin_api.testing.money_in import MoneyIn
from ankuan.plugin_api.testing.money_out import MoneyOut
from ankuan.plugin_api.testing.shape import Shape
from ankuan.plugin_api.testing.simulator import SimulatorProcess
from ankuan.plugin_api.testing.wire_faults import WireFaults

_ACCOUNTS = count(1)
TIMEOUT_SECONDS = 2


class BankCertification(Shape, MoneyIn, MoneyOut, WireFaults):
    """Give ``plugin`` and ``account``. Tests can't be overridden: a plugin that differs declares it as a capability."""

    plugin: ClassVar[BankPlugin]

    @abstractmethod
    def account(self, simulator: SimulatorProcess, main: str, adjustment: str) -> FundAccountRef:
        """How this plugin reaches main account ``main`` at the simulator."""

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        changed = [name for name in vars(cls) if name.startswith("test_") and hasattr(BankCertification, name)]
        if changed:
            raise TypeError(f"certification tests can't be overridden: {', '.join(changed)}")

    @pytest.fixture(scope="class")
    @classmethod
    def simulator(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
        """One simulator a class."""
        data: Path = tmp_path_factory.mktemp("simulator")
        process = SimulatorProcess(cls.plugin.id, data).start()
        yield process
        process.stop()

    @pytest_asyncio.fixture
    async def bench(self, simulator: SimulatorProcess) -> AsyncIterator[Bench]:
        """A fund account of its own for each test, and a bank that behaves."""
        number = next(_ACCOUNTS)
        main = f"811250101230{number:07d}"
        simulator.admin("DELETE", "/faults")
        simulator.admin("POST", "/accounts", {"number": main, "name": "示例人民法院案款专户"})
        (waiting,) = simulator.admin("GET", f"/accounts?kind=adjustment&main={main}")["accounts"]
        account = self.account(simulator, main, waiting["number"])
        connector = self.plugin.connect(account, PluginServices(timeout_seconds=TIMEOUT_SECONDS))
        assert isinstance(connector, OpensSubAccounts)
        (opened,) = (await connector.open_sub_accounts(("(2026)鲁0102执1号",))).opened
        yield Bench(self.plugin, simulator, account, connector, opened.number, opened.name, number)
        await connector.aclose()
