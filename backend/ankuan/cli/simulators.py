"""The simulators of installed plugins, as children of the supervisor. Their ports stay the same at each start.

The demonstration's fund accounts keep the address of their bank, so a port once chosen is remembered. Further ports of
a bank with several are chosen and remembered by its simulator.
"""

import json
import socket
from collections.abc import Sequence
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
    keys: Path

    def arguments(self) -> list[str]:
        """Arguments of the Python program."""
        ports = ["--port", str(self.port), "--admin-port", str(self.admin_port)]
        folders = ["--data", str(self.folder), "--keys", str(self.keys)]
        return ["-m", "ankuan.cli.simulator", self.name, *ports, *folders]

    def addresses(self) -> dict[str, str]:
        """Where clients find it."""
        return {"url": f"http://{HOST}:{self.port}", "adminUrl": f"http://{HOST}:{self.admin_port}"}

    def environment(self) -> dict[str, str]:
        """What the other processes are told: ``ANKUAN_SIMULATOR_<ID>_URL`` and ``…_ADMIN_URL``."""
        prefix = f"ANKUAN_SIMULATOR_{self.name.upper()}"
        addresses = self.addresses()
        return {f"{prefix}_URL": addresses["url"], f"{prefix}_ADMIN_URL": addresses["adminUrl"]}

    def accepts(self) -> bool:
        """Whether it listens on both ports, and so on all: its admin port opens last."""
        return _listens(self.port) and _listens(self.admin_port)


def key_folder(data_dir: Path) -> Path:
    """Keys of the demonstration's banks and of their customers: the simulators make them, the signer uses them."""
    return data_dir / "keys"


class NoSuchSimulator(Exception):
    """A simulator is asked for by a name that no installed plugin has."""


def wanted_simulators(names: str) -> list[str]:
    """Names by commas, or ``all``. Raises :class:`NoSuchSimulator`."""
    installed = [found.name for found in simulators()]
    if names.strip() == "all":
        return installed
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if missing := [name for name in wanted if name not in installed]:
        raise NoSuchSimulator(f"no simulator {', '.join(missing)}; there is {', '.join(installed) or 'none'}")
    return wanted


def choose_ports(data_dir: Path, api_port: int, wanted: Sequence[str]) -> list[Simulator]:
    """The wanted simulators. Raises PortBusy when a port of an earlier start is now somebody else's."""
    root, keys = data_dir / "simulators", key_folder(data_dir)
    memory = root / "ports.json"
    known: dict[str, list[int]] = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}
    chosen: list[Simulator] = []
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    taken = {port for ports in known.values() for port in ports}
    wish = api_port + 1
    for name in wanted:
        ports = known.get(name)
        if ports is None:
            ports = [_untaken(wish, taken), _untaken(wish + 1, taken)]
        else:
            for port in ports:
                listener.listen(HOST, port).close()
        wish += 2
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        chosen.append(Simulator(name, ports[0], ports[1], folder, keys))
    if chosen:
        remembered = known | {simulator.name: [simulator.port, simulator.admin_port] for simulator in chosen}
        memory.write_text(json.dumps(remembered), encoding="utf-8")
    return chosen


def _untaken(wish: int, taken: set[int]) -> int:
    """A free port that no simulator has been given, whether it runs now or not."""
    port = listener.free_port(HOST, wish)
    while port in taken:
        port = listener.free_port(HOST, port + 1)
    taken.add(port)
    return port


def _listens(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0
