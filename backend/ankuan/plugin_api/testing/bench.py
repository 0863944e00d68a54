"""One fund account with a connector to it, and the outside truth beside it. What it does follows the capabilities."""
# ruff: noqa: S101 - a test kit consists of assertions

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import httpx

from ankuan.kernel.clock import Clock, SystemClock
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
    LineDirection,
    PaymentOrder,
    SingleOrder,
    TransferOrder,
    Transfers,
)
from ankuan.plugin_api.testing.attached import Simulator
from ankuan.plugin_api.testing.certificate import Figure
from ankuan.plugin_api.testing.journal import Journal
from ankuan.plugin_api.testing.subject import Subject

PAYEE: Final = "6217000000000001234"
PAYEE_NAME: Final = "申请执行人甲"
PAYER: Final = "6217000000000005678"
PAYER_NAME: Final = "被执行人乙"
REFUSED_PAYEE: Final = "6217000000000000000"
MAX_PAGES: Final = 1000
USUAL_PATIENCE: Final = 15.0
"""Limit of a call that has to succeed, in seconds: no answer takes so long, on a machine with other work neither."""
FINAL: Final = frozenset({AnswerState.SETTLED, AnswerState.REFUSED})
UNDER_WAY: Final = frozenset({AnswerState.ACCEPTED, AnswerState.AWAITING_BANK})
Connect = Callable[[float, FundAccountRef, Clock], BankConnector]


