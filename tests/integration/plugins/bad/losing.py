"""Plugins that lose evidence: what they could not read, always or now and then."""

from dataclasses import replace
from itertools import count

from ankuan.plugin_api.bank import BankAnswer, PaymentOrder, SingleOrder
from tests.integration.plugins.bad.wrapped import BadPlugin, Wrapped


def _without_bytes(answer: BankAnswer) -> BankAnswer:
    return replace(answer, exchanges=tuple(replace(made, response=None) for made in answer.exchanges))


class LosesWhatItCannotRead(Wrapped):
    """Keeps the bytes of what it understood."""

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        answer = await super().pay(order)
        return _without_bytes(answer) if answer.alarm else answer

    async def query(self, order: SingleOrder) -> BankAnswer:
        answer = await super().query(order)
        return _without_bytes(answer) if answer.alarm else answer


_CALLS = count(1)


class LosesOneInTwenty(Wrapped):
    """Forgets the bytes now and then, whatever they said."""

    async def query(self, order: SingleOrder) -> BankAnswer:
        answer = await super().query(order)
        return answer if next(_CALLS) % 20 else _without_bytes(answer)


def loses_what_it_cannot_read() -> BadPlugin:
    return BadPlugin(LosesWhatItCannotRead)


def loses_one_in_twenty() -> BadPlugin:
    return BadPlugin(LosesOneInTwenty)
