"""One function per endpoint: a row of its answer -> a record (a report's: `holding_rows.py`)."""

from collections.abc import Callable, Sized
from datetime import date
from decimal import Decimal
from sys import intern
from typing import TypeVar

from kis.broker.wire import Envelope, Row
from kis.core.models import Filled, Order, OrderKey, Side
from kis.errors import MalformedAnswer

MARKET = "KRX"
CURRENCY = "KRW"

SIDES = {"01": Side.SELL, "02": Side.BUY}

R = TypeVar("R")


def parse_rows(page: Envelope, name: str, parse: Callable[[Row], R]) -> list[R]:
    """One record a row."""
    return [parse(row) for row in page.rows(name)]


def parse_order(row: Row) -> Order:
    """One row is one order with cumulative fills; amendments and cancels are rows of their own.

    `avg_prvs` is cut to a whole won and `cncl_yn` is not reliable: neither is read.
    """
    side = SIDES.get(row.text("sll_buy_dvsn_cd"))
    if side is None:
        raise MalformedAnswer("KIS 응답의 매도매수구분을 알 수 없습니다")
    # On a heavy day the same few texts are in every row.
    symbol = intern(row.filled_text("pdno"))
    # Numbers come with and without leading zeros.
    number = row.filled_text("odno").lstrip("0") or "0"
    quantity = row.count("tot_ccld_qty")
    amount = row.count("tot_ccld_amt") if quantity else Decimal(0)
    return Order(
        key=OrderKey(row.day("ord_dt"), intern(row.text("ord_gno_brno")), number),
        side=side,
        symbol=symbol,
        name=intern(row.optional_text("prdt_name", symbol)),
        quantity=row.count("ord_qty"),
        filled=Filled(quantity, amount),
        ordered_at=row.moment("ord_dt", "ord_tmd"),
        venue=intern(row.optional_text("excg_id_dvsn_cd", MARKET)),
        market=MARKET,
        currency=CURRENCY,
    )


def parse_open_day(row: Row) -> tuple[date, bool]:
    """`opnd_yn` is the one that means the market opens."""
    answer = row.text("opnd_yn")
    if answer not in ("Y", "N"):
        raise MalformedAnswer("KIS 응답의 개장 여부를 알 수 없습니다")
    return row.day("bass_dt"), answer == "Y"


class Summary:
    """What a page says of all pages: totals, read when they are needed; whether it is the last."""

    def __init__(self, page: Envelope) -> None:
        value = page.body.get("output2")
        if isinstance(value, list):  # As a balance wraps it.
            value = value[0] if value else None
        self._totals = value if isinstance(value, dict) else {}
        self.is_last = page.is_last

    def total(self, name: str) -> Decimal:
        """A total; 0 where it is blank, and where there are none at all."""
        if not self._totals:
            return Decimal(0)
        return Row(self._totals, "output2").optional_number(name) or Decimal(0)

    def is_short(self, rows: Sized, listed: Decimal, name: str) -> bool:
        """Whether the rows of all pages are fewer than the total says.

        Looked at where there are none, and where the header that says whether pages follow has
        got lost: totals need not agree to the last won otherwise.
        """
        return (not rows or not self.is_last) and listed < self.total(name)
