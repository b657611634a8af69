"""Time as KIS writes it: Korean days, clocks and stamps (fact sheet 10.15)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

KST = ZoneInfo("Asia/Seoul")


def aware(moment: datetime) -> datetime:
    """The moment in KST; a naive one is refused, since it would hide the machine's own zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment of the simulator must be aware, e.g. tzinfo=KST")
    return moment.astimezone(KST)


def day_text(day: date) -> str:
    """20261123."""
    return day.strftime("%Y%m%d")


def clock_text(moment: datetime) -> str:
    """091502."""
    return moment.strftime("%H%M%S")


def stamp_text(moment: datetime) -> str:
    """2026-11-24 08:00:03, as in `access_token_token_expired` (fact sheet 1.3)."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def parse_day(text: str) -> date | None:
    """The day of YYYYMMDD, or None when there is no such day."""
    if len(text) != 8 or not text.isdigit():
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_weekend(day: date) -> bool:
    """Saturday or Sunday."""
    return day.weekday() >= 5


def days_from(day: date, count: int) -> list[date]:
    """`count` consecutive calendar days, the first being `day`."""
    return [day + timedelta(days=offset) for offset in range(count)]
