"""Ids, digests and clocks."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankuan.kernel import ids
from ankuan.kernel.clock import SHANGHAI, Clock, FixedClock, SystemClock, business_date
from ankuan.kernel.ids import canonical_json, content_digest, digest, new_id, new_token
from ankuan.kernel.money import Money

NAIVE = datetime(2026, 11, 21, tzinfo=UTC).replace(tzinfo=None)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_ids_are_uuid_version_7_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= after + 1


def test_ids_rise_strictly_in_one_thread() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_ids_are_unique_over_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = [each for part in pool.map(lambda _: [new_id() for _ in range(5_000)], range(4)) for each in part]
    assert len(set(made)) == 20_000


def test_ids_rise_when_the_clock_steps_back_and_when_a_millisecond_is_used_up() -> None:
    sequence = ids._Sequence()
    ahead = time.time_ns() // 1_000_000 + 3_600_000
    sequence._millis, sequence._random = ahead, 5
    first = sequence.next()
    assert first.int >> 80 == ahead
    sequence._random = 2**74 - 1
    second = sequence.next()
    assert second.int >> 80 == ahead + 1
    assert (second.version, second.variant) == (7, RFC_4122)
    assert first < second < sequence.next()


def test_a_forked_child_makes_ids_though_a_thread_of_its_parent_held_the_lock() -> None:
    script = (
        "import os, signal\n"
        "from ankuan.kernel import ids\n"
        "ids.new_id()\n"
        "ids._sequence._lock.acquire()\n"
        "child = os.fork()\n"
        "child and ids._sequence._lock.release()\n"
        "child or signal.alarm(5)\n"
        "os.write(1, '\\n'.join(['', *(str(ids.new_id()) for _ in range(200)), '']).encode())\n"
        "child and os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    made = [UUID(line) for line in run.stdout.split()]
    assert len(made) == len(set(made)) == 400


def test_tokens() -> None:
    made = {new_token() for _ in range(100)}
    assert len(made) == 100
    assert all(len(token) == 43 and token.replace("-", "").replace("_", "").isalnum() for token in made)


def test_digest_of_the_standard() -> None:
    # FIPS 180-2, example "abc"
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_canonical_json_sorts_keys_by_utf16_as_the_rfc_shows() -> None:
    # RFC 8785 §3.2.3
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    sorted_keys = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    body = ",".join(('"\\r"' if key == "\r" else f'"{key}"') + ":0" for key in sorted_keys)
    assert canonical_json(dict.fromkeys(keys, 0)).decode() == "{" + body + "}"


def test_canonical_json_of_our_own_kinds() -> None:
    made = canonical_json(
        {
            "payee": "申请执行人甲",
            "amount": Money(123450),
            "day": date(2026, 11, 21),
            "at": datetime(2026, 11, 21, 17, 30, tzinfo=SHANGHAI),
            "id": UUID(int=7),
            "lines": (1, True, None),
        }
    )
    assert made.decode() == (
        '{"amount":"1234.50","at":"2026-11-21T09:30:00.000000+00:00","day":"2026-11-21",'
        '"id":"00000000-0000-0000-0000-000000000007","lines":[1,true,null],"payee":"申请执行人甲"}'
    )


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), {"a": 1.0}, {1: "a"}, {1, 2}, b"x", object(), NAIVE, 2**53, [2**60]],
)
def test_canonical_json_refuses(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical_json(value)


@given(json_values)
def test_content_digest_hangs_on_content_only(value: object) -> None:
    turned = _turned(value)
    assert content_digest(turned) == content_digest(value)
    assert content_digest(value) == hashlib.sha256(canonical_json(value)).hexdigest()
    assert content_digest([value]) != content_digest(value)


def _turned(value: object) -> object:
    """The same value with the keys of every object in the opposite order."""
    if isinstance(value, dict):
        return {key: _turned(inner) for key, inner in reversed(list(value.items()))}
    return [_turned(inner) for inner in value] if isinstance(value, list) else value


def test_system_clock_is_utc_now() -> None:
    clock: Clock = SystemClock()
    now = clock.now()
    assert now.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - now) < timedelta(seconds=5)


def test_fixed_clock_moves_only_forward_when_told() -> None:
    clock = FixedClock(datetime(2026, 11, 21, 17, 0, tzinfo=SHANGHAI))
    assert clock.now() == clock.now() == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    assert clock.advance(timedelta(hours=2)) == clock.now() == datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="back"):
        clock.advance(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="time zone"):
        FixedClock(NAIVE)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 21, 16, 0, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 11, 21, 0, 0, tzinfo=timezone(timedelta(hours=-8))), date(2026, 11, 21)),
    ],
)
def test_business_date_is_that_of_shanghai(moment: datetime, day: date) -> None:
    assert business_date(moment) == day


def test_business_date_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        business_date(NAIVE)
