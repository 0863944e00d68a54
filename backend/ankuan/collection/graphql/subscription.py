"""Subscription to arrivals: handler and finance see money at the same instant (domain §5.4)."""

from collections.abc import AsyncGenerator
from datetime import datetime
from functools import partial
from typing import Annotated

import strawberry

from ankuan.collection.graphql.types import ReceiptType
from ankuan.collection.graphql.whole_receipt import whole_receipt
from ankuan.kernel.errors import NotAllowed
from ankuan.platform.actor import system_actor
from ankuan.platform.graphql.context import Context, Information, Preparation
from ankuan.platform.graphql.ids import expect_id
from ankuan.plugin_api.events import ReceiptArrived, ReceiptChanged, ToldEvent
from ankuan.registry.scope import courts_for

KINDS = frozenset({ReceiptArrived.kind, ReceiptChanged.kind})
_SHARED = system_actor("feed")
AfterEvent = Annotated[
    str | None, strawberry.argument(description="Cursor of the last event received; what came since is sent first.")
]
OfCourt = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only this court; else all courts in the viewer's sight.")
]


@strawberry.type(description="Money arrived, or what is allocated of it changed.")
class ReceiptEvent:
    """One event."""

    cursor: str = strawberry.field(description="Pass it as `after` to go on from here.")
    kind: str = strawberry.field(description="receipt.arrived or receipt.changed.")
    at: datetime = strawberry.field(description="When it was recorded.")
    receipt: ReceiptType = strawberry.field(description="The receipt as it stands when the event is sent.")


@strawberry.type
class CollectionSubscription:
    """Part of Subscription."""

    @strawberry.subscription(description="Receipts that arrive or change, from now on or after a cursor.")
    async def receipt_arrived(
        self, info: Information, after: AfterEvent = None, court_id: OfCourt = None
    ) -> AsyncGenerator[ReceiptEvent, None]:
        """Follow the event feed. What an event is about is loaded once for all its subscribers."""
        context = info.context
        actor = context.actor
        if court_id is not None:
            court = expect_id(court_id, "Court", field="courtId").court_id
            context.gate.require(actor, "receipt.read", court_id=court)
            courts: frozenset[int] | None = frozenset({court})
        else:
            courts = courts_for(actor, "receipt.read")
            if not courts and courts is not None:
                raise NotAllowed("当前角色没有此权限", "Your role does not include this")

        def wants(told: ToldEvent) -> bool:
            return courts is None or told.court_id in courts

        load = partial(_load, context)
        prepare = Preparation("receipt", load)
        async for told in context.feed.follow(after=after, kinds=KINDS, wants=wants, prepare=prepare):
            await context.still_signed_in()
            receipt = await context.feed.shared(told, prepare.name, partial(load, told))
            yield ReceiptEvent(cursor=told.cursor, kind=told.kind, at=told.at, receipt=receipt)


async def _load(context: Context, told: ToldEvent) -> ReceiptType:
    """By the platform itself: whoever is sent it has been found to be in its court's sight."""
    async with context.database.read(_SHARED) as session:
        return await whole_receipt(session, court_id=told.court_id, receipt_id=told.subject)
