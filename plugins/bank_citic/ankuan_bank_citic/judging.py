"""What became of an order: the bank's answers, held against its own books."""

from collections.abc import Callable
from datetime import date

from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.errors import BankRefused, MalformedAnswer, PluginError
from ankuan.plugin_api.evidence import Expected, Verdict, weigh
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_citic.batches import row_verdict, submitted_rows
from ankuan_bank_citic.books import Trace, bookings
from ankuan_bank_citic.mapping import BadValue, query_verdict
from ankuan_bank_citic.messages import Answer, Malformed, parse
from ankuan_bank_citic.session import Session


def judged(made: RawExchange, judge: Callable[[Answer], Verdict]) -> Verdict:
    """UNKNOWN for whatever did not arrive whole; an alarm when what arrived can't be understood."""
    if made.note or made.response is None:
        return Verdict(AnswerState.UNKNOWN, message=made.note)
    try:
        return judge(parse(made.response))
    except Malformed as broken:
        return _unreadable(broken)


def judged_rows(made: RawExchange, count: int) -> list[Verdict]:
    """The same for each row of a batch."""
    if made.note or made.response is None:
        return [Verdict(AnswerState.UNKNOWN, message=made.note)] * count
    try:
        return submitted_rows(parse(made.response), count)
    except (Malformed, BadValue) as broken:
        return [_unreadable(broken)] * count


async def fate(session: Session, trace: Trace, batch_ref: str | None, today: date) -> Verdict:
    """A final word is believed only with the books behind it. Raises nothing of the wire."""
    if batch_ref is None:
        made = await session.exchange("DLCIDSTT", {"clientID": trace.client_ref, "type": trace.action})
        verdict = judged(made, query_verdict)
    else:
        verdict = await _row(session, trace, batch_ref, today)
    if verdict.state not in {AnswerState.SETTLED, AnswerState.REFUSED}:
        return verdict
    expected = Expected(trace.client_ref, trace.amount, trace.counter)
    return weigh(verdict, expected, await bookings(session, trace, today))


async def _row(session: Session, trace: Trace, batch_ref: str, today: date) -> Verdict:
    try:
        return await row_verdict(session, trace, batch_ref, today)
    except MalformedAnswer as broken:
        return _unreadable(broken)
    except BankRefused as refused:
        return Verdict(AnswerState.UNKNOWN, refused.code, str(refused))
    except PluginError as failure:
        return Verdict(AnswerState.UNKNOWN, message=str(failure))


def _unreadable(broken: Exception) -> Verdict:
    return Verdict(AnswerState.UNKNOWN, message=str(broken), alarm=f"银行应答无法识别：{broken}")
