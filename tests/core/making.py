"""Records to try the core on, and hypothesis strategies of them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from kis.core.calendar import SEOUL
from kis.core.holdings import Position
from kis.core.models import Fill, Filled, Order, OrderKey, Side

MONDAY = date(2026, 11, 23)

#: What a KIS row can hold after parsing: no control characters, no lone surrogates.
names = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=120
).filter(lambda text: bool(text.strip()))


def an_order(
    number: str = "100001",
    *,
    side: Side = Side.BUY,
    name: str = "삼성전자",
    symbol: str = "005930",
    quantity: int = 10,
    filled: int = 10,
    amount: int = 720_000,
    day: date = MONDAY,
    branch: str = "06010",
    at: time = time(9, 15, 2),
) -> Order:
    return Order(
        key=OrderKey(day, branch, number),
        side=side,
        symbol=symbol,
        name=name,
        quantity=Decimal(quantity),
        filled=Filled(Decimal(filled), Decimal(amount)),
        ordered_at=datetime.combine(day, at, SEOUL),
        venue="KRX",
        market="KRX",
        currency="KRW",
    )


def a_fill(order: Order, quantity: int | None = None, amount: int | None = None) -> Fill:
    """The whole fill of an order, or the last part of it."""
    return Fill(
        order,
        order.filled.quantity if quantity is None else Decimal(quantity),
        order.filled.amount if amount is None else Decimal(amount),
    )


def a_position(
    symbol: str = "005930",
    name: str = "삼성전자",
    *,
    quantity: str = "10",
    cost: str = "720000",
    price: str = "74500",
    value: str = "745000",
    pnl: str = "25000",
    market: str = "KRX",
    currency: str = "KRW",
) -> Position:
    return Position(
        symbol=symbol,
        name=name,
        quantity=Decimal(quantity),
        cost=Decimal(cost),
        market_price=Decimal(price),
        market_value=Decimal(value),
        unrealized_pnl=Decimal(pnl),
        market=market,
        currency=currency,
    )


@dataclass(frozen=True)
class Story:
    """One order's executions (quantity, price), and how many of them each poll saw."""

    order: Order
    executions: tuple[tuple[int, int], ...]
    seen: tuple[int, ...]

    def state(self, count: int) -> Order:
        """The order when `count` executions are in."""
        shares = sum(quantity for quantity, _ in self.executions[:count])
        amount = sum(quantity * price for quantity, price in self.executions[:count])
        ordered = int(self.order.quantity)
        return an_order(
            self.order.key.number,
            side=self.order.side,
            name=self.order.name,
            symbol=self.order.symbol,
            quantity=ordered,
            filled=shares,
            amount=amount,
            day=self.order.key.day,
            branch=self.order.key.branch,
            at=self.order.ordered_at.time(),
        )


@st.composite
def stories(draw: st.DrawFn) -> list[Story]:
    """Orders of several days, stocks, branches and both sides. Between the polls they grow, shrink
    and grow again as they like; the last poll sees all."""
    polls = draw(st.integers(1, 6))
    keys = st.tuples(
        st.integers(0, 2).map(lambda ago: MONDAY - timedelta(days=ago)),
        st.sampled_from(["06010", "01790"]),
        st.integers(1, 6).map(str),
    )
    executions = st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 3_000_000)), max_size=5)
    found = []
    for day, branch, number in draw(st.lists(keys, min_size=1, max_size=8, unique=True)):
        parts = tuple(draw(executions))
        rest = draw(st.integers(0, 100))
        seen = draw(st.lists(st.integers(0, len(parts)), min_size=polls - 1, max_size=polls - 1))
        order = an_order(
            number,
            side=draw(st.sampled_from(Side)),
            symbol=draw(st.sampled_from(["005930", "000660", "0000D0"])),
            quantity=sum(quantity for quantity, _ in parts) + rest,
            day=day,
            branch=branch,
            at=time(draw(st.integers(8, 19)), draw(st.integers(0, 59))),
        )
        found.append(Story(order, parts, (*seen, len(parts))))
    return found


_parts = st.tuples(
    st.sampled_from(Side),
    st.integers(0, 2),
    st.sampled_from([1, 3, 50, 12_345_678]),
    st.sampled_from([0, 7, 9_999]),
    st.integers(1, 10**7),
)


@st.composite
def fills(draw: st.DrawFn) -> list[Fill]:
    """Any number of fills, each of another order, of a few names, quantities and any price."""
    called = draw(st.lists(names, min_size=3, max_size=3))
    found = []
    for number, part in enumerate(draw(st.lists(_parts, max_size=50)), 1):
        side, name, quantity, before, price = part
        order = an_order(
            str(number),
            side=side,
            name=called[name],
            quantity=before + quantity + price % 2,
            filled=before + quantity,
            amount=(before + quantity) * price,
        )
        found.append(a_fill(order, quantity, quantity * price))
    return found
