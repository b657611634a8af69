"""Cumulative orders + what was already announced -> the fills nobody has been told of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kis.core.models import Fill, Filled, Order, OrderKey


@dataclass(frozen=True, slots=True)
class Growth:
    """What a poll shows beyond the marks.

    `fills` are oldest order first; `marks` are the new marks of the orders that grew; `shrunk` are
    orders below their mark (nothing to tell: the highest quantity announced stays the mark);
    `unpriced` are orders whose quantity grew while their amount did not (yet).
    """

    fills: list[Fill]
    marks: dict[OrderKey, Filled]
    shrunk: list[Order]
    unpriced: list[Order]


def new_fills(orders: Iterable[Order], announced: Mapping[OrderKey, Filled]) -> Growth:
    """Compare each order's cumulative fill with its mark."""
    growth = Growth([], {}, [], [])
    for order in sorted(orders, key=lambda order: (order.ordered_at, order.key)):
        quantity, amount = order.filled
        if mark := announced.get(order.key):
            quantity -= mark.quantity
            amount -= mark.amount
        if quantity < 0:
            growth.shrunk.append(order)
        elif quantity == 0:
            continue
        elif amount == 0 or order.filled.amount == 0:
            growth.unpriced.append(order)
        else:
            if amount < 0:  # Fills were taken back and came again cheaper: no growth to divide.
                amount = order.filled.amount * quantity / order.filled.quantity
            growth.fills.append(Fill(order, quantity, amount))
            growth.marks[order.key] = order.filled
    return growth
