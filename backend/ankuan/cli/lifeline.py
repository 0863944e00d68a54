"""Children end with their supervisor, even when it was killed: the kernel closes the pipe that it held open."""

import os
import signal
import threading
import time

VARIABLE = "ANKUAN_LIFELINE"
GRACE_SECONDS = 5.0


class Lifeline:
    """The supervisor's end: a pipe that is never written to."""

    def __init__(self) -> None:
        self.child_end, self._held = os.pipe()  # not inheritable, unless passed on by number

    def environment(self) -> dict[str, str]:
        """What a child must be told; its process must be started with ``pass_fds=[child_end]``."""
        return {VARIABLE: str(self.child_end)}

    def close(self) -> None:
        """Let go: all children that hold the line end."""
        for descriptor in (self._held, self.child_end):
            os.close(descriptor)


def hold_lifeline() -> None:
    """In a child: end this process when the supervisor is gone. Does nothing without a supervisor."""
    given = os.environ.pop(VARIABLE, "")
    if given:
        os.set_inheritable(int(given), False)
        threading.Thread(target=_wait_for_end, args=(int(given),), name="lifeline", daemon=True).start()


def _wait_for_end(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)  # the ordinary, clean way first
    time.sleep(GRACE_SECONDS)
    os._exit(1)
