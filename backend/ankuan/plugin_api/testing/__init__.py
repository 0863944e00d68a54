"""Certification kit: what every plugin has to pass, run against the plugin's own simulator over real sockets.

``ankuan plugin certify`` runs it; pytest runs the same checks through ``BankCertification``. Names are loaded when they
are used: reading a certificate needs neither pytest nor a network library.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ankuan.plugin_api.testing.server import AnsweringServer, answering
    from ankuan.plugin_api.testing.simulator import SimulatorProcess
    from ankuan.plugin_api.testing.suite import BankCertification

if "pytest" in sys.modules:
    # Checks consist of assertions: without this a failure would show no values. They are imported later than this.
    sys.modules["pytest"].register_assert_rewrite(f"{__name__}.checks", f"{__name__}.bench")

__all__ = ["AnsweringServer", "BankCertification", "SimulatorProcess", "answering"]

_HOMES = {
    "AnsweringServer": "server",
    "answering": "server",
    "BankCertification": "suite",
    "SimulatorProcess": "simulator",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
