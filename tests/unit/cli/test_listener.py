"""Ports: a busy one is told plainly."""

import socket

import pytest

from ankuan.cli import listener


def test_busy_port_is_told() -> None:
    with listener.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(listener.PortBusy, match=f"port {port} is in use"):
            listener.listen("127.0.0.1", port)


def test_free_port_prefers_the_wish_and_takes_another_when_busy() -> None:
    with listener.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert listener.free_port("127.0.0.1", port) != port
    assert listener.free_port("127.0.0.1", port) == port


def test_unknown_address_is_told() -> None:
    with pytest.raises(listener.PortBusy, match=r"can't listen on 192\.0\.2\.1"):
        listener.listen("192.0.2.1", 0)


def test_inherited_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    assert listener.inherited() is None
    with listener.listen("127.0.0.1", 0) as taken:
        monkeypatch.setenv(listener.VARIABLE, str(taken.fileno()))
        given = listener.inherited()
        assert given is not None
        assert given.getsockname() == taken.getsockname()
        given.detach()
        assert isinstance(taken, socket.socket)
