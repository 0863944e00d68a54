"""The ledger's pure parts: kinds of accounts, the life of a hold, titles, and what a posting must look like."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from ankuan.kernel.money import Money, MoneyOverflow
from ankuan.kernel.states import IllegalTransition
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.database_errors import InsufficientBalance, ledger_error
from ankuan.ledger.entry_kinds import EntryKind, entry_title
from ankuan.ledger.post import LARGEST_POSTING, Entry, InvalidPosting, post
from ankuan.ledger.transitions import HOLD_LIFE, HoldEvent, HoldState

ENTRY = Entry(1, "test", "ref", UUID(int=1), 1, 2, Money(5), date(2026, 11, 20), "receipt", "")


def test_only_money_of_cases_and_unidentified_money_has_a_floor() -> None:
    assert {kind for kind in AccountKind if kind.has_floor} == {
        AccountKind.CASE,
        AccountKind.HELD,
        AccountKind.UNIDENTIFIED,
    }
    assert [kind for kind in AccountKind if kind.grows_by_debit] == [AccountKind.BANK]


def test_every_kind_has_a_chinese_title() -> None:
    assert len({kind.label for kind in AccountKind}) == len(AccountKind)
    assert len({entry_title(kind) for kind in EntryKind}) == len(EntryKind)
    assert entry_title("paid_without_cover") == "paid_without_cover"


def test_a_hold_ends_once() -> None:
    assert HOLD_LIFE.gaps(HoldState, HoldEvent) == []
    for final in (HoldState.POSTED, HoldState.VOIDED):
        assert HOLD_LIFE.events(final) == frozenset()
        for event in HoldEvent:
            with pytest.raises(IllegalTransition):
                HOLD_LIFE.next(final, event)


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [ENTRY] * (LARGEST_POSTING + 1),
        [replace(ENTRY, amount=Money(0))],
        [ENTRY, replace(ENTRY, amount=Money(-1))],
        [replace(ENTRY, credit_account=1)],
        [replace(ENTRY, source="")],
        [replace(ENTRY, source_ref="")],
        [replace(ENTRY, kind="")],
    ],
    ids=["none", "too many", "zero", "negative", "one account", "no source", "no reference", "no kind"],
)
async def test_a_posting_that_can_never_be_right_does_not_reach_the_database(entries: list[Entry]) -> None:
    no_session: Any = None
    with pytest.raises(InvalidPosting):
        await post(no_session, entries, now=None)  # type: ignore[arg-type]  # never looked at


async def test_a_call_moves_less_than_the_limit() -> None:
    no_session: Any = None
    with pytest.raises(MoneyOverflow):
        await post(no_session, [replace(ENTRY, amount=Money(10**17 - 1))] * 2, now=None)  # type: ignore[arg-type]


class _Refusal(Exception):
    sqlstate = "AK010"


def test_a_refusal_without_readable_details_is_still_a_refusal() -> None:
    bare = ledger_error(DBAPIError("select", None, _Refusal()))
    assert isinstance(bare, InsufficientBalance)
    assert bare.details == {}
    stranger = _Refusal()
    stranger.sqlstate = "40001"
    assert ledger_error(DBAPIError("select", None, stranger)) is None
