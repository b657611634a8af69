"""One function per endpoint: a row of its answer -> a record (a report's: `holding_rows.py`)."""

from collections.abc import Callable
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


def parse_total(page: Envelope, name: str) -> Decimal | None:
    """A figure of the totals object, which a balance wraps in a list; None where there is none."""
    value = page.body.get("output2")
    if isinstance(value, list):
        value = value[0] if value else None
    return Row(value, "output2").optional_number(name) if isinstance(value, dict) else None
