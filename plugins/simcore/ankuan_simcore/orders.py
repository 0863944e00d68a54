"""Orders of customers, one by one and in batches, and what becomes of them."""

from collections.abc import Sequence
from datetime import timedelta

from ankuan_simcore.books import Books
from ankuan_simcore.draft import Draft
from ankuan_simcore.faults import Fault, Plan, find
from ankuan_simcore.models import (
    INCOME,
    OUTSIDE,
    AccountKind,
    Batch,
    Entry,
    EntryKind,
    Order,
    OrderState,
    Refusal,
    RefusedError,
)
from ankuan_simcore.state import UNDER_WAY

REFUSED_PAYEE_ENDING = "0000"
"""Documented test behaviour: a payee account outside the bank that ends so is refused."""


class OrderDesk(Books):
    """Takes orders, executes them, tells their fate."""

    manual_confirm = False
    """All payments wait for the bank's customer to confirm them, unless the admin API switches it off."""
    large_hours: tuple[str, str] | tuple[()] = ()
    """When the large-value system takes orders on Monday to Friday, such as ``("09:00", "17:00")``; empty: always."""

    def submit(self, order: Order, plans: list[Plan]) -> Order:
        """Take an order. Its reference is used up for ever, also by a refusal; RefusedError: nothing was recorded."""
        self._new_reference(order)
        draft = Draft(self.state)
        self._decide(order, plans, draft)
        self.commit("order.submitted", order=order.as_record(), entries=draft.records())
        return self.state.orders[order.client_ref]

    def submit_batch(self, batch_ref: str, orders: Sequence[Order], plans: list[Plan]) -> Batch:
        """Take orders together, in one record. Each row has its own fate; see ``lookup_batch`` for them.

        RefusedError, nothing recorded: the batch's reference or a row's is used up (DUPLICATE), or an amount is none.
        """
        if batch_ref in self.state.batches:
            raise RefusedError(Refusal.DUPLICATE, batch_ref)
        if not orders or len({order.client_ref for order in orders}) < len(orders):
            raise RefusedError(Refusal.DUPLICATE, "rows")
        partial = find(plans, Fault.PARTIAL_BATCH)
        draft, taken = Draft(self.state), []
        for row, order in enumerate(orders, start=1):
            self._new_reference(order)
            order.batch_ref, order.row = batch_ref, row
            if partial is not None and row in partial.rows("lost", ()):
                continue
            refused = partial is not None and row in partial.rows("refused", (1,))
            self._decide(order, [*plans, Plan(Fault.REFUSE, partial.params)] if partial and refused else plans, draft)
            if partial is not None and row in partial.rows("unmentioned", ()):
                order.unmentioned_queries = partial.number("queries", 2)
            taken.append(order)
        batch = Batch(batch_ref, orders[0].action, self._now(), [order.client_ref for order in taken])
        self.commit(
            "batch.submitted",
            batch=batch.as_record(),
            orders=[order.as_record() for order in taken],
            entries=draft.records(),
        )
        return self.state.batches[batch_ref]

    def rows(self, batch: Batch) -> list[Order]:
        """The rows of a batch as an answer shows them right now, without counting a query."""
        orders = [self.state.orders[ref] for ref in batch.refs]
        return [order for order in orders if _mentioned(batch, order)]

    def lookup_batch(self, batch_ref: str) -> list[Order] | None:
        """What the bank says when asked for a batch: the rows it mentions. It counts as a query of each row."""
        batch = self.state.batches.get(batch_ref)
        if batch is None:
            return None
        batch.queries += 1
        seen = [self.lookup(ref) for ref in batch.refs]
        told = [order for order in seen if order is not None and _mentioned(batch, order)]
        return told if told or any(order is not None for order in seen) else None

    def _now(self) -> str:
        return self.state.clock.now().isoformat(timespec="seconds")

    def _new_reference(self, order: Order) -> None:
        if order.client_ref in self.state.orders:
            raise RefusedError(Refusal.DUPLICATE, order.client_ref)
        if order.fen <= 0:
            raise RefusedError(Refusal.BAD_AMOUNT, str(order.fen))

    def _decide(self, order: Order, plans: list[Plan], draft: Draft) -> None:
        order.payer, order.payee = self.standing(order.payer), self.standing(order.payee)
        self._shape(order, plans)
        reason = self._objection(order, plans, draft)
        if reason is not None:
            order.state, order.code = OrderState.REFUSED, reason
        elif order.state is OrderState.SETTLED:
            draft.execute(order)
        else:
            draft.reserve(order)

    def _shape(self, order: Order, plans: list[Plan]) -> None:
        """Let the faults decide how this order will fare."""
        order.state = OrderState.SETTLED
        if plan := find(plans, Fault.PROCESSING):
            order.state, order.settle_after_queries = OrderState.PROCESSING, plan.number("queries", 1)
        if find(plans, Fault.APPROVAL) or (self.waits_for_confirmation and self.state.account(order.payee) is None):
            order.state = OrderState.APPROVAL
        if plan := find(plans, Fault.HIDE):
            order.hidden_queries = plan.number("queries", 0 if "seconds" in plan.params else 2)
            until = self.state.clock.now() + timedelta(seconds=plan.number("seconds", 0))
            order.hidden_until = until.isoformat() if "seconds" in plan.params else ""
        if find(plans, Fault.PAY_TWICE):
            order.times = 2
        if plan := find(plans, Fault.MISDIRECT):
            order.pay_to = plan.text("account", "6222000000000009999")

    @property
    def waits_for_confirmation(self) -> bool:
        """Whether payments wait for approval by default."""
        switched = self.state.manual_confirm
        return self.manual_confirm if switched is None else switched

    def _objection(self, order: Order, plans: list[Plan], draft: Draft) -> Refusal | None:
        if plan := find(plans, Fault.REFUSE):
            order.text = plan.text("text", "银行拒绝受理")
            return Refusal.SCRIPTED
        if find(plans, Fault.OUT_OF_HOURS) or self._after_hours(order):
            return Refusal.OUT_OF_HOURS
        payer = self.state.account(order.payer)
        if payer is None or payer.closed or payer.kind not in {AccountKind.SUB, AccountKind.ADJUSTMENT}:
            return Refusal.NO_SUCH_ACCOUNT
        if order.source_entry and draft.adjustable(order.source_entry) < order.fen:
            return Refusal.NO_SUCH_SOURCE
        if draft.available(order.payer) < order.fen:
            return Refusal.INSUFFICIENT
        payee = self.state.account(order.payee)
        if payee is None:
            return self._outside_objection(order)
        if payee.kind not in {AccountKind.SUB, AccountKind.ADJUSTMENT} or payee.main != payer.main or payee.closed:
            return Refusal.NO_SUCH_ACCOUNT
        if payee.number == payer.number or (order.source_entry and payee.kind is not AccountKind.SUB):
            return Refusal.NO_SUCH_ACCOUNT
        named = payee.name if payee.kind is AccountKind.SUB else ""
        return Refusal.NAME_MISMATCH if order.payee_name and named and order.payee_name != named else None

    def _outside_objection(self, order: Order) -> Refusal | None:
        name, state = self.state.payees.get(order.payee, ("", "open"))
        if order.payee.endswith(REFUSED_PAYEE_ENDING) or state != "open":
            return Refusal.PAYEE_REFUSED
        return Refusal.NAME_MISMATCH if name and name != order.payee_name else None

    def _after_hours(self, order: Order) -> bool:
        hours = self.large_hours if self.state.large_hours is None else self.state.large_hours
        if order.channel != "large" or not hours:
            return False
        opens, closes = hours
        now = self.state.clock.now()
        return now.weekday() >= 5 or not opens <= now.strftime("%H:%M") < closes

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
        if order.state not in UNDER_WAY | ({OrderState.REFUSED} if force else set()):
            raise RefusedError(Refusal.WRONG_STATE, order.state)
        draft = Draft(self.state)
        draft.execute(order)
        self.commit(
            "order.changed", client_ref=client_ref, state=OrderState.SETTLED, code="", text="", entries=draft.records()
        )
        return order

    def approve(self, client_ref: str) -> Order:
        """The bank's own approval of an order that waits for it; execution follows at the next query."""
        order = self._order(client_ref)
        if order.state is not OrderState.APPROVAL:
            raise RefusedError(Refusal.WRONG_STATE, order.state)
        # Asked before the approval or not: the very next query finds it executed.
        after = order.queries - order.hidden_queries + 1
        self.commit(
            "order.changed",
            client_ref=client_ref,
            state=OrderState.PROCESSING,
            settle_after_queries=max(after, 1),
        )
        return order

    def refuse(self, client_ref: str, text: str = "银行审核不通过") -> Order:
        """End an order under way without moving money."""
        order = self._order(client_ref)
        if order.state not in UNDER_WAY:
            raise RefusedError(Refusal.WRONG_STATE, order.state)
        self.commit("order.changed", client_ref=client_ref, state=OrderState.REFUSED, code=Refusal.SCRIPTED, text=text)
        return order

    def give_back(
        self, client_ref: str, *, fen: int = 0, fee_fen: int = 0, reason: str = "账号户名不符", bank_ref: str = ""
    ) -> Entry:
        """A payment comes back (退汇): whole, in part or with more, with or without a fee, under a new reference.

        Days later: advance the clock before.
        """
        order = self._order(client_ref)
        if order.state is not OrderState.SETTLED or self.state.account(order.payee) is not None:
            raise RefusedError(Refusal.WRONG_STATE, order.state)
        draft = Draft(self.state)
        back = draft.book(
            EntryKind.RETURNED,
            OUTSIDE,
            order.payer,
            fen or order.fen,
            counter_name=order.payee_name,
            counter_account=order.payee,
            counter_bank=order.payee_bank,
            remark=f"退汇 {reason} {order.remark}".strip(),
            parent=order.entries[0],
            bank_ref=bank_ref,
        )
        if fee_fen:
            draft.book(EntryKind.FEE, order.payer, INCOME, fee_fen, remark="退汇手续费", parent=back.no)
        self.commit("order.changed", client_ref=client_ref, state=OrderState.RETURNED, entries=draft.records())
        return self.state.entries[back.no]

    def _order(self, client_ref: str) -> Order:
        order = self.state.orders.get(client_ref)
        if order is None:
            raise RefusedError(Refusal.NO_SUCH_SOURCE, client_ref)
        return order


def _mentioned(batch: Batch, order: Order) -> bool:
    return not order.unmentioned_queries or batch.queries > order.unmentioned_queries
