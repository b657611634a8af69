"""Announce each new fill."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from kis.core.calendar import CATCH_UP_DAYS, days_to_ask
from kis.core.fills import new_fills
from kis.core.messages import FIRST_RUN_NOTE, fill_messages
from kis.core.models import NOTHING_FILLED, Filled, Order, OrderKey
from kis.errors import MalformedAnswer, OutOfTime
from kis.jobs.frame import Job, Parts, Result
from kis.ports import Marks, Opening, Step

#: Marks are kept for so many days.
OLDEST_ORDER_DAYS = 14


def announce_fills(parts: Parts, opening: Opening, result: Result) -> Step:
    """Gather the orders of all days since the last complete poll, and decide what is new."""
    today = parts.now.date()
    orders, asked, days = _fetch(parts, days_to_ask(today, _last_polled(parts, opening)), result)
    marks = _read_marks(parts, opening, days, orders)
    growth = new_fills(orders.values(), _all_marks(marks))
    if growth.unpriced:
        # The run has failed until KIS shows the amount, but no other fill waits for that.
        result.error = MalformedAnswer(
            "KIS 응답에서 체결수량은 늘었지만 체결금액이 늘지 않았습니다"
        )
        if not growth.fills:
            raise result.error
    # The day from which the next run has to go on.
    reached = min((asked[order.key] for order in growth.unpriced), default=days[-1])
    result.found = {"orders": len(orders), "new": len(growth.fills)}
    result.warnings += [
        f"체결수량이 줄어든 주문이 있습니다 ({order.symbol})" for order in growth.shrunk
    ]
    if opening.last_polled and (today - opening.last_polled).days > CATCH_UP_DAYS:
        result.warnings.append(
            f"{opening.last_polled:%m/%d}부터 {days[0]:%m/%d} 전까지의 체결은 확인하지 못했습니다"
        )
    forgotten = {day for day in days if _is_forgotten(day, marks[day], opening)}
    notes = {key: FIRST_RUN_NOTE for key in growth.marks if asked[key] in forgotten}
    return Step(
        today,
        fill_messages(growth.fills, parts.channel.room, notes, f"{parts.now:%H%M%S%f}"),
        marks=_changed_marks({day: marks[day] for day in days}, growth.marks, asked),
        polled=reached if opening.last_polled != reached else None,
    )


def _last_polled(parts: Parts, opening: Opening) -> date | None:
    """The last polled day; the newest one with marks where a wrong clock noted a day to come."""
    today = parts.now.date()
    if opening.last_polled is None or opening.last_polled <= today:
        return opening.last_polled
    earlier = days_to_ask(today, today - timedelta(days=CATCH_UP_DAYS))[:-1]
    polled = [day for day, marks in parts.store.marks(earlier).items() if marks is not None]
    return max(polled, default=today)


def _fetch(
    parts: Parts, days: list[date], result: Result
) -> tuple[dict[OrderKey, Order], dict[OrderKey, date], list[date]]:
    """The orders of all days, the day each was asked for, and the days there was time for.

    What could be asked of a long outage is told, oldest first; the next run goes on from there.
    """
    orders: dict[OrderKey, Order] = {}
    asked: dict[OrderKey, date] = {}
    for number, day in enumerate(days):
        try:
            found = parts.market.fetch_orders(day)
        except OutOfTime as error:
            if number == 0:
                raise
            result.error = error
            return orders, asked, days[:number]
        for order in found:
            orders[order.key] = order
            asked[order.key] = day
    return orders, asked, days


def _read_marks(
    parts: Parts, opening: Opening, days: list[date], orders: Iterable[OrderKey]
) -> dict[date, Marks | None]:
    """What was announced under each day asked, and under any other day that an order bears.

    Without a last polled day the memory is gone as a whole, or this is the first run ever.
    """
    today = parts.now.date()
    oldest = today - timedelta(days=OLDEST_ORDER_DAYS)
    every_day = {*days, *(key.day for key in orders if oldest <= key.day <= today)}
    if opening.last_polled is None:
        return dict.fromkeys(every_day)
    others = sorted(every_day - {today})
    return {today: opening.marks, **(parts.store.marks(others) if others else {})}


def _all_marks(marks: Mapping[date, Marks | None]) -> Marks:
    """The highest mark of each order, under whatever day it stands."""
    highest: dict[OrderKey, Filled] = {}
    for of_day in marks.values():
        for key, filled in (of_day or {}).items():
            highest[key] = max(filled, highest.get(key, NOTHING_FILLED))
    return highest


def _changed_marks(
    marks: Mapping[date, Marks | None], grown: Marks, asked: Mapping[OrderKey, date]
) -> dict[date, Marks]:
    """All marks of each day that changed; a day polled for the first time is one of them."""
    changed = {asked[key] for key in grown} | {day for day in marks if marks[day] is None}
    return {
        day: {
            **(marks[day] or {}),
            **{key: mark for key, mark in grown.items() if asked[key] == day},
        }
        for day in changed
    }


def _is_forgotten(day: date, marks: Marks | None, opening: Opening) -> bool:
    """Whether a day should have marks and has none: its fills may have been told before."""
    return marks is None and (opening.last_polled is None or day <= opening.last_polled)


FILLS = Job("fills", announce_fills, patience=2, asks_ledger=True)
