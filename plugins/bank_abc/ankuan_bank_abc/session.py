"""Asking the front-end within one time budget, with every exchange kept."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from ankuan.kernel.clock import SHANGHAI, Clock
from ankuan.plugin_api.errors import BankRefused, BankUnreachable, MalformedAnswer
from ankuan.plugin_api.transport import BROKEN_FRAME, TcpTransport
from ankuan.plugin_api.values import Malformed
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_abc.config import Config
from ankuan_bank_abc.detail_file import Detail, parse_rows, read_file
from ankuan_bank_abc.mapping import OK, is_front_end
from ankuan_bank_abc.messages import Answer, Cells, parse, render


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

    async def exchange(self, code: str, serial: str, cells: Cells) -> RawExchange:
        """Send and keep."""
        now = self.clock.now().astimezone(SHANGHAI)
        head = {
            "CCTransCode": code,
            "ProductID": "ICC",
            "ChannelType": "ERP",
            "CorpNo": self.config.corp_no,
            "OpNo": self.config.operator_no,
            "AuthNo": "",
            "ReqSeqNo": serial,
            "ReqDate": f"{now:%Y%m%d}",
            "ReqTime": f"{now:%H%M%S}",
            "Sign": "",
        }
        left = self.deadline - asyncio.get_running_loop().time()
        made = await self.transport.exchange(code, render({**head, **cells}), left)
        self.exchanges.append(made)
        return made

    async def read(self, code: str, cells: Cells) -> Answer:
        """A read. Raises BankUnreachable, MalformedAnswer or BankRefused, each with the exchanges."""
        made = await self.exchange(code, read_serial(self.clock.now()), cells)
        if made.response is None or (made.note and not made.note.startswith(BROKEN_FRAME)):
            raise BankUnreachable(f"{code}: {made.note}", self.kept)
        try:
            answer = parse(made.response)
        except Malformed as broken:
            raise self.malformed(code, broken) from broken
        if answer.fields.get("CCTransCode", code) != code:
            raise self.malformed(code, Malformed("the answer to another request"))
        if answer.code == OK:
            return answer
        if is_front_end(answer.code):
            raise BankUnreachable(f"{code}: 前置机未能连通银行（{answer.code}）", self.kept)
        raise BankRefused(f"{code}: {answer.message}", answer.code, self.kept)

    async def detail(self, answer: Answer, account_no: str) -> list[Detail]:
        """The rows of the file that an answer names. Raises as ``read`` does."""
        started = self.clock.now()
        name = answer.parts.get("Cmp", {}).get("BatchFileName", "") or answer.fields.get("BatchFileName", "")
        if not name:
            return []
        try:
            raw = await asyncio.to_thread(read_file, self.config.file_folder, name)
        except OSError as failure:
            raise BankUnreachable(f"明细文件无法读取：{type(failure).__name__}", self.kept) from failure
        except Malformed as wrong:
            raise self.malformed("CQRA10", wrong) from wrong
        self.exchanges.append(RawExchange("CQRA10:file", name.encode(), raw, started, self.clock.now()))
        try:
            return parse_rows(raw, account_no)
        except Malformed as wrong:
            raise self.malformed("CQRA10", wrong) from wrong

    def malformed(self, code: str, cause: Exception) -> MalformedAnswer:
        """The error for an answer, or a row of it, that can't be used."""
        return MalformedAnswer(f"{code}: {cause}", self.kept)


def read_serial(now: datetime) -> str:
    """ReqSeqNo of a read: 20 digits that begin with 9, as no order's reference does."""
    return f"9{int(now.timestamp() * 1000):015d}{secrets.randbelow(10_000):04d}"
