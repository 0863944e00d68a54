"""Orders as pain.001.001.09. Raises CannotExpress before anything is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from ankuan.kernel.clock import SHANGHAI
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AdjustmentOrder, FundAccountRef, PaymentOrder, SingleOrder, TransferOrder
from ankuan.plugin_api.errors import CannotExpress
from ankuan_bank_platform import values
from ankuan_bank_platform.config import Config
from ankuan_bank_platform.documents import Part, render
from ankuan_bank_platform.mapping import Expected
from ankuan_bank_platform.routing import Route, route_of

MESSAGE: Final = "pain.001.001.09"
BATCH_LIMIT: Final = 500
LONGEST_TEXT: Final = 140


@dataclass(frozen=True, slots=True)
class Account:
    """``above``: the main account, when this is one of its virtual sub-accounts."""

    number: str
    above: str = ""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One CdtTrfTxInf. ``moved_booking``: AcctSvcrRef of the arrival that an adjustment moves."""

    client_ref: str
    amount: Money
    payer: Account
    payee: Account
    payee_name: str
    payee_bank_code: str
    payee_bank_name: str
    route: Route
    text: str
    moved_booking: str = ""

    @property
    def expected(self) -> Expected:
        """What every answer about it has to say."""
        return Expected(self.client_ref, self.amount, self.payee.number)


def instruction(order: SingleOrder, account: FundAccountRef, config: Config) -> Instruction:
    """Any order. Raises CannotExpress."""
    if isinstance(order, PaymentOrder):
        return _payment(order, account, config)
    if isinstance(order, AdjustmentOrder):
        return _adjustment(order, account, config)
    return _transfer(order, account, config)


def _payment(order: PaymentOrder, account: FundAccountRef, config: Config) -> Instruction:
    code = values.bank_code("收款银行行号", order.payee_bank_code) if order.payee_bank_code else ""
    bank = values.expressible("收款银行名称", order.payee_bank_name, LONGEST_TEXT)
    if not (code or bank):
        raise CannotExpress("收款银行名称或行号不能为空")
    return Instruction(
        client_ref=values.reference("指令号", order.client_ref),
        amount=_amount(order.amount),
        payer=_under(account, order.pay_from_sub_account, "付款子账户"),
        payee=Account(values.account("收款账号", order.payee_account)),
        payee_name=values.needed("收款人名称", order.payee_name, LONGEST_TEXT),
        payee_bank_code=code,
        payee_bank_name=bank,
        route=route_of(order, config.bank_code, config.small_value_limit),
        text=values.expressible("用途", order.purpose, 4000)[:LONGEST_TEXT],
    )


def _adjustment(order: AdjustmentOrder, account: FundAccountRef, config: Config) -> Instruction:
    """From the main account to a sub-account, naming the booking that is moved (``lines`` gave it)."""
    return Instruction(
        client_ref=values.reference("指令号", order.client_ref),
        amount=_amount(order.amount),
        payer=_under(account, None, ""),
        payee=_under(account, order.to_sub_account, "转入子账户"),
        payee_name=values.needed("子账户名称", order.to_sub_account_name, LONGEST_TEXT),
        payee_bank_code=config.bank_code,
        payee_bank_name="",
        route=Route.ADJUSTMENT,
        text=values.expressible("调账原因", order.reason, 4000)[:LONGEST_TEXT],
        moved_booking=values.needed("调账标识", order.adjustment_ref, 35),
    )


def _transfer(order: TransferOrder, account: FundAccountRef, config: Config) -> Instruction:
    payer = _under(account, order.from_sub_account, "转出子账户")
    payee = _under(account, order.to_sub_account, "转入子账户")
    if payer == payee:
        raise CannotExpress("转出与转入为同一账户")
    return Instruction(
        client_ref=values.reference("指令号", order.client_ref),
        amount=_amount(order.amount),
        payer=payer,
        payee=payee,
        payee_name=values.needed("转入户名", order.to_name if payee.above else account.account_name, LONGEST_TEXT),
        payee_bank_code=config.bank_code,
        payee_bank_name="",
        route=Route.TRANSFER,
        text=values.expressible("转账原因", order.reason, 4000)[:LONGEST_TEXT],
    )


