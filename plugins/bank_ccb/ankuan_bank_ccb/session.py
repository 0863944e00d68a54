"""Asking the front-end within one time budget, with every exchange kept. Each group of calls begins with 6W9101."""

import asyncio
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime

from ankuan.kernel.clock import Clock
from ankuan.plugin_api.errors import BankRefused, BankUnreachable, MalformedAnswer
from ankuan.plugin_api.transport import TcpTransport
from ankuan.plugin_api.values import Malformed
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_ccb.config import Config
from ankuan_bank_ccb.mapping import NO_ROWS, OK, is_front_end
from ankuan_bank_ccb.messages import Answer, Row, parse, render, without_password

CONNECT = "6W9101"


@dataclass(slots=True)
class Session:
    """One call of a connector; ``deadline`` is loop time for all of its exchanges."""

    transport: TcpTransport
    config: Config
    clock: Clock
    deadline: float
    exchanges: list[RawExchange] = field(default_factory=list)

    @property
    def kept(self) -> tuple[RawExchange, ...]:
        """All exchanges so far."""
        return tuple(self.exchanges)

    async def connect(self) -> None:
        """6W9101. Raises what a read raises when the front-end is not ready."""
        await self.read(CONNECT, {})

    async def exchange(self, tx_code: str, fields: Row, serial: str) -> RawExchange:
        """Send and keep. The password does not go into what is kept."""
        left = self.deadline - asyncio.get_running_loop().time()
        made = await self.transport.exchange(tx_code, render(self.config, serial, tx_code, fields), left)
        made = replace(made, request=without_password(made.request))
        self.exchanges.append(made)
        return made

    async def read(self, tx_code: str, fields: Row) -> Answer:
        """A read. Raises BankUnreachable, MalformedAnswer or BankRefused, each with the exchanges."""
        serial = read_serial(self.clock.now())
        made = await self.exchange(tx_code, fields, serial)
        if made.note or made.response is None:
            raise BankUnreachable(f"{tx_code}: {made.note}", self.kept)
        try:
            answer = parse(made.response)
        except Malformed as broken:
            raise self.malformed(tx_code, broken) from broken
        if answer.return_code not in {OK, NO_ROWS}:
            if is_front_end(answer.return_code):
                raise BankUnreachable(f"{tx_code}: 前置机未能连通银行（{answer.return_code}）", self.kept)
            raise BankRefused(f"{tx_code}: {answer.message}", answer.return_code, self.kept)
        if (answer.request_sn, answer.tx_code) != (serial, tx_code):
            raise self.malformed(tx_code, Malformed("the answer to another request"))
        return answer

    def malformed(self, tx_code: str, cause: Exception) -> MalformedAnswer:
        """The error for an answer, or a row of it, that can't be used."""
        return MalformedAnswer(f"{tx_code}: {cause}", self.kept)


def read_serial(now: datetime) -> str:
    """REQUEST_SN of a read: 16 digits that begin with 9, as no order's reference does before 2090."""
    return f"9{int(now.timestamp() * 1000) % 10**12:012d}{secrets.randbelow(1000):03d}"
