"""Money that moves without an order: credits from outside, interest, fees, reversals."""

from ankuan_simcore.books import Books
from ankuan_simcore.models import INCOME, OUTSIDE, Account, AccountKind, Entry, EntryKind, Refusal, RefusedError


class MoneyDesk(Books):
    """Bookings that the bank makes by itself."""

    def credit(
        self,
        to: str,
        fen: int,
        *,
        kind: EntryKind = EntryKind.INCOMING,
        payer_name: str = "",
        payer_account: str = "",
        payer_bank: str = "",
        remark: str = "",
        value_date: str = "",
    ) -> Entry:
        """Money comes in. A number that is no sub-account lands on the public adjustment account."""
        return self.book(
            kind,
            OUTSIDE,
            self._landing(to).number,
            fen,
            counter_name=payer_name,
            counter_account=payer_account,
            counter_bank=payer_bank,
            remark=remark,
            value_date=value_date,
        )

    def _landing(self, to: str) -> Account:
        found = self.state.account(to)
        if found is not None and found.kind is AccountKind.SUB and not found.closed:
            return found
        main = found.main if found is not None else ""
        if not main:
            mains = self.state.mains
            main = next((mains[prefix] for prefix in mains if to.startswith(prefix)), next(iter(mains.values()), ""))
        if not main:
            raise RefusedError(Refusal.NO_SUCH_ACCOUNT, to)
        return self.account(self.numbering.adjustment(main))

    def reverse(self, entry_no: int, remark: str = "冲正") -> Entry:
        """Take back an incoming credit, as banks do when they booked it wrongly. May drive a balance below zero."""
        origin = self.state.entries.get(entry_no)
        if origin is None or origin.kind is not EntryKind.INCOMING:
            raise RefusedError(Refusal.NO_SUCH_SOURCE, str(entry_no))
        return self.book(
            EntryKind.REVERSAL,
            origin.credit,
            OUTSIDE,
            origin.fen,
            counter_name=origin.counter_name,
            counter_account=origin.counter_account,
            counter_bank=origin.counter_bank,
            remark=remark,
            parent=entry_no,
        )

    def charge(self, account: str, fen: int, remark: str = "手续费") -> Entry:
        """Book a fee on an account; on a main account, it is taken from what no sub-account owns."""
        debit = self.account(self.standing(account), AccountKind.SUB, AccountKind.ADJUSTMENT)
        return self.book(EntryKind.FEE, debit.number, INCOME, fen, remark=remark)
