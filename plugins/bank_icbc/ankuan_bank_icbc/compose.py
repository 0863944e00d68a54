"""Orders as messages. Raises CannotExpress before anything is signed or sent."""

import re
from collections.abc import Sequence
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BatchOrder, FundAccountRef, PaymentOrder
from ankuan.plugin_api.errors import CannotExpress
from ankuan.plugin_api.texts import cut, expressible, marked
from ankuan_bank_icbc.config import Config
from ankuan_bank_icbc.messages import Request
from ankuan_bank_icbc.values import Row

BATCH_LIMIT: Final = 500
CURRENCY: Final = "001"
_REFERENCE: Final = re.compile(r"[0-9A-Za-z]{1,20}", re.ASCII)
_ACCOUNT: Final = re.compile(r"[0-9A-Za-z\-]{1,34}", re.ASCII)
_LARGEST: Final = Money(10**15 - 1)
_PERSON: Final = re.compile("[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]+[·•．][\u3400-\u9fff·•．]+")
_UNUSED_FIRST: Final = {"ReimburseNo": "", "ReimburseNum": "", "StartDate": "", "StartTime": ""}
_UNUSED_LAST: Final = dict.fromkeys(
    ("BusCode", "ERPcheckno", "CrvouhType", "CrvouhName", "CrvouhNo", "BankType", "FileNames", "Indexs"), ""
)


def package(
    orders: Sequence[PaymentOrder], reference: str, account: FundAccountRef, config: Config, moment: str
) -> Request:
    """PAYENT. A single payment is a batch of one; ``reference`` is its fSeqno, each order's own one its iSeqno."""
    if not 0 < len(orders) <= BATCH_LIMIT:
        raise CannotExpress(f"一批须有 1 至 {BATCH_LIMIT} 笔")
    if len({order.client_ref for order in orders}) < len(orders):
        raise CannotExpress("同一批内客户流水号重复")
    rows = [payment(order, account, config) for order in orders]
    fields = {
        "OnlBatF": "1",
        "SettleMode": "0",
        "TotalNum": str(len(rows)),
        "TotalAmt": str(Money.total(order.amount for order in orders).fen),
        "SignTime": moment,
        "ReqReserved1": "",
        "ReqReserved2": "",
    }
    return Request("PAYENT", reference_of(reference), fields, rows)


def batch(order: BatchOrder, account: FundAccountRef, config: Config, moment: str) -> Request:
    """PAYENT for several payments."""
    return package(order.orders, order.batch_ref, account, config, moment)


def payment(order: PaymentOrder, account: FundAccountRef, config: Config) -> Row:
    """One ``rd`` of PAYENT."""
    reference, amount = reference_of(order.client_ref), _amount(order.amount)
    payee = _account("收款账号", order.payee_account)
    name = expressible("收款人名称", order.payee_name, 120)
    if not name:
        raise CannotExpress("收款人名称不能为空")
    bank = expressible("收款银行名称", order.payee_bank_name, 120)
    code = _account("收款银行行号", order.payee_bank_code) if order.payee_bank_code else ""
    if not order.same_bank and not (bank or code):
        raise CannotExpress("收款银行名称或行号不能为空")
    purpose = expressible("用途", order.purpose, 4000)
    return {
        "iSeqno": reference,
        **_UNUSED_FIRST,
        "PayType": config.pay_type,
        "PayAccNo": account.account_no,
        "PayAccNameCN": expressible("付款户名", account.account_name, 120),
        "PayAccNameEN": "",
        "RecAccNo": payee,
        "RecAccNameCN": name,
        "RecAccNameEN": "",
        "SysIOFlg": "1" if order.same_bank else "2",
        "IsSameCity": "2",
        "Prop": "1" if _PERSON.fullmatch(name) else "0",
        "RecICBCCode": "",
        "RecCityName": "",
        "RecBankNo": code,
        "RecBankName": bank,
        "CurrType": CURRENCY,
        "PayAmt": amount,
        "UseCode": "",
        "UseCN": cut(purpose, 20),
        "EnSummary": "",
        "PostScript": marked(purpose, reference, 100),
        "Summary": "",
        "Ref": reference,
        "Oref": "",
        "ERPSqn": "",
        **_UNUSED_LAST,
        "PaySubNo": "",
        "RecSubNo": "",
        "MCardNo": _card(order.pay_from_sub_account, config),
        "MCardName": "",
    }


def _card(number: str | None, config: Config) -> str:
    if number is None:
        return ""
    if not config.cards:
        raise CannotExpress("该主账户未启用管家卡，不能从子账户付款")
    return _account("付款管家卡号", number)


def reference_of(text: str) -> str:
    """A reference as the bank takes it. Raises CannotExpress."""
    if not _REFERENCE.fullmatch(text):
        raise CannotExpress("客户流水号须为 1 至 20 位字母或数字")
    return text


def _amount(amount: Money) -> str:
    if not Money.ZERO < amount <= _LARGEST:
        raise CannotExpress("金额须大于零且不超过 9999999999999.99 元")
    return str(amount.fen)


def _account(label: str, number: str) -> str:
    value = number.strip()
    if not _ACCOUNT.fullmatch(value):
        raise CannotExpress(f"{label}格式有误")
    return value
