"""PURE. What the bank's codes mean. The table is total: whatever does not stand in it is ``unknown``.

Source: interface document V4.0.4 (XFERPRCCODE; those with a star there are not final).
"""

from collections.abc import Collection
from typing import Final

from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.evidence import Verdict

OK: Final = "0"
PAID: Final = "PAYOUT"
FATES: Final[dict[str, AnswerState]] = {
    "PAYOUT": AnswerState.SETTLED,
    "FAIL": AnswerState.REFUSED,
    "EXPIRED": AnswerState.REFUSED,
    "CANCEL": AnswerState.REFUSED,
    "AUDITING": AnswerState.AWAITING_BANK,
    "AUDITED": AnswerState.AWAITING_BANK,
    "WAIT_FOR_AUDIT": AnswerState.AWAITING_BANK,
    "SEND_BACK": AnswerState.AWAITING_BANK,
    "SUBMIT_SUCC": AnswerState.ACCEPTED,
    "PENDING": AnswerState.ACCEPTED,
    "PROCESSING": AnswerState.ACCEPTED,
    "PART_PAYOUT": AnswerState.UNKNOWN,
}
"""SEND_BACK: an authoriser has returned it to the operator, who may send it again: somebody at the bank decides."""


def fate(code: str, text: str, bank_ref: str | None = None) -> Verdict:
    """What an XFERPRCCODE says of one order, by itself. PART_PAYOUT is a batch's, of one order it says nothing."""
    state = FATES.get(code)
    if state is None:
        return Verdict(AnswerState.UNKNOWN, code, text, bank_ref, alarm=f"指令状态不在对照表中：{code[:20]}")
    alarm = "单笔指令被答为部分成功" if code == "PART_PAYOUT" else None
    return Verdict(state, code, text, bank_ref, alarm=alarm)


def submitted(code: str, text: str, bank_ref: str | None = None) -> Verdict:
    """The same as the answer to a submission: never ``settled``, which a query and the books have to confirm."""
    verdict = fate(code, text, bank_ref)
    if verdict.state is AnswerState.SETTLED:
        return Verdict(AnswerState.ACCEPTED, code, text, bank_ref)
    return verdict


def failed(code: str, text: str, refusals: Collection[str]) -> Verdict:
    """A STATUS whose CODE is not 0: a refusal only where the document says that nothing was taken."""
    if code in refusals:
        return Verdict(AnswerState.REFUSED, code, text)
    return Verdict(AnswerState.UNKNOWN, code, text, alarm=f"银行返回码不在对照表中：{code[:20]}")
