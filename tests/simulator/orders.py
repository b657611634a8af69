"""One order of the scripted market: what is known of it at each moment (fact sheet 2.3, 2.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from tests.simulator.moments import aware

Clock = Callable[[], datetime]
Open = Callable[..., "Order"]


@dataclass(frozen=True, slots=True)
class _Change:
    """A step of the cumulative totals; `is_total` replaces what came before."""

    at: datetime
    quantity: int
    amount: int
    is_total: bool


class Order:
    """An order and its scripted life; a change dated later than now is not seen yet.

    `action` is "new", "amend" or "cancel": the latter two are rows of their own that name the
    original (fact sheet 2.5).
    """

    def __init__(
        self,
        *,
        number: str,
        branch: str,
        at: datetime,
        side: str,
        symbol: str,
        name: str,
        quantity: int,
        price: int,
        venue: str,
        order_type: str,
        clock: Clock,
        open_order: Open,
        original: Order | None = None,
        action: str = "new",
    ) -> None:
        self.number = number
        self.branch = branch
        self.at = at
        self.side = side
        self.symbol = symbol
        self.name = name
        self.quantity = quantity
        self.price = price
        self.venue = venue
        self.order_type = order_type
        self.original = original
        self.action = action
        self._clock = clock
        self._open_order = open_order
        self._changes: list[_Change] = []
        self._siblings: list[Order] = []
        self._rejected_at: datetime | None = None

    @property
    def day(self) -> date:
        """The order's day in Korea (`ord_dt`)."""
        return self.at.date()

    def fill(self, quantity: int, price: int, at: datetime | None = None) -> Order:
        """Adds an execution to the cumulative totals, seen from `at` on (2.5)."""
        if self.action == "cancel":
            raise ValueError("a cancel row is never filled (fact sheet 2.5)")
        planned = sum(change.quantity for change in self._changes if not change.is_total)
        if planned + quantity > self.quantity and not any(c.is_total for c in self._changes):
            raise ValueError("more filled than ordered; use set_filled for scripted nonsense")
        self._change(_Change(self._moment(at), quantity, quantity * price, is_total=False))
        return self

    def set_filled(self, quantity: int, amount: int, at: datetime | None = None) -> Order:
        """Replaces the cumulative totals, also by nonsense such as less than before."""
        self._change(_Change(self._moment(at), quantity, amount, is_total=True))
        return self

    def cancel(self, at: datetime | None = None, quantity: int | None = None) -> Order:
        """A cancel row for what remains; the original keeps its fills, remaining 0 (2.5)."""
        moment = self._moment(at)
        size = self.remaining(moment) if quantity is None else quantity
        return self._sibling("cancel", moment, size, 0)

    def amend(
        self,
        quantity: int | None = None,
        price: int | None = None,
        at: datetime | None = None,
    ) -> Order:
        """A new order for what remains, with a number of its own; later fills go there (2.5)."""
        moment = self._moment(at)
        size = self.remaining(moment) if quantity is None else quantity
        return self._sibling("amend", moment, size, self.price if price is None else price)

    def reject(self, at: datetime | None = None) -> Order:
        """The exchange refuses the order: rejected quantity set, nothing remains (2.3)."""
        self._rejected_at = self._moment(at)
        return self

    def filled(self, now: datetime) -> tuple[int, int]:
        """Cumulative quantity and amount as of `now`."""
        quantity = amount = 0
        for change in self._changes:
            if change.at > now:
                continue
            if change.is_total:
                quantity, amount = change.quantity, change.amount
            else:
                quantity, amount = quantity + change.quantity, amount + change.amount
        return quantity, amount

    def rejected(self, now: datetime) -> int:
        """`rjct_qty` as of `now`."""
        seen = self._rejected_at is not None and self._rejected_at <= now
        return self.quantity if seen else 0

    def remaining(self, now: datetime) -> int:
        """`rmn_qty` as of `now`: ordered less filled, moved on, cancelled and rejected."""
        if self.action == "cancel":
            return 0
        moved = sum(sibling.quantity for sibling in self._siblings if sibling.at <= now)
        return max(0, self.quantity - self.filled(now)[0] - moved - self.rejected(now))

    def _change(self, change: _Change) -> None:
        self._changes.append(change)
        # A stable sort keeps the scripted order among changes of one moment.
        self._changes.sort(key=lambda each: each.at)

    def _sibling(self, action: str, at: datetime, quantity: int, price: int) -> Order:
        sibling = self._open_order(
            self.side,
            symbol=self.symbol,
            name=self.name,
            quantity=quantity,
            price=price,
            at=at,
            venue=self.venue,
            order_type=self.order_type,
            original=self,
            action=action,
        )
        self._siblings.append(sibling)
        return sibling

    def _moment(self, at: datetime | None) -> datetime:
        return self._clock() if at is None else aware(at)
