"""The time a run has: waits that do not fit are not begun, what is in flight is seen through."""

import time

import pytest

from kis.deadline import Deadline
from kis.errors import Interrupted, OutOfTime


def test_time_runs_down_and_never_below_zero() -> None:
    deadline = Deadline(0.1)
    assert 0 < deadline.remaining() <= 0.1
    time.sleep(0.15)
    assert deadline.remaining() == 0


def test_a_timeout_is_never_longer_than_the_run() -> None:
    deadline = Deadline(5)
    assert deadline.within(1) == 1
    assert 4 < deadline.within(60) <= 5
    with pytest.raises(OutOfTime):
        Deadline(0).within(1)


def test_a_wait_that_outlasts_the_run_is_not_begun() -> None:
    begun = time.monotonic()
    with pytest.raises(OutOfTime):
        Deadline(2).sleep(3)
    assert time.monotonic() - begun < 1
    Deadline(2).sleep(-1)


def test_a_pause_ends_with_the_run() -> None:
    begun = time.monotonic()
    Deadline(0.1).pause(5)
    assert 0.1 <= time.monotonic() - begun < 2


def test_an_interruption_ends_the_time_and_the_run() -> None:
    deadline = Deadline(60)
    with pytest.raises(Interrupted):
        deadline.interrupt(Interrupted("stop"))
    assert deadline.remaining() == 0


def test_what_is_shielded_is_seen_through_first() -> None:
    deadline = Deadline(60)
    steps: list[str] = []

    def in_flight() -> None:
        with deadline.shield():
            deadline.interrupt(Interrupted("stop"))
            steps.append("seen through")

    with pytest.raises(Interrupted):
        in_flight()
    assert steps == ["seen through"]
    assert deadline.remaining() == 0


def test_a_shield_without_an_interruption_is_nothing() -> None:
    deadline = Deadline(60)
    with deadline.shield():
        pass
    assert deadline.remaining() > 50
