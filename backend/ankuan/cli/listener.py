"""The API's listening socket belongs to the supervisor: a busy port is told at once, and a restart loses no caller."""

import errno
import os
import socket

VARIABLE = "ANKUAN_LISTEN_FD"


class PortBusy(Exception):
    """Another program listens on the port."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortBusy."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise PortBusy(
                f"port {port} is in use or not allowed: stop the program that uses it, or choose another with --port"
            ) from error
        raise PortBusy(f"can't listen on {host}:{port}: {error.strerror}") from error
    return listener


def inherited() -> socket.socket | None:
    """The supervisor's socket, in a child of it."""
    given = os.environ.pop(VARIABLE, "")
    return socket.socket(fileno=int(given)) if given else None


def free_port(host: str, preferred: int) -> int:
    """``preferred`` when nobody listens there, else any free port."""
    for port in (preferred, 0):
        try:
            with listen(host, port) as listener:
                found: int = listener.getsockname()[1]
                return found
        except PortBusy:
            continue
    raise PortBusy(f"no free port on {host}")
