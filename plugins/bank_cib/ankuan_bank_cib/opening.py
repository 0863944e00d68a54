"""Opening virtual sub-accounts: the customer gives the numbers, twenty a message."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ankuan.kernel.clock import SHANGHAI
from ankuan.plugin_api.bank import OpenedSubAccount, OpenedSubAccounts
from ankuan.plugin_api.errors import PluginError
from ankuan_bank_cib.compose import Request, sub_account_name
from ankuan_bank_cib.mapping import PAID
from ankuan_bank_cib.messages import Malformed, Node, Tree
from ankuan_bank_cib.session import Session

OPENED_PER_CALL: Final = 20
ROUNDS: Final = 30
"""How often numbers that turn out to be taken are drawn anew."""
_TAKEN_WORDS: Final = ("已存在", "重复", "已开")


@dataclass(slots=True)
class _Group:
    """Up to twenty names on their way. ``opened``: place of the name -> its sub-account."""

    names: Sequence[str]
    opened: dict[int, OpenedSubAccount] = field(default_factory=dict)


async def open_all(session: Session, main: str, names: tuple[str, ...], numbers: range) -> OpenedSubAccounts:
    """One sub-account a name, in order. The first failure ends it; raises read errors only when none was opened."""
    labels = [sub_account_name(name) for name in names]
    opened: list[OpenedSubAccount] = []
    failure: str | None = None
    for start in range(0, len(labels), OPENED_PER_CALL):
        group = _Group(labels[start : start + OPENED_PER_CALL])
        try:
            failure = await _open(session, main, group, numbers)
        except PluginError as broken:
            if not opened and not group.opened:
                raise
            failure = str(broken)
        opened += [group.opened[place] for place in sorted(group.opened)]
        if failure is not None:
            break
    return OpenedSubAccounts(tuple(opened), session.kept, failure)


async def _open(session: Session, main: str, group: _Group, numbers: range) -> str | None:
    """Open a group, drawing again for numbers that are taken. What went wrong, if something did."""
    tried: set[str] = set()
    for _ in range(ROUNDS):
        missing = [place for place in range(len(group.names)) if place not in group.opened]
        if not missing:
            return None
        asked = {_drawn(numbers, tried): place for place in missing}
        body = await session.read(_request(session, main, group, asked))
        try:
            failure = _take(body, main, group, asked)
        except Malformed as wrong:
            raise session.malformed("VSABATCHOPENTRN", wrong) from wrong
        if failure is not None:
            return failure
    return "子账户序号多次重复，未能全部开立"


def _drawn(numbers: range, tried: set[str]) -> str:
    """A number not tried in this call. Drawn, since two workers counting up would always meet."""
    for _ in range(1000):
        tail = f"{numbers[secrets.randbelow(len(numbers))]:06d}"
        if tail not in tried:
            tried.add(tail)
            return tail
    raise PluginError("新开子账户号段已用尽")


def _request(session: Session, main: str, group: _Group, asked: dict[str, int]) -> Request:
    today = f"{session.desk.clock.now().astimezone(SHANGHAI):%Y-%m-%d}"
    rows = [
        Tree(
            "VSAOPENINFO",
            (
                Tree("SUBACCT", tail),
                Tree("SUBNAME", group.names[place]),
                Tree("CALINTSIDENT", "0"),
                Tree("RATECODE", "01000000"),
                Tree("RATESCALEFLTVAL", "0.0"),
                Tree("RATEPOINTFLTVAL", "0.0"),
                Tree("RATEWORKDATE", today),
                Tree("ADJINTSIDENT", "3"),
                Tree("ADJINTSCYCLE", "D00"),
                Tree("FIRADJINTSDATE", today),
                Tree("BUDGETIDENT", "0"),
                Tree("BUDGETQUOTA", "0.00"),
                Tree("BUDGETCYCLE", "0"),
                Tree("OVERQUOTA", "0"),
            ),
        )
        for tail, place in asked.items()
    ]
    content = (Tree("MAINACCT", main), Tree("TOTALCOUNT", str(len(rows))), *rows)
    return Request("VSABATCHOPENTRN", (Tree("RQBODY", content),))


def _take(body: Node, main: str, group: _Group, asked: dict[str, int]) -> str | None:
    """Note what was opened. Raises Malformed for an answer about others, or one that leaves some out."""
    inside = body.part("RSBODY")
    rows = inside.all("VSAOPENINFO")
    if inside.needed("MAINACCT") != main or {row.needed("SUBACCT") for row in rows} != set(asked):
        raise Malformed("other sub-accounts are told than were asked for")
    if len(rows) != len(asked):
        raise Malformed("a sub-account is told twice")
    failure: str | None = None
    for row in rows:
        tail, status, text = row.needed("SUBACCT"), row.needed("STATUS"), row.value("MSG")
        place = asked[tail]
        if status == PAID:
            if row.value("SUBNAME") not in {"", group.names[place]}:
                raise Malformed("a sub-account of another name")
            group.opened[place] = OpenedSubAccount(main + tail, group.names[place], tail)
        elif not any(word in text for word in _TAKEN_WORDS):
            failure = failure or f"{tail}: {text or status}"
    return failure
