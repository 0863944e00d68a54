"""Read SWIFT MT940. The library reads tags; the cutting into statements and rows is ours, so that no row is lost.

Each ``:61:`` with its ``:86:`` is parsed by itself under its statement's header: one broken row spoils no other.
"""

import logging
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mt940.models import Amount, Balance, Transactions
from mt940.options import Options

from ankuan.banking.statements.rows import MAX_ROW_TEXT, MAX_ROWS, Entry, Row, Statement, StatementUnreadable, fen_of
from ankuan.banking.statements.text import decode_plain

_BLOCK = re.compile(r"(?m)^(?=:20:)")
_TAG = re.compile(r"(?m)^:\n?(?P<tag>\d{2}[A-Z]?|NS):")
_ACCOUNT = re.compile(r"(?:.*/)?(?P<number>[A-Z]{0,2}[0-9]+)(?:[A-Z]{3})?")
_BROKEN = (ValueError, RuntimeError, ArithmeticError, LookupError, TypeError, AttributeError)
"""What the library raises for tags that do not fit."""
# The library logs every row it can't read, with names and amounts; the import's own list of rows is the place for them.
logging.getLogger("mt940.tags").disabled = True


@dataclass(frozen=True, slots=True)
class _Tag:
    name: str
    text: str


def read_mt940(content: bytes) -> tuple[Statement, ...]:
    """Statements of the file in their order. Raises :class:`StatementUnreadable` when there is none in it."""
    blocks = [_tags(block) for block in _BLOCK.split(decode_plain(content))]
    statements = tuple(_statement(tags) for tags in blocks if {"20", "61"} & {tag.name for tag in tags})
    if not statements:
        raise StatementUnreadable("不是 MT940 对账单", "Not an MT940 statement", field="fileId")
    if sum(len(statement.rows) for statement in statements) > MAX_ROWS:
        raise StatementUnreadable(f"超过 {MAX_ROWS} 行", f"More than {MAX_ROWS} rows", field="fileId")
    return statements


def _tags(block: str) -> list[_Tag]:
    marks = list(_TAG.finditer(block))
    ends = [mark.start() for mark in marks[1:]] + [len(block)] if marks else []
    return [_Tag(mark["tag"], block[mark.start() : end].strip()) for mark, end in zip(marks, ends, strict=True)]


def _statement(tags: list[_Tag]) -> Statement:
    header = [tag for tag in tags if tag.name in {"20", "25", "25P", "28", "28C"} or tag.name.startswith("60")]
    footer = [tag for tag in tags if tag.name.startswith("62")]
    head = "\n".join(tag.text for tag in header)
    balances = _parse("\n".join([head, *[tag.text for tag in footer]]))
    rows: list[list[_Tag]] = []
    for tag in tags:
        if tag.name == "61":
            rows.append([tag])
        elif tag.name in {"86", "NS"} and rows and not _is_after_closing(tags, tag):
            rows[-1].append(tag)
    return Statement(
        account_no=_account(str(balances.get("account_identification") or "")),
        opening_fen=_balance(balances, "final_opening_balance", "intermediate_opening_balance", "opening_balance"),
        closing_fen=_balance(balances, "final_closing_balance", "intermediate_closing_balance", "closing_balance"),
        rows=tuple(_row(head, "\n".join(tag.text for tag in row)) for row in rows),
    )


def _is_after_closing(tags: list[_Tag], tag: _Tag) -> bool:
    """Then an ``:86:`` is about the statement, not about a row."""
    return any(before.name.startswith("62") for before in tags[: tags.index(tag)])


def _parse(text: str) -> dict[str, Any]:
    try:
        found = Transactions(options=Options.all())
        found.parse(text)
    except _BROKEN:
        return {}
    return dict(found.data)


def _balance(data: dict[str, Any], *names: str) -> int | None:
    for name in names:
        balance = data.get(name)
        if isinstance(balance, Balance) and isinstance(balance.amount, Amount):
            try:
                return fen_of(balance.amount.amount)
            except ValueError:
                return None
    return None


def _account(told: str) -> str:
    found = _ACCOUNT.fullmatch(told.strip().replace(" ", ""))
    return found["number"] if found else told.strip()


def _row(head: str, text: str) -> Row:
    if len(text) > MAX_ROW_TEXT:
        return Row(text[:MAX_ROW_TEXT], None)
    try:
        found = Transactions(options=Options.all())
        found.parse(f"{head}\n{text}")
        [transaction] = found.transactions
        return Row(text, _entry(transaction.data))
    except _BROKEN:
        return Row(text, None)


def _entry(data: dict[str, Any]) -> Entry:
    amount: Decimal = data["amount"].amount
    mark = str(data["status"]).upper()
    booked = data.get("entry_date") or data.get("guessed_entry_date") or data["date"]
    details = [str(data[name] or "") for name in ("purpose", "transaction_details", "extra_details") if data.get(name)]
    return Entry(
        amount_fen=abs(fen_of(amount)),
        is_credit=mark in {"C", "RD"},
        is_reversal=mark.startswith("R"),
        is_booked=True,
        currency=str(data["amount"].currency or ""),
        booked_on=date(booked.year, booked.month, booked.day),
        counter_name=str(data.get("applicant_name") or "").strip(),
        counter_account=str(data.get("applicant_iban") or "").strip(),
        counter_bank=str(data.get("applicant_bin") or "").strip(),
        remark=" ".join(" ".join(details).split()),
        bank_ref=str(data.get("bank_reference") or "").strip(),
    )
