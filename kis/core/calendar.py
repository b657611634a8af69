"""Is the market open that day; is its regular session on; which days still have to be asked."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kis.core.models import Calendar

SEOUL = ZoneInfo("Asia/Seoul")

#: Fills of at most this many days before today are looked up after an outage.
CATCH_UP_DAYS = 7

REGULAR_SESSION = (time(9, 0), time(15, 30))


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


def is_open_day(day: date, calendar: Calendar) -> bool:
    """Whether the market opens: what it said itself, else any weekday counts as open."""
    return calendar.open_days.get(day, is_weekday(day))


def in_regular_session(now: datetime) -> bool:
    """Whether KRX trades continuously at `now` (aware)."""
    opens, closes = REGULAR_SESSION
    return opens <= now.astimezone(SEOUL).time() < closes


def days_to_ask(today: date, last_polled: date | None) -> list[date]:
    """The last completely polled day up to today, oldest first, at most `CATCH_UP_DAYS` back.

    The last polled day is asked again, since fills may have come after its last poll. Weekends
    are left out (no Korean market trades on them), and without memory only today counts.
    """
    if last_polled is None or last_polled >= today:
        return [today]
    back = min((today - last_polled).days, CATCH_UP_DAYS)
    earlier = (today - timedelta(days=ago) for ago in range(back, 0, -1))
    return [*filter(is_weekday, earlier), today]
