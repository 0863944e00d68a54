"""Look-up by global id. Each function answers ``None`` for what is not there or not in the viewer's sight."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from ankuan.disbursement.graphql.bundle import Bundle, load_bundle
from ankuan.disbursement.graphql.types import DisbursementLineType, DisbursementType, disbursement_type, line_type
from ankuan.disbursement.queries import disbursements_by_id, get_line
from ankuan.disbursement.refusals import DisbursementNotFound
from ankuan.platform.db import ReadSession
from ankuan.platform.graphql.connection import Node
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import Ref


async def disbursement_node(info: Information, ref: Ref) -> DisbursementType | None:
    """A disbursement, by ``disbursement.read``."""
    async with info.context.read() as session:
        bundle = await _readable(info, session, ref)
    return disbursement_type(bundle) if bundle else None


async def line_node(info: Information, ref: Ref) -> DisbursementLineType | None:
    """A line, by ``disbursement.read`` of its disbursement."""
    async with info.context.read() as session:
        try:
            row, parent = await get_line(session, court_id=ref.court_id, line_id=ref.uuid)
        except DisbursementNotFound:
            return None
        bundle = await _readable(info, session, Ref("Disbursement", parent.court_id, parent.id))
    return line_type(row, bundle) if bundle else None


async def _readable(info: Information, session: ReadSession, ref: Ref) -> Bundle | None:
    key = (ref.court_id, ref.uuid)
    row = (await disbursements_by_id(session, [key])).get(key)
    if row is None:
        return None
    context = info.context
    bundle = await load_bundle(session, row, cipher=context.cipher, plugins=context.plugins, now=context.clock.now())
    context.gate.require(
        context.actor,
        "disbursement.read",
        court_id=row.court_id,
        handler_id=bundle.case.handler_id,
        department_id=bundle.case.department_id,
    )
    return bundle


NODES: Final[Mapping[str, Callable[[Information, Ref], Awaitable[Node | None]]]] = {
    "Disbursement": disbursement_node,
    "DisbursementLine": line_node,
}