def document(
    message_ref: str, rows: Sequence[Instruction], account: FundAccountRef, config: Config, now: datetime
) -> bytes:
    """One message for up to 500 orders, one PmtInf for each account that pays. Raises CannotExpress."""
    values.reference("报文号", message_ref)
    if not 1 <= len(rows) <= BATCH_LIMIT or len({row.client_ref for row in rows}) != len(rows):
        raise CannotExpress(f"一个报文须为 1 至 {BATCH_LIMIT} 笔，指令号不得重复")
    name = values.needed("账户名称", account.account_name, LONGEST_TEXT)
    payers = sorted(rows, key=lambda row: (row.payer.number, row.payer.above))
    groups = [list(group) for _, group in groupby(payers, key=lambda row: row.payer)]
    moment = now.astimezone(SHANGHAI)
    head: Part = (
        "GrpHdr",
        [
            ("MsgId", message_ref),
            ("CreDtTm", moment.isoformat(timespec="milliseconds")),
            *_sums(rows),
            ("InitgPty", [("Nm", name), ("Id", [("OrgId", [("Othr", [("Id", config.link.app_id[:35])])])])]),
        ],
    )
    parts = [
        _payer(f"P{number:03d}", group, name, config, moment.date().isoformat()) for number, group in enumerate(groups)
    ]
    return render(MESSAGE, ("CstmrCdtTrfInitn", [head, *parts]))


def _payer(number: str, rows: Sequence[Instruction], name: str, config: Config, today: str) -> Part:
    return (
        "PmtInf",
        [
            ("PmtInfId", number),
            ("PmtMtd", "TRF"),
            ("BtchBookg", "false"),
            *_sums(rows),
            ("ReqdExctnDt", [("Dt", today)]),
            ("Dbtr", [("Nm", name)]),
            ("DbtrAcct", [("Id", _account_id(rows[0].payer)), ("Ccy", "CNY")]),
            ("DbtrAgt", [("FinInstnId", [_clearing(config.bank_code)])]),
            *(_row(row) for row in rows),
        ],
    )


def _row(row: Instruction) -> Part:
    kind: list[Part] = [("LclInstrm", [("Prtry", row.route.instrument)])]
    if row.route.category:
        kind.append(("CtgyPurp", [("Prtry", row.route.category)]))
    agent: list[Part] = [_clearing(row.payee_bank_code)] if row.payee_bank_code else []
    if row.payee_bank_name:
        agent.append(("Nm", row.payee_bank_name))
    told: list[Part] = [("Ustrd", row.text)] if row.text else []
    if row.moved_booking:
        document_type: Part = ("Tp", [("CdOrPrtry", [("Prtry", "ENTRY")])])
        told.append(("Strd", [("RfrdDocInf", [document_type, ("Nb", row.moved_booking)])]))
    return (
        "CdtTrfTxInf",
        [
            ("PmtId", [("EndToEndId", row.client_ref)]),
            ("PmtTpInf", kind),
            ("Amt", [("InstdAmt@Ccy", row.amount.yuan)]),
            ("CdtrAgt", [("FinInstnId", agent)]),
            ("Cdtr", [("Nm", row.payee_name)]),
            ("CdtrAcct", [("Id", _account_id(row.payee))]),
            *([("RmtInf", told)] if told else []),
        ],
    )


def _sums(rows: Sequence[Instruction]) -> list[Part]:
    return [("NbOfTxs", str(len(rows))), ("CtrlSum", Money.total(row.amount for row in rows).yuan)]


def _account_id(account: Account) -> list[Part]:
    scheme: list[Part] = [("SchmeNm", [("Prtry", values.SUB_ACCOUNT)]), ("Issr", account.above)]
    return [("Othr", [("Id", account.number), *(scheme if account.above else [])])]


def _clearing(code: str) -> Part:
    return ("ClrSysMmbId", [("ClrSysId", [("Cd", "CNAPS")]), ("MmbId", code)])


def _under(account: FundAccountRef, sub_account: str | None, label: str) -> Account:
    main = values.account("主账号", account.account_no)
    return Account(main) if sub_account is None else Account(values.account(label, sub_account), main)


def _amount(amount: Money) -> Money:
    values.amount(amount)
    return amount
