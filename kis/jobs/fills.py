"""Announce each new fill."""

from datetime import date

from kis.core.calendar import days_to_ask
from kis.core.fills import new_fills
from kis.core.messages import FIRST_RUN_NOTE, fill_messages
from kis.core.models import Order, OrderKey
from kis.errors import MalformedAnswer
from kis.jobs.frame import Job, Parts, Result
from kis.ports import Marks, Opening, Step


def announce_fills(parts: Parts, opening: Opening, result: Result) -> Step:
    """Gather the orders of all days since the last complete poll, and decide what is new.

    A day that should have marks and has none was forgotten (or this is the first run ever): its
    fills carry a note, since they may have been told before.
    """
    today = parts.now.date()
    days = days_to_ask(today, opening.last_polled)
    orders: dict[OrderKey, Order] = {}
    for day in days:
        orders |= {order.key: order for order in parts.market.fetch_orders(day)}
    # A row of another day counts for that day, whatever day was asked.
    every_day = sorted({*days, *(key.day for key in orders)})
    marks = _marks(parts, opening, every_day)
    growth = new_fills(
        orders.values(),
        {key: filled for of_day in marks.values() for key, filled in (of_day or {}).items()},
    )
    if growth.unpriced:
        raise MalformedAnswer("KIS가 체결수량만 늘리고 체결금액은 늘리지 않았습니다")
    result.found = {"orders": len(orders), "new": len(growth.fills)}
    result.warnings += [
        f"체결수량이 줄어든 주문이 있습니다 ({order.symbol})" for order in growth.shrunk
    ]
    notes = {day: FIRST_RUN_NOTE for day in every_day if _is_forgotten(day, marks[day], opening)}
    changed = {key.day for key in growth.marks} | {day for day in days if marks[day] is None}
    kept = {key: filled for day in changed for key, filled in (marks[day] or {}).items()}
    return Step(
        today,
        fill_messages(growth.fills, parts.channel.room, notes, f"{parts.now:%H%M%S%f}"),
        marks={**kept, **growth.marks},
        polled_days=changed,
        polled=today if opening.last_polled != today else None,
    )


def _marks(parts: Parts, opening: Opening, days: list[date]) -> dict[date, Marks | None]:
    """The marks of each day. Without a last polled day the memory is gone as a whole."""
    if opening.last_polled is None:
        return dict.fromkeys(days)
    today = parts.now.date()
    others = [day for day in days if day != today]
    return {today: opening.marks, **(parts.store.marks(others) if others else {})}


def _is_forgotten(day: date, marks: Marks | None, opening: Opening) -> bool:
    return marks is None and (opening.last_polled is None or day <= opening.last_polled)


FILLS = Job("fills", announce_fills, patience=2, asks_ledger=True)
