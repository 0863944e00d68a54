"""Ntry: one booking as camt.052, camt.053 and camt.054 tell it."""

from ankuan_bank_platform_simulator.books import Leg, end_to_end
from ankuan_bank_platform_simulator.wire import tag, text, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Plan
from ankuan_simcore.models import AccountKind, Entry, EntryKind
from ankuan_simcore.telling import told_fen, told_name

_CODES = {
    EntryKind.INCOMING: ("PMNT", "RCDT", "DMCT"),
    EntryKind.PAYMENT: ("PMNT", "ICDT", "DMCT"),
    EntryKind.INTERNAL: ("PMNT", "ICDT", "BOOK"),
    EntryKind.ADJUSTMENT: ("PMNT", "ICDT", "BOOK"),
    EntryKind.INTEREST: ("ACMT", "MCOP", "INTR"),
    EntryKind.FEE: ("ACMT", "MDOP", "CHRG"),
    EntryKind.RETURNED: ("PMNT", "RCDT", "RRTN"),
    EntryKind.REVERSAL: ("PMNT", "RCDT", "DMCT"),
}


def ntry(bank: Bank, leg: Leg, plans: list[Plan]) -> str:
    """The element ``Ntry``."""
    entry = leg.entry
    domain, family, sub_family = _CODES[entry.kind]
    if leg.fen > 0 and sub_family == "BOOK":
        family = "RCDT"
    code = tag("Domn", text("Cd", domain), tag("Fmly", text("Cd", family), text("SubFmlyCd", sub_family)))
    return tag(
        "Ntry",
        text("NtryRef", str(leg.number)),
        text("Amt", yuan(told_fen(plans, entry.fen)), Ccy="CNY"),
        text("CdtDbtInd", "CRDT" if leg.fen > 0 else "DBIT"),
        text("RvslInd", "true") if entry.kind is EntryKind.REVERSAL else "",
        tag("Sts", text("Cd", "BOOK")),
        tag("BookgDt", text("DtTm", entry.booked_at) if not entry.book_date else text("Dt", entry.day)),
        tag("ValDt", text("Dt", entry.value_date)),
        text("AcctSvcrRef", leg.key),
        tag("BkTxCd", code),
        tag("NtryDtls", tag("TxDtls", *_details(bank, leg, plans))),
    )


def _details(bank: Bank, leg: Leg, plans: list[Plan]) -> list[str]:
    entry = leg.entry
    own, other = _own(bank, leg.own), _other(bank, leg, plans)
    # A payment that comes back keeps the roles it went out with: we are still the one who paid.
    we_pay = leg.fen < 0 or entry.kind is EntryKind.RETURNED
    debtor, creditor = (own, other) if we_pay else (other, own)
    agent = text("Nm", entry.counter_bank)
    agents = tag("RltdAgts", tag("CdtrAgt" if we_pay else "DbtrAgt", tag("FinInstnId", agent)))
    back = entry.kind is EntryKind.RETURNED
    reason = entry.remark.removeprefix("退汇").strip()
    return [
        tag("Refs", text("EndToEndId", end_to_end(bank, entry) or "NOTPROVIDED")),
        tag(
            "RltdPties",
            tag("Dbtr", tag("Pty", debtor[0])),
            tag("DbtrAcct", debtor[1]),
            tag("Cdtr", tag("Pty", creditor[0])),
            tag("CdtrAcct", creditor[1]),
        ),
        agents,
        tag("RmtInf", text("Ustrd", entry.remark[:140])),
        tag("RtrInf", tag("Rsn", text("Cd", "AC01")), text("AddtlInf", reason[:105])) if back else "",
    ]


def _own(bank: Bank, number: str) -> tuple[str, str]:
    account = bank.account(number)
    name = account.name if account.kind is AccountKind.SUB else bank.account(account.main).name
    return text("Nm", name), account_id(bank, number)


def account_id(bank: Bank, number: str) -> str:
    """``Id`` of an account of ours: a sub-account with its scheme and its main account."""
    account, shown = bank.account(number), bank.shown(number)
    scheme = tag("SchmeNm", text("Prtry", "VSUB")) + text("Issr", account.main)
    return tag("Id", tag("Othr", text("Id", shown), scheme if account.kind is AccountKind.SUB else ""))


def _other(bank: Bank, leg: Leg, plans: list[Plan]) -> tuple[str, str]:
    entry: Entry = leg.entry
    other = entry.credit if leg.fen < 0 else entry.debit
    known = bank.state.account(other)
    if known is not None and known.main:
        return _own(bank, other)
    name = told_name(plans, entry.counter_name)
    number = tag("Id", tag("Othr", text("Id", entry.counter_account)))
    return text("Nm", name), number
