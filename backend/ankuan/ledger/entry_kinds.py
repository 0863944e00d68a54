"""What entries are made for. The ledger takes any word; these are the ones in use, with their titles. PURE."""

from enum import StrEnum


class EntryKind(StrEnum):
    """Why money moved between two accounts."""

    RECEIPT = "receipt"
    ALLOCATION = "allocation"
    ALLOCATION_UNDONE = "allocation_undone"
    TRANSFER = "transfer"
    HOLD_RESERVED = "hold_reserved"
    HOLD_POSTED = "hold_posted"
    HOLD_VOIDED = "hold_voided"
    REVERSAL = "reversal"


_TITLES = {
    EntryKind.RECEIPT: "到账",
    EntryKind.ALLOCATION: "认领分配",
    EntryKind.ALLOCATION_UNDONE: "撤销认领",
    EntryKind.TRANSFER: "案款转移",
    EntryKind.HOLD_RESERVED: "付款冻结",
    EntryKind.HOLD_POSTED: "付款",
    EntryKind.HOLD_VOIDED: "解除冻结",
    EntryKind.REVERSAL: "冲正",
}


def entry_title(kind: str) -> str:
    """Title in Chinese; a kind that is not ours is its own title."""
    try:
        return _TITLES[EntryKind(kind)]
    except ValueError:
        return kind
