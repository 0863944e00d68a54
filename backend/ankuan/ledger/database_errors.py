"""Errors that the ledger's database functions raise, turned into business errors."""

import json
from typing import Any

from sqlalchemy.exc import DBAPIError

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.money import MoneyOverflow
from ankuan.platform.constraints import constraint_means
from ankuan.platform.db import sqlstate, violated_constraint


class InsufficientBalance(AnkuanError):
    """An account with a floor would fall below zero (I2). Details: ``account_id``, ``short_fen``."""

    code = "insufficient_balance"
    kind = ErrorKind.REFUSED


class AccountNotFound(AnkuanError):
    """A ledger account does not exist, or belongs to a court outside the actor's scope."""

    code = "account_not_found"
    kind = ErrorKind.NOT_FOUND


class PostingConflict(AnkuanError):
    """The same source and reference stand in the ledger with another content. Details: ``source``, ``source_ref``."""

    code = "posting_conflict"
    kind = ErrorKind.CONFLICT


class AccountsApart(AnkuanError):
    """Debit and credit belong to different fund accounts; go through ``in_transit`` on both sides."""

    code = "accounts_apart"
    kind = ErrorKind.INVALID


class AlreadyReversed(AnkuanError):
    """The entry was reversed before; an entry is reversed once."""

    code = "already_reversed"
    kind = ErrorKind.CONFLICT


class NotAMirror(AnkuanError):
    """A reversal has the accounts of its entry swapped and the same amount, and is not reversed itself."""

    code = "reversal_not_a_mirror"
    kind = ErrorKind.INVALID


def ledger_error(error: DBAPIError) -> AnkuanError | None:
    """The business error behind a refusal of the ledger's functions; ``None`` when it is something else."""
    details = _details(error)
    match sqlstate(error):
        case "AK010":
            return InsufficientBalance("账户余额不足", "The account has not enough money", **details)
        case "AK011":
            return AccountNotFound("账户不存在", "No such ledger account", **details)
        case "AK012":
            return PostingConflict(
                "同一来源编号已记账，内容不同", "This source reference stands with another content", **details
            )
        case "AK014":
            return AccountsApart(
                "借贷双方须属同一案款专户", "Debit and credit must belong to one fund account", **details
            )
        case "AK015":
            return NotAMirror("冲正分录与原分录不对应", "A reversal must mirror an entry that is no reversal itself")
    match violated_constraint(error):
        case "uq_ledger_entry_reverses_id":
            return _already_reversed()
        case "ck_ledger_balance_limit":
            return _overflow()
    return None


def _details(error: DBAPIError) -> dict[str, Any]:
    cause = getattr(error.orig, "__cause__", None)
    try:
        found = json.loads(getattr(cause, "detail", None) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _already_reversed() -> AlreadyReversed:
    return AlreadyReversed("该分录已冲正", "The entry has been reversed already")


def _overflow() -> MoneyOverflow:
    return MoneyOverflow("金额超出系统上限", "The amount is beyond what the system can hold")


constraint_means("uq_ledger_entry_reverses_id", _already_reversed)
constraint_means("ck_ledger_balance_limit", _overflow)
