"""What all acts on a disbursement share: take the row, weigh the rules, change the state, leave a trace, tell it.

Locks are taken in one order everywhere: disbursement, then case, then ledger, then counters.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ankuan.disbursement.refusals import AlreadyDecided, SamePerson, StaleDigest, not_found
from ankuan.disbursement.rules import EXCLUSIVE, MAKING, Act, Life, Person, Step, permission_for
from ankuan.disbursement.tables import Disbursement, DisbursementAct
from ankuan.disbursement.transitions import LIFE, LifeEvent, Status
from ankuan.kernel.errors import AnkuanError, ErrorKind, NotAllowed
from ankuan.kernel.ids import new_id
from ankuan.platform.actor import Actor
from ankuan.platform.constraints import constraint_means
from ankuan.platform.db import ReadSession, WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.events import DisbursementChanged
from ankuan.registry.roles import packaged_roles
from ankuan.registry.tables import CourtCase

MAX_COMMENT = 500


class CommentRequired(AnkuanError):
    """Who sends back or rejects says why."""

    code = "comment_required"
    kind = ErrorKind.INVALID


class CommentTooLong(AnkuanError):
    """A comment has at most 500 characters."""

    code = "comment_too_long"
    kind = ErrorKind.INVALID


def require_comment(comment: str | None) -> None:
    """Raises :class:`CommentRequired` when there is none."""
    if not (comment or "").strip():
        raise CommentRequired("请填写理由", "State the reason", field="comment")


async def lock_disbursement(session: WriteSession, *, court_id: int, disbursement_id: UUID) -> Disbursement:
    """The disbursement, fresh and locked until the transaction ends. Raises ``DisbursementNotFound``."""
    found = await session.scalar(
        select(Disbursement)
        .where(Disbursement.court_id == court_id, Disbursement.id == disbursement_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise not_found()
    return found


async def life_of(session: ReadSession, disbursement: Disbursement, case: CourtCase) -> Life:
    """The facts that the rules weigh."""
    acts = await session.execute(
        select(DisbursementAct.act, DisbursementAct.version, DisbursementAct.person_key).where(
            DisbursementAct.court_id == disbursement.court_id, DisbursementAct.disbursement_id == disbursement.id
        )
    )
    return make_life(disbursement, case, [(Act(a.act), a.version, a.person_key) for a in acts])


def make_life(disbursement: Disbursement, case: CourtCase, acts: list[tuple[Act, int, str]]) -> Life:
    """The facts, from the acts of all versions as (act, version, person key)."""
    return Life(
        status=Status(disbursement.status),
        digest=disbursement.digest,
        plan=tuple(Step(level, role) for level, role in enumerate(disbursement.plan, start=1)),
        approved_level=disbursement.approved_level,
        case_open=case.status == "open",
        makers=frozenset(key for act, _, key in acts if act in MAKING),
        acted=frozenset(key for act, version, key in acts if act in EXCLUSIVE and version == disbursement.version),
    )


def person_of(actor: Actor) -> Person:
    """Who acts. The platform itself never acts on a disbursement. Raises ``NotAllowed``."""
    if actor.id is None:
        raise NotAllowed("须由工作人员办理", "Only a person may do this")
    return Person(key=actor.person_key or str(actor.id), roles=actor.roles)


def change_status(disbursement: Disbursement, event: LifeEvent, *, now: datetime) -> None:
    """Move along the transition table. ``next_role`` follows from the plan."""
    after = LIFE.next(Status(disbursement.status), event)
    disbursement.status = str(after)
    disbursement.next_role = disbursement.plan[disbursement.approved_level] if after is Status.IN_APPROVAL else None
    disbursement.changed_at = now


async def record_act(
    session: WriteSession,
    disbursement: Disbursement,
    act: Act,
    *,
    now: datetime,
    comment: str | None = None,
    level: int = 0,
    role: str | None = None,
) -> None:
    """Store the act, bound to the present version and digest (I6, I10).

    A lost race shows as ``SamePerson`` or ``AlreadyDecided`` by the unique keys. Raises :class:`CommentTooLong`.
    """
    text = (comment or "").strip()
    if len(text) > MAX_COMMENT:
        raise CommentTooLong(f"意见最多 {MAX_COMMENT} 字", f"At most {MAX_COMMENT} characters", field="comment")
    actor = session.actor
    person = person_of(actor)
    await session.flush()
    session.add(
        DisbursementAct(
            court_id=disbursement.court_id,
            id=new_id(),
            disbursement_id=disbursement.id,
            act=str(act),
            version=disbursement.version,
            digest=disbursement.digest,
            level=level,
            staff_id=actor.id,
            staff_name=actor.name,
            role=role or acting_role(actor, permission_for(act, Status(disbursement.status))),
            person_key=person.key,
            comment=text or None,
            at=now,
        )
    )
    await session.flush()


async def tell(session: WriteSession, disbursement: Disbursement, *, case: CourtCase, now: datetime) -> None:
    """Emit that the disbursement has changed."""
    await session.flush()
    changed = DisbursementChanged(
        court_id=disbursement.court_id,
        subject=disbursement.id,
        status=disbursement.status,
        case_id=case.id,
        handler_id=case.handler_id,
    )
    await emit(session, changed, now=now)


def acting_role(actor: Actor, permission: str) -> str:
    """In which of several roles a person acts: the first that gives the permission, else the first held."""
    roles = packaged_roles()
    held = [name for name in roles if name in actor.roles] + sorted(actor.roles - roles.keys())
    giving = [name for name in held if name in roles and permission in roles[name].permissions]
    return next(iter(giving + held), "")


constraint_means(
    "uq_disbursement_act_person",
    lambda: SamePerson("您已办理过本申请的其他环节", "You have already acted on this disbursement"),
)
constraint_means(
    "ck_disbursement_act_maker",
    lambda: SamePerson("申请人不能办理后续环节", "Who makes a request does not decide on it"),
)
constraint_means(
    "uq_disbursement_act_once", lambda: AlreadyDecided("该环节已由他人完成", "Somebody else has just done this")
)
constraint_means(
    "ck_disbursement_act_content",
    lambda: StaleDigest("内容已被修改，请重新查看后再办理", "The content has changed, please look again"),
)
