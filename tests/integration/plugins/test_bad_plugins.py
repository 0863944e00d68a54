"""The kit can fail: each bad plugin is found by the indicators that its defect concerns, and by them alone."""

from collections.abc import Iterator, Mapping

import pytest

from ankuan.plugin_api.testing import SimulatorProcess
from ankuan.plugin_api.testing.certificate import Verdict
from ankuan.plugin_api.testing.certify import Order, certify
from tests.docs.pages import ROOT
from tests.integration.plugins.bad.table import BAD, HERE, markdown

MALFORMED = 300
"""Enough for each of these defects to show; the first that shows ends it."""


@pytest.fixture(scope="module")
def simulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, SimulatorProcess]]:
    used = {bad.simulator for bad in BAD.values()}
    running = {name: SimulatorProcess(name, tmp_path_factory.mktemp(name)).start() for name in used}
    yield running
    for process in running.values():
        process.stop()


@pytest.mark.parametrize("name", BAD)
def test_a_bad_plugin_fails_where_it_must(name: str, simulators: Mapping[str, SimulatorProcess]) -> None:
    bad = BAD[name]
    order = Order(
        source=bad.source or f"{HERE}.table:{name}",
        simulator_id=bad.simulator,
        only=(*bad.must_fail, *([bad.innocent] if bad.innocent else [])),
        malformed=MALFORMED,
        standing=bad.standing,
        stop_early=True,
        path=(str(ROOT),),
        longest=bad.longest,
        trusted=not bad.harmful,
    )
    certificate = certify(order, running=simulators[bad.simulator])
    verdicts = {row.id: row.verdict for row in certificate.indicators}
    failed = {row.id for row in certificate.indicators if row.verdict is Verdict.FAIL}
    assert failed == set(bad.must_fail)
    assert not certificate.passed
    assert all(one.message for row in certificate.indicators for one in row.failures)
    if bad.innocent:
        assert verdicts[bad.innocent] is Verdict.PASS


@pytest.mark.parametrize("name", ["loses_what_it_cannot_read", "loses_one_in_twenty"])
def test_bytes_that_are_lost_are_missed(name: str, simulators: Mapping[str, SimulatorProcess]) -> None:
    order = Order(
        source=f"{HERE}.losing:{name}",
        simulator_id="bank_citic",
        only=("robustness.wire",),
        malformed=MALFORMED,
        path=(str(ROOT),),
        trusted=True,
    )
    certificate = certify(order, running=simulators["bank_citic"])
    failed = {one.check: one.message for row in certificate.indicators for one in row.failures}
    assert "bytes not kept" in failed["d8_malformed_answers"]


def test_the_documentation_shows_this_table() -> None:
    assert markdown() in (ROOT / "docs" / "certification.md").read_text(encoding="utf-8")


def test_there_are_enough_of_them() -> None:
    assert len(BAD) >= 31
