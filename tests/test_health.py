"""A container is healthy while a good run of fills is recent, or nothing is to be watched."""

from datetime import datetime, timedelta

import pytest

from kis.core.calendar import SEOUL
from kis.health import is_healthy

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SEOUL)


@pytest.mark.parametrize(("minutes", "healthy"), [(0, True), (4, True), (6, False), (600, False)])
def test_in_session_the_last_good_run_must_be_recent(minutes: int, healthy: bool) -> None:
    last_good = (MONDAY - timedelta(minutes=minutes)).timestamp()
    assert is_healthy(last_good, MONDAY) == healthy


def test_in_session_a_bot_that_never_did_well_is_not_healthy() -> None:
    assert not is_healthy(None, MONDAY)


@pytest.mark.parametrize("clock", ["00:00", "07:59", "16:00", "23:59"])
def test_outside_session_hours_there_is_nothing_to_watch(clock: str) -> None:
    moment = datetime.fromisoformat(f"2026-11-23T{clock}").replace(tzinfo=SEOUL)
    assert is_healthy(None, moment)


def test_on_a_weekend_there_is_nothing_to_watch() -> None:
    assert is_healthy(None, MONDAY + timedelta(days=5))
