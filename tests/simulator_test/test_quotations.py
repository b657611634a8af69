"""Investor flow, estimate, price and holidays: fact sheet 4 and 6."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.simulator import Fault, Kis
from tests.simulator_test.asking import ESTIMATE, HOLIDAYS, INVESTOR, PRICE, Asker

TODAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 20)


def _flows(asker: Asker, symbol: str = "005930", market: str = "J") -> list[dict[str, str]]:
    query = {"FID_COND_MRKT_DIV_CODE": market, "FID_INPUT_ISCD": symbol}
    body = asker.get(INVESTOR, "FHKST01010900", query).json()
    assert body["rt_cd"] == "0", body
    found: list[dict[str, str]] = body["output"]
    return found


def _estimates(asker: Asker, symbol: str = "005930") -> list[dict[str, str]]:
    body = asker.get(ESTIMATE, "HHPTJ04160200", {"MKSC_SHRN_ISCD": symbol}).json()
    found: list[dict[str, str]] = body["output2"]
    return found


def _holidays(asker: Asker, start: str, key: str = "") -> dict[str, Any]:
    query = {"BASS_DT": start, "CTX_AREA_NK": key, "CTX_AREA_FK": ""}
    headers: dict[str, str | None] = {"tr_cont": "N" if key else ""}
    body: dict[str, Any] = asker.get(HOLIDAYS, "CTCA0903R", query, headers).json()
    return body


@pytest.fixture
def flowing(kis: Kis) -> Kis:
    """A stock with figures of today and of Friday."""
    kis.market.flow("005930", TODAY, foreign=15000, institution=-3200)
    kis.market.flow("005930", FRIDAY, foreign=-2_104_533, institution=251_904)
    return kis


def test_thirty_trading_days_newest_first(flowing: Kis, ask: Asker) -> None:
    days = [row["stck_bsop_date"] for row in _flows(ask)]
    assert len(days) == 30
    assert days[:2] == ["20261123", "20261120"]
    assert days == sorted(days, reverse=True)


def test_todays_figures_are_blank_until_the_close(flowing: Kis, ask: Asker) -> None:
    today, friday = _flows(ask)[:2]
    assert (today["frgn_ntby_qty"], today["orgn_ntby_qty"], today["prsn_seln_vol"]) == ("", "", "")
    assert today["stck_clpr"]
    assert (friday["frgn_ntby_qty"], friday["orgn_ntby_qty"]) == ("-2104533", "251904")
    assert friday["frgn_ntby_tr_pbmn"] == str(int(-2_104_533 * 70000 / 1_000_000))
    flowing.now = flowing.now.replace(hour=15, minute=40)
    assert _flows(ask)[0]["frgn_ntby_qty"] == "15000"


def test_a_holiday_has_no_row(flowing: Kis, ask: Asker) -> None:
    flowing.market.close(TODAY)
    assert _flows(ask)[0]["stck_bsop_date"] == "20261120"


def test_a_day_without_scripted_figures_is_blank(kis: Kis, ask: Asker) -> None:
    kis.market.hold("005930", "삼성전자", 1, 70000, 70000)
    assert {row["frgn_ntby_qty"] for row in _flows(ask)} == {""}


def test_an_etn_is_known_under_its_q_code_only(kis: Kis, ask: Asker) -> None:
    kis.market.hold("500001", "신한 레버리지 ETN", 1, 10000, 10000)
    kis.market.flow("Q500001", FRIDAY, foreign=5, institution=7)
    assert _flows(ask, "500001") == []
    assert _flows(ask, "Q500001")[1]["orgn_ntby_qty"] == "7"


def test_an_estimate_is_seen_once_its_slot_has_come(kis: Kis, ask: Asker) -> None:
    kis.market.estimate("005930", slot=1, foreign=-210_000)
    kis.market.estimate("005930", slot=3, foreign=-464_000, institution=121_000)
    assert [row["bsop_hour_gb"] for row in _estimates(ask)] == ["1"]
    kis.now = kis.now.replace(hour=11, minute=20)
    newest = _estimates(ask)[0]
    assert newest == {
        "bsop_hour_gb": "3",
        "frgn_fake_ntby_qty": "-00000000000464000",
        "orgn_fake_ntby_qty": "000000000000121000",
        "sum_fake_ntby_qty": "-00000000000343000",
    }
    assert all(len(value) == 18 for name, value in newest.items() if name != "bsop_hour_gb")
    kis.now += timedelta(days=1)
    assert _estimates(Asker(kis)) == []


def test_a_price_is_served(kis: Kis, ask: Asker) -> None:
    kis.market.hold("005930", "삼성전자", 1, 70000, 71200)
    query = {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": "005930"}
    output = ask.get(PRICE, "FHKST01010100", query).json()["output"]
    assert output["stck_prpr"] == "71200"
    assert all(isinstance(value, str) for value in output.values())


def test_the_calendar_shows_24_days(kis: Kis, ask: Asker) -> None:
    kis.market.close(date(2026, 11, 25))
    body = _holidays(ask, "20261123")
    days = {row["bass_dt"]: row for row in body["output"]}
    assert len(days) == 24
    assert days["20261123"] == {
        "bass_dt": "20261123",
        "wday_dvsn_cd": "02",
        "bzdy_yn": "Y",
        "tr_day_yn": "Y",
        "opnd_yn": "Y",
        "sttl_day_yn": "Y",
    }
    closed = [day for day, row in days.items() if row["opnd_yn"] == "N"]
    assert closed[:3] == ["20261125", "20261128", "20261129"]
    assert days["20261128"]["wday_dvsn_cd"] == "07"
    assert body["ctx_area_nk"] == "20261216".ljust(20)
    assert body["msg_cd"] == "KIOK0500"
    following = _holidays(ask, "20261123", body["ctx_area_nk"])
    assert following["output"][0]["bass_dt"] == "20261217"


def test_calendar_calls_are_counted_by_day_failed_or_not(kis: Kis, ask: Asker) -> None:
    assert kis.holiday_calls(TODAY) == 0
    kis.fail("chk-holiday", Fault.code("EGW00316"))
    _holidays(ask, "20261123")
    _holidays(ask, "20261217")
    assert kis.holiday_calls(TODAY) == 2
    assert kis.holiday_calls(FRIDAY) == 0
