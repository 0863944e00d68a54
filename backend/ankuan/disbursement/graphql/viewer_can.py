"""What the viewer may do to a disbursement now: the gate's word first, then the rules that the act itself will meet."""

from typing import Final

import strawberry

from ankuan.disbursement.graphql.bundle import Bundle
from ankuan.disbursement.refusals import error_of
from ankuan.disbursement.rules import Act, deny, permission_for
from ankuan.disbursement.take_act import person_of
from ankuan.disbursement.transitions import Status
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.graphql.allowed import Allowed, refused
from ankuan.platform.graphql.context import Information

READING_ACCOUNTS: Final = (
    "disbursement.request",
    "disbursement.approve",
    "disbursement.audit",
    "disbursement.release",
)


class ReissueByNewRequest(AnkuanError):
    """What the bank refused is free in its case again and is paid by a new request."""

    code = "reissue_by_new_request"
    kind = ErrorKind.REFUSED


@strawberry.type(description="What the viewer may do to a disbursement now, each with the reason if not.")
class DisbursementActions:
    """Answers for every act."""

    edit: Allowed = strawberry.field(description="Change the draft.")
    submit: Allowed = strawberry.field(description="Hand the draft in.")
    withdraw: Allowed = strawberry.field(description="Take it back.")
    approve: Allowed = strawberry.field(description="Approve the level that waits.")
    send_back: Allowed = strawberry.field(description="Send it back to its author.")
    reject: Allowed = strawberry.field(description="End it.")
    audit: Allowed = strawberry.field(description="Pass the audit.")
    release: Allowed = strawberry.field(description="Release the payment.")
    reissue: Allowed = strawberry.field(description="Pay again what the bank refused.")


def actions(info: Information, bundle: Bundle) -> DisbursementActions:
    """All answers for the viewer of this request."""
    return DisbursementActions(
        edit=_may(info, bundle, Act.EDIT),
        submit=_may(info, bundle, Act.SUBMIT),
        withdraw=_may(info, bundle, Act.WITHDRAW),
        approve=_may(info, bundle, Act.APPROVE),
        send_back=_may(info, bundle, Act.SEND_BACK),
        reject=_may(info, bundle, Act.REJECT),
        audit=_may(info, bundle, Act.AUDIT),
        release=_may(info, bundle, Act.RELEASE),
        reissue=_reissue(info, bundle),
    )


def reads_accounts(info: Information, bundle: Bundle) -> bool:
    """Whether the viewer sees full accounts: people of the court with a right to act on it."""
    if info.context.actor.court_id != bundle.disbursement.court_id:
        return False
    return any(_gate(info, bundle, permission) is None for permission in READING_ACCOUNTS)


def _may(info: Information, bundle: Bundle, act: Act) -> Allowed:
    life = bundle.life
    against = _gate(info, bundle, permission_for(act, life.status))
    if against is None:
        try:
            denial = deny(act, life, person_of(info.context.actor))
        except AnkuanError as error:
            against = error
        else:
            against = error_of(denial) if denial else None
    return refused(against, info.context.language) if against else Allowed(allowed=True)


def _reissue(info: Information, bundle: Bundle) -> Allowed:
    against = _gate(info, bundle, "disbursement.request")
    if against is None and bundle.life.status not in {Status.FAILED, Status.PARTLY_SETTLED}:
        denial = deny(Act.EDIT, bundle.life, person_of(info.context.actor))
        against = error_of(denial) if denial else None
    if against is None:
        against = ReissueByNewRequest(
            "未付成的款项已退回案件余额，请新建付款申请", "The money is back in the case: make a new request"
        )
    return refused(against, info.context.language)


def _gate(info: Information, bundle: Bundle, permission: str) -> AnkuanError | None:
    try:
        info.context.gate.require(
            info.context.actor,
            permission,
            court_id=bundle.disbursement.court_id,
            handler_id=bundle.case.handler_id,
            department_id=bundle.case.department_id,
        )
    except AnkuanError as error:
        return error
    return None
