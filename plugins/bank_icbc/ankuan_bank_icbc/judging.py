"""What became of an order: the bank's answers, held against its books."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ankuan.plugin_api.bank import AnswerState, PaymentOrder
from ankuan.plugin_api.errors import PluginError
from ankuan.plugin_api.evidence import Booking, Expected, Verdict, weigh
from ankuan_bank_icbc.mapping import query_verdict, submit_verdict
from ankuan_bank_icbc.messages import Answer
from ankuan_bank_icbc.session import Broken, Heard, Session, Unheard
from ankuan_bank_icbc.statements import Between, Statement, payments

BOOKS_BACK: Final = timedelta(days=30)
"""How far back the books are searched for an order of which the day of submission is not known, and how far on."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question about one order. ``submitted_on``: the day of its first try, if it is known."""

    session: Session
    statement: Statement
    expected: Expected
    submitted_on: date | None


def submitted(heard: Heard, order: PaymentOrder) -> Verdict:
    """What the answer to PAYENT proves of one of its rows."""
    return _unheard(heard) if not isinstance(heard, Answer) else submit_verdict(heard, expected_of(order))


async def asked(case: Case, batch_ref: str | None) -> Verdict:
    """A final word of the bank is believed only with its books behind it.

    A row of a batch is looked for in its batch, then under its own reference; it is not found when neither knows it.
    """
    verdict = await _told(case, batch_ref or case.expected.client_ref)
    if verdict.state is AnswerState.NOT_FOUND and batch_ref is not None:
        verdict = await _told(case, case.expected.client_ref)
    if verdict.state not in {AnswerState.SETTLED, AnswerState.REFUSED}:
        return verdict
    return weigh(verdict, case.expected, await _books(case))


def expected_of(order: PaymentOrder) -> Expected:
    """What the books have to show."""
    return Expected(order.client_ref, order.amount, order.payee_account.strip())


async def _told(case: Case, package: str) -> Verdict:
    """QPAYENT. The row asked for carries our reference in both of its fields: whichever the bank repeats is ours."""
    reference = case.expected.client_ref
    fields = {"QryfSeqno": package, "QrySerialNo": ""}
    row = {"iSeqno": reference, "QryiSeqno": reference, "QryOrderNo": ""}
    heard = await case.session.ask(case.session.question("QPAYENT", fields, [row]))
    return _unheard(heard) if not isinstance(heard, Answer) else query_verdict(heard, case.expected)


async def _books(case: Case) -> list[Booking] | None:
    """The payments of that amount, or ``None`` when the books can't be had now."""
    first, last = case.statement.today - BOOKS_BACK, case.statement.today
    if case.submitted_on is not None:
        # A day on either side: the bank's clock is not ours.
        first, last = case.submitted_on - timedelta(days=1), case.submitted_on + BOOKS_BACK
    amount = case.expected.amount
    try:
        return await payments(case.session, case.statement, Between(amount, amount), first, last)
    except PluginError:
        return None


def _unheard(heard: Unheard | Broken) -> Verdict:
    """UNKNOWN for whatever did not arrive whole; an alarm when what arrived can't be understood."""
    if isinstance(heard, Unheard):
        return Verdict(AnswerState.UNKNOWN, heard.code, heard.message)
    message = heard.message or "银行应答无法识别"
    return Verdict(AnswerState.UNKNOWN, message=message, alarm=f"{message}：{heard.reason}")
