"""Answers to reads: each returns the value as the contract has it, or raises ``Malformed`` naming the field."""

from typing import Final

from ankuan.platform.plugins.checks import (
    Malformed,
    all_exchanges,
    amount,
    day,
    items,
    moment,
    of_type,
    text,
    text_or_none,
)
from ankuan.plugin_api.accounts import AccountCheck, AccountVerdict
from ankuan.plugin_api.bank import (
    BankBalance,
    BankLine,
    BankNotice,
    BankReceipt,
    LineDirection,
    LineKind,
    LinePage,
    NoticeKind,
    OpenedSubAccount,
    OpenedSubAccounts,
    PaperOrder,
    SubAccountPage,
)
from ankuan.plugin_api.wire import RawExchange

MOST_LINES: Final = 5_000
MOST_ACCOUNTS: Final = 10_000
LONGEST_CURSOR: Final = 64 * 1024
LARGEST_RECEIPT: Final = 20 * 1024 * 1024
LARGEST_REPLY: Final = 64 * 1024
LONGEST_QR: Final = 2_900
_SHORT: Final = 200


def checked_lines(value: object) -> LinePage:
    """A page whose keys are unique; a booking told twice in every field is one."""
    page = of_type(value, LinePage, "page")
    lines: dict[str, BankLine] = {}
    for one in items(page.lines, "lines", most=MOST_LINES):
        line = _line(one)
        if lines.setdefault(line.bank_key, line) != line:
            raise Malformed("line.bank_key")
    return LinePage(tuple(lines.values()), _cursor(page.cursor), of_type(page.more, bool, "more"), _kept(page))


def _line(value: object) -> BankLine:
    line = of_type(value, BankLine, "line")
    text(line.bank_key, "line.bank_key", most=_SHORT, empty=False)
    of_type(line.direction, LineDirection, "line.direction")
    of_type(line.kind, LineKind, "line.kind")
    amount(line.amount, "line.amount", positive=True)
    day(line.booked_on, "line.booked_on")
    if line.booked_at is not None:
        moment(line.booked_at, "line.booked_at")
    if line.balance_after is not None:
        amount(line.balance_after, "line.balance_after")
    for name in ("counter_name", "counter_account", "counter_bank", "remark"):
        text(getattr(line, name), f"line.{name}")
    for name in ("sub_account_no", "bank_ref", "client_ref", "adjustment_ref"):
        text_or_none(getattr(line, name), f"line.{name}")
    return line


def checked_balance(value: object) -> BankBalance:
    """Two amounts; either may be below zero."""
    balance = of_type(value, BankBalance, "balance")
    amount(balance.booked, "booked")
    amount(balance.available, "available")
    _kept(balance)
    return balance


def checked_opened(value: object, asked: int) -> OpenedSubAccounts:
    """Not more than were asked for, each with a number of its own."""
    opened = of_type(value, OpenedSubAccounts, "opened")
    accounts = _accounts(opened.opened, most=asked)
    if opened.failure is not None:
        text(opened.failure, "failure")
    return OpenedSubAccounts(accounts, _kept(opened), opened.failure)


def checked_sub_accounts(value: object) -> SubAccountPage:
    """A page of sub-accounts."""
    page = of_type(value, SubAccountPage, "page")
    accounts = _accounts(page.accounts, most=MOST_ACCOUNTS)
    return SubAccountPage(accounts, _cursor(page.cursor), of_type(page.more, bool, "more"), _kept(page))


def _accounts(value: object, *, most: int) -> tuple[OpenedSubAccount, ...]:
    found: dict[str, OpenedSubAccount] = {}
    for one in items(value, "accounts", most=most):
        account = of_type(one, OpenedSubAccount, "account")
        text(account.number, "account.number", most=64, empty=False)
        text(account.name, "account.name", most=500)
        text_or_none(account.bank_ref, "account.bank_ref", most=_SHORT)
        if account.number in found:
            raise Malformed("account.number")
        found[account.number] = account
    return tuple(found.values())


def checked_receipt(value: object) -> BankReceipt | None:
    """A PDF file, or nothing yet."""
    if value is None:
        return None
    receipt = of_type(value, BankReceipt, "receipt")
    content = of_type(receipt.content, bytes, "content")
    if not content.startswith(b"%PDF-") or len(content) > LARGEST_RECEIPT:
        raise Malformed("content")
    text(receipt.number, "number", most=_SHORT)
    _kept(receipt)
    return receipt


def checked_account(value: object) -> AccountCheck:
    """A verdict."""
    check = of_type(value, AccountCheck, "check")
    of_type(check.verdict, AccountVerdict, "verdict")
    text(check.code, "code", most=_SHORT)
    text(check.message, "message")
    if check.alarm is not None:
        text(check.alarm, "alarm")
    _kept(check)
    return check


def checked_notice(value: object) -> BankNotice:
    """A hint, and a reply that fits into one header and a small body."""
    notice = of_type(value, BankNotice, "notice")
    text(notice.notice_id, "notice_id", most=_SHORT, empty=False)
    of_type(notice.kind, NoticeKind, "kind")
    text_or_none(notice.client_ref, "client_ref", most=_SHORT)
    if len(of_type(notice.reply, bytes, "reply")) > LARGEST_REPLY:
        raise Malformed("reply")
    reply_type = text(notice.reply_type, "reply_type", most=_SHORT)
    if not (reply_type.isascii() and reply_type.isprintable()):
        raise Malformed("reply_type")
    return notice


def checked_paper(value: object) -> PaperOrder:
    """Labels and values, and a code that can be printed."""
    sheet = of_type(value, PaperOrder, "sheet")
    text(sheet.title, "title", most=_SHORT)
    text(sheet.number, "number", most=_SHORT, empty=False)
    text(sheet.qr, "qr", most=LONGEST_QR)
    for pair in items(sheet.facts, "facts", most=100):
        for part in items(pair, "facts", most=2):
            text(part, "facts")
        if len(items(pair, "facts", most=2)) != 2:
            raise Malformed("facts")
    for name in items(sheet.signatures, "signatures", most=20):
        text(name, "signatures", most=_SHORT)
    return sheet


def _cursor(value: object) -> str:
    cursor = text(value, "cursor", most=LONGEST_CURSOR)
    if len(cursor.encode()) > LONGEST_CURSOR:
        raise Malformed("cursor")
    return cursor


def _kept(
    value: LinePage | BankBalance | OpenedSubAccounts | SubAccountPage | BankReceipt | AccountCheck,
) -> tuple[RawExchange, ...]:
    return all_exchanges(value.exchanges)
