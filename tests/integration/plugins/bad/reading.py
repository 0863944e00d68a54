"""Defects of reading statements, balances and sub-accounts. Each class is one."""

from dataclasses import replace
from datetime import UTC, datetime

from ankuan.kernel.clock import business_date
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import (
    BankAnswer,
    BankBalance,
    BankLine,
    LineDirection,
    LineKind,
    LinePage,
    OpenedSubAccounts,
    SingleOrder,
)
from ankuan.plugin_api.errors import PluginError
from tests.integration.plugins.bad.wrapped import Wrapped


class Changed(Wrapped):
    """Every line goes through ``change``."""

    def change(self, line: BankLine) -> BankLine:
        return line

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        page = await super().fetch_lines(cursor)
        return replace(page, lines=tuple(self.change(line) for line in page.lines))


class DropsTheLastRow(Wrapped):
    """An index that is one too small."""

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        page = await super().fetch_lines(cursor)
        return replace(page, lines=page.lines[:-1])


class StuckCursor(Wrapped):
    """Goes back to where it was."""

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        page = await super().fetch_lines(cursor)
        return replace(page, cursor=cursor or page.cursor)


class ReadsOnePageOnly(Wrapped):
    """Says that there is nothing more."""

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        page = await super().fetch_lines(cursor)
        return replace(page, more=False)


class FloatAmounts(Changed):
    """Yuan in a float, cut to fen."""

    def change(self, line: BankLine) -> BankLine:
        return replace(line, amount=Money(int(line.amount.fen / 100 * 100)) if line.amount.fen != 29 else _float(line))


def _float(line: BankLine) -> Money:
    return Money(int(float(line.amount.yuan) * 100))


class FenForYuan(Changed):
    """A hundred times too much."""

    def change(self, line: BankLine) -> BankLine:
        return replace(line, amount=Money(line.amount.fen * 100))


class NegativeDebits(Changed):
    """A sign where there is a direction already."""

    def change(self, line: BankLine) -> BankLine:
        return replace(line, amount=Money(-line.amount.fen)) if line.direction is LineDirection.DEBIT else line


class KeysByPosition(Wrapped):
    """Numbers the lines of each answer."""

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        page = await super().fetch_lines(cursor)
        keyed = tuple(replace(line, bank_key=f"row-{number}") for number, line in enumerate(page.lines))
        return replace(page, lines=keyed)


class KeysByContent(Changed):
    """Equal bookings are one."""

    def change(self, line: BankLine) -> BankLine:
        said = (line.booked_on, line.amount, line.direction, line.counter_account, line.remark, line.sub_account_no)
        return replace(line, bank_key="|".join(map(str, said)))


class KeysOfTheMoment(Changed):
    """A new key at each telling."""

    def change(self, line: BankLine) -> BankLine:
        return replace(line, bank_key=f"{line.bank_key}@{datetime.now(UTC).timestamp()}")


class TellsTwice(Wrapped):
    """Each line under two keys."""

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        page = await super().fetch_lines(cursor)
        again = tuple(replace(line, bank_key=f"{line.bank_key}:2") for line in page.lines)
        return replace(page, lines=page.lines + again)


class SkipsThePast(Wrapped):
    """Leaves out what is booked for another day than today."""

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        page = await super().fetch_lines(cursor)
        today = business_date(datetime.now(UTC))
        return replace(page, lines=tuple(line for line in page.lines if line.booked_on == today))


class ForgetsReferences(Changed):
    """No line of ours is known again."""

    def change(self, line: BankLine) -> BankLine:
        return replace(line, client_ref=None)


class ReturnsAreReceipts(Changed):
    """Money that came back is taken for money that came in."""

    def change(self, line: BankLine) -> BankLine:
        return replace(line, kind=LineKind.EXTERNAL) if line.kind is LineKind.RETURNED else line


class AdjustmentsAreReceipts(Changed):
    """Money that moved inside is counted again."""

    def change(self, line: BankLine) -> BankLine:
        return replace(line, kind=LineKind.EXTERNAL) if line.kind is LineKind.ADJUSTMENT else line


class GuessesTheSubAccount(Wrapped):
    """Puts money for a number that nobody has on the first sub-account it knows."""

    known: str | None = None

    async def open_sub_accounts(self, names: tuple[str, ...]) -> OpenedSubAccounts:
        found = await super().open_sub_accounts(names)
        self.known = found.opened[0].number
        return found

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        page = await super().fetch_lines(cursor)
        return replace(
            page, lines=tuple(replace(line, sub_account_no=line.sub_account_no or self.known) for line in page.lines)
        )


class SwallowsErrors(Wrapped):
    """An answer that cannot be read is an empty page."""

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        try:
            return await super().fetch_lines(cursor)
        except PluginError:
            return LinePage((), cursor or "", False)


class RoundedBalances(Wrapped):
    """Whole yuan are enough."""

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        found = await super().balance(sub_account_no)
        return replace(found, booked=Money(found.booked.fen // 100 * 100))


class BrokenChain(Changed):
    """The balance before the line in place of the balance after it."""

    def change(self, line: BankLine) -> BankLine:
        after = line.balance_after
        return replace(line, balance_after=None if after is None else Money(after.fen + line.amount.fen % 7))


class OpensUnderOtherNames(Wrapped):
    """Tells the accounts in another order than they were asked for."""

    async def open_sub_accounts(self, names: tuple[str, ...]) -> OpenedSubAccounts:
        found = await super().open_sub_accounts(names)
        return replace(found, opened=tuple(reversed(found.opened)))


class AnswersUnknownQuestions(Wrapped):
    """Raises where a query has to answer ``unknown``."""

    async def query(self, order: SingleOrder) -> BankAnswer:
        answer = await super().query(order)
        if answer.exchanges[0].response is None:
            raise ConnectionError(answer.message)
        return answer
