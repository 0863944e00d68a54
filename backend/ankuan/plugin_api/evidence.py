"""PURE. A bank's word held against its own books: only what both say is believed (failures D11, D14, D16, D18)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ankuan.kernel.money import Money
from ankuan.plugin_api.answers import AnswerState, BankAnswer
from ankuan.plugin_api.wire import RawExchange


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a message proves. ``alarm``: it contradicts itself, the books, or what was sent."""

    state: AnswerState
    code: str = ""
    message: str = ""
    bank_ref: str | None = None
    booked_on: date | None = None
    alarm: str | None = None

    def answer(self, exchanges: tuple[RawExchange, ...]) -> BankAnswer:
        """What the connector answers, with the evidence."""
        return BankAnswer(
            self.state, self.code, self.message, self.bank_ref, self.booked_on, exchanges=exchanges, alarm=self.alarm
        )


@dataclass(frozen=True, slots=True)
class Booking:
    """A line of the payer's (for an adjustment, the receiver's) account that may be an order's execution."""

    amount: Money
    counter_account: str
    client_ref: str | None
    booked_on: date
    bank_ref: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What was ordered."""

    client_ref: str
    amount: Money
    counter_account: str


def weigh(verdict: Verdict, expected: Expected, bookings: Sequence[Booking] | None) -> Verdict:
    """A final word with the books beside it. ``bookings``: lines of the account, ``None`` when they can't be had now.

    Settled needs the booking of that amount to that account, refused needs its absence; a contradiction is unknown.
    """
    if verdict.state not in {AnswerState.SETTLED, AnswerState.REFUSED}:
        return verdict
    unknown = replace(verdict, state=AnswerState.UNKNOWN)
    if bookings is None:
        return replace(unknown, message=f"{verdict.message}（账户明细暂不可得，待核）")
    named = [booking for booking in bookings if booking.client_ref == expected.client_ref]
    if verdict.state is AnswerState.REFUSED:
        return replace(unknown, alarm="银行称失败，账户明细却有这笔记账") if named else verdict
    right = [b for b in named if (b.amount, b.counter_account) == (expected.amount, expected.counter_account)]
    if len(right) != len(named):
        return replace(unknown, alarm="银行记账的金额或收款账号与指令不符")
    if not named:
        # The bank may have cut the reference off the remark: amount and payee must then speak for themselves.
        right = [
            b
            for b in bookings
            if b.client_ref is None and (b.amount, b.counter_account) == (expected.amount, expected.counter_account)
        ]
    if not right:
        return replace(unknown, alarm="银行称成功，账户明细中没有这笔记账")
    twice = f"同一流水号记账 {len(named)} 次" if len(named) > 1 else verdict.alarm
    first = right[0]
    return replace(verdict, bank_ref=first.bank_ref, booked_on=first.booked_on, alarm=twice)
