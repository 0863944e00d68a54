"""JSON forms of what the admin API shows, and strict readers for what it takes."""

import re
from typing import Any

from starlette.requests import Request

from ankuan_simcore.bank import Bank
from ankuan_simcore.models import Account, AccountKind, Order

_YUAN = re.compile(r"(\d{1,13})(?:\.(\d{1,2}))?")


def fen_of_yuan(text: str) -> int:
    """Fen of a positive amount typed in yuan; ValueError for anything else."""
    found = _YUAN.fullmatch(text.strip().replace(",", ""))
    fen = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if fen <= 0:
        raise ValueError(f"金额有误：{text}")
    return fen


def yuan(fen: int) -> str:
    """Yuan with two decimals, without separators."""
    whole, part = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{part:02d}"


def positive_fen(value: Any, name: str = "fen") -> int:
    """An integer above zero; ValueError for anything else, booleans and floats included."""
    if type(value) is not int or value <= 0:
        raise ValueError(f"{name} must be an integer above zero")
    return value


async def body_of(request: Request) -> dict[str, Any]:
    """The request's JSON object, empty when there is no body; ValueError when it is something else."""
    if not await request.body():
        return {}
    content = await request.json()
    if not isinstance(content, dict):
        raise ValueError("a JSON object is expected")
    return content


def account_view(bank: Bank, account: Account) -> dict[str, Any]:
    """An account with its balances in fen."""
    booked, available = account.balance, account.available
    if account.kind is AccountKind.MAIN:
        booked, available = bank.state.main_balance(account.number)
    return {
        "number": account.number,
        "name": account.name,
        "kind": account.kind,
        "main": account.main,
        "balance_fen": booked,
        "available_fen": available,
        "closed": account.closed,
    }


def order_view(order: Order) -> dict[str, Any]:
    """An order as the bank keeps it. ``executions`` counts how often money moved for it."""
    return {**order.as_record(), "executions": len(order.entries)}
