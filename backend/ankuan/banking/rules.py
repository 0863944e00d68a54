"""What to do with what is learnt about an order at a bank. PURE: no clock, no database, no network.

What is known of an order only grows: facts are joined, and the state is a function of what is known. Therefore the
order in which facts arrive does not matter (failures §1.1: a lattice, settled above refused above everything else).

Unknown ends only by the bank's positive word. An order is sent again only after a query that was asked when the
finality window since the last send had passed has not found it, and only if the bank has never said a word of it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from ankuan.banking.transitions import LIFE, InstructionEvent, InstructionState
from ankuan.plugin_api.bank import AnswerState

S, E = InstructionState, InstructionEvent
_WORDS: Final = {AnswerState.ACCEPTED: S.ACCEPTED, AnswerState.AWAITING_BANK: S.AWAITING_BANK}


@dataclass(frozen=True, slots=True)
class InstructionLife:
    """What is known of an order. ``sends`` counts submissions begun, ``sent`` those that may have reached the bank.

    ``word``: the bank's latest word that it has the order (by the moment it was asked). ``not_found_at``: when the
    latest query that did not find the order was asked. ``refused_first``, ``refused_last``: the lowest and the highest
    number of a submission that was answered by a refusal.
    """

    state: InstructionState = S.READY
    sends: int = 0
    sent: int = 0
    first_sent_at: datetime | None = None
    last_sent_at: datetime | None = None
    word: AnswerState | None = None
    word_at: datetime | None = None
    refused_at: datetime | None = None
    refused_first: int | None = None
    refused_last: int | None = None
    not_found_at: datetime | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Times of one bank. ``lease``: the longest a worker may take from the intent to the end of the call.

    ``query_after``: the bank is not to be asked sooner after a submission. ``answers_queries``: without it the bank is
    never asked; its statements decide, and people are told when they don't.
    """

    finality_window: timedelta
    lease: timedelta = timedelta(seconds=40)
    answers_queries: bool = True
    query_after: timedelta = timedelta(0)
    soonest_query: timedelta = timedelta(seconds=2)
    rarest_query: timedelta = timedelta(hours=1)
    alarm_after: timedelta = timedelta(hours=2)
    try_again_after: timedelta = timedelta(seconds=30)
    look_again_after: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SendStarted:
    """A worker is about to send; from now on the bank may have the order."""

    at: datetime


@dataclass(frozen=True, slots=True)
class NotSent:
    """The worker knows that no byte of this try left. ``final``: it never can (the format can't express it)."""

    at: datetime
    final: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """Somebody answerable objected before a try began: the order shall never leave (again)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Submitted:
    """The answer to submission number ``attempt``."""

    attempt: int
    answer: AnswerState
    at: datetime


@dataclass(frozen=True, slots=True)
class Queried:
    """The answer to a query that was asked at ``asked_at``."""

    answer: AnswerState
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """Nothing was asked, since the bank answers no queries; only time has passed."""

    at: datetime


@dataclass(frozen=True, slots=True)
class LeaseLost:
    """The worker of submission number ``attempt`` did not come back in time."""

    attempt: int
    at: datetime


@dataclass(frozen=True, slots=True)
class LineSeen:
    """A booking that names this order. ``exact``: amount and account are the ordered ones. ``again``: not the first."""

    exact: bool
    again: bool
    at: datetime


Fact = SendStarted | NotSent | Stopped | Submitted | Queried | Looked | LeaseLost | LineSeen


class MoneyEffect(StrEnum):
    """What follows for the money reserved for the order."""

    NONE = "none"
    SETTLE = "settle"
    RETURN = "return"
    SETTLED_AFTER_REFUSAL = "settled_after_refusal"
    """The reservation was given back, and now the money has left all the same: it must be taken again."""


class AlarmKind(StrEnum):
    """Why a person must look."""

    OVERDUE = "instruction_overdue"
    SETTLED_AFTER_REFUSAL = "instruction_settled_after_refusal"
    CONTRADICTION = "instruction_contradiction"
    LOST_BY_BANK = "instruction_lost_by_bank"
    PAID_TWICE = "instruction_paid_twice"
    LINE_DIFFERS = "instruction_line_differs"
    NEVER_SENT = "instruction_executed_unsent"
    CANNOT_SEND = "instruction_cannot_send"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is known now and what follows. Nothing else may be done with an order than what stands here.

    At most one of ``send_at`` and ``query_at`` is set; neither when nothing is left to do.
    """

    life: InstructionLife
    money: MoneyEffect
    send_at: datetime | None = None
    query_at: datetime | None = None
    alarms: frozenset[AlarmKind] = field(default_factory=frozenset)

    @property
    def next_state(self) -> InstructionState:
        """The state after the fact."""
        return self.life.state

    @property
    def resend_allowed(self) -> bool:
        """Whether the order may be submitted (again), with the same reference."""
        return self.send_at is not None


