"""A thread and an event loop for each plugin: one that blocks, spins or exits takes nobody along (failures D22, D26).

A plugin's thread is started by its first call, and ends by itself when nothing has used it for a while. A loop that no
longer turns is given up: every call in it fails, an error is thrown into the thread so that a loop in Python ends, and
after a pause the next call gets a new thread. A plugin that has used up its threads gets none until a restart or until
an administrator switches it off and on.
"""

import asyncio
import contextlib
import ctypes
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog

from ankuan.platform.plugins.errors import HeldBack, PluginDefect, PluginStuck
from ankuan.plugin_api.errors import PluginError

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]
GRACE_SECONDS = 2.0
"""How much longer than its own time limit a call is waited for before its loop is asked whether it still turns."""
PULSE_SECONDS = 0.5
IDLE_SECONDS = 10.0
MOST_ABANDONED = 3
MOST_OVERDUE = 10
"""So many calls that refuse to be cancelled may stay in one thread."""
PAUSES = (1.0, 10.0, 60.0)
log = structlog.get_logger(__name__)


class GivenUp(BaseException):
    """Thrown into a thread that no longer answers."""


@dataclass(eq=False)
class _Cell:
    """A thread with its loop, and the calls that are in it."""

    name: str
    ready: threading.Event = field(default_factory=threading.Event)
    calls: set[Future[Any]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_over: bool = False
    overdue: int = 0
    used_at: float = field(default_factory=time.monotonic)
    loop: asyncio.AbstractEventLoop = field(init=False)
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(_plain)
        self.thread = threading.Thread(target=self._run, name=f"plugin:{self.name}", daemon=True)
        self.thread.start()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> "Future[T] | None":
        """Start it in the loop. ``None``: the thread is just ending; take another."""
        with self.lock:
            if self.is_over:
                coroutine.close()
                return None
            self.used_at = time.monotonic()
            future: Future[T] = Future()
            self.calls.add(future)
            future.add_done_callback(self.calls.discard)
            self.loop.call_soon_threadsafe(self._start, coroutine, future)
        return future

    def _start(self, coroutine: Coroutine[Any, Any, T], future: "Future[T]") -> None:
        """In the thread: one task a call. The platform's patience may end first; then the task is cancelled."""
        if future.done():
            # Given up while it waited behind a call that blocked: whoever asked has drawn his conclusions, and an
            # order begun now would leave when the bank has been asked about it already.
            coroutine.close()
            return
        task = self.loop.create_task(coroutine)
        task.add_done_callback(lambda done: _hand_over(done, future))

        def cancel(_: object) -> None:
            if future.cancelled():
                with contextlib.suppress(RuntimeError):  # the loop is closed already
                    self.loop.call_soon_threadsafe(task.cancel)

        future.add_done_callback(cancel)

    async def pulse(self) -> bool:
        """Whether the loop still turns."""
        answered: Future[None] = Future()
        with self.lock:
            if self.is_over:
                return False
            self.loop.call_soon_threadsafe(answered.set_result, None)
        try:
            async with asyncio.timeout(PULSE_SECONDS):
                await asyncio.wrap_future(answered)
        except TimeoutError:
            return False
        return True

    def end(self) -> None:
        """Let the thread end when its loop turns next; calls still in it are cancelled there."""
        with self.lock:
            if not self.is_over:
                self.is_over = True
                self.loop.call_soon_threadsafe(self.loop.stop)

    def give_up(self) -> None:
        """End it by force: what waits for it waits no longer, and a loop in Python is broken off."""
        self.end()
        for call in list(self.calls):
            with contextlib.suppress(Exception):  # it may just have ended by itself
                call.set_exception(PluginStuck(self.name))
        ident = self.thread.ident
        if ident is not None and self.thread.is_alive():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(GivenUp))

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.call_later(IDLE_SECONDS, self._end_if_idle)
        try:
            self.loop.run_forever()
        except BaseException as error:  # noqa: BLE001 - a plugin's task that exits ends its thread and nothing else
            if not isinstance(error, GivenUp):
                log.error("plugin.thread_ended", plugin=self.name, kind=type(error).__name__)
        finally:
            with self.lock:
                self.is_over = True
            self._close()

    def _end_if_idle(self) -> None:
        with self.lock:
            is_idle = not self.calls and time.monotonic() - self.used_at >= IDLE_SECONDS
            if is_idle:
                self.is_over = True
                self.loop.stop()
                return
        self.loop.call_later(IDLE_SECONDS, self._end_if_idle)

    def _close(self) -> None:
        """Cancel what is left, give it a moment to let go of its connections, close."""
        with contextlib.suppress(BaseException):
            self.loop.run_until_complete(asyncio.sleep(0))  # what was handed over last is a task now
            left = asyncio.all_tasks(self.loop)
            for task in left:
                task.cancel()
            if left:
                self.loop.run_until_complete(asyncio.wait(left, timeout=PULSE_SECONDS))
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        for _ in range(3):
            with contextlib.suppress(BaseException):  # being given up may strike here, too
                self.loop.close()
        for call in list(self.calls):
            with contextlib.suppress(Exception):
                call.set_exception(PluginStuck(self.name))


