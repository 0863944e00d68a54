"""Mutations that act on one disbursement: submit, withdraw, approve, send back, reject, audit."""

from datetime import datetime

from ankuan.disbursement.approve_disbursement import approve_disbursement
from ankuan.disbursement.audit_disbursement import audit_disbursement
from ankuan.disbursement.graphql.inputs import (
    ApproveDisbursementResult,
    ApproveDisbursementSuccess,
    AuditDisbursementResult,
    AuditDisbursementSuccess,
    DisbursementActInput,
    RejectDisbursementResult,
    RejectDisbursementSuccess,
    SendBackDisbursementResult,
    SendBackDisbursementSuccess,
    SubmitDisbursementResult,
    SubmitDisbursementSuccess,
    WithdrawDisbursementResult,
    WithdrawDisbursementSuccess,
)
from ankuan.disbursement.graphql.perform import act_on
from ankuan.disbursement.reject_disbursement import reject_disbursement
from ankuan.disbursement.rules import Act
from ankuan.disbursement.send_back_disbursement import send_back_disbursement
from ankuan.disbursement.submit_disbursement import submit_disbursement
from ankuan.disbursement.withdraw_disbursement import withdraw_disbursement
from ankuan.platform.db import WriteSession
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import Ref


async def run_submit(info: Information, given: DisbursementActInput) -> SubmitDisbursementResult:
    """Hand in, by ``disbursement.request``."""

    async def use(session: WriteSession, ref: Ref, now: datetime) -> None:
        await submit_disbursement(
            session,
            cipher=info.context.cipher,
            plugins=info.context.plugins,
            court_id=ref.court_id,
            disbursement_id=ref.uuid,
            digest=given.digest,
            comment=given.comment,
            now=now,
        )

    return await act_on(
        info, given, Act.SUBMIT, use, lambda dry, made: SubmitDisbursementSuccess(dry_run=dry, disbursement=made)
    )


async def run_withdraw(info: Information, given: DisbursementActInput) -> WithdrawDisbursementResult:
    """Take back, by ``disbursement.request``."""

    async def use(session: WriteSession, ref: Ref, now: datetime) -> None:
        await withdraw_disbursement(
            session,
            court_id=ref.court_id,
            disbursement_id=ref.uuid,
            digest=given.digest,
            comment=given.comment,
            now=now,
        )

    return await act_on(
        info, given, Act.WITHDRAW, use, lambda dry, made: WithdrawDisbursementSuccess(dry_run=dry, disbursement=made)
    )


async def run_approve(info: Information, given: DisbursementActInput) -> ApproveDisbursementResult:
    """Approve a level, by ``disbursement.approve``."""

    async def use(session: WriteSession, ref: Ref, now: datetime) -> None:
        await approve_disbursement(
            session,
            court_id=ref.court_id,
            disbursement_id=ref.uuid,
            digest=given.digest,
            comment=given.comment,
            now=now,
        )

    return await act_on(
        info, given, Act.APPROVE, use, lambda dry, made: ApproveDisbursementSuccess(dry_run=dry, disbursement=made)
    )


async def run_send_back(info: Information, given: DisbursementActInput) -> SendBackDisbursementResult:
    """Send back, by the permission of whoever decides next."""

    async def use(session: WriteSession, ref: Ref, now: datetime) -> None:
        await send_back_disbursement(
            session,
            cipher=info.context.cipher,
            court_id=ref.court_id,
            disbursement_id=ref.uuid,
            digest=given.digest,
            comment=given.comment,
            now=now,
        )

    return await act_on(
        info, given, Act.SEND_BACK, use, lambda dry, made: SendBackDisbursementSuccess(dry_run=dry, disbursement=made)
    )


async def run_reject(info: Information, given: DisbursementActInput) -> RejectDisbursementResult:
    """End it, by the permission of whoever decides next."""

    async def use(session: WriteSession, ref: Ref, now: datetime) -> None:
        await reject_disbursement(
            session,
            court_id=ref.court_id,
            disbursement_id=ref.uuid,
            digest=given.digest,
            comment=given.comment,
            now=now,
        )

    return await act_on(
        info, given, Act.REJECT, use, lambda dry, made: RejectDisbursementSuccess(dry_run=dry, disbursement=made)
    )


async def run_audit(info: Information, given: DisbursementActInput) -> AuditDisbursementResult:
    """Pass the audit, by ``disbursement.audit``."""

    async def use(session: WriteSession, ref: Ref, now: datetime) -> None:
        await audit_disbursement(
            session,
            court_id=ref.court_id,
            disbursement_id=ref.uuid,
            digest=given.digest,
            comment=given.comment,
            now=now,
        )

    return await act_on(
        info, given, Act.AUDIT, use, lambda dry, made: AuditDisbursementSuccess(dry_run=dry, disbursement=made)
    )
