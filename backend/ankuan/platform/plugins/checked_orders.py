"""Answers to orders: one that is not what the contract says is ``unknown``, with an alarm, and its evidence kept."""

from ankuan.platform.plugins.checks import Malformed, all_exchanges, day, good_exchanges, items, of_type, text
from ankuan.platform.plugins.checks import text_or_none as maybe
from ankuan.plugin_api.bank import AnswerState, BankAnswer, BatchAnswer
from ankuan.plugin_api.wire import RawExchange

NO_ANSWER = "time limit exceeded"


def unknown(
    message: str = "", *, alarm: str | None = None, exchanges: tuple[RawExchange, ...] = (), code: str = ""
) -> BankAnswer:
    """What everything is that proves nothing."""
    return BankAnswer(AnswerState.UNKNOWN, code, message, exchanges=exchanges, alarm=alarm)


def checked_answer(value: object, *, submit: bool) -> BankAnswer:
    """The answer, if every field is what it must be. ``not_found`` is no answer to a submission."""
    if not isinstance(value, BankAnswer):
        return unknown(alarm=f"plugin answered {type(value).__name__[:60]}")
    try:
        of_type(value.state, AnswerState, "state")
        text(value.code, "code", most=200)
        text(value.message, "message")
        maybe(value.bank_ref, "bank_ref", most=200)
        if value.booked_on is not None:
            day(value.booked_on, "booked_on")
        if value.alarm is not None:
            text(value.alarm, "alarm")
        all_exchanges(value.exchanges)
    except Malformed as wrong:
        exchanges, _ = good_exchanges(value.exchanges)
        return unknown(alarm=f"plugin answer is malformed: {wrong}", exchanges=exchanges)
    if submit and value.state is AnswerState.NOT_FOUND:
        return unknown(value.message, exchanges=value.exchanges, code=value.code)
    return value


def checked_batch(value: object, size: int) -> BatchAnswer:
    """As many answers as there were orders; otherwise none of them can be laid to an order."""
    if not isinstance(value, BatchAnswer):
        return unknown_batch(size, alarm=f"plugin answered {type(value).__name__[:60]}")
    exchanges, is_whole = good_exchanges(value.exchanges)
    try:
        answers = items(value.answers, "answers", most=size)
    except Malformed:
        answers = ()
    if len(answers) != size or not is_whole:
        return unknown_batch(size, alarm="plugin answered another number of orders", exchanges=exchanges)
    return BatchAnswer(tuple(checked_answer(one, submit=True) for one in answers), exchanges)


def unknown_batch(
    size: int, message: str = "", *, alarm: str | None = None, exchanges: tuple[RawExchange, ...] = ()
) -> BatchAnswer:
    """Nothing is known of any order of the batch."""
    return BatchAnswer((unknown(message, alarm=alarm),) * size, exchanges)


def has_heard_nothing(answer: BankAnswer | BatchAnswer) -> bool:
    """Whether the bank said nothing at all: unknown, and no byte came back."""
    if isinstance(answer, BatchAnswer):
        states, exchanges = [one.state for one in answer.answers], answer.exchanges
    else:
        states, exchanges = [answer.state], answer.exchanges
    return all(state is AnswerState.UNKNOWN for state in states) and all(one.response is None for one in exchanges)
