"""Notices the bank sends to its customer, at least once each, while the bank goes on with its work."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from ankuan_simcore.bank import Bank
from ankuan_simcore.delivery import meet
from ankuan_simcore.faults import NOTICE, Fault, FaultBook, Plan, find
from ankuan_simcore.models import Entry, Order

USUAL_DELAY = 0.2
"""Seconds between a fact and its notice, so that the answer to the customer's own call comes first."""
ATTEMPTS = 5
FIRST_PAUSE = 0.2
KEPT = 1000


@dataclass(frozen=True, slots=True)
class Notice:
    """One call to the customer, ready to be posted. ``path`` is added to the address that the customer gave."""

    headers: Mapping[str, str]
    body: bytes
    path: str = ""


@dataclass(slots=True)
class Sent:
    """What became of a notice: the answers' status codes, 0 for none."""

    notice: Notice
    client_ref: str
    statuses: list[int] = field(default_factory=list)

    def as_record(self) -> dict[str, Any]:
        """JSON form for the admin API."""
        body = self.notice.body.decode("utf-8", errors="replace")
        return {"client_ref": self.client_ref, "body": body, "statuses": self.statuses}


Maker = Callable[[Entry | Order], Notice | None]
Forger = Callable[[Notice], Notice]


class Notifier:
    """Makes notices of what the bank books, and posts them when a customer has given an address.

    Notices on their way are in memory: ``kill -9`` loses them, as banks lose notices. The address is in the journal.
    """

    def __init__(self, bank: Bank, book: FaultBook) -> None:
        self._bank = bank
        self._book = book
        self._makers: list[tuple[Maker, Forger]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._hurry = asyncio.Event()
        self.sent: list[Sent] = []
        bank.listeners.append(self._heard)

    def register(self, maker: Maker, forge: Forger | None = None) -> None:
        """Add a maker: called with every new booking, and with every order that is new or changed; None: no notice.

        ``forge`` spoils a notice's signature for ``forged_notice``; without it, headers that sign are turned round,
        or else the last digit of the body is changed.
        """
        self._makers.append((maker, forge or forged))

    async def flush(self) -> None:
        """Send what waits for its usual delay now; returns when each was tried once, or is held back by a fault."""
        self._hurry.set()
        under_way = [task for task in self._tasks if not task.get_name().startswith("late")]
        if under_way:
            await asyncio.wait(under_way, timeout=2)
        self._hurry.clear()

    async def replay(self, number: int = -1) -> Sent:
        """Post an old notice again, byte for byte. IndexError when there is none."""
        old = self.sent[number]
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            old.statuses.append(await self._post(client, old.notice))
        return old

    async def aclose(self) -> None:
        """Drop what is on its way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _heard(self, fact: Entry | Order) -> None:
        if not self._bank.state.notify_url:
            return
        for maker, forge in self._makers:
            notice = maker(fact)
            if notice is None:
                continue
            plans = meet(self._bank, self._book, NOTICE, fact.client_ref)
            if find(plans, Fault.FORGED_NOTICE):
                notice = forge(notice)
            times = plan.number("times", 2) if (plan := find(plans, Fault.DUPLICATE_NOTICE)) else 1
            for _ in range(times):
                self._start(notice, fact.client_ref, find(plans, Fault.LATE_NOTICE))

    def _start(self, notice: Notice, client_ref: str, late: Plan | None) -> None:
        name = "late notice" if late is not None else "notice"
        task = asyncio.get_running_loop().create_task(self._deliver(notice, client_ref, late), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, notice: Notice, client_ref: str, late: Plan | None) -> None:
        await self._wait(client_ref, late)
        sent = Sent(notice, client_ref)
        self.sent = [*self.sent[-KEPT + 1 :], sent]
        pause = FIRST_PAUSE
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            for _ in range(ATTEMPTS):
                sent.statuses.append(await self._post(client, notice))
                if 200 <= sent.statuses[-1] < 300:
                    return
                await asyncio.sleep(pause)
                pause *= 2

    async def _wait(self, client_ref: str, late: Plan | None) -> None:
        if late is None:
            try:
                await asyncio.wait_for(self._hurry.wait(), USUAL_DELAY)
            except TimeoutError:
                return
            return
        if "queries" in late.params:
            wanted = late.number("queries", 1)
            while (order := self._bank.state.orders.get(client_ref)) and order.queries < wanted:  # noqa: ASYNC110 - a query of an order raises no event
                await asyncio.sleep(0.02)
        await asyncio.sleep(late.seconds(0 if "queries" in late.params else 1))

    async def _post(self, client: httpx.AsyncClient, notice: Notice) -> int:
        try:
            url = self._bank.state.notify_url + notice.path
            return (await client.post(url, content=notice.body, headers=dict(notice.headers))).status_code
        except (httpx.HTTPError, httpx.InvalidURL):
            return 0


def forged(notice: Notice) -> Notice:
    """The notice with a signature that is wrong, or with a body that nobody signed."""
    headers = {name: value[::-1] if "sign" in name.lower() else value for name, value in notice.headers.items()}
    if headers != dict(notice.headers):
        return Notice(headers, notice.body, notice.path)
    body = bytearray(notice.body)
    places = [place for place, byte in enumerate(body) if 48 <= byte <= 57]
    if places:
        body[places[-1]] = 48 + (body[places[-1]] - 47) % 10
    return Notice(headers, bytes(body), notice.path)
