"""PURE. Orders and questions as the bank's tables of rows. Raises CannotExpress before anything is sent.

The names of tables and fields stand here and in ``lines``, ``reading`` and ``receipts``, so that a joint test can
correct them in one place each.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AdjustmentOrder, BatchOrder, FundAccountRef, PaymentOrder, TransferOrder
from ankuan.plugin_api.errors import CannotExpress
from ankuan.plugin_api.texts import cut, expressible, marked
from ankuan_bank_cmb.config import Config
from ankuan_bank_cmb.messages import Request, Row
from ankuan_bank_cmb.units import Units
from ankuan_bank_cmb.values import wire_day

PAYMENT: Final = "N02030"
"""busCod of 支付."""
CNY: Final = "10"
REMARK_BYTES: Final = 60
BATCH_LIMIT: Final = 200
_REFERENCE: Final = re.compile(r"[0-9A-Za-z]{1,30}", re.ASCII)
_ACCOUNT: Final = re.compile(r"[0-9A-Za-z\-]{1,35}", re.ASCII)
_LARGEST: Final = Money(10**15 - 1)
"""Thirteen digits and two decimals."""


def payment(order: PaymentOrder, account: FundAccountRef, units: Units, config: Config) -> Request:
    """BB1PAYOP."""
    row = _payment_row(order, account, units, config)
    return Request("BB1PAYOP", {"bb1paybmx1": [_business(config)], "bb1payopx1": [row]})


def batch(orders: BatchOrder, account: FundAccountRef, units: Units, config: Config) -> Request:
    """BB1PAYBH, in one segment."""
    rows = [_payment_row(order, account, units, config) for order in orders.orders]
    if not 1 <= len(rows) <= BATCH_LIMIT:
        raise CannotExpress(f"一批须为 1 至 {BATCH_LIMIT} 笔")
    if len({row["yurRef"] for row in rows}) < len(rows):
        raise CannotExpress("同一批中业务参考号重复")
    head = {"bthNbr": _reference(orders.batch_ref), "dtlNbr": str(len(rows)), "ctnFlg": "N"}
    return Request("BB1PAYBH", {"bb1paybmx1": [_business(config)], "bb1paybhx1": [head], "bb1payopx1": rows})


def transfer(order: TransferOrder | AdjustmentOrder, account: FundAccountRef, units: Units, config: Config) -> Request:
    """NTDMITRX: between two units. An adjustment is a transfer out of the default unit."""
    if isinstance(order, AdjustmentOrder):
        source, target = units.default, units.unit(order.to_sub_account)
    else:
        source, target = units.unit_or_default(order.from_sub_account), units.unit_or_default(order.to_sub_account)
    if source == target:
        raise CannotExpress("转出与转入子单元相同")
    reference = _reference(order.client_ref)
    row = {
        "accnbr": account.account_no,
        "bbknbr": config.branch,
        "dmadbt": source,
        "dmacrt": target,
        "trxamt": _amount(order.amount),
        "trxtxt": marked(_text("用途", order.reason, 4000), reference, REMARK_BYTES),
        "yurref": reference,
    }
    return Request("NTDMITRX", {"ntdmatrxx1": [row]})


def registration(name: str, unit: str, account: FundAccountRef) -> Request:
    """NTDMAADD for one unit."""
    label = _text("子账户名称", name, 62)
    if not label:
        raise CannotExpress("子账户名称不能为空")
    return Request("NTDMAADD", {"ntdmaaddx": [{"accnbr": account.account_no, "dmanbr": unit, "dmanam": label}]})


def payment_query(client_ref: str) -> Request:
    """BB1PAYQR for one reference; the bank takes up to thirty."""
    return Request("BB1PAYQR", {"bb1payqrx1": [{"busCod": PAYMENT, "yurRef": _reference(client_ref)}]})


def batch_query(batch_ref: str, after: Sequence[Row]) -> Request:
    """BB1QRYBD: rows of a batch; ``after``: the bank's own continuation, empty for the first page."""
    row = {"bthNbr": _reference(batch_ref)}
    key = after[0].get("ctnKey", "") if after else ""
    return Request("BB1QRYBD", {"bb1qrybdy1": [{**row, "ctnKey": key}]})


