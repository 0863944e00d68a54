"""What became of an order: the bank's answers, held against its books."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from ankuan.plugin_api.bank import AnswerState, BankLine, LineDirection, LineKind
from ankuan.plugin_api.errors import BankRefused, MalformedAnswer, PluginError
from ankuan.plugin_api.evidence import Expected, Verdict, weigh
from ankuan.plugin_api.texts import reference_in
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_cib import mapping
from ankuan_bank_cib.compose import Request, Submission, batch_query, status_query
from ankuan_bank_cib.lines import booking_of
from ankuan_bank_cib.messages import Malformed, Node, parse
from ankuan_bank_cib.reading import Book, read_debits
from ankuan_bank_cib.session import Session
from ankuan_bank_cib.values import money

BOOKS_BACK: Final = timedelta(days=30)
"""How far back the books are searched for an order of which the day of submission is not known."""
_FOUND: Final = {"Y": True, "N": False}
_FINAL: Final = frozenset({AnswerState.SETTLED, AnswerState.REFUSED})


@dataclass(frozen=True, slots=True)
class Case:
    """A question about one order. ``submitted_on``: the day of its first try, where it is known."""

    session: Session
    book: Book
    sent: Submission
    submitted_on: date | None


def submission(
    made: RawExchange, request: Request, session: Session, sent: Submission | None
) -> tuple[Verdict, Node | None]:
    """What the answer to a submission proves of the whole message, and its body when the bank took it.

    ``sent``: the order in it, ``None`` for a batch. UNKNOWN for whatever did not arrive whole.
    """
    if made.note or made.response is None:
        return Verdict(AnswerState.UNKNOWN, message=made.note), None
    try:
        answer = parse(made.response, request.operation, request.transaction)
        if answer.code != mapping.OK:
            return mapping.failed(answer.code, answer.message, session.desk.config.refusal_codes), None
        code, text = _status(answer.body)
        if sent is not None and not _is_about(answer.body, sent):
            return Verdict(AnswerState.UNKNOWN, code, text, alarm="银行应答的金额或收款账号与指令不符"), None
        return mapping.submitted(code, text, _bank_ref(answer.body)), answer.body
    except Malformed as broken:
        return Verdict(AnswerState.UNKNOWN, message=str(broken), alarm=f"银行应答无法识别：{broken}"), None


def rows_of_batch(body: Node, sent: list[Submission]) -> list[Verdict]:
    """One verdict a row, as the answer to a submission. A row that is not mentioned is unknown. Raises Malformed."""
    told = _rows(body)
    strangers = set(told) - {each.client_ref for each in sent}
    if strangers:
        raise Malformed("a row is answered that was not sent")
    return [_row(told.get(each.client_ref), each, submitting=True) for each in sent]


async def query(case: Case, batch_ref: str | None) -> Verdict:
    """A final word of the bank is believed only with its books behind it."""
    try:
        verdict = await _asked(case, batch_ref)
    except MalformedAnswer as broken:
        return Verdict(AnswerState.UNKNOWN, message=str(broken), alarm=f"银行应答无法识别：{broken}")
    except BankRefused as refused:
        return Verdict(AnswerState.UNKNOWN, refused.code, str(refused))
    except PluginError as failure:
        return Verdict(AnswerState.UNKNOWN, message=str(failure))
    if verdict.state not in _FINAL:
        return verdict
    lines = await _debits(case)
    if lines is None:
        return weigh(verdict, _expected(case.sent), None)
    tail = case.sent.source
    payer = case.book.numbers.told(tail) if tail is not None else None
    elsewhere = [line for line in lines if line.client_ref == case.sent.client_ref and line.sub_account_no != payer]
    if elsewhere:
        return replace(verdict, state=AnswerState.UNKNOWN, alarm="银行从另一账户付款")
    own = [booking_of(line) for line in lines if line.sub_account_no == payer]
    return weigh(verdict, _expected(case.sent), own)


async def _asked(case: Case, batch_ref: str | None) -> Verdict:
    """XFERINQTRN; of a batch it says whether the bank has it, and the rows are asked for then."""
    reference = batch_ref or case.sent.client_ref
    body = await case.session.read(status_query(reference))
    try:
        found = body.part("XFERINQRS").part("XFERLIST")
        told = found.attributes.get("MORE", "")
        transfers = found.all("XFER")
        if told not in _FOUND or _FOUND[told] != bool(transfers) or len(transfers) > 1:
            raise Malformed(f"MORE {told[:5]!r} with {len(transfers)} records")
        if not transfers:
            return Verdict(AnswerState.NOT_FOUND)
        if batch_ref is None:
            return _record(transfers[0], case.sent)
    except Malformed as wrong:
        raise case.session.malformed("XFERINQTRN", wrong) from wrong
    rows = await case.session.read(batch_query(batch_ref))
    try:
        return _row(_rows(rows).get(case.sent.client_ref), case.sent, submitting=False)
    except Malformed as wrong:
        raise case.session.malformed("RBATCHTRSFRTRN", wrong) from wrong


def _record(transfer: Node, sent: Submission) -> Verdict:
    code, text = _status(transfer)
    if not _is_about(transfer, sent, needed=True):
        return Verdict(AnswerState.UNKNOWN, code, text, alarm="银行记录的金额或收款账号与指令不符")
    return mapping.fate(code, text, _bank_ref(transfer))


def _rows(body: Node) -> dict[str, Node]:
    """Rows by the reference in REMARK. Raises Malformed when two carry the same one, or one carries none."""
    found: dict[str, Node] = {}
    for row in body.part("RSBODY").all("XFERINFO"):
        own = reference_in(row.value("REMARK"))
        if own is None or own in found:
            raise Malformed("a row without a reference of its own")
        found[own] = row
    return found


def _row(row: Node | None, sent: Submission, *, submitting: bool) -> Verdict:
    if row is None:
        return Verdict(AnswerState.UNKNOWN, alarm="银行应答未提及该笔指令")
    code, text = row.needed("STATUS"), row.value("ERRMSG")
    if not _is_about(row, sent, needed=True):
        return Verdict(AnswerState.UNKNOWN, code, text, alarm="银行记录的金额或收款账号与指令不符")
    return mapping.submitted(code, text) if submitting else mapping.fate(code, text)


def _status(body: Node) -> tuple[str, str]:
    """XFERPRCCODE and its text; messages of the family hold XFERPRCSTS at different depths."""
    status = body.deep("XFERPRCSTS")
    if status is None:
        raise Malformed("XFERPRCSTS is missing")
    return status.needed("XFERPRCCODE"), status.value("MESSAGE")


def _bank_ref(body: Node) -> str | None:
    found = body.deep("SRVRID") or body.deep("SRVRTID")
    return (found.text or None) if found is not None else None


def _is_about(body: Node, sent: Submission, *, needed: bool = False) -> bool:
    """Whether amount and payee told are those ordered. ``needed``: they have to be told."""
    amount, payee = body.deep("TRNAMT"), body.deep("ACCTTO")
    receiver = payee.value("ACCTID") if payee is not None else None
    inner = body.deep("TOSUBACCT")
    if inner is not None:
        receiver = (body.deep("MAINACCT") or inner).text + inner.text
    if needed and (amount is None or receiver is None):
        raise Malformed("amount or payee is missing")
    same_amount = amount is None or money(amount.text) == sent.amount
    return same_amount and receiver in {None, sent.counter}


def _expected(sent: Submission) -> Expected:
    return Expected(sent.client_ref, sent.amount, sent.counter)


async def _debits(case: Case) -> list[BankLine] | None:
    """Debits since the day before the first try, or ``None`` when the books can't be had now."""
    since = (case.submitted_on or case.book.today - BOOKS_BACK) - timedelta(days=1)
    try:
        lines = await read_debits(case.session, case.book, max(since, case.book.today - timedelta(days=85)))
    except PluginError:
        return None
    return [line for line in lines if line.direction is LineDirection.DEBIT and line.kind is not LineKind.REVERSAL]
