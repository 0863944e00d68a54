"""The kit under pytest: every check that a plugin's capabilities ask for is one test.

A plugin's test file is::

    from ankuan.plugin_api.testing import BankCertification


    class TestCertification(BankCertification):
        plugin_id = "bank_example"
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest

from ankuan.plugin_api.testing.check import Check, applicable
from ankuan.plugin_api.testing.connecting import simulated
from ankuan.plugin_api.testing.simulator import SimulatorProcess, has_simulator
from ankuan.plugin_api.testing.subject import KEY_FOLDER, Subject, load_subject

_GIVEN: Final = frozenset({"plugin_id"})


class BankCertification:
    """Say ``plugin_id``. Nothing can be overridden: a plugin that differs declares it as a capability."""

    plugin_id: ClassVar[str] = ""

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        changed = [name for name in vars(cls) if not name.startswith("__") and name not in _GIVEN]
        if changed:
            raise TypeError(f"a certification cannot be changed: {', '.join(changed)}")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test a check."""
        if "certified" in metafunc.fixturenames:
            subject = load_subject(self.plugin_id)
            wanted = [pytest.param(one, id=f"{one.indicator}:{one.name}") for one in applicable(subject.facts)]
            metafunc.parametrize("certified", wanted)

    @pytest.fixture(scope="class")
    @classmethod
    def subject(cls) -> Subject:
        """The plugin, as installed."""
        return load_subject(cls.plugin_id)

    @pytest.fixture(scope="class")
    @classmethod
    def simulator(cls, subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess | None]:
        """One simulator a class. A bank without a wire may have none; one that has a wire must."""
        if "wire" not in subject.facts and not has_simulator(cls.plugin_id):
            yield None
            return
        data: Path = tmp_path_factory.mktemp("simulator")
        process = SimulatorProcess(cls.plugin_id, data).start()
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv(KEY_FOLDER, str(process.keys))
            yield process
        process.stop()

    @pytest.mark.asyncio
    async def test_check(self, certified: Check, subject: Subject, simulator: SimulatorProcess | None) -> None:
        """Run one check with a fund account of its own."""
        async with asyncio.timeout(certified.seconds), simulated(subject, simulator) as bench:
            await certified.run(bench, **certified.arguments)
