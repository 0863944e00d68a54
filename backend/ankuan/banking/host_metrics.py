"""Figures of the plugin host for Prometheus, of all processes together, read from the database. No personal data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from sqlalchemy import func, select

from ankuan.banking.tables import BankEndpoint, FundAccount, Instruction, PluginCall
from ankuan.platform.db import ReadSession
from ankuan.platform.plugins import PluginHost
from ankuan.platform.plugins.circuit import CircuitState
from ankuan.platform.plugins.endpoints import BUCKETS

BOUNDS = (*(f"{bound:g}" for bound in BUCKETS), "+Inf")


@dataclass(eq=False, slots=True)
class HostFigures:
    """What was read. Implements prometheus_client's ``Collector``."""

    calls: Sequence[PluginCall]
    circuits: dict[tuple[str, str], int]
    queued: dict[str, int]
    left_out: Sequence[tuple[str, str]]
    switched_off: Sequence[str]

    def collect(self) -> Iterator[Metric]:
        """One family after another."""
        labels = ["plugin", "operation"]
        calls = CounterMetricFamily("ankuan_plugin_calls", "Calls of plugins.", labels=labels)
        failures = CounterMetricFamily("ankuan_plugin_failures", "Calls without an answer.", labels=labels)
        seconds = HistogramMetricFamily("ankuan_plugin_call_seconds", "How long calls took.", labels=labels)
        for row in self.calls:
            about = [row.plugin_id, row.operation]
            calls.add_metric(about, row.calls)
            failures.add_metric(about, row.failures)
            seconds.add_metric(about, buckets=_added_up(row.buckets), sum_value=row.total_ms / 1000)
        circuits = GaugeMetricFamily(
            "ankuan_bank_circuit", "Fund accounts by the state of the way to their bank.", labels=["plugin", "state"]
        )
        for (plugin_id, state), count in self.circuits.items():
            circuits.add_metric([plugin_id, state], count)
        queued = GaugeMetricFamily("ankuan_bank_queue", "Orders whose fate is open, by bank.", labels=["plugin"])
        for plugin_id, count in self.queued.items():
            queued.add_metric([plugin_id], count)
        left_out = GaugeMetricFamily(
            "ankuan_plugin_left_out", "Plugins installed and not used.", labels=["plugin", "reason"]
        )
        for name, reason in self.left_out:
            left_out.add_metric([name, reason], 1)
        off = GaugeMetricFamily(
            "ankuan_plugin_switched_off", "Plugins that a person has switched off.", labels=["plugin"]
        )
        for name in self.switched_off:
            off.add_metric([name], 1)
        yield from (calls, failures, seconds, circuits, queued, left_out, off)


async def host_figures(session: ReadSession, plugins: PluginHost) -> HostFigures:
    """Read them in one transaction."""
    calls = await session.scalars(select(PluginCall).order_by(PluginCall.plugin_id, PluginCall.operation))
    states = await session.execute(
        select(FundAccount.bank_id, BankEndpoint.state, func.count())
        .join(
            BankEndpoint,
            (BankEndpoint.court_id == FundAccount.court_id) & (BankEndpoint.fund_account_id == FundAccount.id),
        )
        .where(FundAccount.active)
        .group_by(FundAccount.bank_id, BankEndpoint.state)
    )
    circuits = {(bank, state.value): 0 for bank in sorted(plugins.banks) for state in CircuitState}
    circuits |= {(bank, state): count for bank, state, count in states}
    waiting = await session.execute(
        select(FundAccount.bank_id, func.count())
        .join(
            Instruction,
            (Instruction.court_id == FundAccount.court_id) & (Instruction.fund_account_id == FundAccount.id),
        )
        .where(Instruction.next_try_at.is_not(None))
        .group_by(FundAccount.bank_id)
    )
    queued = dict.fromkeys(sorted(plugins.banks), 0) | {row[0]: row[1] for row in waiting}
    left_out = [(one.name, one.reason) for one in plugins.left_out]
    return HostFigures(calls.all(), circuits, queued, left_out, sorted(plugins.state.switched_off))


def exposition(figures: HostFigures) -> bytes:
    """In Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(figures)
    return generate_latest(registry)


def _added_up(buckets: Sequence[int]) -> list[tuple[str, int]]:
    total, found = 0, []
    for bound, count in zip(BOUNDS, buckets, strict=True):
        total += count
        found.append((bound, total))
    return found