def returned_query(first: date, last: date, after: Sequence[Row]) -> Request:
    """BB1PAYQB: payments that came back within these days."""
    key = after[0].get("ctnKey", "") if after else ""
    span = {"busCod": PAYMENT, "begDat": wire_day(first), "endDat": wire_day(last), "ctnKey": key}
    return Request("BB1PAYQB", {"bb1payqbx1": [span]})


def statement_query(
    account_no: str, first: date, last: date, *, resume: str = "", after: Sequence[Row] = (), only: str = ""
) -> Request:
    """trsQryByBreakPoint. ``resume`` and ``after``: queryAcctNbr and table Y1 of the page before, as they came.

    ``only``: C or D; empty: both.
    """
    asked = {
        "cardNbr": account_no,
        "beginDate": wire_day(first),
        "endDate": wire_day(last),
        "transactionSequence": "1",
        "currencyCode": CNY,
        "queryAcctNbr": resume,
        "loanCode": only,
    }
    tables: dict[str, Sequence[Row]] = {"TRANSQUERYBYBREAKPOINT_X1": [asked]}
    if after:
        tables["TRANSQUERYBYBREAKPOINT_Y1"] = list(after)
    return Request("trsQryByBreakPoint", tables)


def unit_history(account: FundAccountRef, unit: str, first: date, last: date, after: Sequence[Row]) -> Request:
    """NTDMTHLS: entries of the units before today; ``unit`` empty: of all."""
    asked = {"accnbr": account.account_no, "dmanbr": unit, "begdat": wire_day(first), "enddat": wire_day(last)}
    return Request("NTDMTHLS", _continued({"ntdmthlsx": [asked]}, "ntdmthlsy", after))


def unit_today(account: FundAccountRef, unit: str, after: Sequence[Row]) -> Request:
    """NTDMTLST: today's entries of the units; ``unit`` empty: of all."""
    asked = {"accnbr": account.account_no, "dmanbr": unit}
    return Request("NTDMTLST", _continued({"ntdmtlstx": [asked]}, "ntdmtlsty", after))


def _continued(tables: dict[str, Sequence[Row]], name: str, after: Sequence[Row]) -> dict[str, Sequence[Row]]:
    return {**tables, name: list(after)} if after else tables


def _business(config: Config) -> Row:
    return {"busCod": PAYMENT, "busMod": config.business_mode}


def _payment_row(order: PaymentOrder, account: FundAccountRef, units: Units, config: Config) -> dict[str, str]:
    name = _text("收款人名称", order.payee_name, 120)
    bank = _text("收款银行名称", order.payee_bank_name, 120)
    code = order.payee_bank_code or ""
    if code and not re.fullmatch(r"[0-9]{12}", code, re.ASCII):
        raise CannotExpress("收款银行行号须为 12 位数字")
    if not name or not (bank or code):
        raise CannotExpress("收款人名称、收款银行名称或行号不能为空")
    paying = order.pay_from_sub_account
    return {
        "yurRef": _reference(order.client_ref),
        "dbtAcc": account.account_no,
        "dmaNbr": "" if paying is None else units.unit(paying),
        "crtAcc": _account("收款账号", order.payee_account),
        "crtNam": name,
        "crtBnk": bank,
        "crtAdr": "",
        "brdNbr": code,
        "bnkFlg": "Y" if order.same_bank else "N",
        "trsAmt": _amount(order.amount),
        "ccyNbr": CNY,
        "nusAge": cut(_text("用途", order.purpose, 4000), 62),
        "rcvChk": "1",
        "busNar": "",
        "stlChn": "Q" if order.same_bank or order.amount > config.small_value_limit else "R",
    }


def _text(label: str, text: str, max_bytes: int) -> str:
    """The message is UTF-8, but the bank's books are GBK: a name they can't hold would be paid under another name."""
    return expressible(label, text, max_bytes, forbidden="\t\r\n\x7f")


def _reference(text: str) -> str:
    if not _REFERENCE.fullmatch(text):
        raise CannotExpress("业务参考号须为 1 至 30 位字母或数字")
    return text


def _amount(amount: Money) -> str:
    if not Money.ZERO < amount <= _LARGEST:
        raise CannotExpress("金额须大于零且不超过 9999999999999.99 元")
    return amount.yuan


def _account(label: str, number: str) -> str:
    value = number.strip()
    if not _ACCOUNT.fullmatch(value):
        raise CannotExpress(f"{label}格式有误")
    return value
