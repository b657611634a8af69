"""KRX and NXT stocks of one account: KIS's transaction ids, parameters and rows.

Sources: the official samples (koreainvestment/open-trading-api, examples_llm/domestic_stock).
"""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from kis.broker.client import Client
from kis.broker.rows import MARKET, Summary, parse_open_day, parse_order, parse_rows
from kis.core.calendar import is_weekday
from kis.core.models import Calendar, Order
from kis.errors import BrokerError, KeyRefused, MalformedAnswer, UnsupportedQuery
from kis.ports import KeyStore

if TYPE_CHECKING:
    from kis.core.holdings import DailyFlow, FlowEstimate, Position

TRADING = "/uapi/domestic-stock/v1/trading"
QUOTATIONS = "/uapi/domestic-stock/v1/quotations"

PAPER_CALENDAR_DAYS = 24


class DomesticMarket:
    """The Market of Korean stocks, over a client of one account (`number`, `product_code`).

    What only a report reads is imported where it is read: half of an idle run is imports.
    """

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
            lambda page: (parse_rows(page, "output1", parse_order), Summary(page)),
        )
        orders = [order for rows, _ in pages for order in rows]
        _, summary = pages[-1]
        listed = sum((order.filled.quantity for order in orders), Decimal(0))
        if summary.is_short(orders, listed, "tot_ccld_qty"):
            raise MalformedAnswer("KIS가 보낸 주문 목록이 체결 합계보다 모자랍니다")
        return orders

    def fetch_positions(self) -> list["Position"]:
        """All rows of the balance, one a loan date: several may be of one stock."""
        from kis.broker.holding_rows import parse_position

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
            lambda page: (parse_rows(page, "output1", parse_position), Summary(page)),
        )
        positions = [position for rows, _ in pages for position in rows]
        _, summary = pages[-1]
        listed = sum((position.market_value for position in positions), Decimal(0))
        if summary.is_short(positions, listed, "scts_evlu_amt"):
            raise MalformedAnswer("KIS가 보낸 보유 목록이 평가 합계보다 모자랍니다")
        return positions

    def fetch_daily_flows(self, symbol: str, name: str) -> list["DailyFlow"]:
        """About 30 days, newest first. Quotations know an ETN by a Q before its code."""
        from kis.broker.holding_rows import parse_daily_flow
        from kis.core.investors import newest_confirmed

        flows: list[DailyFlow] = []
        for code in quotation_codes(symbol, name):
            answer = self._client.get(
                "quote",
                f"{QUOTATIONS}/inquire-investor",
                "FHKST01010900",
                {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": code},
            )
            flows = parse_rows(answer, "output", parse_daily_flow)
            if newest_confirmed(flows):
                break
        return flows

    def fetch_flow_estimates(self, symbol: str) -> list["FlowEstimate"]:
        """Today's slots so far; a paper account has no such query."""
        from kis.broker.holding_rows import parse_flow_estimate

        if self._is_paper:
            raise UnsupportedQuery("모의투자에는 장중 수급 추정이 없습니다")
        answer = self._client.get(
            "quote",
            f"{QUOTATIONS}/investor-trend-estimate",
            "HHPTJ04160200",
            {"MKSC_SHRN_ISCD": symbol.removeprefix("Q")},
        )
        return parse_rows(answer, "output2", parse_flow_estimate)

    def calendar(self, day: date, *, ask: bool = True) -> Calendar:
        """KIS wants this asked at most once a day, so an answer, or its failure, is kept."""
        known = self._keyring.calendar()
        if not ask or (known.asked_on == day and day in known.open_days):
            return known
        # Asked, but unknown: it failed, or another run is waiting for the answer right now.
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
            days = dict(parse_rows(answer, "output", parse_open_day))
        except (BrokerError, KeyRefused):
            return asked
        found = Calendar(day, days)
        self._keyring.keep_calendar(found)
        return found


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
