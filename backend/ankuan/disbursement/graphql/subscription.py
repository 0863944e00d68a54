"""Subscription ``disbursementChanged``: live, resumable, and only what the viewer may see."""

from collections.abc import AsyncGenerator
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import strawberry

from ankuan.disbursement.graphql.bundle import load_bundles
from ankuan.disbursement.graphql.types import DisbursementType, disbursement_type
from ankuan.disbursement.queries import get_disbursement
from ankuan.kernel.errors import AnkuanError
from ankuan.platform.actor import Actor, Reach
from ankuan.platform.graphql.context import Information, Preparation
from ankuan.platform.graphql.ids import expect_id
from ankuan.plugin_api.events import DisbursementChanged, ToldEvent
from ankuan.registry.graphql import court_argument

Cursor = Annotated[str | None, strawberry.argument(description="Cursor of the last event received, to go on from.")]
Court = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this court.")]
One = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this disbursement.")]


@strawberry.type(description="A disbursement has changed.")
class DisbursementEvent:
    """One event."""

    cursor: str = strawberry.field(description="Pass it as `after` to go on from here.")
    kind: str = strawberry.field(description="What happened: disbursement.changed.")
    at: datetime = strawberry.field(description="When it was recorded.")
    disbursement: DisbursementType = strawberry.field(description="The disbursement as it stands now.")


@strawberry.type
class DisbursementSubscription:
    """Part of Subscription."""

    @strawberry.subscription(description="Each change of a disbursement that the viewer may read.")
    async def disbursement_changed(
        self, info: Information, after: Cursor = None, court_id: Court = None, disbursement_id: One = None
    ) -> AsyncGenerator[DisbursementEvent, None]:
        """Follow changes."""
        context, actor = info.context, info.context.actor
        court = court_argument(info, court_id)
        context.gate.require(
            actor, "disbursement.read", court_id=court, handler_id=actor.id, department_id=actor.department_id
        )
        only = (
            expect_id(disbursement_id, "Disbursement", field="disbursementId") if disbursement_id is not None else None
        )

        def wants(told: ToldEvent) -> bool:
            if court_id and told.court_id != court:
                return False
            if only and (told.court_id, told.subject) != (only.court_id, only.uuid):
                return False
            return _in_sight(actor, told)

        kinds = frozenset({DisbursementChanged.kind})
        load = partial(_load, info)
        prepare = Preparation("disbursement", load)
        async for told in context.feed.follow(after=after, kinds=kinds, wants=wants, prepare=prepare):
            await context.still_signed_in()
            shown = await context.feed.shared(told, prepare.name, partial(load, told))
            if _readable(info, shown):
                yield DisbursementEvent(cursor=told.cursor, kind=told.kind, at=told.at, disbursement=shown)


async def _load(info: Information, told: ToldEvent) -> DisbursementType:
    """Loaded once for all subscribers: nothing in it depends on the viewer."""
    async with info.context.read() as session:
        row = await get_disbursement(session, court_id=told.court_id, disbursement_id=told.subject)
        [bundle] = await load_bundles(session, [row], now=info.context.clock.now())
    return disbursement_type(bundle)


def _in_sight(actor: Actor, told: ToldEvent) -> bool:
    """A first sieve from the event alone, so that what is not meant for the viewer is not even loaded."""
    if actor.courts is not None and told.court_id not in actor.courts:
        return False
    if actor.permissions.get("disbursement.read") is not Reach.OWN_CASE:
        return True
    handler = told.payload.get("handler_id")
    return handler is not None and UUID(str(handler)) == actor.id


def _readable(info: Information, shown: DisbursementType) -> bool:
    case = shown.bundle.case
    try:
        info.context.gate.require(
            info.context.actor,
            "disbursement.read",
            court_id=case.court_id,
            handler_id=case.handler_id,
            department_id=case.department_id,
        )
    except AnkuanError:
        return False
    return True