@dataclass(slots=True)
class Bench:
    """What a check works with. ``sub``: an open sub-account named ``sub_name``, ``None`` where the bank has none.

    ``purse``: the account that payments are drawn on; credits go there unless told otherwise. ``adjustment_no``: the
    account that holds what no sub-account owns.
    """

    subject: Subject
    bank: Simulator | None
    account: FundAccountRef
    connector: BankConnector
    connect: Connect
    adjustment_no: str = ""
    sub: str | None = None
    sub_name: str = ""
    number: int = 0
    refs: int = 0
    figures: list[Figure] = field(default_factory=list)
    books: Journal | None = None
    malformed: int = 1000
    clock: Clock = field(default_factory=SystemClock)

    @property
    def plugin(self) -> BankPlugin:
        """The plugin."""
        return self.subject.plugin

    @property
    def simulator(self) -> Simulator:
        """The simulator. LookupError at a real endpoint, where no check may ask for it."""
        if self.bank is None:
            raise LookupError("this check needs a simulator")
        return self.bank

    @property
    def main(self) -> str:
        """Number of the main account."""
        return self.account.account_no

    @property
    def draws_on_sub(self) -> bool:
        """Whether payments are drawn on the sub-account."""
        return self.sub is not None and self.plugin.capabilities.pay_from_sub_account

    @property
    def purse(self) -> str:
        """Number of the account that payments are drawn on."""
        return self.sub if self.sub is not None and self.draws_on_sub else self.main

    @property
    def is_http(self) -> bool:
        """Whether the main wire speaks HTTP."""
        return any(value.startswith(("http://", "https://")) for value in self.account.settings.values())

    def again(
        self, timeout_seconds: float = USUAL_PATIENCE, account: FundAccountRef | None = None, clock: Clock | None = None
    ) -> BankConnector:
        """Another connector, by default to the same account. It is closed at the end."""
        return self.connect(timeout_seconds, account or self.account, clock or self.clock)

    def figure(self, name: str, value: float, unit: str) -> None:
        """Record something measured."""
        self.figures.append(Figure(name, round(value, 3), unit))

    # ---------------------------------------------------------------- orders

    def order(
        self, fen: int, *, payee: str = PAYEE, name: str = PAYEE_NAME, ref: str | None = None, sub: str | None = None
    ) -> PaymentOrder:
        """A payment out of the purse, with a reference never used before."""
        return PaymentOrder(
            client_ref=ref or self.next_ref(),
            amount=Money(fen),
            pay_from_sub_account=(sub or self.sub) if self.draws_on_sub else None,
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
            to_sub_account=self.sub or "",
            to_sub_account_name=self.sub_name,
            adjustment_ref=line.adjustment_ref or "",
            reason="认领入账",
        )

    def transfer(self, fen: int, source: str | None, target: str | None, name: str = "") -> TransferOrder:
        """Move money below the main account; ``None`` stands for the main account."""
        return TransferOrder(self.next_ref(), Money(fen), source, target, name, "划转")

    def next_ref(self) -> str:
        """A reference in the bank's own alphabet and length."""
        self.refs += 1
        allowed = self.plugin.capabilities
        assert set("0123456789") <= set(allowed.client_ref_alphabet), "references are made of digits at least"
        digits = f"{self.number:04d}{self.refs:06d}"
        return digits.rjust(min(allowed.client_ref_max_length, 20), "9")[-allowed.client_ref_max_length :]

    # ---------------------------------------------------------------- what happens at the bank

    def credit(self, fen: int, *, to: str | None = None, remark: str = "案款", **more: Any) -> dict[str, Any]:
        """Money arrives from outside."""
        body = {"to": to or self.purse, "fen": fen, "remark": remark, "payer_name": PAYER_NAME, **more}
        return self.simulator.admin("POST", "/credits", {"payer_account": PAYER, "payer_bank": "中国农业银行", **body})

    def fail(self, fault: str, *, nth: int = 1, about: str | None = None, **params: Any) -> None:
        """The nth message from now meets this fault; ``about``: the nth about that reference."""
        script: dict[str, Any] = {"action": "*", "fault": fault, "params": params, "nth": nth}
        self.simulator.admin("POST", "/script", script if about is None else {**script, "client_ref": about})

    def always(self, fault: str, **params: Any) -> None:
        """From now on every message meets this fault."""
        self.simulator.admin("PUT", "/switches", {"*": [{"fault": fault, "params": params}]})

    def behave(self) -> None:
        """The bank forgets all faults."""
        self.simulator.admin("DELETE", "/faults")

    def state_at_bank(self, client_ref: str) -> str | None:
        """State of an order in the bank's own words, ``None`` when the bank never saw it. Counts as no query."""
        try:
            return str(self.simulator.admin("GET", f"/payments/{client_ref}")["state"])
        except httpx.HTTPStatusError:
            return None

    @property
    def struck(self) -> bool:
        """Whether all scripted faults have struck."""
        return not self.simulator.admin("GET", "/faults")["scripts"]

    def executions(self, client_ref: str) -> list[tuple[int, str]]:
        """What the bank really did for a reference: amounts in fen and payees, from its journal."""
        assert self.books is not None
        return self.books.executions(client_ref)

    def balance_fen(self, number: str | None = None) -> int:
        """Booked balance of the purse, or of another account, at the bank."""
        return int(self.simulator.admin("GET", f"/accounts/{number or self.purse}")["balance_fen"])

    def bookings(self) -> list[tuple[str, int, str | None]]:
        """What a statement has to tell, from the bank's journal: direction, fen, sub-account."""
        assert self.books is not None
        own = {self.adjustment_no: None} | ({self.sub: self.sub} if self.sub else {})
        return [
            ("debit" if entry["debit"] == number else "credit", entry["fen"], shown)
            for number, shown in own.items()
            for entry in self.books.entries(number)
        ]

    def confirm(self, client_ref: str) -> None:
        """What the court's person does in the bank's own programs, where the bank wants that."""
        if self.plugin.capabilities.manual_confirm and self.state_at_bank(client_ref) == "approval":
            self.simulator.admin("POST", f"/payments/{client_ref}/approve")
            if not self.plugin.capabilities.answers_queries:
                self.simulator.admin("POST", f"/payments/{client_ref}/settle")

    # ---------------------------------------------------------------- what the connector says

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

    async def move(self, order: TransferOrder) -> BankAnswer:
        """Submit a transfer."""
        assert isinstance(self.connector, Transfers)
        return await self.connector.transfer(order)

    async def final(self, order: SingleOrder, tries: int = 5) -> BankAnswer:
        """Ask until the answer is final, a few times at most; where nobody can be asked, the statement is searched."""
        self.confirm(order.client_ref)
        if not self.plugin.capabilities.answers_queries:
            return await self._told(order)
        answer = await self.connector.query(order)
        for _ in range(tries):
            if answer.state in FINAL:
                break
            answer = await self.connector.query(order)
        return answer

    async def settle(self, order: PaymentOrder) -> BankAnswer:
        """Do as the platform does: ask; submit the same order again only when the bank never saw it; ask again."""
        answer = await self.final(order)
        if answer.state is not AnswerState.SETTLED and self.state_at_bank(order.client_ref) is None:
            await self.connector.pay(replace(order, submitted_on=None))
            answer = await self.final(order)
        return answer

    async def paid(self, fen: int, **more: Any) -> tuple[PaymentOrder, BankAnswer]:
        """Pay and wait for the end of it."""
        order = self.order(fen, **more)
        await self.connector.pay(order)
        return order, await self.final(order)

    async def _told(self, order: SingleOrder) -> BankAnswer:
        told, _ = await self.lines()
        same = [line for line in told if line.client_ref == order.client_ref and line.amount == order.amount]
        same = [line for line in same if line.direction is LineDirection.DEBIT]
        if isinstance(order, PaymentOrder):
            same = [line for line in same if line.counter_account in {order.payee_account, ""}]
        if not same:
            return BankAnswer(AnswerState.UNKNOWN)
        alarm = "executed twice" if len(same) > 1 else None
        return BankAnswer(AnswerState.SETTLED, bank_ref=same[0].bank_key, booked_on=same[0].booked_on, alarm=alarm)


def amounts(lines: Iterable[BankLine]) -> list[int]:
    """Amounts in fen, in the order of the lines."""
    return [line.amount.fen for line in lines]


def told(lines: Iterable[BankLine]) -> list[tuple[str, int, str | None]]:
    """Direction, fen and sub-account of lines, sorted, to compare with ``Bench.bookings``."""
    return sorted(((line.direction.value, line.amount.fen, line.sub_account_no) for line in lines), key=str)
