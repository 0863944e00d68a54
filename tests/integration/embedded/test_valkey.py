"""The embedded Valkey: private, durable enough, and never in the way."""

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from ankuan.platform.embedded import DataFolderInUse, EmbeddedValkey
from tests.integration.embedded.connect import launcher, wait_until


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    with EmbeddedValkey(tmp_path) as server:
        yield server


def connect(server: EmbeddedValkey) -> redis.Redis:
    return redis.Redis.from_url(server.url(), decode_responses=True)


def test_settings(valkey: EmbeddedValkey) -> None:
    with connect(valkey) as client:
        wanted = {"port": "0", "appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}
        assert {name: client.config_get(name)[name] for name in wanted} == wanted


def test_socket_is_private(valkey: EmbeddedValkey) -> None:
    assert stat.S_IMODE(valkey.socket_path.stat().st_mode) == 0o700
    assert stat.S_IMODE(valkey.sockets.stat().st_mode) == 0o700
    assert valkey.pid is not None
    assert Path(f"/proc/{valkey.pid}").stat().st_uid == valkey.account.uid != 0


def test_data_survive_a_kill_and_a_stop(valkey: EmbeddedValkey) -> None:
    with connect(valkey) as client:
        client.set("a", "1")
    assert valkey.pid is not None
    os.kill(valkey.pid, signal.SIGKILL)
    wait_until(lambda: not valkey.is_running)
    valkey.start()
    with connect(valkey) as client:
        assert client.get("a") == "1"
    valkey.stop()
    valkey.start()
    with connect(valkey) as client:
        assert client.get("a") == "1"


def test_broken_file_is_put_aside(valkey: EmbeddedValkey) -> None:
    with connect(valkey) as client:
        client.set("a", "1")
    valkey.stop()
    for file in (valkey.home / "appendonlydir").glob("*.incr.aof"):
        file.write_bytes(b"*3\r\nnonsense in the middle\r\n" * 100)
    valkey.start()
    with connect(valkey) as client:
        assert client.get("a") is None
    assert len(list(valkey.data_dir.glob("valkey.broken-*"))) == 1


def test_orphan_is_replaced_and_a_second_launcher_refused(tmp_path: Path) -> None:
    dead = launcher(tmp_path, "EmbeddedValkey")
    assert dead.stdout is not None
    orphan = psutil.Process(int(dead.stdout.readline()))
    with pytest.raises(DataFolderInUse, match=str(dead.pid)):
        EmbeddedValkey(tmp_path).start()
    dead.kill()
    dead.wait()
    dead.stdout.close()
    assert orphan.is_running()
    with EmbeddedValkey(tmp_path) as server:
        assert server.pid != orphan.pid
        assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE
