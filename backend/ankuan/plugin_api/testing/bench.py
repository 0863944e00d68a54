"""One fund account at the simulator with a connector to it, and the outside truth beside it."""
# ruff: noqa: S101 - a test kit consists of assertions, and its test names say what they assert

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import (
    AdjustmentOrder,
    Adjusts,
    AnswerState,
    BankAnswer,
    BankConnector,
    BankLine,
    BankPlugin,
    FundAccountRef,
    PaymentOrder,
)
from ankuan.plugin_api.testing.simulator import SimulatorProcess

PAYEE = "6217000000000001234"
REFUSED_PAYEE = "6217000000000000000"
MAX_PAGES = 1000
FINAL = frozenset({AnswerState.SETTLED, AnswerState.REFUSED})


@dataclass(slots=True)
class Bench:
    """What a certification test works with. ``sub`` is an open sub-account named ``sub_name``."""

    plugin: BankPlugin
    simulator: SimulatorProcess
    account: FundAccountRef
    connector: BankConnector
    sub: str
    sub_name: str
    number: int
    refs: int = 0

    def order(
        self, fen: int, *, payee: str = PAYEE, name: str = "申请执行人甲", sub: str | None = None
    ) -> PaymentOrder:
        """A payment out of the sub-account, with a reference never used before."""
        return PaymentOrder(
            client_ref=self.next_ref(),
            amount=Money(fen),
            pay_from_sub_account=sub or self.sub,
            payee_account=payee,
            payee_name=name,
            payee_bank_name="中国建设银行",
            payee_bank_code="105100000017",
            same_bank=False,
            purpose="案款",
        )

    def adjustment(self, line: BankLine, fen: int) -> AdjustmentOrder:
        """Move ``fen`` of a waiting line to the sub-account."""
        return AdjustmentOrder(
            client_ref=self.next_ref(),
            amount=Money(fen),
            to_sub_account=self.sub,
            to_sub_account_name=self.sub_name,
            adjustment_ref=line.adjustment_ref or "",
            reason="认领入账",
        )

    def next_ref(self) -> str:
        """A reference in the bank's own alphabet and length."""
        self.refs += 1
        allowed = self.plugin.capabilities
        digits = f"{self.number:04d}{self.refs:06d}"
        assert all(digit in allowed.client_ref_alphabet for digit in "0123456789")
        return digits.rjust(min(allowed.client_ref_max_length, 20), "9")

    def credit(self, fen: int, *, to: str | None = None, remark: str = "案款", **more: Any) -> dict[str, Any]:
        """Money arrives from outside."""
        body = {"to": to or self.sub, "fen": fen, "remark": remark, "payer_name": "被执行人乙", **more}
        return self.simulator.admin("POST", "/credits", {"payer_account": "6217000000000005678", **body})

    def fail(self, fault: str, *, nth: int = 1, **params: Any) -> None:
        """The nth message from now meets this fault."""
        self.simulator.admin("POST", "/script", {"action": "*", "fault": fault, "params": params, "nth": nth})

    def executions(self, client_ref: str) -> list[tuple[int, str]]:
        """What the bank really did for a reference: amounts in fen and payees, from its journal."""
        entries = [entry for record in self.simulator.journal() for entry in record.get("entries", ())]
        return [(e["fen"], e.get("counter_account", "")) for e in entries if e.get("client_ref") == client_ref]

    def balance_fen(self, number: str | None = None) -> int:
        """Booked balance of the sub-account at the bank."""
        return int(self.simulator.admin("GET", f"/accounts/{number or self.sub}")["balance_fen"])

    async def lines(self, cursor: str | None = None) -> tuple[list[BankLine], str]:
        """All lines after a cursor, and the cursor after them."""
        found: list[BankLine] = []
        for _ in range(MAX_PAGES):
            page = await self.connector.fetch_lines(cursor)
            found += page.lines
            cursor = page.cursor
            if not page.more:
                return found, cursor
        raise AssertionError("the statement never ends")

    async def adjust(self, order: AdjustmentOrder) -> BankAnswer:
        """Submit an adjustment."""
        assert isinstance(self.connector, Adjusts)
        return await self.connector.adjust(order)

    async def final(self, order: PaymentOrder | AdjustmentOrder, tries: int = 5) -> BankAnswer:
        """Ask until the answer is final, a few times at most."""
        answer = await self.connector.query(order)
        for _ in range(tries):
            if answer.state in FINAL:
                break
            answer = await self.connector.query(order)
        return answer


def amounts(lines: Iterable[BankLine]) -> list[int]:
    """Amounts in fen, in the order of the lines."""
    return [line.amount.fen for line in lines]
