"""A fund account at the simulator, and orders for it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import cmb_bankside as bankside

from ankuan.kernel.clock import Clock, SystemClock
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankLine, FundAccountRef, OpenedSubAccount, PaymentOrder, PluginServices
from ankuan.plugin_api.testing import SimulatorProcess
from ankuan_bank_cmb.connector import CmbConnector
from ankuan_signer_softkey.signer import SoftKeySigner

PAYEE = "6217000000000001234"


def services(keys: Path, *, seconds: float = 20, clock: Clock | None = None) -> PluginServices:
    """What the host lends: a signer over the keys' folder."""
    signer = SoftKeySigner(lambda: keys)
    return PluginServices(timeout_seconds=seconds, clock=clock or SystemClock(), signers={signer.id: signer})


def payment(**changes: Any) -> PaymentOrder:
    """A payment of 30.00 yuan."""
    told = {
        "client_ref": bankside.REFERENCE,
        "amount": Money(3_000),
        "pay_from_sub_account": bankside.SUB,
        "payee_account": PAYEE,
        "payee_name": "申请执行人甲",
        "payee_bank_name": "中国建设银行",
        "payee_bank_code": "105100000017",
        "same_bank": False,
        "purpose": "案款",
    }
    return PaymentOrder(**{**told, **changes})


@dataclass
class Bank:
    """A fund account at the simulator with a connector to it. ``sub``: an open sub-account."""

    simulator: SimulatorProcess
    account: FundAccountRef
    connector: CmbConnector
    sub: OpenedSubAccount
    refs: Iterator[int] = field(default_factory=lambda: count(1))

    def order(self, fen: int, **changes: Any) -> PaymentOrder:
        """A payment out of the sub-account, with a reference never used before."""
        reference = f"20261121{self.account.account_no[-6:]}{next(self.refs):06d}"
        told = {"client_ref": reference, "amount": Money(fen), "pay_from_sub_account": self.sub.number}
        return payment(**{**told, **changes})

    def credit(self, fen: int, *, to: str | None = None, **more: Any) -> None:
        """Money arrives from outside."""
        payer = {"payer_name": "被执行人乙", "payer_account": "6217000000000005678", "remark": "案款"}
        self.simulator.admin("POST", "/credits", {"to": to or self.sub.number, "fen": fen, **payer, **more})

    def fail(self, fault: str, *, action: str = "*", **params: Any) -> None:
        """The next message of an action meets this fault."""
        self.simulator.admin("POST", "/script", {"action": action, "fault": fault, "params": params})

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
