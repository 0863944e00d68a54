"""Defects of paying and asking. Each class is one."""

import asyncio
from dataclasses import replace

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AdjustmentOrder, AnswerState, BankAnswer, PaymentOrder, SingleOrder
from ankuan_bank_citic.mapping import query_verdict
from ankuan_bank_citic.messages import Malformed, parse
from tests.integration.plugins.bad.wrapped import Wrapped

A = AnswerState


class SettlesOnTimeOut(Wrapped):
    """No news is good news."""

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        answer = await super().pay(order)
        silent = answer.state is A.UNKNOWN and answer.exchanges[-1].response is None
        return replace(answer, state=A.SETTLED) if silent else answer


class RefusesOnTimeOut(Wrapped):
    """No news is a refusal."""

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        answer = await super().pay(order)
        return replace(answer, state=A.REFUSED) if answer.state is A.UNKNOWN else answer


class RefusesOnDuplicate(Wrapped):
    """Takes "duplicate reference" for a refusal."""

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        answer = await super().pay(order)
        return replace(answer, state=A.REFUSED) if answer.code == "BKE0067" else answer


class NewReferenceOnRetry(Wrapped):
    """Makes a reference of its own when one is refused as used."""

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        answer = await super().pay(order)
        if answer.code == "BKE0067":
            return await super().pay(replace(order, client_ref="7" + order.client_ref[1:]))
        return answer


class SendsTwice(Wrapped):
    """Makes sure that it arrives."""

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        await super().pay(replace(order, client_ref="6" + order.client_ref[1:]))
        return await super().pay(order)


class AddsAFen(Wrapped):
    """Rounds up."""

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        return await super().pay(replace(order, amount=Money(order.amount.fen + 1)))


class SwapsThePayee(Wrapped):
    """Pays somebody else."""

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        return await super().pay(replace(order, payee_account="6217000000008888888"))


class CutsNames(Wrapped):
    """Makes names fit."""

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        return await super().pay(replace(order, payee_name=order.payee_name[:6]))


class CutsReferences(Wrapped):
    """Sends the last eighteen characters of a reference only."""

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        return await super().pay(replace(order, client_ref=order.client_ref[-18:]))

    async def query(self, order: SingleOrder) -> BankAnswer:
        return await super().query(replace(order, client_ref=order.client_ref[-18:]))


class WritesAnything(Wrapped):
    """Replaces what the bank cannot write."""

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        name = order.payee_name.encode("gbk", errors="replace").decode("gbk")
        return await super().pay(replace(order, payee_name=name))


class RaisesOnNonsense(Wrapped):
    """Lets a broken answer to a payment out as an exception."""

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        answer = await super().pay(order)
        if answer.alarm:
            raise ValueError(answer.alarm)
        return answer


class ReadsThroughTheNoise(Wrapped):
    """Decodes with ``errors="replace"`` and looks for the code that it hopes for, wherever it stands."""

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        answer = await super().pay(order)
        text = (answer.exchanges[-1].response or b"").decode("gbk", errors="replace")
        hoped = answer.state is A.UNKNOWN and "<status>AAAAAAA</status>" in text
        return replace(answer, state=A.ACCEPTED, alarm=None) if hoped else answer


class KeepsSilent(Wrapped):
    """Never raises an alarm."""

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        return replace(await super().pay(order), alarm=None)

    async def query(self, order: SingleOrder) -> BankAnswer:
        return replace(await super().query(order), alarm=None)


class HidesExchanges(Wrapped):
    """Keeps no evidence."""

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        return replace(await super().pay(order), exchanges=())


class TrustsTheOuterStatus(Wrapped):
    """Takes "the query ran" for "it is paid"."""

    async def query(self, order: SingleOrder) -> BankAnswer:
        answer = await super().query(order)
        ran = b"<stream><status>AAAAAAA</status>" in (answer.exchanges[0].response or b"")
        return replace(answer, state=A.SETTLED, alarm=None) if ran else answer


class BelievesWithoutBooks(Wrapped):
    """Takes the bank's word without looking at the account."""

    async def query(self, order: SingleOrder) -> BankAnswer:
        answer = await super().query(order)
        first = answer.exchanges[0]
        if first.note or first.response is None:
            return answer
        try:
            verdict = query_verdict(parse(first.response))
        except Malformed:
            return answer
        return replace(answer, state=verdict.state, alarm=None)


class TakesAnotherOrdersAnswer(Wrapped):
    """Does not compare amount and payee."""

    async def query(self, order: SingleOrder) -> BankAnswer:
        answer = await super().query(order)
        return replace(answer, state=A.SETTLED, alarm=None) if "不符" in (answer.alarm or "") else answer


class NotFoundIsRefused(Wrapped):
    """Takes "not found" for "never paid"."""

    async def query(self, order: SingleOrder) -> BankAnswer:
        answer = await super().query(order)
        return replace(answer, state=A.REFUSED) if answer.state is A.NOT_FOUND else answer


class ProcessingIsSettled(Wrapped):
    """Takes "on its way" for "arrived"."""

    async def query(self, order: SingleOrder) -> BankAnswer:
        answer = await super().query(order)
        return replace(answer, state=A.SETTLED) if answer.state is A.ACCEPTED else answer


class RefusesWhatWasRefusedOnce(Wrapped):
    """Remembers a refusal for ever."""

    refused: frozenset[str] = frozenset()

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        answer = await super().pay(order)
        if answer.state is A.REFUSED:
            self.refused |= {order.client_ref}
        return answer

    async def query(self, order: SingleOrder) -> BankAnswer:
        answer = await super().query(order)
        return replace(answer, state=A.REFUSED) if order.client_ref in self.refused else answer


class PaysOneAtATimeAndMixesThemUp(Wrapped):
    """Keeps the order in a field shared by all calls."""

    order: PaymentOrder | None = None

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        self.order = order
        await asyncio.sleep(0.01)
        return await super().pay(self.order)


class AdjustsNothing(Wrapped):
    """Says that it has been sent."""

    async def adjust(self, order: AdjustmentOrder) -> BankAnswer:
        return BankAnswer(A.ACCEPTED, code="AAAAAAA")
