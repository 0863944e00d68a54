"""The bank: decides, writes the journal, then tells. State is rebuilt from the journal at start."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from ankuan_simcore.faults import Fault, Plan, find
from ankuan_simcore.journal import Journal
from ankuan_simcore.models import (
    INCOME,
    OUTSIDE,
    Account,
    AccountKind,
    Entry,
    EntryKind,
    Order,
    OrderState,
    Refusal,
    RefusedError,
)
from ankuan_simcore.numbering import adjustment_number, host_no, sub_number
from ankuan_simcore.state import State

REFUSED_PAYEE_ENDING = "0000"
"""Documented test behaviour: a payee account outside the bank that ends so is refused."""


class Bank:
    """One bank. Every method that changes something returns only after the journal is on disk."""

    def __init__(self, journal_path: Path) -> None:
        self.state = State()
        self.journal = Journal(journal_path)
        try:
            for record in self.journal.replay():
                self.state.apply(record)
        except BaseException:
            self.journal.close()
            raise

    def close(self) -> None:
        """Let go of the journal."""
        self.journal.close()

    def _commit(self, kind: str, **content: Any) -> None:
        at = self.state.clock.now().isoformat(timespec="milliseconds")
        self.state.apply(self.journal.append({"at": at, "kind": kind, **content}))

    # accounts

    def account(self, number: str, *kinds: AccountKind) -> Account:
        """The account of that number and kind; RefusedError when there is none."""
        found = self.state.account(number)
        if found is None or (kinds and found.kind not in kinds):
            raise RefusedError(Refusal.NO_SUCH_ACCOUNT, number)
        return found

    def open_main(self, number: str, name: str) -> Account:
        """Open a customer's main account and its public adjustment account. Doing it twice changes nothing."""
        known = self.state.account(number)
        if known is not None and known.kind is AccountKind.MAIN:
            return known
        if not number.isascii() or not number.isdigit() or host_no(number) in self.state.mains:
            raise RefusedError(Refusal.ALREADY_OPEN, number)
        self._commit("account.opened", number=number, name=name, type=AccountKind.MAIN, main=number)
        adjustment = adjustment_number(number)
        self._commit("account.opened", number=adjustment, name="公共调账账户", type=AccountKind.ADJUSTMENT, main=number)
        return self.account(number)

    def open_sub(self, main: str, name: str, tail: str | None = None) -> Account:
        """Open one sub-account, numbered by the bank or by the customer's ``tail`` of seven digits."""
        self.account(main, AccountKind.MAIN)
        if tail is None:
            next_tail = self.state.next_tail[main]
            while self.state.account(sub_number(main, next_tail)) is not None:
                next_tail += 1
            number = sub_number(main, next_tail)
        else:
            number = sub_number(main, tail)
            if self.state.account(number) is not None:
                raise RefusedError(Refusal.ALREADY_OPEN, number)
        self._commit(
            "account.opened", number=number, name=name, type=AccountKind.SUB, main=main, auto=1 if tail is None else 0
        )
        return self.account(number)

    def open_range(self, main: str, count: int, name: str) -> tuple[str, str]:
        """Open ``count`` sub-accounts with consecutive numbers in one record; returns the first and the last."""
        self.account(main, AccountKind.MAIN)
        first = self.state.next_tail[main]
        last = first + count - 1
        if count < 1 or last > 9_999_999:
            raise RefusedError(Refusal.ALREADY_OPEN, f"{count} more sub-accounts do not fit")
        self._commit("accounts.registered", main=main, first_tail=first, count=count, name=name)
        return sub_number(main, first), sub_number(main, last)

    # money from outside

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
        target = self._landing(to)
        draft = self._draft(
            kind,
            OUTSIDE,
            target.number,
            fen,
            counter_name=payer_name,
            counter_account=payer_account,
            counter_bank=payer_bank,
            remark=remark,
            value_date=value_date,
        )
        self._commit("booked", entries=[draft.as_record()])
        return self.state.entries[draft.no]

    def _landing(self, to: str) -> Account:
        found = self.state.account(to)
        if found is not None and found.kind is AccountKind.SUB:
            return found
        main = found.main if found is not None else self.state.mains.get(to[:12])
        if not main:
            main = next(iter(self.state.mains.values()), None)
        if not main:
            raise RefusedError(Refusal.NO_SUCH_ACCOUNT, to)
        return self.account(adjustment_number(main))

    def reverse(self, entry_no: int, remark: str = "冲正") -> Entry:
        """Take back an incoming credit, as banks do when they booked it wrongly. May drive a balance below zero."""
        origin = self.state.entries.get(entry_no)
        if origin is None or origin.kind is not EntryKind.INCOMING:
            raise RefusedError(Refusal.NO_SUCH_SOURCE, str(entry_no))
        draft = self._draft(
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
        self._commit("booked", entries=[draft.as_record()])
        return self.state.entries[draft.no]

    # orders

    def submit(self, order: Order, plans: list[Plan]) -> Order:
        """Take an order. Its reference is used up for ever, also by a refusal; RefusedError: nothing was recorded."""
        if order.client_ref in self.state.orders:
            raise RefusedError(Refusal.DUPLICATE, order.client_ref)
        if order.fen <= 0:
            raise RefusedError(Refusal.BAD_AMOUNT, str(order.fen))
        self._shape(order, plans)
        reason = self._objection(order, plans)
        entries: list[Entry] = []
        if reason is not None:
            order.state, order.code = OrderState.REFUSED, reason
        elif order.state is OrderState.SETTLED:
            entries = self._execution(order)
        self._commit("order.submitted", order=order.as_record(), entries=[entry.as_record() for entry in entries])
        return self.state.orders[order.client_ref]

    def _shape(self, order: Order, plans: list[Plan]) -> None:
        """Let the faults decide how this order will fare."""
        order.state = OrderState.SETTLED
        if plan := find(plans, Fault.PROCESSING):
            order.state, order.settle_after_queries = OrderState.PROCESSING, plan.number("queries", 1)
        if find(plans, Fault.APPROVAL):
            order.state = OrderState.APPROVAL
        if plan := find(plans, Fault.HIDE):
            order.hidden_queries = plan.number("queries", 0 if "seconds" in plan.params else 2)
            until = self.state.clock.now() + timedelta(seconds=plan.number("seconds", 0))
            order.hidden_until = until.isoformat() if "seconds" in plan.params else ""
        if find(plans, Fault.PAY_TWICE):
            order.times = 2
        if plan := find(plans, Fault.MISDIRECT):
            order.pay_to = plan.text("account", "6222000000000009999")

    def _objection(self, order: Order, plans: list[Plan]) -> Refusal | None:
        if plan := find(plans, Fault.REFUSE):
            order.text = plan.text("text", "银行拒绝受理")
            return Refusal.SCRIPTED
        payer = self.state.account(order.payer)
        if payer is None or payer.kind not in {AccountKind.SUB, AccountKind.ADJUSTMENT}:
            return Refusal.NO_SUCH_ACCOUNT
        payee = self.state.account(order.payee)
        if order.source_entry and self.state.adjustable.get(order.source_entry, 0) < order.fen:
            return Refusal.NO_SUCH_SOURCE
        if payer.available < order.fen:
            return Refusal.INSUFFICIENT
        if payee is None:
            return Refusal.PAYEE_REFUSED if order.payee.endswith(REFUSED_PAYEE_ENDING) else None
        if payee.kind is not AccountKind.SUB or payee.main != payer.main:
            return Refusal.NO_SUCH_ACCOUNT
        return Refusal.NAME_MISMATCH if order.payee_name and order.payee_name != payee.name else None

    def _execution(self, order: Order) -> list[Entry]:
        inside = self.state.account(order.payee)
        kind = EntryKind.PAYMENT
        if inside is not None:
            kind = EntryKind.ADJUSTMENT if order.source_entry else EntryKind.INTERNAL
        first = self._draft(
            kind,
            order.payer,
            inside.number if inside else OUTSIDE,
            order.fen,
            counter_name=order.payee_name,
            counter_account=order.pay_to or order.payee,
            counter_bank=order.payee_bank,
            remark=order.remark,
            client_ref=order.client_ref,
            parent=order.source_entry,
        )
        debit, credit = first.debit_after, first.credit_after
        return [
            replace(first, no=first.no + n, debit_after=debit - n * order.fen, credit_after=credit + n * order.fen)
            for n in range(order.times)
        ]

    def lookup(self, client_ref: str) -> Order | None:
        """What the bank says when asked for an order. Asking counts: some orders settle or show up by being asked."""
        order = self.state.orders.get(client_ref)
        if order is None:
            return None
        order.queries += 1
        now = self.state.clock.now().isoformat()
        if order.queries <= order.hidden_queries or (order.hidden_until and now < order.hidden_until):
            return None
        asked = order.queries - order.hidden_queries
        if order.state is OrderState.PROCESSING and 0 < order.settle_after_queries <= asked:
            self.settle(client_ref)
        return order

    def settle(self, client_ref: str, *, force: bool = False) -> Order:
        """Execute an order under way. ``force``: even one the bank has refused (a bank that changes its mind)."""
        order = self._order(client_ref)
        allowed = {OrderState.PROCESSING, OrderState.APPROVAL} | ({OrderState.REFUSED} if force else set())
        if order.state not in allowed:
            raise RefusedError(Refusal.WRONG_STATE, order.state)
        entries = [entry.as_record() for entry in self._execution(order)]
        self._commit(
            "order.changed", client_ref=client_ref, state=OrderState.SETTLED, code="", text="", entries=entries
        )
        return order

    def approve(self, client_ref: str) -> Order:
        """The bank's own approval of an order that waits for it; execution follows at the next query."""
        order = self._order(client_ref)
        if order.state is not OrderState.APPROVAL:
            raise RefusedError(Refusal.WRONG_STATE, order.state)
        # Asked before the approval or not: the very next query finds it executed.
        after = order.queries - order.hidden_queries + 1
        self._commit(
            "order.changed",
            client_ref=client_ref,
            state=OrderState.PROCESSING,
            settle_after_queries=max(after, 1),
        )
        return order

    def refuse(self, client_ref: str, text: str = "银行审核不通过") -> Order:
        """End an order under way without moving money."""
        order = self._order(client_ref)
        if order.state not in {OrderState.PROCESSING, OrderState.APPROVAL}:
            raise RefusedError(Refusal.WRONG_STATE, order.state)
        self._commit("order.changed", client_ref=client_ref, state=OrderState.REFUSED, code=Refusal.SCRIPTED, text=text)
        return order

    def give_back(self, client_ref: str, *, fen: int = 0, fee_fen: int = 0, reason: str = "账号户名不符") -> Entry:
        """A payment comes back (退汇), whole or in part, with or without a fee on the same booking."""
        order = self._order(client_ref)
        if order.state is not OrderState.SETTLED or self.state.account(order.payee) is not None:
            raise RefusedError(Refusal.WRONG_STATE, order.state)
        back = self._draft(
            EntryKind.RETURNED,
            OUTSIDE,
            order.payer,
            fen or order.fen,
            counter_name=order.payee_name,
            counter_account=order.payee,
            counter_bank=order.payee_bank,
            remark=f"退汇 {reason} {order.remark}".strip(),
            parent=order.entries[0],
        )
        entries = [back]
        if fee_fen:
            fee = self._draft(EntryKind.FEE, order.payer, INCOME, fee_fen, remark="退汇手续费", parent=back.no)
            after = back.credit_after - fee_fen
            entries = [replace(back, credit_after=after), replace(fee, no=back.no + 1, debit_after=after)]
        self._commit(
            "order.changed",
            client_ref=client_ref,
            state=OrderState.RETURNED,
            entries=[entry.as_record() for entry in entries],
        )
        return self.state.entries[back.no]

    def advance(self, by: timedelta) -> None:
        """Move the bank's clock forward."""
        self._commit("clock.set", **self.state.clock.moved(by))

    def note_fault(self, action: str, client_ref: str, fault: Fault) -> None:
        """Write into the journal that a fault was committed."""
        self._commit("fault.fired", action=action, client_ref=client_ref, fault=fault)

    def _order(self, client_ref: str) -> Order:
        order = self.state.orders.get(client_ref)
        if order is None:
            raise RefusedError(Refusal.NO_SUCH_SOURCE, client_ref)
        return order

    def _draft(self, kind: EntryKind, debit: str, credit: str, fen: int, *, value_date: str = "", **more: Any) -> Entry:
        if fen <= 0:
            raise RefusedError(Refusal.BAD_AMOUNT, str(fen))
        now = self.state.clock.now()
        return Entry(
            no=self.state.last_entry_no + 1,
            kind=kind,
            debit=debit,
            credit=credit,
            fen=fen,
            booked_at=now.isoformat(timespec="seconds"),
            value_date=value_date or now.date().isoformat(),
            debit_after=self.account(debit).balance - fen,
            credit_after=self.account(credit).balance + fen,
            **more,
        )