def _hand_over(task: "asyncio.Task[T]", future: "Future[T]") -> None:
    """The outcome of a task to whoever waits for it in another thread, if anybody still does."""
    with contextlib.suppress(InvalidStateError):
        if task.cancelled():
            future.set_exception(PluginStuck("cancelled"))
        elif (error := task.exception()) is not None:
            future.set_exception(error)
        else:
            future.set_result(task.result())


def _plain(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What a plugin's stray task raises is told by its kind; the text may hold names and numbers."""
    error = context.get("exception")
    log.warning("plugin.stray_error", kind=type(error).__name__ if error else "none")


async def _contained(call: Call[T], limit: float) -> T:
    """The call within its limit; whatever is no part of the contract becomes :class:`PluginDefect`.

    All in one task: asyncio lets an exit in a task of its own end the loop.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(limit):
            return await call()
    except (PluginError, TimeoutError):
        raise
    except BaseException as error:  # an exit is a defect of the plugin here
        if isinstance(error, asyncio.CancelledError) and _is_cancelled_by_us():
            raise
        if isinstance(error, GeneratorExit) and not loop.is_running():
            raise  # left over in a thread that has ended, and now collected
        log.error("plugin.defect", kind=type(error).__name__, at=_where(error))
        raise PluginDefect(type(error).__name__) from None


def _is_cancelled_by_us() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _where(error: BaseException) -> str:
    """Module line where it was raised, without any value."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{at.tb_frame.f_globals.get('__name__', '?')}:{at.tb_lineno}" if at is not None else "?"


class Bulkhead:
    """Runs one plugin's coroutines apart from the platform's own loop."""

    def __init__(self, name: str, *, now: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.abandoned = 0
        self._now = now
        self._not_before = 0.0
        self._cell: _Cell | None = None

    @property
    def is_spent(self) -> bool:
        """Whether the plugin has blocked all the threads it could have."""
        return self.abandoned >= MOST_ABANDONED

    def forgive(self) -> None:
        """Give it threads again."""
        self.abandoned, self._not_before = 0, 0.0

    def check(self) -> None:
        """Raises :class:`HeldBack` while the plugin gets no thread."""
        if self.is_spent:
            raise HeldBack("插件多次失去响应，已停用")
        if self._now() < self._not_before:
            raise HeldBack("插件失去响应，稍后再试")

    async def run(self, call: Call[T], *, limit: float) -> T:
        """Await the call in the plugin's thread.

        Raises ``TimeoutError``, :class:`PluginStuck` when its thread was given up meanwhile, :class:`HeldBack` before
        anything was begun, :class:`PluginDefect`, and the contract's own errors.
        """
        self.check()
        cell, future = self._submit(call, limit)
        patience = asyncio.timeout(limit + GRACE_SECONDS)
        try:
            async with patience:
                return await asyncio.wrap_future(future)
        except TimeoutError:
            if patience.expired():
                await self._look_after(cell)
            raise

    async def _look_after(self, cell: _Cell) -> None:
        """A call has outlived its limit: its thread is stuck, or it will not be cancelled and stays for good."""
        cell.overdue += 1
        if cell.overdue > MOST_OVERDUE or not await cell.pulse():
            self._abandon(cell)

    def _submit(self, call: Call[T], limit: float) -> "tuple[_Cell, Future[T]]":
        while True:
            if self._cell is None or self._cell.is_over:
                self._cell = _Cell(self.name)
            future = self._cell.submit(_contained(call, limit))
            if future is not None:
                return self._cell, future

    def _abandon(self, cell: _Cell) -> None:
        if cell.is_over:
            return
        self.abandoned += 1
        self._not_before = self._now() + PAUSES[min(self.abandoned, len(PAUSES)) - 1]
        places = _stack(cell.thread)
        cell.give_up()
        log.error("plugin.stuck", plugin=self.name, times=self.abandoned, places=places)

    def close(self, *, wait: float = 2.0) -> None:
        """End the thread, waiting a little for it."""
        cell, self._cell = self._cell, None
        if cell is not None:
            cell.end()
            cell.thread.join(wait)


def _stack(thread: threading.Thread) -> list[str]:
    """Where the thread stands: modules and lines only."""
    frame = sys._current_frames().get(thread.ident or 0)  # noqa: SLF001 - documented for exactly this
    places: list[str] = []
    while frame is not None and len(places) < 6:
        places.append(f"{frame.f_globals.get('__name__', '?')}:{frame.f_lineno}")
        frame = frame.f_back
    return places
