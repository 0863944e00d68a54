"""All that is shown of disbursements, loaded in a handful of queries whatever their number.

Loaded eagerly and in one transaction: a dry run shows what is rolled back a moment later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ankuan.disbursement.queries import acts_of, checks_of, present_lines
from ankuan.disbursement.review import preview_review
from ankuan.disbursement.review_rules import Stage
from ankuan.disbursement.rules import Act, ApprovalPolicyInvalid, Kind, Life, approval_plan
from ankuan.disbursement.tables import Disbursement, DisbursementAct, DisbursementLine
from ankuan.disbursement.take_act import make_life
from ankuan.disbursement.transitions import Status
from ankuan.kernel.clock import business_date
from ankuan.kernel.errors import AnkuanError
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import ReadSession
from ankuan.platform.plugins import PluginHost
from ankuan.registry.policies import effective_policy
from ankuan.registry.queries import cases_by_id
from ankuan.registry.tables import CourtCase


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """One result of the review, stored or foreseen."""

    name: str
    outcome: str
    reason: str
    stage: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Bundle:
    """One disbursement with what belongs to it. ``plan`` are roles; of a draft, those that would have to approve."""

    disbursement: Disbursement
    case: CourtCase
    lines: tuple[DisbursementLine, ...]
    acts: tuple[DisbursementAct, ...]
    checks: tuple[ShownCheck, ...]
    plan: tuple[str, ...]

    @property
    def life(self) -> Life:
        """The facts that the rules weigh."""
        acts = [(Act(act.act), act.version, act.person_key) for act in self.acts]
        return make_life(self.disbursement, self.case, acts)


async def load_bundles(session: ReadSession, rows: Sequence[Disbursement], *, now: datetime) -> list[Bundle]:
    """Bundles in the order of ``rows``."""
    refs = [(row.court_id, row.id) for row in rows]
    if not refs:
        return []
    cases = await cases_by_id(session, {(row.court_id, row.case_id) for row in rows})
    lines, acts, checks = (
        await present_lines(session, refs),
        await acts_of(session, refs),
        await checks_of(session, refs),
    )
    plans = await _plans(session, rows, now)
    return [
        Bundle(
            disbursement=row,
            case=cases[row.court_id, row.case_id],
            lines=lines[ref],
            acts=acts[ref],
            checks=tuple(ShownCheck(c.name, c.outcome, c.reason, c.stage, c.at) for c in checks.get(ref, ())),
            plan=plan,
        )
        for row, ref, plan in zip(rows, refs, plans, strict=True)
    ]


async def load_bundle(
    session: ReadSession, row: Disbursement, *, cipher: FieldCipher, plugins: PluginHost, now: datetime
) -> Bundle:
    """One bundle; for a draft also what the review would say now."""
    [bundle] = await load_bundles(session, [row], now=now)
    if row.status != Status.DRAFT.value:
        return bundle
    try:
        foreseen = await preview_review(
            session, cipher=cipher, plugins=plugins, disbursement=row, case=bundle.case, now=now
        )
    except AnkuanError:
        foreseen = ()  # a draft stays readable; submission will say what is wrong
    shown = tuple(ShownCheck(c.name, str(c.outcome), c.reason, Stage.SUBMIT.value, now) for c in foreseen)
    return replace(bundle, checks=shown)


async def _plans(session: ReadSession, rows: Sequence[Disbursement], now: datetime) -> list[tuple[str, ...]]:
    drafts = {row.court_id for row in rows if row.status == Status.DRAFT.value}
    policies = {
        court_id: await effective_policy(session, court_id=court_id, name="approval_tiers", on=business_date(now))
        for court_id in sorted(drafts)
    }
    plans: list[tuple[str, ...]] = []
    for row in rows:
        if row.status != Status.DRAFT.value:
            plans.append(tuple(row.plan))
            continue
        try:
            steps = approval_plan(policies[row.court_id], kind=Kind(row.kind), total=row.total)
        except ApprovalPolicyInvalid:
            steps = ()  # submission will say so
        plans.append(tuple(step.role for step in steps))
    return plans
