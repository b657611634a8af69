"""Which days have to be asked, which days are open, when KRX trades."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kis.core.calendar import SEOUL, days_to_ask, in_regular_session, is_open_day
from kis.core.models import Calendar

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("last_polled", "expected"),
    [
        (None, ["11-23"]),
        ("11-23", ["11-23"]),
        ("11-24", ["11-23"]),
        ("11-20", ["11-20", "11-23"]),
        ("11-22", ["11-23"]),
        ("11-18", ["11-18", "11-19", "11-20", "11-23"]),
        ("11-16", ["11-16", "11-17", "11-18", "11-19", "11-20", "11-23"]),
        ("11-02", ["11-16", "11-17", "11-18", "11-19", "11-20", "11-23"]),
    ],
)
def test_days_since_the_last_complete_poll_are_asked_one_by_one(
    last_polled: str | None, expected: list[str]
) -> None:
    polled = date.fromisoformat(f"2026-{last_polled}") if last_polled else None
    assert [f"{day:%m-%d}" for day in days_to_ask(date(2026, 11, 23), polled)] == expected


@given(days, st.integers(-400, 400))
def test_no_day_on_which_something_may_have_traded_is_left_out(today: date, ago: int) -> None:
    polled = today - timedelta(days=ago)
    asked = days_to_ask(today, polled)
    assert asked == sorted(set(asked))
    assert asked[-1] == today
    assert asked[0] >= today - timedelta(days=7)
    for back in range(1, min(ago, 7) + 1):
        day = today - timedelta(days=back)
        assert (day in asked) == (day.weekday() < 5)


def test_the_market_decides_what_is_open_and_else_the_weekday() -> None:
    monday, saturday = date(2026, 11, 23), date(2026, 11, 28)
    assert is_open_day(monday, Calendar())
    assert not is_open_day(saturday, Calendar())
    said = Calendar(monday, {monday: False, saturday: True})
    assert not is_open_day(monday, said)
    assert is_open_day(saturday, said)
    assert is_open_day(monday + timedelta(days=1), said)


@pytest.mark.parametrize(
    ("clock", "trades"),
    [("08:59:59", False), ("09:00:00", True), ("15:29:59", True), ("15:30:00", False)],
)
def test_the_regular_session_is_nine_to_half_past_three_in_seoul(clock: str, trades: bool) -> None:
    moment = datetime.fromisoformat(f"2026-11-23T{clock}").replace(tzinfo=SEOUL)
    assert in_regular_session(moment) == trades
    assert in_regular_session(moment.astimezone(UTC)) == trades
