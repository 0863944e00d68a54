"""Sub-accounts that exist at the bank: DLSBALQR tells them page by page, DLSASQRY whether they may be used."""

import json
import re
from typing import Final

from ankuan.plugin_api.bank import FundAccountRef, OpenedSubAccount, SubAccountPage
from ankuan.plugin_api.errors import PluginError
from ankuan_bank_citic.lines import HOST_DIGITS
from ankuan_bank_citic.mapping import DONE, BadValue
from ankuan_bank_citic.messages import Row
from ankuan_bank_citic.session import Session
from ankuan_bank_citic.values import needed

PAGE_ROWS: Final = 100
_NUMBER: Final = re.compile(r"[0-9]{19}", re.ASCII)
_NORMAL: Final = "0"
_MOST_TIMES: Final = 3


async def list_page(session: Session, account: FundAccountRef, text: str | None) -> SubAccountPage:
    """The sub-accounts after a cursor that may be used. Raises read errors.

    The cursor is the number of records read and the last account among them: that record is asked for again. When
    another one stands there the list has shifted, and what it would leave out nobody would notice: it is read from its
    beginning again, a few times. A list that has become shorter ends.
    """
    return await _page(session, account, *_place(text))


async def _page(session: Session, account: FundAccountRef, read: int, last: str, again: int) -> SubAccountPage:
    fields = {
        "accountNo": account.account_no,
        "subAccNo": "",
        "startRecord": str(read or 1),
        "pageNumber": str(PAGE_ROWS + (1 if read else 0)),
    }
    answer = await session.read("DLSBALQR", fields)
    try:
        found = {_number(row, account): row.get("SUBACCNM", "") for row in answer.rows}
        numbers = list(found)
        if read and numbers and numbers[0] != last:
            if again >= _MOST_TIMES:
                raise BadValue("the list shifts for ever")
            return await _page(session, account, 0, "", again + 1)
        fresh = numbers[1:] if read else numbers
        if account.adjustment_account_no in fresh:
            raise BadValue("the public adjustment account is told as a sub-account")
        usable = await _usable(session, fresh) if fresh else frozenset()
    except BadValue as wrong:
        raise session.malformed("DLSBALQR", wrong) from wrong
    accounts = tuple(
        OpenedSubAccount(number, found[number], number[:HOST_DIGITS]) for number in fresh if number in usable
    )
    cursor = json.dumps([read + len(fresh), fresh[-1] if fresh else last, again])
    return SubAccountPage(accounts, cursor, bool(fresh), session.kept)


async def _usable(session: Session, numbers: list[str]) -> frozenset[str]:
    """Those signed and not closed: stt 0. One that is not mentioned is an error, not a closed account."""
    answer = await session.read("DLSASQRY", {}, [{"subAccNo": number} for number in numbers])
    told: dict[str, Row] = {}
    for row in answer.rows:
        if told.setdefault(needed(row, "subAccNo"), row) != row:
            raise BadValue("an account is told twice, differently")
    if set(told) != set(numbers):
        raise BadValue("DLSASQRY tells of other accounts than asked")
    for row in told.values():
        if row.get("status") == DONE and row.get("stt", "") not in {"0", "1", "2", "3", "8"}:
            raise BadValue(f"stt {row.get('stt', '')[:5]!r}")
    return frozenset(number for number, row in told.items() if row.get("status") == DONE and row.get("stt") == _NORMAL)


def _number(row: Row, account: FundAccountRef) -> str:
    number = needed(row, "SUBACCNO")
    public = account.adjustment_account_no
    if not _NUMBER.fullmatch(number) or (public and number[:HOST_DIGITS] != public[:HOST_DIGITS]):
        raise BadValue("SUBACCNO is no sub-account of this main account")
    return number


def _place(text: str | None) -> tuple[int, str, int]:
    if text is None:
        return 0, "", 0
    try:
        read, last, again = json.loads(text)
        is_place = type(read) is int and isinstance(last, str) and type(again) is int and again >= 0
        if not is_place or not (read > 0 and _NUMBER.fullmatch(last) if last else read == 0):
            raise ValueError(text[:80])
    except (ValueError, TypeError) as broken:
        raise PluginError(f"子账户游标不可用：{text[:80]!r}") from broken
    return read, last, again
