"""Orders and their fate: DLOUTTRN, DLCTNSUB, DLSINSUB, DLMIXSUB, DLCIDSTT."""

import re

from ankuan_bank_citic_simulator.codes import (
    BAD_MESSAGE,
    DONE,
    NO_SUCH_REFERENCE,
    REFUSALS,
    SUBMITTED,
    WAITING_APPROVAL,
    WireRefusal,
)
from ankuan_bank_citic_simulator.statements import flow_no, mix_no
from ankuan_bank_citic_simulator.wire import Ask, Reply
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Fault, Plan, find
from ankuan_simcore.models import AccountKind, Order, OrderState, Refusal

REFERENCE = re.compile(r"[0-9A-Za-z]{1,20}")
_PAY_TYPES = {"01", "02", "03", "05"}


def pay_from_main(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """DLOUTTRN: pay out of the main account, that is out of what no sub-account owns."""
    main = bank.account(ask.needed("payAccountNo"), AccountKind.MAIN).number
    if ask.text("payType") not in _PAY_TYPES or not (ask.text("recOpenBankName") or ask.text("recOpenBankCode")):
        raise WireRefusal(*BAD_MESSAGE, detail="payType/recOpenBank")
    return _submit(
        bank,
        plans,
        ask,
        payer=bank.standing(main),
        payee=ask.needed("recAccountNo"),
        payee_name=ask.needed("recAccountName"),
        payee_bank=ask.text("recOpenBankName") or ask.text("recOpenBankCode"),
        fen=ask.fen("tranAmount"),
        remark=ask.text("abstract"),
        channel=channel(ask.text("payType")),
    )


def pay_from_sub(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """DLCTNSUB: pay out of a sub-account."""
    if ask.text("tranType") not in _PAY_TYPES or ask.text("sameBank") not in {"0", "1"}:
        raise WireRefusal(*BAD_MESSAGE, detail="tranType/sameBank")
    return _submit(
        bank,
        plans,
        ask,
        payer=_own_sub(bank, ask, "payAccNo"),
        payee=ask.needed("recvAccNo"),
        payee_name=ask.needed("recvAccNm"),
        payee_bank=ask.text("mngNode") or ask.text("tgfi"),
        fen=ask.fen("tranAmt"),
        remark=ask.text("abstract"),
        channel=channel(ask.text("tranType")),
    )


def between_subs(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """DLSINSUB: from a sub-account to another, or to the public adjustment account, below the same main account.

    Out of the public adjustment account money goes by DLMIXSUB only.
    """
    return _submit(
        bank,
        plans,
        ask,
        payer=_own_sub(bank, ask, "payAccNo"),
        payee=_own_sub(bank, ask, "recvAccNo", AccountKind.ADJUSTMENT),
        payee_name=ask.needed("recvAccNm"),
        payee_bank="",
        fen=ask.fen("tranAmt"),
        remark=ask.text("abstract"),
    )


def adjust(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """DLMIXSUB: move money that waits on the public adjustment account to a sub-account, in whole or in part."""
    adjustment = bank.account(ask.needed("accountNo"), AccountKind.ADJUSTMENT)
    digits = ask.needed("mixNo")[1:]
    source = bank.state.entries.get(int(digits) if digits.isascii() and digits.isdigit() else 0)
    named = (ask.text("mixNo"), ask.text("tranNo"), ask.text("tranDate"))
    if source is None or named != (mix_no(source), flow_no(source), source.value_date.replace("-", "")):
        raise WireRefusal(*REFUSALS[Refusal.NO_SUCH_SOURCE])
    return _submit(
        bank,
        plans,
        ask,
        payer=adjustment.number,
        payee=ask.needed("subAccNo"),
        payee_name=ask.needed("subAccNm"),
        payee_bank="",
        fen=ask.fen("tranAmt"),
        remark=ask.text("reason"),
        source_entry=source.no,
    )


def channel(pay_type: str) -> str:
    """Which clearing system it goes by, of those that keep hours."""
    return "large" if pay_type == "02" else ""


def _own_sub(bank: Bank, ask: Ask, name: str, *also: AccountKind) -> str:
    account = bank.account(ask.needed(name), AccountKind.SUB, *also)
    if account.main != ask.needed("mainAccNo"):
        raise WireRefusal(*REFUSALS[Refusal.NO_SUCH_ACCOUNT])
    return account.number


def _submit(
    bank: Bank,
    plans: list[Plan],
    ask: Ask,
    *,
    payer: str,
    payee: str,
    payee_name: str,
    payee_bank: str,
    fen: int,
    remark: str,
    source_entry: int = 0,
    channel: str = "",
) -> Reply:
    reference = ask.needed("clientID")
    if not REFERENCE.fullmatch(reference):
        raise WireRefusal(*BAD_MESSAGE, detail="clientID")
    order = Order(
        client_ref=reference,
        action=ask.action,
        payer=payer,
        payee=payee,
        payee_name=payee_name,
        payee_bank=payee_bank,
        fen=fen,
        remark=remark,
        state=OrderState.SETTLED,
        submitted_at=bank.state.clock.now().isoformat(timespec="seconds"),
        source_entry=source_entry,
        channel=channel,
    )
    taken = bank.submit(order, plans)
    if taken.state is OrderState.REFUSED:
        code, text = refusal(taken)
        return Reply(code, text)
    moment = taken.submitted_at
    fields = {"tranDate": moment[:10].replace("-", ""), "tranTime": moment[11:19].replace(":", "")}
    if taken.state is OrderState.SETTLED:
        return Reply(fields={**fields, "tranNo": flow_no(bank.state.entries[taken.entries[0]])})
    waiting = taken.state is OrderState.APPROVAL
    return Reply(
        WAITING_APPROVAL if waiting else SUBMITTED,
        "经办成功，待审核" if waiting else "已提交银行处理，请稍后查询",
        fields,
    )


def refusal(order: Order) -> tuple[str, str]:
    """The code and text of a refused order."""
    code, text = REFUSALS.get(Refusal(order.code), REFUSALS[Refusal.SCRIPTED])
    return code, order.text or text


def status(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """DLCIDSTT: what became of a reference. The row says it; the outer status only says that the query ran."""
    reference = ask.needed("clientID")
    if find(plans, Fault.LIE_SUCCESS):
        return Reply(rows=[{"stt": "0", "status": DONE, "statusText": "交易成功"}])
    known = bank.state.orders.get(reference)
    # The rows of a batch have numbers, no references: DLBATDET tells of them.
    order = bank.lookup(reference) if known is not None and not known.batch_ref else None
    if order is None or ask.text("type") not in {"", order.action}:
        return Reply(*NO_SUCH_REFERENCE)
    stt, code, text = fate(order)
    return Reply(rows=[{"stt": stt, "status": code, "statusText": text}])


def fate(order: Order) -> tuple[str, str, str]:
    """stt, status and text of an order."""
    if order.state is OrderState.REFUSED:
        return ("1", *refusal(order))
    return {
        OrderState.SETTLED: ("0", DONE, "交易成功"),
        OrderState.RETURNED: ("0", DONE, "交易成功"),
        OrderState.PROCESSING: ("2", SUBMITTED, "已提交银行处理，请稍后查询"),
        OrderState.APPROVAL: ("2", WAITING_APPROVAL, "待审核"),
    }[order.state]
