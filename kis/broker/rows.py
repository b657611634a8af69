"""One function per endpoint: a row of its answer -> a record."""

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import TypeVar

from kis.broker.wire import Envelope, Row
from kis.core.models import DailyFlow, Filled, FlowEstimate, Order, OrderKey, Position, Side
from kis.errors import MalformedAnswer

MARKET = "KRX"
CURRENCY = "KRW"

SIDES = {"01": Side.SELL, "02": Side.BUY}

#: When KIS's staff enter the estimates, by slot.
ESTIMATE_TIMES = {
    "1": time(9, 30),
    "2": time(10, 0),
    "3": time(11, 20),
    "4": time(13, 20),
    "5": time(14, 30),
}
#: The first slot is for foreigners only: the institutions' figure in it is not a count.
FOREIGN_ONLY_SLOT = "1"

R = TypeVar("R")


def parse_rows(pages: list[Envelope], name: str, parse: Callable[[Row], R]) -> list[R]:
    """One record a row, over all pages."""
    return [parse(row) for page in pages for row in page.rows(name)]


def parse_order(row: Row) -> Order:
    """One row is one order with cumulative fills; amendments and cancels are rows of their own.

    `avg_prvs` is cut to a whole won and `cncl_yn` is not reliable: neither is read.
    """
    side = SIDES.get(row.text("sll_buy_dvsn_cd"))
    if side is None:
        raise MalformedAnswer("KIS 응답의 매도매수구분을 알 수 없습니다")
    symbol = row.filled_text("pdno")
    # Numbers come with and without leading zeros.
    number = row.filled_text("odno").lstrip("0") or "0"
    quantity = row.count("tot_ccld_qty")
    amount = row.count("tot_ccld_amt") if quantity else Decimal(0)
    return Order(
        key=OrderKey(row.day("ord_dt"), row.text("ord_gno_brno"), number),
        side=side,
        symbol=symbol,
        name=row.optional_text("prdt_name", symbol),
        quantity=row.count("ord_qty"),
        filled=Filled(quantity, amount),
        ordered_at=row.moment("ord_dt", "ord_tmd"),
        venue=row.optional_text("excg_id_dvsn_cd", MARKET),
        market=MARKET,
        currency=CURRENCY,
    )


def parse_position(row: Row) -> Position:
    """Amounts in won; a sold-out row (quantity 0) may have anything in them."""
    symbol = row.filled_text("pdno")
    quantity = row.count("hldg_qty")

    def amount(name: str) -> Decimal:
        return row.number(name) if quantity else Decimal(0)

    return Position(
        symbol=symbol,
        name=row.optional_text("prdt_name", symbol),
        quantity=quantity,
        cost=amount("pchs_amt"),
        market_price=amount("prpr"),
        market_value=amount("evlu_amt"),
        unrealized_pnl=amount("evlu_pfls_amt"),
        market=MARKET,
        currency=CURRENCY,
    )


def parse_daily_flow(row: Row) -> DailyFlow:
    """Shares; today's are blank until after the close."""
    return DailyFlow(
        day=row.day("stck_bsop_date"),
        foreign=row.optional_number("frgn_ntby_qty"),
        institution=row.optional_number("orgn_ntby_qty"),
    )


def parse_flow_estimate(row: Row) -> FlowEstimate:
    """Shares so far today."""
    slot = row.text("bsop_hour_gb")
    if slot not in ESTIMATE_TIMES:
        raise MalformedAnswer("KIS 응답의 추정 시각 구분을 알 수 없습니다")
    institution = row.optional_number("orgn_fake_ntby_qty")
    return FlowEstimate(
        at=ESTIMATE_TIMES[slot],
        foreign=row.optional_number("frgn_fake_ntby_qty"),
        institution=None if slot == FOREIGN_ONLY_SLOT else institution,
    )


def parse_open_day(row: Row) -> tuple[date, bool]:
    """`opnd_yn` is the one that means the market opens."""
    answer = row.text("opnd_yn")
    if answer not in ("Y", "N"):
        raise MalformedAnswer("KIS 응답의 개장 여부를 알 수 없습니다")
    return row.day("bass_dt"), answer == "Y"


def summary(page: Envelope) -> Row | None:
    """The totals object, which a balance wraps in a list; None where there is none."""
    value = page.body.get("output2")
    if isinstance(value, list):
        value = value[0] if value else None
    return Row(value, "output2") if isinstance(value, dict) else None
