"""A simulated platform in a process of its own, and connectors to it."""

import base64
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from ankuan_bank_platform_simulator import keys

from ankuan.plugin_api.bank import FundAccountRef, PluginServices
from ankuan.plugin_api.testing import SimulatorProcess
from ankuan_bank_platform.connector import PlatformConnector
from ankuan_bank_platform.plugin import PlatformPlugin
from ankuan_signer_softkey.signer import SoftKeySigner
from ankuan_simcore.wires import Context


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


@pytest.fixture
def platform_signs(simulator: SimulatorProcess) -> Callable[..., dict[str, str]]:
    """Headers under whatever a test wants the platform to have said: line, body, and the nonce it answers."""
    context = Context(simulator.data, simulator.keys, {}, 0, None)  # type: ignore[arg-type]
    own = keys.own_key(context, "ecdsa-sha256")

    def sign(line: str, body: bytes, bound_to: str = "") -> dict[str, str]:
        stamp, nonce = str(time.time_ns() // 1_000_000), secrets.token_hex(16)
        signature = base64.b64encode(own.sign(keys.signed(line, stamp, nonce, body, bound_to))).decode()
        told = {"x-app-id": "court-ecdsa", "x-timestamp": stamp, "x-nonce": nonce}
        return {**told, "x-signature": signature}

    return sign
