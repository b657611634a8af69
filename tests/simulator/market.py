"""The scripted market: orders, holdings, investor flows and the calendar."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from tests.simulator.moments import aware, is_weekend
from tests.simulator.orders import Clock, Order

FIRST_NUMBER = 100001
NUMBER_STEP = 7
ESTIMATE_TIMES = {1: time(9, 30), 2: time(10, 0), 3: time(11, 20), 4: time(13, 20), 5: time(14, 30)}


@dataclass(slots=True)
class Holding:
    """One row of the balance; change its attributes to move the market (fact sheet 3.2)."""

    symbol: str
    name: str
    quantity: int
    average_cost: Decimal
    price: int
    kind: str = "현금"
    loan_day: str = ""

    @property
    def cost(self) -> int:
        """`pchs_amt`, whole won."""
        return int(self.quantity * self.average_cost)

    @property
    def value(self) -> int:
        """`evlu_amt`, whole won."""
        return self.quantity * self.price


@dataclass(frozen=True, slots=True)
class Flow:
    """Net bought shares of a day; None is served as a blank (4.1)."""

    foreign: int | None
    institution: int | None


class Market:
    """What the account did and what the exchange saw; tests script it before or while it runs.

    `cash` is today's deposit, `previous_total` yesterday's total assets (3.3). `delay` lets
    every order and fill appear that much later in the order list (2.5, latency).
    """

    def __init__(self, clock: Clock, *, only_krx: bool = False) -> None:
        self.cash = 2_000_000
        self.previous_total = 3_254_800
        self.delay = timedelta(0)
        self.orders: list[Order] = []
        self.holdings: list[Holding] = []
        self._clock = clock
        self._only_krx = only_krx
        self._flows: dict[str, dict[date, Flow]] = defaultdict(dict)
        self._estimates: dict[str, dict[tuple[date, int], Flow]] = defaultdict(dict)
        self._closed: set[date] = set()
        self._numbers: dict[date, int] = {}

    def order(
        self,
        side: str,
        symbol: str = "005930",
        name: str = "삼성전자",
        quantity: int = 10,
        price: int = 72000,
        at: datetime | None = None,
        venue: str = "KRX",
        order_type: str = "00",
        number: str | None = None,
        branch: str = "06010",
        original: Order | None = None,
        action: str = "new",
    ) -> Order:
        """An accepted order; numbers start afresh each day, so they repeat (2.3, 0.1.2)."""
        if side not in ("buy", "sell"):
            raise ValueError("side is 'buy' or 'sell'")
        if venue not in ("KRX", "NXT", "SOR") or (self._only_krx and venue != "KRX"):
            raise ValueError("venue is KRX, NXT or SOR; a paper account knows KRX only")
        moment = self._clock() if at is None else aware(at)
        order = Order(
            number=self._next_number(moment.date()) if number is None else number.zfill(10),
            branch=branch,
            at=moment,
            side=side,
            symbol=symbol,
            name=name,
            quantity=quantity,
            price=price,
            venue=venue,
            order_type=order_type,
            clock=self._clock,
            open_order=self.order,
            original=original,
            action=action,
        )
        self.orders.append(order)
        return order

    def hold(
        self,
        symbol: str,
        name: str,
        quantity: int,
        average_cost: Decimal | float | str,
        price: int,
        kind: str = "현금",
        loan_day: str = "",
    ) -> Holding:
        """One row of the balance; several of one symbol and quantity 0 are allowed (3.2)."""
        cost = Decimal(str(average_cost))
        holding = Holding(symbol, name, quantity, cost, price, kind, loan_day)
        self.holdings.append(holding)
        return holding

    def flow(
        self,
        symbol: str,
        day: date,
        foreign: int | None = None,
        institution: int | None = None,
    ) -> None:
        """A day's confirmed net figures; days without one are served blank (4.1).

        Script an ETN under its Q code: the bare one then answers an empty list (4.5).
        """
        self._flows[symbol][_date(day)] = Flow(foreign, institution)

    def estimate(
        self,
        symbol: str,
        slot: int = 3,
        foreign: int = 0,
        institution: int = 0,
        day: date | None = None,
    ) -> None:
        """A running intraday total, seen once the slot's time has come (4.3)."""
        if slot not in ESTIMATE_TIMES:
            raise ValueError("slot is 1 to 5")
        when = self._clock().date() if day is None else _date(day)
        self._estimates[symbol][when, slot] = Flow(foreign, institution)

    def close(self, day: date) -> None:
        """Makes a day a holiday; weekends are closed by themselves (6)."""
        self._closed.add(_date(day))

    def is_open(self, day: date) -> bool:
        """`opnd_yn` of a day."""
        return not is_weekend(day) and day not in self._closed

    def trading_days(self, last: date, count: int) -> list[date]:
        """`count` open days, newest first, none after `last`."""
        days: list[date] = []
        day = last
        while len(days) < count:
            if self.is_open(day):
                days.append(day)
            day -= timedelta(days=1)
        return days

    def visible_orders(self, now: datetime) -> list[Order]:
        """The orders KIS lists by now, oldest first."""
        seen = [order for order in self.orders if order.at <= now - self.delay]
        return sorted(seen, key=lambda order: order.at)

    def confirmed(self, symbol: str) -> dict[date, Flow]:
        """The scripted confirmed figures of one symbol, by day."""
        return self._flows.get(symbol, {})

    def estimates(self, symbol: str, now: datetime) -> list[tuple[int, Flow]]:
        """Today's estimates that are out by now, the highest slot first (4.3)."""
        if not self.is_open(now.date()):
            return []
        return [
            (slot, flow)
            for (day, slot), flow in sorted(self._estimates.get(symbol, {}).items(), reverse=True)
            if day == now.date() and ESTIMATE_TIMES[slot] <= now.time()
        ]

    def knows(self, symbol: str) -> bool:
        """Whether quotations know the code; an ETN only with its Q (4.5)."""
        if "Q" + symbol in self._flows:
            return False
        named = {order.symbol for order in self.orders} | {row.symbol for row in self.holdings}
        return symbol in named or symbol in self._flows or symbol in self._estimates

    def name_and_price(self, symbol: str) -> tuple[str, int]:
        """The name and last price any scripted row gives the symbol."""
        for row in self.holdings:
            if row.symbol == symbol:
                return row.name, row.price
        for order in reversed(self.orders):
            if order.symbol == symbol:
                return order.name, order.price or 70000
        return symbol, 70000

    def _next_number(self, day: date) -> str:
        number = self._numbers.get(day, FIRST_NUMBER - NUMBER_STEP) + NUMBER_STEP
        self._numbers[day] = number
        return f"{number:010d}"


def _date(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day
