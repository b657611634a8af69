"""Korean stocks: what is asked of KIS, and when an answer is not believed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from kis.broker.domestic import exchange_holidays, quotation_codes
from kis.broker.token import Token, seal, unseal
from kis.core.calendar import is_open_day
from kis.core.investors import newest_confirmed
from kis.core.models import Calendar
from kis.errors import KeyRefused, MalformedAnswer, UnsupportedQuery
from tests.broker.conftest import ORDERS, Desk
from tests.simulator import Fault
from tests.simulator.replies import Body

MONDAY = date(2026, 11, 23)
BALANCE, HOLIDAYS, FLOWS = "inquire-balance", "chk-holiday", "inquire-investor"


def test_a_real_account_asks_all_venues_for_one_day(desk: Desk) -> None:
    desk.kis.market.order("buy", venue="NXT").fill(10, 72_000)
    [order] = desk.market().fetch_orders(MONDAY)
    assert order.venue == "NXT"
    assert order.filled.quantity == 10
    [call] = desk.kis.calls_to(ORDERS)
    assert call.tr_id == "TTTC0081R"
    assert call.query["INQR_STRT_DT"] == call.query["INQR_END_DT"] == "20261123"
    asked = [call.query[name] for name in ("EXCG_ID_DVSN_CD", "CCLD_DVSN", "INQR_DVSN")]
    assert asked == ["ALL", "00", "01"]


def test_a_paper_account_asks_krx_by_the_new_id(paper_desk: Desk) -> None:
    paper_desk.kis.market.order("sell").fill(10, 72_000)
    assert len(paper_desk.market().fetch_orders(MONDAY)) == 1
    [call] = paper_desk.kis.calls_to(ORDERS)
    assert (call.tr_id, call.query["EXCG_ID_DVSN_CD"]) == ("VTTC0081R", "KRX")


def test_the_balance_is_asked_by_loan_day(desk: Desk) -> None:
    desk.kis.market.hold("005930", "삼성전자", 10, 72_000, 74_500)
    desk.kis.market.hold("005930", "삼성전자", 5, 70_000, 74_500, kind="신용", loan_day="20261101")
    assert [row.quantity for row in desk.market().fetch_positions()] == [10, 5]
    [call] = desk.kis.calls_to(BALANCE)
    assert (call.tr_id, call.query["INQR_DVSN"]) == ("TTTC8434R", "01")


def without_rows(body: Body) -> None:
    body["output1"] = []


def test_totals_without_rows_are_not_believed(desk: Desk) -> None:
    desk.kis.market.order("buy").fill(10, 72_000)
    desk.kis.market.hold("005930", "삼성전자", 10, 72_000, 74_500)
    desk.kis.fail(ORDERS, Fault.edit(without_rows))
    desk.kis.fail(BALANCE, Fault.edit(without_rows))
    with pytest.raises(MalformedAnswer):
        desk.market().fetch_orders(MONDAY)
    with pytest.raises(MalformedAnswer):
        desk.market().fetch_positions()


def test_orders_and_holdings_may_really_be_none(desk: Desk, paper_desk: Desk) -> None:
    for each in (desk, paper_desk):
        assert each.market().fetch_orders(MONDAY) == []
        assert each.market().fetch_positions() == []


def test_ledger_calls_of_all_runs_are_over_a_second_apart(desk: Desk) -> None:
    desk.kis.limits = True
    desk.client().token()
    markets = [desk.market(), desk.market()]
    asks: list[Callable[[], object]] = [
        lambda: markets[0].fetch_orders(MONDAY),
        lambda: markets[1].fetch_positions(),
        lambda: markets[1].fetch_orders(MONDAY),
    ]
    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(ask) for ask in asks]:
            future.result()
    moments = sorted(
        call.at_monotonic for call in desk.kis.calls if call.endpoint in (ORDERS, BALANCE)
    )
    assert len(moments) == 3
    assert all(later - earlier >= 1.05 for earlier, later in pairwise(moments))


def test_on_paper_calls_of_any_kind_share_one_pace(paper_desk: Desk) -> None:
    paper_desk.kis.limits = True
    paper_desk.kis.market.hold("005930", "삼성전자", 10, 72_000, 74_500)
    paper_desk.client().token()
    paper_desk.kis.rest()
    paper_desk.market().fetch_positions()
    paper_desk.market().fetch_daily_flows("005930", "삼성전자")
    assert [call.code for call in paper_desk.kis.calls[1:]] == ["20310000", "MCA00000"]


def test_todays_blank_row_leaves_the_day_before(desk: Desk) -> None:
    desk.kis.market.flow("005930", MONDAY, 5, 6)
    desk.kis.market.flow("005930", MONDAY - timedelta(days=3), -7, 8)
    found = newest_confirmed(desk.market().fetch_daily_flows("005930", "삼성전자"))
    assert found
    assert (found.day, found.foreign) == (date(2026, 11, 20), Decimal(-7))


@pytest.mark.parametrize(
    ("symbol", "name", "codes"),
    [
        ("005930", "삼성전자", ["005930"]),
        ("0000D0", "KODEX", ["0000D0"]),
        ("500001", "신한 레버리지 etn", ["Q500001", "500001"]),
        ("Q500001", "신한 레버리지", ["Q500001", "500001"]),
        ("QABCDE", "Q로 시작", ["QABCDE"]),
    ],
)
def test_an_etn_is_asked_with_its_q_first(symbol: str, name: str, codes: list[str]) -> None:
    assert quotation_codes(symbol, name) == codes


def test_an_etn_is_found_whether_the_balance_shows_its_q_or_not(desk: Desk) -> None:
    friday = MONDAY - timedelta(days=3)
    desk.kis.market.flow("Q500001", friday, 1, 2)
    for symbol in ("500001", "Q500001"):
        found = newest_confirmed(desk.market().fetch_daily_flows(symbol, "신한 레버리지 ETN"))
        assert found
        assert found.foreign == 1
    assert desk.asked(FLOWS) == 2


def test_a_paper_account_asks_no_estimates_and_no_calendar(paper_desk: Desk) -> None:
    market = paper_desk.market()
    with pytest.raises(UnsupportedQuery):
        market.fetch_flow_estimates("005930")
    assert is_open_day(MONDAY, market.calendar(MONDAY))
    assert paper_desk.kis.calls == []


def test_the_exchanges_holidays_stand_in_where_kis_cannot_be_asked() -> None:
    days = exchange_holidays(date(2026, 12, 21))
    assert len(days) == 24
    closed = [f"{day:%m-%d}" for day, is_open in days.items() if not is_open and day.weekday() < 5]
    assert closed == ["12-25", "12-31", "01-01"]


def test_the_calendar_is_asked_once_a_day_over_all_runs(desk: Desk) -> None:
    desk.kis.market.close(MONDAY + timedelta(days=1))
    with ThreadPoolExecutor(3) as pool:
        markets = [desk.market() for _ in range(3)]
        found = list(pool.map(lambda market: market.calendar(MONDAY), markets))
    for known in [*found, desk.market().calendar(MONDAY)]:
        assert is_open_day(MONDAY, known)
        assert not is_open_day(MONDAY + timedelta(days=1), known)
    assert desk.asked(HOLIDAYS) == 1
    tuesday = MONDAY + timedelta(days=1)
    assert not is_open_day(tuesday, desk.market().calendar(tuesday))
    assert desk.asked(HOLIDAYS) == 2


@pytest.mark.parametrize(
    "fault",
    [Fault.code("EGW00201"), Fault.code("EGW00206"), Fault.html(), Fault.raw(b"{}"), Fault.reset()],
    ids=lambda fault: fault.name,
)
def test_a_calendar_that_cannot_be_asked_is_not_asked_twice_a_day(desk: Desk, fault: Fault) -> None:
    desk.kis.fail(HOLIDAYS, fault)
    for _ in range(2):
        assert desk.market().calendar(MONDAY) == Calendar(MONDAY, {})
    assert desk.asked(HOLIDAYS) == 1


def test_a_failed_question_keeps_what_was_known(desk: Desk) -> None:
    tuesday = MONDAY + timedelta(days=1)
    desk.kis.market.close(tuesday)
    desk.market().calendar(MONDAY)
    desk.kis.fail(HOLIDAYS, Fault.html())
    assert not is_open_day(tuesday, desk.market().calendar(tuesday))


def test_without_a_token_the_days_question_is_not_used_up(desk: Desk) -> None:
    desk.kis.fail("tokenP", Fault.code("EGW00103"))
    with pytest.raises(KeyRefused):
        desk.market().calendar(MONDAY)
    assert desk.market().calendar(MONDAY).open_days
    assert desk.asked(HOLIDAYS) == 1


def test_a_calendar_is_not_asked_for_a_look(desk: Desk) -> None:
    assert desk.market().calendar(MONDAY, ask=False) == Calendar()
    assert desk.kis.calls == []


def test_authenticating_says_until_when(desk: Desk) -> None:
    market = desk.market()
    assert market.authenticate() == desk.kis.now + timedelta(days=1)
    assert market.calls == 1


def test_a_sealed_token_opens_with_its_own_secret_only(desk: Desk) -> None:
    token = Token("value", desk.kis.now)
    sealed = seal(token, "secret")
    assert unseal(sealed, "secret") == token
    assert unseal(sealed, "Secret") is None
    assert unseal(sealed[:-8] + "AAAAAAAA", "secret") is None
    assert seal(token, "secret") != sealed
