"""The simulators of installed plugins, as children of the supervisor. Their ports stay the same at each start.

The demonstration's fund accounts keep the address of their bank, so a port once chosen is remembered.
"""

import json
import socket
from dataclasses import dataclass
from pathlib import Path

from ankuan.cli import listener
from ankuan.cli.simulator import simulators

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Simulator:
    """One simulator: the bank's own wire protocol on ``port``, its teller's desk on ``admin_port``."""

    name: str
    port: int
    admin_port: int
    folder: Path

    def arguments(self) -> list[str]:
        """Arguments of the Python program."""
        ports = ["--port", str(self.port), "--admin-port", str(self.admin_port)]
        return ["-m", "ankuan.cli.simulator", self.name, *ports, "--data", str(self.folder)]

    def addresses(self) -> dict[str, str]:
        """Where clients find it."""
        return {"url": f"http://{HOST}:{self.port}", "adminUrl": f"http://{HOST}:{self.admin_port}"}

    def environment(self) -> dict[str, str]:
        """What the other processes are told: ``ANKUAN_SIMULATOR_<ID>_URL`` and ``…_ADMIN_URL``."""
        prefix = f"ANKUAN_SIMULATOR_{self.name.upper()}"
        addresses = self.addresses()
        return {f"{prefix}_URL": addresses["url"], f"{prefix}_ADMIN_URL": addresses["adminUrl"]}

    def accepts(self) -> bool:
        """Whether it listens on both ports."""
        return _listens(self.port) and _listens(self.admin_port)


def choose_ports(data_dir: Path, api_port: int) -> list[Simulator]:
    """All installed simulators. Raises PortBusy when a port of an earlier start is now somebody else's."""
    root = data_dir / "simulators"
    memory = root / "ports.json"
    known: dict[str, list[int]] = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}
    chosen: list[Simulator] = []
    wish = api_port + 1
    for found in simulators():
        ports = known.get(found.name)
        if ports is None:
            ports = [listener.free_port(HOST, wish), listener.free_port(HOST, wish + 1)]
        else:
            for port in ports:
                listener.listen(HOST, port).close()
        wish += 2
        folder = root / found.name
        folder.mkdir(parents=True, exist_ok=True)
        chosen.append(Simulator(found.name, ports[0], ports[1], folder))
    if chosen:
        remembered = known | {simulator.name: [simulator.port, simulator.admin_port] for simulator in chosen}
        memory.write_text(json.dumps(remembered), encoding="utf-8")
    return chosen


def _listens(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0
