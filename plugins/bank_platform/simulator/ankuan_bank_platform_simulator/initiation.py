"""pain.001: from bytes to orders."""

from dataclasses import dataclass

from ankuan_bank_platform_simulator.books import entry_of
from ankuan_bank_platform_simulator.codes import REASONS, WireRefusal
from ankuan_bank_platform_simulator.wire import Read, read_document
from ankuan_simcore.bank import Bank
from ankuan_simcore.models import AccountKind, Order, OrderState, Refusal

MESSAGE = "pain.001.001.09"
LIMIT = 500


@dataclass(frozen=True, slots=True)
class Initiation:
    """A message: its MsgId and its orders."""

    message_ref: str
    orders: list[Order]

    @property
    def fault_ref(self) -> str:
        """The reference under which faults are scripted: a single order's own, a batch's otherwise."""
        return self.orders[0].client_ref if len(self.orders) == 1 else self.message_ref


def read_initiation(bank: Bank, body: bytes) -> Initiation:
    """Raises WireRefusal: the message as a whole is not what it has to be."""
    root = read_document(body, MESSAGE, "CstmrCdtTrfInitn")
    reference = root.text("GrpHdr/MsgId")
    orders = [_order(bank, part, row) for part in root.each("PmtInf") for row in part.each("CdtTrfTxInf")]
    if not 1 <= len(orders) <= LIMIT or root.text("GrpHdr/NbOfTxs") != str(len(orders)):
        raise WireRefusal("BAD_MESSAGE", "NbOfTxs")
    if root.fen("GrpHdr/CtrlSum") != sum(order.fen for order in orders):
        raise WireRefusal("BAD_MESSAGE", "CtrlSum")
    return Initiation(reference, orders)


def _order(bank: Bank, part: Read, row: Read) -> Order:
    payer, payee = part.text("DbtrAcct/Id/Othr/Id"), row.text("CdtrAcct/Id/Othr/Id")
    _own(bank, part, "DbtrAcct/Id/Othr")
    instrument, category = row.text("PmtTpInf/LclInstrm/Prtry"), row.maybe("PmtTpInf/CtgyPurp/Prtry")
    if instrument not in {"BOOK", "BEPS", "HVPS"} or category not in {"", "TRANSFER", "ADJUSTMENT"}:
        raise WireRefusal("BAD_MESSAGE", "PmtTpInf")
    source = 0
    if category:
        _own(bank, row, "CdtrAcct/Id/Othr")
    elif bank.state.account(payee) is not None:
        # Money between accounts under one main account is no payment: it is said to be one by mistake.
        raise WireRefusal("BAD_MESSAGE", "CtgyPurp")
    if category == "ADJUSTMENT":
        entry = entry_of(bank, row.text("RmtInf/Strd/RfrdDocInf/Nb"))
        if entry is None or bank.state.account(payer) is None:
            raise WireRefusal(*REASONS[Refusal.NO_SUCH_SOURCE])
        source = entry.no
    return Order(
        client_ref=row.text("PmtId/EndToEndId"),
        action=category or "PAYMENT",
        payer=payer,
        payee=payee,
        payee_name=row.text("Cdtr/Nm"),
        payee_bank=row.maybe("CdtrAgt/FinInstnId/Nm") or row.maybe("CdtrAgt/FinInstnId/ClrSysMmbId/MmbId"),
        fen=row.fen("Amt/InstdAmt"),
        remark=row.maybe("RmtInf/Ustrd"),
        state=OrderState.SETTLED,
        submitted_at=bank.state.clock.now().isoformat(timespec="seconds"),
        source_entry=source,
        channel="large" if instrument == "HVPS" else "",
    )


def _own(bank: Bank, node: Read, path: str) -> None:
    """A main account is told by its number alone, a sub-account with its scheme and its main account."""
    number = node.text(f"{path}/Id")
    account = bank.state.account(number)
    scheme, above = node.maybe(f"{path}/SchmeNm/Prtry"), node.maybe(f"{path}/Issr")
    if account is None or account.kind not in {AccountKind.MAIN, AccountKind.SUB}:
        return
    told = ("VSUB", account.main) if account.kind is AccountKind.SUB else ("", "")
    if (scheme, above) != told:
        raise WireRefusal("BAD_MESSAGE", "SchmeNm")
