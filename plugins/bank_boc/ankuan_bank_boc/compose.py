"""Orders as request fields. Raises CannotExpress before anything is sent."""

import re
from datetime import date
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import FundAccountRef, PaymentOrder
from ankuan.plugin_api.errors import CannotExpress
from ankuan.plugin_api.texts import expressible, marked
from ankuan_bank_boc.config import Config
from ankuan_bank_boc.messages import ENCODING, Cells

_LARGEST: Final = Money(10**15 - 1)
_REFERENCE: Final = re.compile(r"[0-9A-Z]{1,12}", re.ASCII)


def payment(order: PaymentOrder, account: FundAccountRef, config: Config, today: date) -> Cells:
    """One ``b2e0009-rq``."""
    if order.pay_from_sub_account is not None:
        raise CannotExpress("中国银行 B2E 不支持子账户付款")
    reference(order.client_ref)
    if not Money.ZERO < order.amount <= _LARGEST:
        raise CannotExpress("金额须大于零且不超过 9999999999999.99 元")
    payee = order.payee_account.strip()
    if not re.fullmatch(r"[0-9A-Za-z\-]{1,35}", payee, re.ASCII):
        raise CannotExpress("收款账号格式有误")
    code = (order.payee_bank_code or "").strip()
    if code and not re.fullmatch(r"[0-9]{12}", code, re.ASCII):
        raise CannotExpress("收款银行联行号须为 12 位数字")
    name = _text("收款人名称", order.payee_name, 180)
    bank = _text("收款银行名称", order.payee_bank_name, 180)
    if not name or not (code or bank):
        raise CannotExpress("收款人名称、收款银行名称或行号不能为空")
    return {
        "insid": order.client_ref,
        "obssid": "",
        "fractn": {"fribkn": config.bank_number, "actacn": account.account_no, "actnam": account.account_name},
        "toactn": {"toibkn": code, "actacn": payee, "toname": name, "toaddr": "", "tobknm": bank},
        "trnamt": order.amount.yuan,
        "trncur": "001",
        "priolv": "0",
        "furinfo": marked(_text("用途", order.purpose, 4000), order.client_ref, 200, encoding=ENCODING),
        "trfdate": f"{order.submitted_on or today:%Y%m%d}",
        "trftime": "",
        "comacn": "",
    }


def reference(text: str) -> str:
    """A reference that the bank takes."""
    if not _REFERENCE.fullmatch(text):
        raise CannotExpress("指令标识须为 1 至 12 位数字或大写字母")
    return text


def _text(label: str, text: str, max_bytes: int) -> str:
    return expressible(label, text, max_bytes, encoding=ENCODING)
