"""One function per endpoint of a report: a row of its answer -> a record."""

from datetime import time
from decimal import Decimal

from kis.broker.rows import CURRENCY, MARKET
from kis.broker.wire import Row
from kis.core.holdings import DailyFlow, FlowEstimate, Position
from kis.errors import MalformedAnswer

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
