"""KRX and NXT stocks of one account: KIS's transaction ids, parameters and rows.

Sources: the official samples (koreainvestment/open-trading-api, examples_llm/domestic_stock).
"""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import TypeVar

from kis.broker.client import Client
from kis.broker.wire import Envelope, Row
from kis.core.calendar import is_weekday
from kis.core.investors import newest_confirmed
from kis.core.models import (
    Calendar,
    DailyFlow,
    Filled,
    FlowEstimate,
    Order,
    OrderKey,
    Position,
    Side,
)
from kis.errors import BrokerError, KeyRefused, MalformedAnswer, UnsupportedQuery
from kis.ports import KeyStore

TRADING = "/uapi/domestic-stock/v1/trading"
QUOTATIONS = "/uapi/domestic-stock/v1/quotations"
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

PAPER_CALENDAR_DAYS = 24

R = TypeVar("R")


class DomesticMarket:
    """The Market of Korean stocks, over a client of one account (`number`, `product_code`)."""

    name = MARKET

    def __init__(
        self,
        client: Client,
        keyring: KeyStore,
        number: str,
        product_code: str,
        *,
        is_paper: bool,
    ) -> None:
        self._client = client
        self._keyring = keyring
        self._account = {"CANO": number, "ACNT_PRDT_CD": product_code}
        self._is_paper = is_paper

    @property
    def calls(self) -> int:
        return self._client.calls

    def authenticate(self) -> datetime:
        return self._client.token().expires_at

    def fetch_orders(self, day: date) -> list[Order]:
        """All orders of `day`, oldest first (so that pages do not shift while it trades)."""
        text = day.strftime("%Y%m%d")
        pages = self._client.pages(
            "ledger",
            f"{TRADING}/inquire-daily-ccld",
            # The older VTTC8001R answers success with an empty list.
            "VTTC0081R" if self._is_paper else "TTTC0081R",
            {
                **self._account,
                "INQR_STRT_DT": text,
                "INQR_END_DT": text,
                "SLL_BUY_DVSN_CD": "00",
                "PDNO": "",
                "CCLD_DVSN": "00",
                "INQR_DVSN": "01",
                "INQR_DVSN_1": "",
                "INQR_DVSN_3": "00",
                "ORD_GNO_BRNO": "",
                "ODNO": "",
                # KRX alone would leave out SOR and NXT orders.
                "EXCG_ID_DVSN_CD": "KRX" if self._is_paper else "ALL",
            },
        )
        orders = parse_rows(pages, "output1", parse_order)
        if not orders and (total := _summary(pages[0])) and total.optional_number("tot_ccld_qty"):
            raise MalformedAnswer("KIS가 체결 합계는 보내고 주문 목록은 비워 보냈습니다")
        return orders

    def fetch_positions(self) -> list[Position]:
        """All rows of the balance, one a loan date: several may be of one stock."""
        pages = self._client.pages(
            "ledger",
            f"{TRADING}/inquire-balance",
            "VTTC8434R" if self._is_paper else "TTTC8434R",
            {
                **self._account,
                "AFHR_FLPR_YN": "N",
                "OFL_YN": "",
                "INQR_DVSN": "01",
                "UNPR_DVSN": "01",
                "FUND_STTL_ICLD_YN": "N",
                "FNCG_AMT_AUTO_RDPT_YN": "N",
                "PRCS_DVSN": "00",
            },
        )
        rows = parse_rows(pages, "output1", parse_position)
        if not rows and (total := _summary(pages[0])) and total.optional_number("scts_evlu_amt"):
            raise MalformedAnswer("KIS가 평가 합계는 보내고 보유 목록은 비워 보냈습니다")
        return rows

    def fetch_daily_flows(self, symbol: str, name: str) -> list[DailyFlow]:
        """About 30 days, newest first. Quotations know an ETN by a Q before its code."""
        flows: list[DailyFlow] = []
        for code in quotation_codes(symbol, name):
            answer = self._client.get(
                "quote",
                f"{QUOTATIONS}/inquire-investor",
                "FHKST01010900",
                {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": code},
            )
            flows = parse_rows([answer], "output", parse_daily_flow)
            if newest_confirmed(flows):
                break
        return flows

    def fetch_flow_estimates(self, symbol: str) -> list[FlowEstimate]:
        """Today's slots so far; a paper account has no such query."""
        if self._is_paper:
            raise UnsupportedQuery("모의투자에는 장중 수급 추정이 없습니다")
        answer = self._client.get(
            "quote",
            f"{QUOTATIONS}/investor-trend-estimate",
            "HHPTJ04160200",
            {"MKSC_SHRN_ISCD": symbol.removeprefix("Q")},
        )
        return parse_rows([answer], "output2", parse_flow_estimate)

    def calendar(self, day: date, *, ask: bool = True) -> Calendar:
        """KIS wants this asked at most once a day, so an answer, or its failure, is kept."""
        known = self._keyring.calendar()
        if known.asked_on == day or not ask:
            return known
        if self._is_paper:
            found = Calendar(day, exchange_holidays(day))
            self._client.single_flight("calendar", lambda: self._keyring.keep_calendar(found))
            return found
        self._client.token()  # Without one KIS cannot be asked, and the day's question is not used.
        return self._client.single_flight("calendar", lambda: self._ask_calendar(day))

    def _ask_calendar(self, day: date) -> Calendar:
        known = self._keyring.calendar(fresh=True)
        if known.asked_on == day:
            return known
        # Noted before asking: a run that dies in between must not ask twice.
        asked = Calendar(day, known.open_days)
        self._keyring.keep_calendar(asked)
        try:
            answer = self._client.get_once(
                "quote",
                f"{QUOTATIONS}/chk-holiday",
                "CTCA0903R",
                {"BASS_DT": day.strftime("%Y%m%d"), "CTX_AREA_NK": "", "CTX_AREA_FK": ""},
            )
            days = dict(parse_rows([answer], "output", parse_open_day))
        except (BrokerError, KeyRefused):
            return asked
        found = Calendar(day, days)
        self._keyring.keep_calendar(found)
        return found


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
    return Position(
        symbol=symbol,
        name=row.optional_text("prdt_name", symbol),
        quantity=row.count("hldg_qty"),
        cost=row.number("pchs_amt"),
        market_price=row.number("prpr"),
        market_value=row.number("evlu_amt"),
        unrealized_pnl=row.number("evlu_pfls_amt"),
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


def quotation_codes(symbol: str, name: str) -> list[str]:
    """The codes to try: whether a balance shows an ETN's Q is not known."""
    if symbol.startswith("Q") and len(symbol) == 7:
        return [symbol, symbol[1:]]
    if "ETN" in name.upper():
        return [f"Q{symbol}", symbol]
    return [symbol]


def exchange_holidays(day: date) -> dict[date, bool]:
    """Open days by the exchange's published holidays, where KIS cannot be asked."""
    import holidays

    closed = holidays.financial_holidays("XKRX", years=[day.year, day.year + 1])
    days = (date.fromordinal(day.toordinal() + ahead) for ahead in range(PAPER_CALENDAR_DAYS))
    return {day: is_weekday(day) and day not in closed for day in days}


def _summary(page: Envelope) -> Row | None:
    """The totals object, which a balance wraps in a list; None where there is none."""
    value = page.body.get("output2")
    if isinstance(value, list):
        value = value[0] if value else None
    return Row(value, "output2") if isinstance(value, dict) else None
