"""A simulator in a process of its own, and connectors to it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from ankuan.kernel.clock import Clock, SystemClock
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankLine, FundAccountRef, OpenedSubAccount, PaymentOrder, PluginServices
from ankuan.plugin_api.testing import SimulatorProcess
from ankuan_bank_cmb.connector import CmbConnector
from ankuan_bank_cmb.plugin import CmbPlugin
from ankuan_signer_softkey.signer import SoftKeySigner

_MAINS = count(1)
PAYEE = "6217000000000001234"


def services(keys: Path, *, seconds: float = 20, clock: Clock | None = None) -> PluginServices:
    """What the host lends: a signer over the keys' folder."""
    signer = SoftKeySigner(lambda: keys)
    return PluginServices(timeout_seconds=seconds, clock=clock or SystemClock(), signers={signer.id: signer})


@dataclass
class Bank:
    """A fund account at the simulator with a connector to it. ``sub``: an open sub-account."""

    simulator: SimulatorProcess
    account: FundAccountRef
    connector: CmbConnector
    keys: Path
    sub: OpenedSubAccount
    refs: Iterator[int] = field(default_factory=lambda: count(1))

    def order(self, fen: int, **changes: Any) -> PaymentOrder:
        """A payment out of the sub-account."""
        told = {
            "client_ref": f"20261121{self.account.account_no[-6:]}{next(self.refs):06d}",
            "amount": Money(fen),
            "pay_from_sub_account": self.sub.number,
            "payee_account": PAYEE,
            "payee_name": "申请执行人甲",
            "payee_bank_name": "中国建设银行",
            "payee_bank_code": "105100000017",
            "same_bank": False,
            "purpose": "案款",
        }
        return PaymentOrder(**{**told, **changes})

    def credit(self, fen: int, *, to: str | None = None, **more: Any) -> None:
        """Money arrives from outside."""
        payer = {"payer_name": "被执行人乙", "payer_account": "6217000000000005678", "remark": "案款"}
        self.simulator.admin("POST", "/credits", {"to": to or self.sub.number, "fen": fen, **payer, **more})

    def fail(self, fault: str, *, action: str = "*", nth: int = 1, times: int = 1, **params: Any) -> None:
        """The nth message of an action from now meets this fault."""
        script = {"action": action, "fault": fault, "params": params, "nth": nth, "times": times}
        self.simulator.admin("POST", "/script", script)

    def executions(self, client_ref: str) -> list[int]:
        """Amounts that really moved for a reference."""
        entries = [entry for record in self.simulator.journal() for entry in record.get("entries", ())]
        return [entry["fen"] for entry in entries if entry.get("client_ref") == client_ref]

    async def lines(self, cursor: str | None = None) -> tuple[list[BankLine], str]:
        """All lines after a cursor, and the cursor after them."""
        found: list[BankLine] = []
        for _ in range(100):
            page = await self.connector.fetch_lines(cursor)
            found += page.lines
            cursor = page.cursor
            if not page.more:
                return found, cursor
        raise AssertionError("it goes on for ever")


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """One for all tests of a module."""
    process = SimulatorProcess("bank_cmb", tmp_path_factory.mktemp("cmb")).start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def settings(simulator: SimulatorProcess) -> dict[str, str]:
    """Settings by which the plugin reaches the simulator."""
    return told_settings(simulator)


def told_settings(simulator: SimulatorProcess) -> dict[str, str]:
    """As the simulator itself tells them."""
    told: dict[str, str] = simulator.admin("GET", "/health")["settings"]
    return told


@pytest_asyncio.fixture
async def bank(simulator: SimulatorProcess, settings: dict[str, str]) -> AsyncIterator[Bank]:
    """A fund account of its own for each test, and a bank that behaves."""
    simulator.admin("DELETE", "/faults")
    main = f"531909{next(_MAINS):09d}"
    simulator.admin("POST", "/accounts", {"number": main, "name": "示例人民法院案款专户"})
    account = FundAccountRef(main, "示例人民法院案款专户", f"{main}0000000000", settings)
    keys = simulator.data / "keys"
    connector = CmbPlugin().connect(account, services(keys))
    (sub,) = (await connector.open_sub_accounts(("(2026)鲁0102执1号",))).opened
    yield Bank(simulator, account, connector, keys, sub)
    await connector.aclose()
