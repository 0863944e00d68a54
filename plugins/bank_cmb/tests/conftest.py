"""Connectors: to the simulator in a process of its own, and to a bank whose answers a test chooses."""

import base64
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import cmb_bankside as bankside
import pytest
import pytest_asyncio
from cmb_bench import Bank, services

from ankuan.plugin_api.bank import FundAccountRef
from ankuan.plugin_api.testing import SimulatorProcess
from ankuan_bank_cmb.connector import CmbConnector
from ankuan_bank_cmb.plugin import CmbPlugin


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """One for all tests of a module."""
    process = SimulatorProcess("bank_cmb", tmp_path_factory.mktemp("cmb")).start()
    yield process
    process.stop()


@pytest_asyncio.fixture
async def bank(simulator: SimulatorProcess) -> AsyncIterator[Bank]:
    """A fund account of its own for each test, and a bank that behaves."""
    simulator.admin("DELETE", "/faults")
    opened = simulator.open_account("示例人民法院案款专户")
    # One of the tests moves the bank's clock for good.
    settings = {**opened["settings"], "statement_ahead_days": "10"}
    account = FundAccountRef(opened["number"], opened["name"], opened["adjustment"], settings)
    connector = CmbPlugin().connect(account, services(simulator.keys))
    (sub,) = (await connector.open_sub_accounts(("(2026)鲁0102执1号",))).opened
    yield Bank(simulator, account, connector, sub)
    await connector.aclose()


@pytest.fixture(scope="session")
def court_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the court's key ``court``."""
    folder = tmp_path_factory.mktemp("keys")
    secret = "5" * 63 + "7"
    inner = bytes.fromhex("30250201010420" + secret)
    algorithm = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
    octets = b"\x04" + bytes([len(inner)]) + inner
    content = bytes.fromhex("020100") + algorithm + octets
    der = b"\x30" + bytes([len(content)]) + content
    pem = f"-----BEGIN PRIVATE KEY-----\n{base64.b64encode(der).decode()}\n-----END PRIVATE KEY-----\n"
    (folder / "court.key.pem").write_text(pem, encoding="ascii")
    return folder


@pytest_asyncio.fixture
async def chosen(court_keys: Path) -> AsyncIterator[tuple[bankside.Gateway, CmbConnector]]:
    """A bank whose answers the test chooses, and a connector to it."""
    async with bankside.gateway() as made:
        settings = {**bankside.SETTINGS, "endpoint": f"http://127.0.0.1:{made.port}/"}
        account = FundAccountRef(bankside.MAIN, "示例人民法院", f"{bankside.MAIN}0000000000", settings)
        connector = CmbPlugin().connect(account, services(court_keys, seconds=5))
        yield made, connector
        await connector.aclose()
