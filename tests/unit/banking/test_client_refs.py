"""References in the shape of each bank: within its length and alphabet, with the day, and never twice."""

import re
import string
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankuan.banking.client_refs import ReferenceTooShort, RefShape, make_client_ref, shape_of
from ankuan.kernel.clock import SHANGHAI
from ankuan.plugin_api.capabilities import BankCapabilities

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
CAPITALS = string.digits + string.ascii_uppercase
LETTERS = CAPITALS + string.ascii_lowercase
shapes = st.builds(
    RefShape,
    st.integers(min_value=12, max_value=40),
    st.sampled_from([string.digits, CAPITALS, LETTERS, "0123456789abcdef", LETTERS + "-_/"]),
)


@given(
    shape=shapes,
    court_id=st.integers(1, 9999),
    now=st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 1)),  # noqa: DTZ001 - hypothesis adds the zone
)
def test_every_reference_fits_its_bank_and_says_its_day(shape: RefShape, court_id: int, now: datetime) -> None:
    made = make_client_ref(court_id, now, shape)
    day = f"{now.astimezone(SHANGHAI):%y%m%d}"
    assert len(made) <= shape.length
    assert set(made) <= set(shape.alphabet)
    assert day in made
    # What the database takes: the court first where there is room for it, else the day first.
    long = re.fullmatch(r"[0-9]{20}", made) and made.startswith(f"{court_id:04d}{day}")
    assert long or re.fullmatch(rf"{day}[0-9A-Za-z]{{4,13}}", made)


@pytest.mark.parametrize(
    ("length", "alphabet", "form"),
    [
        (20, string.digits, r"0102261121[0-9]{10}"),
        (32, CAPITALS, r"0102261121[0-9]{10}"),
        (16, string.digits, r"261121[0-9]{10}"),
        (12, CAPITALS, r"261121[0-9A-Z]{6}"),
        (12, string.digits, r"261121[0-9]{6}"),
        (18, LETTERS + "-#", r"261121[0-9A-Za-z]{12}"),
    ],
)
def test_the_day_is_chinas(length: int, alphabet: str, form: str) -> None:
    shape = shape_of(BankCapabilities(client_ref_max_length=length, client_ref_alphabet=alphabet))
    made = {make_client_ref(102, NOW, shape) for _ in range(200)}
    assert all(re.fullmatch(form, one) for one in made), made
    assert len(made) > 190, "random, not counted"
    assert NOW.astimezone(SHANGHAI).date() == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("length", "alphabet"),
    [(11, string.digits), (9, CAPITALS), (6, CAPITALS), (0, CAPITALS), (19, "abcdef"), (40, string.ascii_letters)],
)
def test_a_bank_without_room_for_a_reference_is_refused(length: int, alphabet: str) -> None:
    with pytest.raises(ReferenceTooShort):
        shape_of(BankCapabilities(client_ref_max_length=length, client_ref_alphabet=alphabet))
