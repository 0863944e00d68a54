"""The breaker and the bucket, by a clock that tests move (failures D22, D23)."""

import random
from bisect import bisect_left
from dataclasses import dataclass

import pytest

from ankuan.platform.plugins.circuit import FAILURES, LONGEST_PAUSE, Circuit, CircuitState, TokenBucket


@dataclass
class Clock:
    at: float = 1_000.0

    def __call__(self) -> float:
        return self.at


def broken(clock: Clock, jitter: float = 0.0) -> Circuit:
    circuit = Circuit(clock, jitter=lambda: jitter)
    for _ in range(FAILURES):
        assert circuit.admit()
        circuit.failed()
    return circuit


def test_failures_in_a_row_open_it_and_one_success_between_does_not() -> None:
    circuit = Circuit(Clock())
    for _ in range(3):
        for _ in range(FAILURES - 1):
            assert not circuit.failed()
        circuit.succeeded()
    assert circuit.state is CircuitState.CLOSED
    assert broken(Clock()).state is CircuitState.OPEN


def test_while_open_nothing_goes_but_one_query_at_a_time() -> None:
    circuit = broken(Clock())
    assert not circuit.admit()
    assert circuit.admit(probe=True)
    assert circuit.state is CircuitState.HALF_OPEN
    assert not circuit.admit(probe=True)
    assert not circuit.admit()


def test_after_the_pause_one_call_tries_and_its_success_closes_it() -> None:
    clock = Clock()
    circuit = broken(clock)
    clock.at = circuit.retry_at
    assert circuit.admit()
    assert not circuit.admit()
    assert circuit.succeeded()
    assert [circuit.admit() for _ in range(100)] == [True] * 100


def test_each_failed_probe_lengthens_the_pause_up_to_a_minute() -> None:
    clock = Clock()
    circuit = broken(clock)
    pauses = []
    for _ in range(8):
        pauses.append(circuit.retry_at - clock.at)
        clock.at = circuit.retry_at
        assert circuit.admit()
        assert circuit.failed()
    assert pauses[:5] == [2, 4, 8, 16, 32]
    assert set(pauses[5:]) == {LONGEST_PAUSE}


def test_processes_do_not_come_back_at_one_moment() -> None:
    clock, chance = Clock(), random.Random(7)
    moments = {broken(clock, chance.random()).retry_at for _ in range(100)}
    assert len(moments) == 100
    assert max(moments) - min(moments) <= 1.0
    assert min(moments) >= clock.at + 2


def test_a_probe_that_never_comes_back_does_not_close_the_door_for_good() -> None:
    clock = Clock()
    circuit = broken(clock)
    clock.at = circuit.retry_at
    assert circuit.admit()
    clock.at += 61
    assert circuit.admit()


def test_a_call_that_was_cancelled_frees_the_probes_place_and_says_nothing() -> None:
    clock = Clock()
    circuit = broken(clock)
    clock.at = circuit.retry_at
    assert circuit.admit()
    circuit.let_go()
    assert circuit.state is CircuitState.OPEN
    assert circuit.admit()


def test_answers_of_calls_begun_before_it_opened_change_no_pause() -> None:
    circuit = broken(Clock())
    before = circuit.retry_at
    for _ in range(10):
        assert not circuit.failed()
    assert circuit.retry_at == before


@pytest.mark.parametrize(("rate", "burst"), [(50.0, 50.0), (10.0, 5.0), (3.0, 1.0)])
def test_d23_ten_thousand_that_waited_for_the_bank_come_at_its_rate(rate: float, burst: float) -> None:
    clock = Clock()
    bucket = TokenBucket(rate, burst, clock)
    sent: list[float] = []
    waiting = 10_000
    while waiting:
        # A worker asks for a turn; one that would have to wait too long comes again a moment later.
        wait = bucket.take(longest_wait=2.0)
        if wait is None:
            clock.at += 0.05
            continue
        sent.append(clock.at + wait)
        waiting -= 1
    assert len(sent) == 10_000
    most = max(_in_window(sent, start, 1.0) for start in sent[::7])
    assert most <= burst + rate + 1
    steady = [moment for moment in sent if moment >= sent[0] + 1.0]
    assert max(_in_window(steady, start, 1.0) for start in steady[::7]) <= rate + 1
    whole = sent[-1] - sent[0]
    assert whole == pytest.approx((10_000 - burst) / rate, rel=0.02), "and no slower than it may"


def _in_window(moments: list[float], start: float, length: float) -> int:
    return bisect_left(moments, start + length) - bisect_left(moments, start)


def test_a_turn_that_is_too_far_off_is_not_taken() -> None:
    clock = Clock()
    bucket = TokenBucket(1.0, 1.0, clock)
    assert bucket.take(longest_wait=0.5) == 0
    assert bucket.take(longest_wait=0.5) is None
    assert bucket.take(longest_wait=1.0) == pytest.approx(1.0)
    assert bucket.take(longest_wait=1.5) is None
    clock.at += 2
    assert bucket.take(longest_wait=0.5) == 0
