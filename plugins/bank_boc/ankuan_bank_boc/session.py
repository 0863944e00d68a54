"""Asking the front-end within one time budget, with every exchange kept."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ankuan.kernel.clock import SHANGHAI, Clock
from ankuan.plugin_api.errors import BankRefused, BankUnreachable, MalformedAnswer
from ankuan.plugin_api.transport import HttpTransport
from ankuan.plugin_api.values import Malformed
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_boc.config import Config
from ankuan_bank_boc.mapping import MORE, OK, is_front_end
from ankuan_bank_boc.messages import Answer, Cells, parse, render, without_password

PATH = "/B2EC/E2BServlet"
SIGN_IN = "b2e0001"
Inside = Sequence[tuple[str, Cells]]


@dataclass(slots=True)
class Session:
    """One call of a connector; ``deadline`` is loop time for all of its exchanges. ``token``: of the sign-in."""

    transport: HttpTransport
    config: Config
    clock: Clock
    deadline: float
    token: str = ""
    exchanges: list[RawExchange] = field(default_factory=list)

    @property
    def kept(self) -> tuple[RawExchange, ...]:
        """All exchanges so far."""
        return tuple(self.exchanges)

    async def sign_in(self) -> None:
        """b2e0001. Raises what a read raises."""
        now = self.clock.now().astimezone(SHANGHAI)
        cells = {"custdt": f"{now:%Y%m%d%H%M%S}", "oprpwd": "", "custpwd": self.config.operator_password}
        answer = await self._read(SIGN_IN, [(f"{SIGN_IN}-rq", cells)])
        try:
            self.token = answer.rows[0].needed("token") if answer.rows else answer.body.needed("token")
        except Malformed as wrong:
            raise self.malformed(SIGN_IN, wrong) from wrong

    async def exchange(self, operation: str, inside: Inside) -> RawExchange:
        """Send and keep. The password does not go into what is kept."""
        head = {
            "termid": self.config.terminal_id,
            "trnid": message_id(self.clock.now()),
            "custid": self.config.customer_id,
            "cusopr": self.config.operator_id,
            "token": self.token,
        }
        left = self.deadline - asyncio.get_running_loop().time()
        made = await self.transport.exchange(operation, render(operation, head, inside), left, path=PATH)
        made = replace(made, request=without_password(made.request))
        self.exchanges.append(made)
        return made

    async def read(self, operation: str, cells: Cells) -> Answer:
        """A read after signing in. Raises BankUnreachable, MalformedAnswer or BankRefused, each with the exchanges."""
        if not self.token:
            await self.sign_in()
        return await self._read(operation, [(f"{operation}-rq", cells)])

    async def _read(self, operation: str, inside: Inside) -> Answer:
        made = await self.exchange(operation, inside)
        if made.note or made.response is None:
            raise BankUnreachable(f"{operation}: {made.note}", self.kept)
        try:
            answer = parse(made.response, operation)
        except Malformed as broken:
            raise self.malformed(operation, broken) from broken
        if answer.code in {OK, MORE} and answer.operation == operation:
            return answer
        if is_front_end(answer.code):
            raise BankUnreachable(f"{operation}: 前置机未能连通银行（{answer.code}）", self.kept)
        raise BankRefused(f"{operation}: {answer.message}", answer.code, self.kept)

    def malformed(self, operation: str, cause: Exception) -> MalformedAnswer:
        """The error for an answer, or a row of it, that can't be used."""
        return MalformedAnswer(f"{operation}: {cause}", self.kept)


def message_id(now: datetime) -> str:
    """trnid: twelve digits, new for every message; it identifies nothing but the message."""
    return f"{int(now.timestamp() * 1000) % 10**9:09d}{secrets.randbelow(1000):03d}"