def decide(life: InstructionLife, fact: Fact, policy: Policy, now: datetime) -> Decision:
    """Join a fact to what is known. Raises ``IllegalTransition`` for a send out of turn."""
    if isinstance(fact, SendStarted):
        LIFE.next(life.state, E.SEND)
    in_flight = _in_flight(life, fact)
    known = _learn(life, fact)
    state = _state(known, in_flight=in_flight, policy=policy)
    if state is not life.state:
        LIFE.next(life.state, _event(life.state, state))
    after = replace(known, state=state)
    send_at, query_at = _schedule(after, fact, policy, now)
    return Decision(after, _money(life.state, state), send_at, query_at, _alarms(life, after, fact, policy, now))


def _in_flight(life: InstructionLife, fact: Fact) -> bool:
    """Whether a submission is still awaited after the fact."""
    match fact:
        case SendStarted():
            return True
        case NotSent():
            return False
        case Submitted(attempt=attempt) | LeaseLost(attempt=attempt):
            return life.state is S.SENDING and attempt != life.sends
        case _:
            return life.state is S.SENDING


def _learn(life: InstructionLife, fact: Fact) -> InstructionLife:
    match fact:
        case SendStarted(at=at):
            return replace(
                life,
                sends=life.sends + 1,
                sent=life.sent + 1,
                # Tries of which no byte left do not count: banks want to hear the day on which they got the order.
                first_sent_at=at if life.sent == 0 else _earliest(life.first_sent_at, at),
                last_sent_at=_latest(life.last_sent_at, at),
            )
        case NotSent(at=at, final=final):
            sent = life.sent - 1
            # Refused by ourselves, which is final only if no earlier try can have reached the bank.
            return replace(life, sent=sent, refused_at=at if final and sent == 0 else life.refused_at)
        case Stopped(at=at):
            # Only what is ready can be stopped: never sent, or proven not to have arrived.
            return replace(life, refused_at=at) if life.state is S.READY else life
        case Submitted(attempt=number, answer=AnswerState.REFUSED):
            first, last = life.refused_first or number, life.refused_last or number
            return replace(life, refused_first=min(first, number), refused_last=max(last, number))
        case Submitted(answer=answer, at=at):
            return _hear(life, answer, at)
        case Queried(answer=AnswerState.REFUSED, asked_at=at):
            return replace(life, refused_at=_earliest(life.refused_at, at))
        case Queried(answer=AnswerState.NOT_FOUND, asked_at=at):
            return replace(life, not_found_at=_latest(life.not_found_at, at))
        case Queried(answer=answer, asked_at=at):
            return _hear(life, answer, at)
        case LineSeen(exact=True, at=at):
            return replace(life, settled_at=_earliest(life.settled_at, at))
        case LineSeen(at=at):
            # Something was executed under our reference: never send it again, whatever queries say.
            return _hear(life, AnswerState.ACCEPTED, at)
        case _:
            return life


def _hear(life: InstructionLife, answer: AnswerState, at: datetime) -> InstructionLife:
    if answer is AnswerState.SETTLED:
        return replace(life, settled_at=_earliest(life.settled_at, at))
    if answer in _WORDS and (life.word_at is None or (at, answer) >= (life.word_at, life.word)):
        return replace(life, word=answer, word_at=at)
    return life


def _state(known: InstructionLife, *, in_flight: bool, policy: Policy) -> InstructionState:
    if known.settled_at is not None:
        return S.SETTLED
    if known.refused_at is not None or _is_refused_by_submissions(known):
        return S.REFUSED
    if in_flight:
        return S.SENDING
    if known.sent == 0 and known.word is None:
        return S.READY
    if known.word is not None:
        return _WORDS[known.word]
    return S.READY if _proven_absent(known, policy) else S.UNKNOWN


def _is_refused_by_submissions(known: InstructionLife) -> bool:
    """Whether answers to submissions alone prove the refusal.

    The answer to the only submission does. After an earlier one whose fate is open it proves nothing: "balance too
    low" may be the consequence of that one's execution. Only a second refusal, which presupposes another proof of
    absence in between, is believed (for banks whose queries do not know what they refused).
    """
    if known.refused_first is None or known.refused_last is None:
        return False
    return known.sent <= 1 or known.refused_first < known.refused_last


def _proven_absent(known: InstructionLife, policy: Policy) -> bool:
    end = _window_end(known, policy)
    return end is not None and known.not_found_at is not None and known.not_found_at >= end


def _window_end(known: InstructionLife, policy: Policy) -> datetime | None:
    """From when on "not found" means something: the bytes may leave as late as the lease ends."""
    if known.last_sent_at is None:
        return None
    return known.last_sent_at + policy.lease + policy.finality_window


