"""Orders as request fields. Raises CannotExpress before anything is sent."""

import re
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AdjustmentOrder, BatchOrder, FundAccountRef, PaymentOrder, TransferOrder
from ankuan.plugin_api.errors import CannotExpress
from ankuan.plugin_api.texts import expressible, marked
from ankuan_bank_citic.messages import Row

_CLIENT_REF: Final = re.compile(r"[0-9A-Za-z]{1,20}", re.ASCII)
_LARGEST: Final = Money(10**15 - 1)
"""decimal(15,2)"""
_AT_ONCE: Final = {"preFlg": "0", "preDate": "", "preTime": ""}
BATCH_LIMIT: Final = 500
"""The document gives a row's ID four digits and no limit of its own."""
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
    kind = "01" if order.same_bank else _clearing(order.amount, small_value_limit)
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
    public = _adjustment_account(account)
    parts = order.adjustment_ref.split("|")
    if len(parts) != 3 or not all(re.fullmatch(r"[0-9A-Za-z]{1,14}", part, re.ASCII) for part in parts):
        raise CannotExpress("调账标识有误")
    client_ref = _reference(order.client_ref)
    fields = {
        "clientID": client_ref,
        "accountNo": public,
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


def transfer(order: TransferOrder, account: FundAccountRef) -> Request:
    """DLSINSUB out of a sub-account: to another one, or to the public adjustment account (the main account's money)."""
    if order.from_sub_account is None or order.to_sub_account == order.from_sub_account:
        raise CannotExpress("划转须从一个子账户转到另一个账户")
    client_ref = _reference(order.client_ref)
    if order.to_sub_account is None:
        target, name = _adjustment_account(account), account.account_name
    else:
        target, name = order.to_sub_account, order.to_name
    fields = {
        "clientID": client_ref,
        "mainAccNo": account.account_no,
        "payAccNo": _account("转出子账户", order.from_sub_account, 19),
        "recvAccNo": _account("转入子账户", target, 19),
        "recvAccNm": _filled("转入账户名称", name),
        "tranAmt": _amount(order.amount),
        **_AT_ONCE,
        "abstract": marked(expressible("划转原因", order.reason, 4000), client_ref, 102),
    }
    return "DLSINSUB", fields


def out_of_main(order: TransferOrder, source: str, account: FundAccountRef) -> Request:
    """DLMIXSUB for a transfer from the main account: only this message takes money off the public adjustment account.

    ``source``: the booking there that the money came with, as in ``AdjustmentOrder.adjustment_ref``.
    """
    if order.from_sub_account is not None or order.to_sub_account is None:
        raise CannotExpress("划转须从主账户转到一个子账户")
    moved = AdjustmentOrder(
        client_ref=order.client_ref,
        amount=order.amount,
        to_sub_account=order.to_sub_account,
        to_sub_account_name=order.to_name,
        adjustment_ref=source,
        reason=order.reason,
    )
    return adjustment(moved, account)


def batch(order: BatchOrder, account: FundAccountRef, small_value_limit: Money) -> tuple[Request, list[Row]]:
    """DLPAYBAT: request code and fields, and one row a payment, in order. To other banks only, by their CNAPS code."""
    if not 0 < len(order.orders) <= BATCH_LIMIT:
        raise CannotExpress(f"批量须为 1 至 {BATCH_LIMIT} 笔")
    references = {each.client_ref for each in order.orders}
    if len(references) != len(order.orders) or any(each.batch_ref != order.batch_ref for each in order.orders):
        raise CannotExpress("批量内客户流水号重复，或与批次号不符")
    rows = [_batch_row(number, each, account, small_value_limit) for number, each in enumerate(order.orders, start=1)]
    fields = {
        "clientID": _reference(order.batch_ref),
        **_AT_ONCE,
        "totalNumber": str(len(rows)),
        "totalAmount": _total(order.orders),
        "abstract": "案款发放",
        "memo": "",
    }
    return ("DLPAYBAT", fields), rows


def _batch_row(number: int, order: PaymentOrder, account: FundAccountRef, small_value_limit: Money) -> Row:
    label = f"第 {number} 笔"
    if order.same_bank:
        raise CannotExpress(f"{label}：本行收款不能走批量，请单笔支付")
    if not order.payee_bank_code:
        raise CannotExpress(f"{label}：批量支付须有收款银行行号")
    client_ref = _reference(order.client_ref)
    return {
        "ID": f"{number:04d}",
        "payAccountNo": _account(f"{label}付款账户", order.pay_from_sub_account or account.account_no, 19),
        "recAccountNo": _account(f"{label}收款账号", order.payee_account, 32),
        "recAccountName": _filled(f"{label}收款人名称", order.payee_name),
        "recOpenBankCode": _account(f"{label}收款银行行号", order.payee_bank_code, 20),
        "payType": _clearing(order.amount, small_value_limit),
        "tranAmount": _amount(order.amount),
        "abstract": marked(expressible(f"{label}用途", order.purpose, 4000), client_ref, 102),
        "memo": "",
    }


def registration(name: str, account: FundAccountRef) -> Row:
    """DLBREGSN for one sub-account, numbered by the bank, without overdraft and without interest."""
    label = _filled("子账户名称", name)
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


def _clearing(amount: Money, small_value_limit: Money) -> str:
    """payType to another bank: 03 small value (小额), 02 large value (大额)."""
    return "03" if amount <= small_value_limit else "02"


def _adjustment_account(account: FundAccountRef) -> str:
    if not account.adjustment_account_no:
        raise CannotExpress("该主账户未登记公共调账账号")
    return account.adjustment_account_no


def _filled(label: str, text: str) -> str:
    value = expressible(label, text, 122)
    if not value:
        raise CannotExpress(f"{label}不能为空")
    return value


def _reference(text: str) -> str:
    if not _CLIENT_REF.fullmatch(text):
        raise CannotExpress("客户流水号须为 1 至 20 位字母或数字")
    return text


def _amount(amount: Money) -> str:
    if not Money.ZERO < amount <= _LARGEST:
        raise CannotExpress("金额须大于零且不超过 9999999999999.99 元")
    return amount.yuan


def _total(orders: tuple[PaymentOrder, ...]) -> str:
    fen = sum(each.amount.fen for each in orders)
    if fen > _LARGEST.fen:
        raise CannotExpress("批量总金额不能超过 9999999999999.99 元")
    return _amount(Money(fen))


def _account(label: str, number: str, length: int) -> str:
    value = number.strip()
    if not re.fullmatch(r"[0-9A-Za-z\-]+", value, re.ASCII) or len(value) > length:
        raise CannotExpress(f"{label}格式有误")
    return value
