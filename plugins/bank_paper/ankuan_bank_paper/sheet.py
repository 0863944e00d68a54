"""PURE. The sheet for one order, and what its QR code says."""

import hashlib
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import FundAccountRef, PaperOrder, PaymentOrder
from ankuan.plugin_api.errors import CannotExpress

TITLE: Final = "案款付款凭证"
QR_FORM: Final = "ANKUAN-PAY*1"
_REFERENCE: Final = re.compile(r"[0-9A-Z]{1,12}", re.ASCII)
_ACCOUNT: Final = re.compile(r"[0-9A-Za-z\-]{1,32}", re.ASCII)
_LONGEST: Final = 60
_LARGEST: Final = Money(10**13 - 1)


def sheet_of(order: PaymentOrder, account: FundAccountRef, settings: Mapping[str, str]) -> PaperOrder:
    """The same order gives the same sheet. Raises CannotExpress for what must not be printed."""
    check(order)
    facts = (
        ("付款银行", f"{settings['bank_name']}（{settings['branch']}）"),
        ("付款户名", account.account_name),
        ("付款账号", account.account_no),
        ("收款人", order.payee_name.strip()),
        ("收款账号", order.payee_account.strip()),
        ("收款银行", _bank(order)),
        ("金额（元）", order.amount.display()),
        ("金额大写", order.amount.capitals()),
        ("用途", order.purpose.strip()),
        ("附言（请照录）", order.client_ref),
    )
    signatures = tuple(part.strip() for part in settings["signatures"].split("、") if part.strip())
    return PaperOrder(TITLE, order.client_ref, facts, qr_text(order), signatures)


def check(order: PaymentOrder) -> None:
    """Raise CannotExpress naming what does not fit on a sheet."""
    if order.pay_from_sub_account is not None:
        raise CannotExpress("纸质办理银行没有子账户")
    if not _REFERENCE.fullmatch(order.client_ref):
        raise CannotExpress("客户流水号须为 1 至 12 位数字或大写字母")
    if not Money.ZERO < order.amount <= _LARGEST:
        raise CannotExpress("金额须大于零且不超过 99999999999.99 元")
    if not _ACCOUNT.fullmatch(order.payee_account.strip()):
        raise CannotExpress("收款账号格式有误")
    for label, text, needed in (
        ("收款人名称", order.payee_name, True),
        ("收款银行名称", order.payee_bank_name, not order.payee_bank_code),
        ("用途", order.purpose, False),
    ):
        value = text.strip()
        if needed and not value:
            raise CannotExpress(f"{label}不能为空")
        if len(value) > _LONGEST:
            raise CannotExpress(f"{label}超过 {_LONGEST} 个字")
        if any(not char.isprintable() for char in value):
            raise CannotExpress(f"{label}含有不能打印的字符")


def qr_text(order: PaymentOrder) -> str:
    """What the QR code says; see README, "Documented assumptions"."""
    parts = (
        order.client_ref,
        order.amount.yuan,
        order.payee_account.strip(),
        order.payee_name.strip(),
        _bank(order),
    )
    told = "*".join([QR_FORM, *(quote(part, safe="") for part in parts)])
    return f"{told}*{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def _bank(order: PaymentOrder) -> str:
    return " ".join(part for part in (order.payee_bank_name.strip(), order.payee_bank_code or "") if part)
