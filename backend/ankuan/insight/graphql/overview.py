"""The overview: one look at a court and all below it, for leaders and higher courts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

import strawberry
from sqlalchemy import select

from ankuan.insight.figures import CourtFigures, DayFigures, figures_by_court, figures_by_day, total
from ankuan.kernel.clock import business_date
from ankuan.kernel.money import Money
from ankuan.platform.graphql.context import Information
from ankuan.registry.graphql import CourtType, court_argument, court_type
from ankuan.registry.queries import get_court
from ankuan.registry.scope import courts_for
from ankuan.registry.tables import Court

OfCourt = Annotated[strawberry.ID | None, strawberry.argument(description="The court; the viewer's own by default.")]
OnDay = Annotated[date | None, strawberry.argument(description="Business day for money in and out; today by default.")]


@strawberry.type(name="CourtFigures", description="Figures of a court right below, itself and all below it together.")
class CourtFiguresType:
    """One row of the tree."""

    court: CourtType = strawberry.field(description="The court.")
    received_today: Money = strawberry.field(description="Money that arrived on the day, in yuan.")
    paid_today: Money = strawberry.field(description="Money that banks have paid out on the day, in yuan.")
    balance: Money = strawberry.field(description="Money on the fund accounts by the ledger, now.")
    unidentified: Money = strawberry.field(description="Money that belongs to no case yet, now.")
    unidentified_count: int = strawberry.field(description="Receipts with unidentified money, now.")
    unknown_instructions: int = strawberry.field(description="Payments of which nobody knows the result yet.")


@strawberry.type(name="DayFigures", description="Money in and out on one day.")
class DayFiguresType:
    """One day."""

    day: date = strawberry.field(description="Booking day.")
    received: Money = strawberry.field(description="Money that arrived, in yuan.")
    paid: Money = strawberry.field(description="Money that banks have paid out, in yuan.")


@strawberry.type(description="A court and all courts below it that the viewer may look at, together.")
class Overview:
    """The overview."""

    court: CourtType = strawberry.field(description="The court at the top.")
    on: date = strawberry.field(description="The day of the figures of money in and out.")
    received_today: Money = strawberry.field(description="Money that arrived on the day, in yuan.")
    received_count: int = strawberry.field(description="Receipts of the day.")
    paid_today: Money = strawberry.field(description="Money that banks have paid out on the day, in yuan.")
    paid_count: int = strawberry.field(description="Payments of the day.")
    held: Money = strawberry.field(description="Money of cases that payouts in flight have reserved, now.")
    available: Money = strawberry.field(description="Money of cases that is free, now.")
    unidentified: Money = strawberry.field(description="Money that belongs to no case yet, now.")
    unidentified_count: int = strawberry.field(description="Receipts with unidentified money, now.")
    unknown_instructions: int = strawberry.field(description="Payments of which nobody knows the result yet.")
    open_alarms: int = strawberry.field(description="Alarms that nobody has cleared.")
    awaiting_approval: int = strawberry.field(description="Disbursements that wait for an approval.")
    awaiting_audit: int = strawberry.field(description="Disbursements that wait for the audit.")
    awaiting_release: int = strawberry.field(description="Disbursements that wait for the release.")
    children: list[CourtFiguresType] = strawberry.field(description="Courts right below, in the order of the tree.")
    days: list[DayFiguresType] = strawberry.field(description="The last 14 days up to the day, the oldest first.")


@strawberry.type
class OverviewQuery:
    """Part of Query."""

    @strawberry.field(description="Today's money in and out, what is held, and what waits: a court and all below it.")
    async def overview(self, info: Information, court_id: OfCourt = None, on: OnDay = None) -> Overview:
        """Four statements, however many courts there are."""
        actor = info.context.actor
        top = court_argument(info, court_id)
        info.context.gate.require(actor, "overview.read", court_id=top)
        day = on or business_date(info.context.clock.now())
        async with info.context.read() as session:
            court = await get_court(session, top)
            below = (await session.scalars(select(Court).where(Court.path.contains([top])).order_by(Court.id))).all()
            sight = courts_for(actor, "overview.read")
            seen = [one for one in below if sight is None or one.id in sight]
            figures = await figures_by_court(session, [one.id for one in seen], on=day)
            days = await figures_by_day(session, [one.id for one in seen], until=day)
        return _overview(court, seen, figures, days, day)


def _overview(
    court: Court,
    seen: Sequence[Court],
    figures: Mapping[int, CourtFigures],
    days: Sequence[DayFigures],
    day: date,
) -> Overview:
    whole = total(figures.values())
    return Overview(
        court=court_type(court),
        on=day,
        received_today=Money(whole.received_fen),
        received_count=whole.received_count,
        paid_today=Money(whole.paid_fen),
        paid_count=whole.paid_count,
        held=Money(whole.held_fen),
        available=Money(whole.available_fen),
        unidentified=Money(whole.unidentified_fen),
        unidentified_count=whole.unidentified_count,
        unknown_instructions=whole.unknown_instructions,
        open_alarms=whole.open_alarms,
        awaiting_approval=whole.awaiting_approval,
        awaiting_audit=whole.awaiting_audit,
        awaiting_release=whole.awaiting_release,
        children=[
            _child(child, total(figures[one.id] for one in seen if child.id in one.path))
            for child in seen
            if child.parent_id == court.id
        ],
        days=[DayFiguresType(day=d.day, received=Money(d.received_fen), paid=Money(d.paid_fen)) for d in days],
    )


def _child(court: Court, figures: CourtFigures) -> CourtFiguresType:
    return CourtFiguresType(
        court=court_type(court),
        received_today=Money(figures.received_fen),
        paid_today=Money(figures.paid_fen),
        balance=Money(figures.bank_fen),
        unidentified=Money(figures.unidentified_fen),
        unidentified_count=figures.unidentified_count,
        unknown_instructions=figures.unknown_instructions,
    )
