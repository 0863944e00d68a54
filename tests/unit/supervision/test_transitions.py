"""The life of a notice has no gaps, and no way back from its end."""

from ankuan.supervision.transitions import LIFE, PAUSES, NoticeEvent, NoticeState, pause_after


def test_the_life_of_a_notice() -> None:
    assert LIFE.gaps(NoticeState, NoticeEvent) == []
    assert LIFE.final() == {NoticeState.SENT, NoticeState.REFUSED, NoticeState.UNKNOWN}


def test_pauses_grow_and_end() -> None:
    assert [pause_after(n) for n in (1, 2, 3, 4, 5)] == [*PAUSES, None, None]
    assert list(PAUSES) == sorted(PAUSES)
