"""Certification kit: what every plugin has to pass, run against the plugin's own simulator over a real socket.

Needs pytest and pytest-asyncio; nothing of the running platform imports it.
"""

import pytest

# The suites' assertions stand in modules of this package: without this a failure would show no values.
pytest.register_assert_rewrite(
    *(f"{__name__}.{part}" for part in ("bench", "shape", "money_in", "money_out", "wire_faults"))
)

from ankuan.plugin_api.testing.answering import AnsweringServer, answering  # noqa: E402 - after the registration above
from ankuan.plugin_api.testing.certification import BankCertification  # noqa: E402 - as above
from ankuan.plugin_api.testing.simulator import SimulatorProcess  # noqa: E402 - as above

__all__ = ["AnsweringServer", "BankCertification", "SimulatorProcess", "answering"]
