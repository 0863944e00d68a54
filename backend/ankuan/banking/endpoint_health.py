"""How banks are reached, told to other processes and to screens: written at changes, every few seconds at most."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.dialects.postgresql import array, insert

from ankuan.banking.tables import BankEndpoint, BankEndpointCalls, FundAccount, PluginCall
from ankuan.platform.alarms import raise_alarm, settle_alarm
from ankuan.platform.db import ReadSession, WriteSession
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins.circuit import CircuitState
from ankuan.platform.plugins.endpoints import Endpoint, Tally

STUCK = "bank_plugin_stuck"
HOUR = timedelta(hours=1)


async def store_health(context: JobContext) -> None:
    """Write what has been seen since the last time. What can't be written is written the next time."""
    endpoints, now = context.plugins.state.endpoints, context.clock.now()
    seen = endpoints.changed()
    tallies = endpoints.drain_tallies()
    calls = [endpoint.take_calls() for endpoint in seen]
    try:
        async with context.database.write(context.actor) as session:
            for endpoint, count in zip(seen, calls, strict=True):
                await _store_endpoint(session, endpoint, count[0], now)
                await _store_slot(session, endpoint, *count, now=now)
            await _store_calls(session, tallies)
            await _tell_stuck(session, context, now)
    except BaseException:
        endpoints.put_back(tallies)
        for endpoint, count in zip(seen, calls, strict=True):
            endpoint.give_back(*count)
        raise
    context.plugins.state.told_stuck = context.plugins.state.stuck()


async def health_of(session: ReadSession, *, court_id: int) -> dict[UUID, BankEndpoint]:
    """What is known of the ways to a court's fund accounts, by account."""
    rows = await session.scalars(select(BankEndpoint).where(BankEndpoint.court_id == court_id))
    return {row.fund_account_id: row for row in rows}


async def _store_endpoint(session: WriteSession, endpoint: Endpoint, calls: int, now: datetime) -> None:
    circuit = endpoint.circuit
    rests = circuit.state is CircuitState.OPEN
    rest = timedelta(seconds=circuit.retry_at - circuit.now())
    for court_id, fund_account_id in sorted(endpoint.owners):
        row = {
            "state": circuit.state.value,
            "since": endpoint.since,
            "failures": circuit.failures,
            "retry_at": now + rest if rests else None,
            "last_ok_at": endpoint.last_ok_at,
            "last_error": endpoint.last_error,
            "p50_ms": round(1000 * endpoint.percentile(0.5)),
            "p99_ms": round(1000 * endpoint.percentile(0.99)),
            "updated_at": now,
        }
        statement = insert(BankEndpoint).values(court_id=court_id, fund_account_id=fund_account_id, calls=calls, **row)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=[BankEndpoint.court_id, BankEndpoint.fund_account_id],
                set_={**row, "calls": BankEndpoint.calls + calls},
            )
        )


async def _store_slot(session: WriteSession, endpoint: Endpoint, calls: int, failed: int, *, now: datetime) -> None:
    """Add to the five minutes that it is; the place of an hour ago begins anew."""
    if not calls and not failed:
        return
    slot, made = slot_of(now), BankEndpointCalls
    is_same = made.slot == slot
    for court_id, fund_account_id in sorted(endpoint.owners):
        place = {"court_id": court_id, "fund_account_id": fund_account_id, "place": slot.minute // 5}
        statement = insert(made).values(**place, slot=slot, calls=calls, failures=failed)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=list(place),
                set_={
                    "slot": slot,
                    "calls": case((is_same, made.calls), else_=0) + calls,
                    "failures": case((is_same, made.failures), else_=0) + failed,
                },
            )
        )


def slot_of(now: datetime) -> datetime:
    """The beginning of the five minutes in which a moment lies."""
    return now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0)


async def _store_calls(session: WriteSession, tallies: Mapping[tuple[str, str], Tally]) -> None:
    for (plugin_id, operation), tally in sorted(tallies.items()):
        added = {"calls": tally.calls, "failures": tally.failures, "total_ms": round(1000 * tally.seconds)}
        statement = insert(PluginCall).values(plugin_id=plugin_id, operation=operation, buckets=tally.buckets, **added)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=[PluginCall.plugin_id, PluginCall.operation],
                set_={
                    **{name: getattr(PluginCall, name) + value for name, value in added.items()},
                    "buckets": array([PluginCall.buckets[n] + count for n, count in enumerate(tally.buckets, 1)]),
                },
            )
        )


async def _tell_stuck(session: WriteSession, context: JobContext, now: datetime) -> None:
    """One alarm for each court whose bank's plugin has blocked all its threads; taken back when it runs again."""
    state = context.plugins.state
    stuck, told = state.stuck(), state.told_stuck
    if stuck == told:
        return
    rows = await session.execute(
        select(FundAccount.court_id, FundAccount.bank_id)
        .where(FundAccount.bank_id.in_(stuck ^ told), FundAccount.active)
        .distinct()
    )
    for court_id, plugin_id in rows:
        if plugin_id in stuck:
            message = f"银行插件 {plugin_id} 多次失去响应，已停止调用，须处理后重启"
            await raise_alarm(session, court_id=court_id, kind=STUCK, subject_key=plugin_id, message=message, now=now)
        else:
            await settle_alarm(session, court_id=court_id, kind=STUCK, subject_key=plugin_id, now=now)