def _event(before: InstructionState, after: InstructionState) -> InstructionEvent:
    if after is S.READY:
        return E.NOT_SENT if before is S.SENDING else E.CLEAR_FOR_RESEND
    return {
        S.SENDING: E.SEND,
        S.ACCEPTED: E.ACCEPT,
        S.AWAITING_BANK: E.AWAIT,
        S.SETTLED: E.SETTLE,
        S.REFUSED: E.REFUSE,
        S.UNKNOWN: E.LOSE_SIGHT,
    }[after]


def _money(before: InstructionState, after: InstructionState) -> MoneyEffect:
    if before is after:
        return MoneyEffect.NONE
    if after is S.SETTLED:
        return MoneyEffect.SETTLED_AFTER_REFUSAL if before is S.REFUSED else MoneyEffect.SETTLE
    return MoneyEffect.RETURN if after is S.REFUSED else MoneyEffect.NONE


def _schedule(
    after: InstructionLife, fact: Fact, policy: Policy, now: datetime
) -> tuple[datetime | None, datetime | None]:
    match after.state:
        case S.SETTLED:
            return None, None
        case S.READY:
            return (now + policy.try_again_after if isinstance(fact, NotSent) else now), None
        case S.SENDING:
            return None, now  # due as soon as the lease is over
        case S.REFUSED:
            return None, _second_look(after, fact, policy, now)
        case _:
            is_urgent = isinstance(fact, LeaseLost) and policy.answers_queries
            return None, _allowed(now, after, policy) if is_urgent else _next_query(after, policy, now)


def _next_query(after: InstructionLife, policy: Policy, now: datetime) -> datetime:
    """Seconds at first, then ever more rarely: half of the order's age, within bounds."""
    if not policy.answers_queries:
        return _next_look(after, policy, now)
    age = now - (after.last_sent_at or now)
    at = now + min(max(age / 2, policy.soonest_query), policy.rarest_query)
    end = _window_end(after, policy)
    return _allowed(end if end is not None and now < end < at else at, after, policy)


def _next_look(after: InstructionLife, policy: Policy, now: datetime) -> datetime:
    """When people must be told that nothing has been heard; then once a day."""
    alarm_at = (after.first_sent_at or now) + policy.alarm_after
    return alarm_at if now < alarm_at else now + policy.look_again_after


def _allowed(at: datetime, after: InstructionLife, policy: Policy) -> datetime:
    """Not sooner than the bank wants to be asked."""
    return at if after.last_sent_at is None else max(at, after.last_sent_at + policy.query_after)


def _second_look(after: InstructionLife, fact: Fact, policy: Policy, now: datetime) -> datetime | None:
    """A refusal is looked at once more when the window is over: some banks execute what they refused (D11)."""
    end = _window_end(after, policy)
    if end is None or after.sent == 0 or not policy.answers_queries:
        return None
    if now < end:
        return _allowed(end, after, policy)
    is_confirmed = isinstance(fact, Queried) and fact.answer in {AnswerState.REFUSED, AnswerState.NOT_FOUND}
    return None if is_confirmed else _next_query(after, policy, now)


def _alarms(
    before: InstructionLife, after: InstructionLife, fact: Fact, policy: Policy, now: datetime
) -> frozenset[AlarmKind]:
    alarms: set[AlarmKind] = set()
    if before.state is S.REFUSED and after.state is S.SETTLED:
        alarms.add(AlarmKind.SETTLED_AFTER_REFUSAL)
    if after.state is S.SETTLED and after.sends == 0:
        alarms.add(AlarmKind.NEVER_SENT)
    if isinstance(fact, LineSeen):
        if not fact.exact:
            alarms.add(AlarmKind.LINE_DIFFERS)
        elif fact.again:
            alarms.add(AlarmKind.PAID_TWICE)
    if isinstance(fact, Submitted | Queried):
        refused, has_it = fact.answer is AnswerState.REFUSED, fact.answer in _WORDS
        if (before.state is S.SETTLED and refused) or (after.state is S.REFUSED and has_it):
            alarms.add(AlarmKind.CONTRADICTION)
    if isinstance(fact, NotSent) and fact.final:
        alarms.add(AlarmKind.CANNOT_SEND)
    if after.state not in {S.SETTLED, S.REFUSED}:
        if after.word is not None and _proven_absent(after, policy):
            alarms.add(AlarmKind.LOST_BY_BANK)
        if _is_overdue(after, fact, policy, now):
            alarms.add(AlarmKind.OVERDUE)
    return frozenset(alarms)


def _is_overdue(after: InstructionLife, fact: Fact, policy: Policy, now: datetime) -> bool:
    if isinstance(fact, NotSent) and after.sends * policy.try_again_after >= policy.alarm_after:
        return True  # tried for so long, and nothing ever left
    return after.first_sent_at is not None and now - after.first_sent_at >= policy.alarm_after


def _earliest(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)


def _latest(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
