"""Where banks call back. No session and no cookie: what counts is the signature, which the bank's plugin checks.

What is nobody's notice (unknown bank, unknown account, forged, unreadable) always gets the same answer, so that
nobody learns here which accounts there are.
"""

import asyncio
import time
from collections import OrderedDict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ankuan.banking.hear_notice import NoticeEars
from ankuan.http.bodies import bounded_body
from ankuan.http.identify import problem
from ankuan.http.services import Services
from ankuan.platform.actor import system_actor
from ankuan.platform.jobs import JobContext
from ankuan.plugin_api.bank import IncomingNotice

LARGEST = 256 * 1024
AT_ONCE = 4
"""Notices that use the database at the same time: a burst of them leaves connections to everybody else (E8)."""
ALL_RATE, ALL_BURST = 500.0, 20_000.0
FORGED_RATE, FORGED_BURST = 10.0, 1_000.0
_MOST_SENDERS = 4_096


class Allowance:
    """How much one sender may do: ``burst`` at once, ``rate`` a second in the long run."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def has(self, sender: str) -> bool:
        """Whether something is left, without taking it."""
        return self._now(sender) >= 1

    def take(self, sender: str) -> bool:
        """Take one; false when nothing is left."""
        left = self._now(sender)
        is_left = left >= 1
        self._left[sender] = (left - 1 if is_left else left, time.monotonic())
        self._left.move_to_end(sender)
        if len(self._left) > _MOST_SENDERS:
            self._left.popitem(last=False)
        return is_left

    def _now(self, sender: str) -> float:
        left, at = self._left.get(sender, (self._burst, 0.0))
        return min(self._burst, left + (time.monotonic() - at) * self._rate)


def routes(services: Services) -> list[Route]:
    """One address a bank, and one an account for banks that can be told where to call."""
    every, forged = Allowance(ALL_RATE, ALL_BURST), Allowance(FORGED_RATE, FORGED_BURST)
    turns = asyncio.Semaphore(AT_ONCE)
    ears: list[NoticeEars] = []

    async def hear(request: Request) -> Response:
        sender = request.client.host if request.client else ""
        if not every.take(sender) or not forged.has(sender):
            return problem(429, "too_many_notices", "通知过于频繁，请稍后重试")
        body = await bounded_body(request, LARGEST)
        if body is None:
            return problem(413, "request_too_large", "请求过大")
        if not ears:
            ears.append(NoticeEars(_context(services)))
        notice = IncomingNotice(dict(request.headers), body, services.clock.now())
        async with turns:
            told = await ears[0].hear(
                bank_id=request.path_params["bank"], account_no=request.path_params.get("account"), notice=notice
            )
        if told is None:
            forged.take(sender)
            return problem(404, "not_found", "没有此地址")
        return Response(told.reply, media_type=told.reply_type)

    return [
        Route("/banks/{bank}/notices", hear, methods=["POST"]),
        Route("/banks/{bank}/notices/{account}", hear, methods=["POST"]),
    ]


def _context(services: Services) -> JobContext:
    return JobContext(
        database=services.database,
        clock=services.clock,
        plugins=services.plugins,
        settings=services.settings,
        cipher=services.cipher,
        actor=system_actor("bank-notices"),
    )
