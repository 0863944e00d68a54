"""Orders as request fields. Raises CannotExpress before anything is sent."""

import re
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AdjustmentOrder, FundAccountRef, PaymentOrder
from ankuan.plugin_api.errors import CannotExpress
from ankuan.plugin_api.texts import expressible, marked
from ankuan_bank_citic.messages import Row

_CLIENT_REF: Final = re.compile(r"[0-9A-Za-z]{1,20}", re.ASCII)
_LARGEST: Final = Money(10**15 - 1)
"""decimal(15,2)"""
_AT_ONCE: Final = {"preFlg": "0", "preDate": "", "preTime": ""}
Request = tuple[str, dict[str, str]]


def payment(order: PaymentOrder, account: FundAccountRef, small_value_limit: Money) -> Request:
    """Request code and fields: DLCTNSUB out of a sub-account, DLOUTTRN out of the main account."""
    client_ref, amount = _reference(order.client_ref), _amount(order.amount)
    payee = _account("收款账号", order.payee_account, 32)
    name = expressible("收款人名称", order.payee_name, 122)
    bank = expressible("收款银行名称", order.payee_bank_name, 122)
    code = _account("收款银行行号", order.payee_bank_code, 20) if order.payee_bank_code else ""
    if not name or not (bank or code):
        raise CannotExpress("收款人名称、收款银行名称或行号不能为空")
    purpose = marked(expressible("用途", order.purpose, 4000), client_ref, 102)
    kind = "01" if order.same_bank else "03" if order.amount <= small_value_limit else "02"
    other = "0" if order.same_bank else "1"
    if order.pay_from_sub_account is None:
        fields = {
            "clientID": client_ref,
            **_AT_ONCE,
            "payType": kind,
            "payAccountNo": account.account_no,
            "recAccountNo": payee,
            "recAccountName": name,
            "recOpenBankName": bank,
            "recOpenBankCode": code,
            "citicbankFlag": other,
            "cityFlag": "1",
            "tranAmount": amount,
            "abstract": purpose,
            "memo": "",
        }
        return "DLOUTTRN", fields
    fields = {
        "clientID": client_ref,
        "mainAccNo": account.account_no,
        "payAccNo": _account("付款子账户", order.pay_from_sub_account, 19),
        "recvAccNo": payee,
        "recvAccNm": name,
        "mngNode": bank,
        "tgfi": code,
        "sameBank": other,
        "tranType": kind,
        "recvTgfi": "",
        "tranAmt": amount,
        **_AT_ONCE,
        "abstract": purpose,
    }
    return "DLCTNSUB", fields


def adjustment(order: AdjustmentOrder, account: FundAccountRef) -> Request:
    """DLMIXSUB. ``order.adjustment_ref`` is what ``lines`` gave the line it moves: date, TRANNO and MIXNO."""
    if not account.adjustment_account_no:
        raise CannotExpress("该主账户未登记公共调账账号")
    parts = order.adjustment_ref.split("|")
    if len(parts) != 3 or not all(re.fullmatch(r"[0-9A-Za-z]{1,14}", part, re.ASCII) for part in parts):
        raise CannotExpress("调账标识有误")
    client_ref = _reference(order.client_ref)
    fields = {
        "clientID": client_ref,
        "accountNo": account.adjustment_account_no,
        "subAccNo": _account("转入子账户", order.to_sub_account, 19),
        "subAccNm": expressible("子账户名称", order.to_sub_account_name, 122),
        "tranAmt": _amount(order.amount),
        "tranDate": parts[0],
        "tranNo": parts[1],
        "mixNo": parts[2],
        "reason": marked(expressible("调账原因", order.reason, 4000), client_ref, 60),
        **_AT_ONCE,
    }
    return "DLMIXSUB", fields


def registration(name: str, account: FundAccountRef) -> Row:
    """DLBREGSN for one sub-account, numbered by the bank, without overdraft and without interest."""
    label = expressible("子账户名称", name, 122)
    if not label:
        raise CannotExpress("子账户名称不能为空")
    return {
        "mainAccNo": account.account_no,
        "appFlag": "2",
        "accGenType": "0",
        "subAccNo": "",
        "subAccNm": label,
        "accType": "03",
        "calInterestFlag": "0",
        "interestRate": "0",
        "overFlag": "0",
        "overAmt": "",
        "overRate": "",
        "autoAssignInterestFlag": "0",
        "autoAssignTranFeeFlag": "0",
        "feeType": "0",
        "realNameParm": "0",
        "subAccPrintParm": "0",
    }


def _reference(text: str) -> str:
    if not _CLIENT_REF.fullmatch(text):
        raise CannotExpress("客户流水号须为 1 至 20 位字母或数字")
    return text


def _amount(amount: Money) -> str:
    if not Money.ZERO < amount <= _LARGEST:
        raise CannotExpress("金额须大于零且不超过 9999999999999.99 元")
    return amount.yuan


def _account(label: str, number: str, length: int) -> str:
    value = number.strip()
    if not re.fullmatch(r"[0-9A-Za-z\-]+", value, re.ASCII) or len(value) > length:
        raise CannotExpress(f"{label}格式有误")
    return value
