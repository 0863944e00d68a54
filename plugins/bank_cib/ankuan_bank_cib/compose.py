"""PURE. Orders and questions as nodes, in the document's order. Raises CannotExpress before anything is sent.

An operation's name is written without RQ and RS: ``XFERTRN`` is asked as XFERTRNRQ and answered as XFERTRNRS.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AdjustmentOrder, BatchOrder, FundAccountRef, PaymentOrder, TransferOrder
from ankuan.plugin_api.errors import CannotExpress
from ankuan.plugin_api.texts import cut, expressible, marked
from ankuan_bank_cib.config import Config
from ankuan_bank_cib.messages import FORBIDDEN, Tree
from ankuan_bank_cib.numbers import Numbers

BATCH_LIMIT: Final = 100
TEXT_BYTES: Final = 60
ROW_REMARK_BYTES: Final = 50
SUPER_LIMIT: Final = Money(5_000_000)
_REFERENCE: Final = re.compile(r"[0-9A-Za-z]{1,30}", re.ASCII)
_ACCOUNT: Final = re.compile(r"[0-9A-Za-z\-]{1,32}", re.ASCII)
_BANK_NUMBER: Final = re.compile(r"[0-9]{12}", re.ASCII)
_LARGEST: Final = Money(10**17 - 1)
"""decimal(17,2)"""


@dataclass(frozen=True, slots=True)
class Request:
    """``content``: what follows TRNUID. ``transaction``: the TRNUID of a submission; empty: a new one for a read."""

    operation: str
    content: tuple[Tree, ...]
    transaction: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """An order as it is sent, and what the books must show when it was executed.

    ``source``: the six digits of the sub-account that pays; ``None``: the main account. ``counter``: who receives.
    """

    request: Request
    client_ref: str
    amount: Money
    source: str | None
    counter: str


def payment(order: PaymentOrder, account: FundAccountRef, numbers: Numbers, config: Config) -> Submission:
    """XFERTRN out of the main account, VATTRN out of a sub-account."""
    client_ref = reference(order.client_ref)
    payee = _payee(order, config)
    paying: list[Tree] = [Tree("ACCTID", account.account_no)]
    source = None
    if order.pay_from_sub_account is not None:
        source = numbers.tail(order.pay_from_sub_account)
        paying.append(Tree("NAME", _text("付款账户名称", account.account_name, TEXT_BYTES)))
    is_super = config.uses_super and not order.same_bank and bool(order.payee_bank_code) and order.amount <= SUPER_LIMIT
    mode = (Tree("PMTMODE", "SUPER"),) if is_super else ()
    transfer_info = Tree(
        "XFERINFO",
        (
            Tree("ACCTFROM", paying),
            payee,
            Tree("TRNAMT", _amount(order.amount)),
            *mode,
            Tree("PURPOSE", _purpose(order.purpose)),
            Tree("MEMO", marked("", client_ref, TEXT_BYTES)),
        ),
    )
    counter = _account("收款账号", order.payee_account)
    if source is None:
        request = Request("XFERTRN", (Tree("XFERRQ", (transfer_info,)),), client_ref)
        return Submission(request, client_ref, order.amount, None, counter)
    content = (Tree("VATTYPE", "1"), Tree("MAINACCT", account.account_no), Tree("SUBACCT", source), transfer_info)
    return Submission(
        Request("VATTRN", (Tree("VATRQ", content),), client_ref), client_ref, order.amount, source, counter
    )


def batch(orders: BatchOrder, account: FundAccountRef, numbers: Numbers, config: Config) -> Request:
    """RBATCHTRSFRTRN: up to a hundred payments out of one account. Rows carry their references in REMARK."""
    if not 1 <= len(orders.orders) <= BATCH_LIMIT:
        raise CannotExpress(f"一批须为 1 至 {BATCH_LIMIT} 笔")
    if len({order.client_ref for order in orders.orders}) < len(orders.orders):
        raise CannotExpress("同一批中业务流水号重复")
    sources = {order.pay_from_sub_account for order in orders.orders}
    if len(sources) > 1:
        raise CannotExpress("同一批的付款账户须相同")
    source = sources.pop()
    paying = account.account_no if source is None else numbers.main + numbers.tail(source)
    rows = [_row(index, order, config) for index, order in enumerate(orders.orders, start=1)]
    total = sum((order.amount for order in orders.orders), Money.ZERO)
    content = (
        Tree("ACCTFROM", (Tree("ACCTID", paying),)),
        Tree("BIZTYPE", "0"),
        Tree("TOTALCOUNT", str(len(rows))),
        Tree("TOTALAMOUNT", _amount(total)),
        Tree("PURPOSE", _purpose(orders.orders[0].purpose)),
        *rows,
    )
    return Request("RBATCHTRSFRTRN", (Tree("RQBODY", content),), reference(orders.batch_ref))


def move(order: TransferOrder | AdjustmentOrder, numbers: Numbers) -> Submission:
    """VSAINTRSFTRN: between sub-accounts. An adjustment moves out of the number that stands for unowned money."""
    if isinstance(order, AdjustmentOrder):
        source, target = numbers.tail_or_unowned(None), numbers.tail(order.to_sub_account)
    else:
        source = numbers.tail_or_unowned(order.from_sub_account)
        target = numbers.tail_or_unowned(order.to_sub_account)
    if source == target:
        raise CannotExpress("转出与转入子账户相同")
    client_ref = reference(order.client_ref)
    content = (
        Tree("MAINACCT", numbers.main),
        Tree("SUBACCT", source),
        Tree("TOSUBACCT", target),
        Tree("TRNAMT", _amount(order.amount)),
        Tree("PURPOSE", _purpose(order.reason)),
        Tree("MEMO", marked("", client_ref, TEXT_BYTES)),
    )
    request = Request("VSAINTRSFTRN", (Tree("VSAINTRSFRQ", content),), client_ref)
    return Submission(request, client_ref, order.amount, source, numbers.main + target)


def status_query(client_ref: str) -> Request:
    """XFERINQTRN: what became of a TRNUID of any paying message."""
    return Request("XFERINQTRN", (Tree("XFERINQRQ", (Tree("CLIENTREF", reference(client_ref)),)),))


def batch_query(batch_ref: str) -> Request:
    """RBATCHTRSFRTRN without its body asks for the batch of that TRNUID."""
    return Request("RBATCHTRSFRTRN", (), reference(batch_ref))


def main_balance(account_no: str) -> Request:
    """BALNTRADEINQUIRYTRN without a span of days: balances only."""
    return Request("BALNTRADEINQUIRYTRN", (Tree("RQBODY", (_account_from(account_no),)),))


def statement(account_no: str, first: date, last: date, *, page: int, kind: str) -> Request:
    """BALNTRADEINQUIRYTRN of a span of days. ``kind``: TRNTYPE, 0 debits, 1 credits, 2 both."""
    span = (
        Tree("DTSTART", first.isoformat()),
        Tree("DTEND", last.isoformat()),
        Tree("PAGE", str(page)),
        Tree("TRNTYPE", kind),
    )
    return Request("BALNTRADEINQUIRYTRN", (Tree("RQBODY", (_account_from(account_no), Tree("INCTRAN", span))),))


def sub_balance(numbers: Numbers, tail: str) -> Request:
    """VATSTMTTRN without a span of days: balances only."""
    content = (
        Tree("VATTYPE", "1"),
        Tree("MAINACCT", numbers.main),
        Tree("SUBACCT", tail),
        _account_from(numbers.main),
    )
    return Request("VATSTMTTRN", (Tree("VATSTMTRQ", content),))


def reference(text: str) -> str:
    """A TRNUID. Raises CannotExpress."""
    if not _REFERENCE.fullmatch(text):
        raise CannotExpress("业务流水号须为 1 至 30 位字母或数字")
    return text


def sub_account_name(text: str) -> str:
    """SUBNAME. Raises CannotExpress."""
    return _needed("子账户名称", text, TEXT_BYTES)


def _account_from(number: str) -> Tree:
    return Tree("ACCTFROM", (Tree("ACCTID", number),))


def _payee(order: PaymentOrder, config: Config) -> Tree:
    name = _needed("收款人名称", order.payee_name, 100)
    bank = _text("收款银行名称", order.payee_bank_name, 100)
    code = (order.payee_bank_code or "").strip()
    if code and not _BANK_NUMBER.fullmatch(code):
        raise CannotExpress("收款银行行号须为 12 位数字")
    if not order.same_bank and not bank:
        raise CannotExpress("跨行支付的收款银行名称不能为空")
    optional = {"BANKDESC": bank, "BANKNUM": code, "CITY": config.payee_city}
    content = (
        Tree("ACCTID", _account("收款账号", order.payee_account)),
        Tree("NAME", name),
        *(Tree(node, value) for node, value in optional.items() if value),
    )
    return Tree("ACCTTO", content, {"INTERBANK": "Y" if order.same_bank else "N", "LOCAL": "N"})


def _row(index: int, order: PaymentOrder, config: Config) -> Tree:
    content = (
        Tree("INDX", str(index)),
        _payee(order, config),
        Tree("TRNAMT", _amount(order.amount)),
        Tree("USE", _purpose(order.purpose)),
        Tree("REMARK", marked("", reference(order.client_ref), ROW_REMARK_BYTES)),
    )
    return Tree("XFERINFO", content)


def _purpose(text: str) -> str:
    return cut(_needed("用途", text, 4000), TEXT_BYTES)


def _needed(label: str, text: str, max_bytes: int) -> str:
    value = _text(label, text, max_bytes)
    if not value:
        raise CannotExpress(f"{label}不能为空")
    return value


def _text(label: str, text: str, max_bytes: int) -> str:
    return expressible(label, text, max_bytes, forbidden=FORBIDDEN + "\t\r\n\x7f")


def _amount(amount: Money) -> str:
    if not Money.ZERO < amount <= _LARGEST:
        raise CannotExpress("金额须大于零且不超过 999999999999999.99 元")
    return amount.yuan


def _account(label: str, number: str) -> str:
    value = number.strip()
    if not _ACCOUNT.fullmatch(value):
        raise CannotExpress(f"{label}格式有误")
    return value
