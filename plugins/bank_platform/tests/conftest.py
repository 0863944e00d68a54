"""A simulated platform in a process of its own, and connectors to it."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from ankuan.plugin_api.bank import FundAccountRef, PluginServices
from ankuan.plugin_api.testing import SimulatorProcess
from ankuan_bank_platform.connector import PlatformConnector
from ankuan_bank_platform.plugin import PlatformPlugin
from ankuan_signer_softkey.signer import SoftKeySigner


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    process = SimulatorProcess("bank_platform", tmp_path_factory.mktemp("platform")).start()
    yield process
    process.stop()


@pytest.fixture
def opened(simulator: SimulatorProcess) -> dict[str, Any]:
    simulator.admin("DELETE", "/faults")
    return simulator.open_account("示例人民法院案款专户")


@pytest.fixture
def services(simulator: SimulatorProcess) -> PluginServices:
    return PluginServices(timeout_seconds=10, signers={"signer_softkey": SoftKeySigner(lambda: simulator.keys)})


@pytest.fixture
def account(opened: dict[str, Any]) -> FundAccountRef:
    return FundAccountRef(opened["number"], opened["name"], None, opened["settings"])


@pytest_asyncio.fixture
async def connector(account: FundAccountRef, services: PluginServices) -> AsyncIterator[PlatformConnector]:
    made = PlatformPlugin().connect(account, services)
    yield made
    await made.aclose()
