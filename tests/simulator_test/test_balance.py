"""inquire-balance: fact sheet 3."""

from __future__ import annotations

from tests.simulator import Kis
from tests.simulator_test.asking import Asker, code, rows

ROW_FIELDS = """
pdno prdt_name trad_dvsn_name bfdy_buy_qty bfdy_sll_qty thdt_buyqty thdt_sll_qty hldg_qty
ord_psbl_qty pchs_avg_pric pchs_amt prpr evlu_amt evlu_pfls_amt evlu_pfls_rt evlu_erng_rt loan_dt
loan_amt stln_slng_chgs expd_dt fltt_rt bfdy_cprs_icdc item_mgna_rt_name grta_rt_name sbst_pric
stck_loan_unpr
"""
SUMMARY_FIELDS = """
dnca_tot_amt nxdy_excc_amt prvs_rcdl_excc_amt cma_evlu_amt bfdy_buy_amt thdt_buy_amt
nxdy_auto_rdpt_amt bfdy_sll_amt thdt_sll_amt d2_auto_rdpt_amt bfdy_tlex_amt thdt_tlex_amt
tot_loan_amt scts_evlu_amt tot_evlu_amt nass_amt fncg_gld_auto_rdpt_yn pchs_amt_smtl_amt
evlu_amt_smtl_amt evlu_pfls_smtl_amt tot_stln_slng_chgs bfdy_tot_asst_evlu_amt asst_icdc_amt
asst_icdc_erng_rt
"""


def test_a_row_has_the_recorded_fields_and_formats(kis: Kis, ask: Asker) -> None:
    kis.market.hold("005930", "삼성전자", 16, "70062.5", 71200)
    (row,) = rows(ask.balance())
    assert list(row) == ROW_FIELDS.split()
    assert all(isinstance(value, str) for value in row.values())
    assert (row["pchs_avg_pric"], row["pchs_amt"]) == ("70062.5000", "1121000")
    assert (row["evlu_amt"], row["evlu_pfls_amt"]) == ("1139200", "18200")
    assert (row["evlu_pfls_rt"], row["evlu_erng_rt"]) == ("1.62", "0.00000000")


def test_a_loss_is_signed(kis: Kis, ask: Asker) -> None:
    kis.market.hold("005930", "삼성전자", 10, 72000, 70000)
    (row,) = rows(ask.balance())
    assert (row["evlu_pfls_amt"], row["evlu_pfls_rt"]) == ("-20000", "-2.78")


def test_sold_out_and_duplicate_rows_stay(kis: Kis, ask: Asker) -> None:
    kis.market.order("sell", "000660", "SK하이닉스", 3, 185_000).fill(3, 185_000)
    kis.market.hold("000660", "SK하이닉스", 0, 180_000, 185_000)
    kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    kis.market.hold("005930", "삼성전자", 5, 70000, 74500, kind="신용", loan_day="20261102")
    sold, cash, credit = rows(ask.balance())
    assert (sold["hldg_qty"], sold["thdt_sll_qty"], sold["pchs_avg_pric"]) == ("0", "3", "0.0000")
    assert (cash["trad_dvsn_name"], cash["loan_dt"]) == ("현금", "")
    assert (credit["trad_dvsn_name"], credit["loan_dt"]) == ("신용", "20261102")


def test_the_summary_is_a_list_of_one_whose_sums_agree(kis: Kis, ask: Asker) -> None:
    kis.market.order("buy", quantity=6).fill(6, 71166)
    kis.market.hold("005930", "삼성전자", 16, "70062.5", 71200)
    kis.market.hold("069500", "KODEX 200", 5, 36500, 36000)
    (summary,) = ask.balance().json()["output2"]
    assert list(summary) == SUMMARY_FIELDS.split()
    amount = {name: int(value) for name, value in summary.items() if value.lstrip("-").isdigit()}
    assert amount["tot_evlu_amt"] == amount["scts_evlu_amt"] + amount["prvs_rcdl_excc_amt"]
    assert amount["evlu_pfls_smtl_amt"] == amount["evlu_amt_smtl_amt"] - amount["pchs_amt_smtl_amt"]
    assert amount["scts_evlu_amt"] == 16 * 71200 + 5 * 36000
    assert amount["thdt_buy_amt"] == 6 * 71166
    assert amount["dnca_tot_amt"] == 2_000_000, "cash settles two days later"


def test_the_per_stock_view_is_refused_since_february_2026(ask: Asker) -> None:
    reply = ask.balance(INQR_DVSN="02")
    assert code(reply) == (200, "2", "OPSQ2001")
    assert reply.json()["msg1"] == "ERROR : INPUT INVALID_CHECK_INQR_DVSN"


def test_an_empty_account_is_a_success_with_a_code_of_its_own(ask: Asker, ask_paper: Asker) -> None:
    real, paper = ask.balance(), ask_paper.balance()
    assert code(real) == (200, "0", "KIOK0560")
    assert (real.json()["output1"], len(real.json()["output2"])) == ([], 1)
    assert code(paper) == (200, "0", "70070000")
    assert (paper.json()["output1"], paper.json()["output2"]) == ([], [])


def test_a_price_moves_when_a_test_moves_it(kis: Kis, ask: Asker) -> None:
    holding = kis.market.hold("005930", "삼성전자", 10, 72000, 72000)
    holding.price = 74500
    assert rows(ask.balance())[0]["evlu_pfls_rt"] == "3.47"
