"""Titles of kinds and acts for people."""

from collections.abc import Mapping
from typing import Final

from ankuan.disbursement.rules import Act, Kind

_KINDS: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.PAY_PARTY: ("发放当事人", "Pay a party"),
    Kind.REFUND_PAYER: ("退还付款人", "Refund the payer"),
    Kind.REFUND_COURT_FEE: ("退诉讼费", "Refund the court fee"),
    Kind.LITIGATION_FEE: ("转诉讼费", "Litigation fee"),
    Kind.ENFORCEMENT_FEE: ("转执行费", "Enforcement fee"),
    Kind.FINE: ("转罚款", "Fine"),
    Kind.CRIMINAL_FINE: ("转罚金", "Criminal fine"),
    Kind.OTHER_COURT: ("付其他法院", "To another court"),
    Kind.BANKRUPTCY_ADMINISTRATOR: ("付破产管理人", "To the bankruptcy administrator"),
    Kind.DEPOSIT: ("提存", "Deposit"),
}
_ACTS: Final[Mapping[Act, tuple[str, str]]] = {
    Act.CREATE: ("起草", "Drafted"),
    Act.EDIT: ("修改", "Changed"),
    Act.SUBMIT: ("提交", "Submitted"),
    Act.APPROVE: ("同意", "Approved"),
    Act.SEND_BACK: ("退回", "Sent back"),
    Act.REJECT: ("驳回", "Rejected"),
    Act.WITHDRAW: ("撤回", "Withdrawn"),
    Act.AUDIT: ("稽核通过", "Audited"),
    Act.RELEASE: ("付款释放", "Released"),
}


def kind_title(kind: Kind, language: str = "zh-CN") -> str:
    """What is paid, in words."""
    return _KINDS[kind][language == "en"]


def act_title(act: Act, language: str = "zh-CN") -> str:
    """What was done, in words."""
    return _ACTS[act][language == "en"]
