"""inquire-daily-ccld: fact sheet 2.1 to 2.5 and 2.7."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.simulator import KST, Kis
from tests.simulator_test.asking import Asker, code

ROW_FIELDS = """
ord_dt ord_gno_brno odno orgn_odno ord_dvsn_name sll_buy_dvsn_cd sll_buy_dvsn_cd_name pdno
prdt_name ord_qty ord_unpr ord_tmd tot_ccld_qty avg_prvs cncl_yn tot_ccld_amt loan_dt ordr_empno
ord_dvsn_cd cncl_cfrm_qty rmn_qty rjct_qty ccld_cndt_name inqr_ip_addr cpbc_ordp_ord_rcit_dvsn_cd
cpbc_ordp_infm_mthd_dvsn_cd infm_tmd ctac_tlno prdt_type_cd excg_dvsn_cd
cpbc_ordp_mtrl_dvsn_cd ord_orgno rsvn_ord_end_dt excg_id_dvsn_cd stpm_cndt_pric
stpm_efct_occr_dtmd
"""


def test_a_row_has_the_recorded_fields_all_strings(kis: Kis, ask: Asker) -> None:
    kis.market.order("buy", quantity=10, price=71200).fill(6, 71166)
    (row,) = ask.order_rows()
    assert list(row) == ROW_FIELDS.split()
    assert all(isinstance(value, str) for value in row.values())
    assert (row["odno"], row["ord_gno_brno"]) == ("0000100001", "06010")
    assert (row["inqr_ip_addr"], row["ctac_tlno"]) == ("203.0.113.77", "01012345678")


def test_the_average_is_cut_to_a_whole_won(kis: Kis, ask: Asker) -> None:
    kis.market.order("buy", quantity=113, price=69100).set_filled(113, 7_805_700)
    (row,) = ask.order_rows()
    assert (row["avg_prvs"], row["tot_ccld_amt"]) == ("69076", "7805700")


def test_fills_appear_when_their_moment_has_come(kis: Kis, ask: Asker) -> None:
    order = kis.market.order("buy", quantity=10, price=72000)
    order.fill(6, 71000).fill(4, 72000, at=kis.now + timedelta(minutes=1))
    (before,) = ask.order_rows()
    kis.now += timedelta(minutes=1)
    (after,) = ask.order_rows()
    assert (before["tot_ccld_qty"], before["tot_ccld_amt"]) == ("6", "426000")
    assert (before["rmn_qty"], before["avg_prvs"]) == ("4", "71000")
    assert (after["tot_ccld_qty"], after["tot_ccld_amt"]) == ("10", "714000")
    assert after["rmn_qty"] == "0"


def test_scripted_totals_may_shrink(kis: Kis, ask: Asker) -> None:
    order = kis.market.order("buy")
    order.fill(6, 72000)
    order.set_filled(4, 288_000)
    assert ask.order_rows()[0]["tot_ccld_qty"] == "4"


def test_more_fills_than_ordered_is_a_scripting_mistake(kis: Kis) -> None:
    with pytest.raises(ValueError, match="set_filled"):
        kis.market.order("buy", quantity=5).fill(6, 72000)


def test_a_cancel_is_a_row_of_its_own_and_leaves_the_flags_blank(kis: Kis, ask: Asker) -> None:
    order = kis.market.order("buy", quantity=10)
    order.fill(6, 71166)
    order.cancel()
    original, cancel = ask.order_rows()
    assert (original["tot_ccld_qty"], original["rmn_qty"]) == ("6", "0")
    assert cancel["orgn_odno"] == original["odno"] != cancel["odno"]
    assert (cancel["ord_qty"], cancel["ord_unpr"], cancel["tot_ccld_qty"]) == ("4", "0", "0")
    assert cancel["sll_buy_dvsn_cd_name"] == "매수취소"
    for row in (original, cancel):
        assert (row["cncl_yn"], row["cncl_cfrm_qty"]) == ("", "0")


def test_fills_after_an_amend_go_to_the_new_number(kis: Kis, ask: Asker) -> None:
    order = kis.market.order("sell", quantity=10, price=72000)
    order.fill(3, 72000)
    order.amend(price=71500).fill(7, 71500)
    original, amended = ask.order_rows()
    assert (original["tot_ccld_qty"], original["rmn_qty"]) == ("3", "0")
    assert (amended["ord_qty"], amended["tot_ccld_qty"]) == ("7", "7")
    assert amended["orgn_odno"] == original["odno"]
    assert (amended["ord_unpr"], amended["sll_buy_dvsn_cd_name"]) == ("71500", "매도정정")


def test_a_rejected_order_has_nothing_left(kis: Kis, ask: Asker) -> None:
    kis.market.order("buy", quantity=10).reject()
    (row,) = ask.order_rows()
    assert (row["rjct_qty"], row["rmn_qty"], row["tot_ccld_qty"]) == ("10", "0", "0")


def test_a_market_order_shows_no_price(kis: Kis, ask: Asker) -> None:
    kis.market.order("sell", order_type="01")
    (row,) = ask.order_rows()
    assert (row["ord_unpr"], row["ord_dvsn_name"], row["sll_buy_dvsn_cd"]) == ("0", "시장가", "01")


def test_numbers_repeat_on_other_days(kis: Kis, ask: Asker) -> None:
    first = kis.market.order("buy", at=kis.now - timedelta(days=3))
    second = kis.market.order("buy")
    assert first.number == second.number
    assert first.day != second.day
    assert len(ask.order_rows()) == 1
    assert len(ask.order_rows(INQR_STRT_DT="20261120")) == 2


def test_totals_are_one_object_over_all_rows(kis: Kis, ask: Asker) -> None:
    kis.market.order("buy", quantity=10).set_filled(6, 427_000)
    kis.market.order("sell", quantity=3).set_filled(3, 555_500)
    kis.market.order("buy", quantity=4)
    totals = ask.orders().json()["output2"]
    assert totals["tot_ord_qty"] == "17"
    assert (totals["tot_ccld_qty"], totals["tot_ccld_amt"]) == ("9", "982500")
    assert totals["pchs_avg_pric"] == "109166.6667"


@pytest.mark.parametrize(
    ("venue", "seen"),
    [
        ("ALL", ["KRX", "NXT", "SOR"]),
        ("KRX", ["KRX"]),
        ("", ["KRX"]),
        ("SOR", ["SOR"]),
        ("NXT", ["NXT"]),
    ],
)
def test_only_all_shows_every_venue_of_a_real_account(
    kis: Kis, ask: Asker, venue: str, seen: list[str]
) -> None:
    for each in ("KRX", "NXT", "SOR"):
        kis.market.order("buy", venue=each)
    found = [row["excg_id_dvsn_cd"] for row in ask.order_rows(EXCG_ID_DVSN_CD=venue)]
    assert found == seen


def test_paper_knows_only_krx(paper: Kis, ask_paper: Asker) -> None:
    paper.market.order("buy")
    assert len(ask_paper.order_rows(EXCG_ID_DVSN_CD="ALL")) == 1
    assert code(ask_paper.orders(EXCG_ID_DVSN_CD="SOR")) == (200, "1", "40910000")
    with pytest.raises(ValueError, match="KRX only"):
        paper.market.order("buy", venue="SOR")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"SLL_BUY_DVSN_CD": "01"}, ["000660"]),
        ({"SLL_BUY_DVSN_CD": "02"}, ["005930", "069500"]),
        ({"PDNO": "069500"}, ["069500"]),
        ({"ODNO": "0000100008"}, ["000660"]),
        ({"ODNO": "100008"}, ["000660"]),
        ({"CCLD_DVSN": "01"}, ["005930", "000660"]),
        ({"CCLD_DVSN": "02"}, ["005930", "069500"]),
        ({"INQR_DVSN": "00"}, ["069500", "000660", "005930"]),
        ({"INQR_DVSN_3": "02"}, []),
    ],
)
def test_filters_and_order(
    kis: Kis, ask: Asker, query: dict[str, str], expected: list[str]
) -> None:
    kis.market.order("buy", "005930", quantity=10).fill(4, 72000)
    kis.market.order("sell", "000660", quantity=3).fill(3, 185_000)
    kis.market.order("buy", "069500", quantity=5)
    assert [row["pdno"] for row in ask.order_rows(**query)] == expected


def test_nothing_to_show_is_a_success_with_a_code_of_its_own(ask: Asker, ask_paper: Asker) -> None:
    assert code(ask.orders()) == (200, "0", "KIOK0560")
    assert code(ask_paper.orders()) == (200, "0", "70070000")
    assert ask_paper.orders().json()["output1"] == []


def test_messages_are_padded_to_80_bytes(kis: Kis, ask: Asker) -> None:
    kis.market.order("buy")
    message = ask.orders().json()["msg1"]
    assert message.rstrip() == "조회 되었습니다. (마지막 자료)"
    assert len(message.encode("euc-kr")) == 80


def test_the_retired_paper_tr_hides_the_rows_but_not_the_totals(
    paper: Kis, ask_paper: Asker
) -> None:
    paper.market.order("buy").fill(6, 72000)
    reply = ask_paper.orders(tr_id="VTTC8001R")
    assert code(reply) == (200, "0", "70070000")
    assert reply.json()["output1"] == []
    assert reply.json()["output2"]["tot_ccld_qty"] == "6"


def test_the_retired_real_tr_takes_one_day_only(kis: Kis, ask: Asker) -> None:
    kis.market.order("buy")
    assert len(ask.order_rows(tr_id="TTTC8001R")) == 1
    reply = ask.orders(tr_id="TTTC8001R", INQR_STRT_DT="20261120")
    assert code(reply) == (200, "7", "KIER2570")


def test_three_months_are_calendar_months() -> None:
    with Kis(now=datetime(2026, 4, 22, 16, 0, tzinfo=KST)) as kis:
        kis.limits = False
        asker = Asker(kis)
        january, december = (
            {"INQR_STRT_DT": day, "INQR_END_DT": day} for day in ("20260101", "20251231")
        )
        assert asker.orders(**january).json()["rt_cd"] == "0"
        assert asker.orders(**december).json()["msg_cd"] == "KIER2570"
        assert asker.orders(tr_id="CTSC9215R", **december).json()["rt_cd"] == "0"
        assert asker.orders(tr_id="CTSC9215R", **january).json()["msg_cd"] == "KIER2570"


def test_the_list_may_lag_behind_the_market(kis: Kis, ask: Asker) -> None:
    kis.market.delay = timedelta(seconds=15)
    kis.market.order("buy")
    assert ask.order_rows() == []
    kis.now += timedelta(seconds=15)
    assert len(ask.order_rows()) == 1
