"""The kit can fail: each bad plugin is found by the indicators that its defect concerns, and by them alone."""

from collections.abc import Iterator, Mapping

import pytest

from ankuan.plugin_api.testing import SimulatorProcess
from ankuan.plugin_api.testing.certificate import Verdict
from ankuan.plugin_api.testing.certify import Order, certify
from tests.docs.pages import ROOT
from tests.integration.plugins.bad.table import BAD, HERE, markdown


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
        malformed=40,
        standing=bad.standing,
        stop_early=True,
        path=(str(ROOT),),
        longest=10 if not bad.harmful else 4,
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


def test_the_documentation_shows_this_table() -> None:
    assert markdown() in (ROOT / "docs" / "certification.md").read_text(encoding="utf-8")


def test_there_are_enough_of_them() -> None:
    assert len(BAD) >= 31
