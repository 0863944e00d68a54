"""The life of an instruction: one order at one bank (domain §7). The database enforces the same table by a trigger."""

from enum import StrEnum
from typing import Final

from ankuan.kernel.states import TransitionTable


class InstructionState(StrEnum):
    """Where an order stands. ``unknown`` is a state, not an error: only the bank's positive word ends it."""

    READY = "ready"
    SENDING = "sending"
    ACCEPTED = "accepted"
    AWAITING_BANK = "awaiting_bank"
    SETTLED = "settled"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class InstructionEvent(StrEnum):
    """What became known."""

    SEND = "send"
    NOT_SENT = "not_sent"
    ACCEPT = "accept"
    AWAIT = "await"
    LOSE_SIGHT = "lose_sight"
    CLEAR_FOR_RESEND = "clear_for_resend"
    SETTLE = "settle"
    REFUSE = "refuse"


_S, _E = InstructionState, InstructionEvent

LIFE: Final = TransitionTable[InstructionState, InstructionEvent](
    {
        (_S.READY, _E.SEND): _S.SENDING,
        # A bank line may prove the execution of an earlier try while the next one is being prepared.
        (_S.READY, _E.SETTLE): _S.SETTLED,
        (_S.READY, _E.REFUSE): _S.REFUSED,
        (_S.READY, _E.ACCEPT): _S.ACCEPTED,
        (_S.READY, _E.AWAIT): _S.AWAITING_BANK,
        (_S.SENDING, _E.NOT_SENT): _S.READY,
        (_S.SENDING, _E.ACCEPT): _S.ACCEPTED,
        (_S.SENDING, _E.AWAIT): _S.AWAITING_BANK,
        (_S.SENDING, _E.LOSE_SIGHT): _S.UNKNOWN,
        (_S.SENDING, _E.SETTLE): _S.SETTLED,
        (_S.SENDING, _E.REFUSE): _S.REFUSED,
        (_S.UNKNOWN, _E.ACCEPT): _S.ACCEPTED,
        (_S.UNKNOWN, _E.AWAIT): _S.AWAITING_BANK,
        (_S.UNKNOWN, _E.CLEAR_FOR_RESEND): _S.READY,
        (_S.UNKNOWN, _E.SETTLE): _S.SETTLED,
        (_S.UNKNOWN, _E.REFUSE): _S.REFUSED,
        (_S.ACCEPTED, _E.AWAIT): _S.AWAITING_BANK,
        (_S.ACCEPTED, _E.SETTLE): _S.SETTLED,
        (_S.ACCEPTED, _E.REFUSE): _S.REFUSED,
        (_S.AWAITING_BANK, _E.ACCEPT): _S.ACCEPTED,
        (_S.AWAITING_BANK, _E.SETTLE): _S.SETTLED,
        (_S.AWAITING_BANK, _E.REFUSE): _S.REFUSED,
        # The only way out of a refusal: the bank executed it after all (failures D11).
        (_S.REFUSED, _E.SETTLE): _S.SETTLED,
    }
)

FINAL: Final = frozenset({InstructionState.SETTLED, InstructionState.REFUSED})
"""States in which the money's fate is decided."""

STATE_TITLES: Final = {
    InstructionState.READY: "待发送",
    InstructionState.SENDING: "发送中",
    InstructionState.ACCEPTED: "银行已受理",
    InstructionState.AWAITING_BANK: "银行端待确认",
    InstructionState.SETTLED: "已到账",
    InstructionState.REFUSED: "银行拒绝",
    InstructionState.UNKNOWN: "结果待查",
}
