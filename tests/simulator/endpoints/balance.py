"""inquire-balance: holdings row by row and one summary (fact sheet 3)."""

from __future__ import annotations

from tests.simulator.endpoints.daily_orders import estimated_fees
from tests.simulator.market import Holding
from tests.simulator.paging import cut
from tests.simulator.replies import Body, Reply, success
from tests.simulator.state import Asked, State

PAGE_SIZE = {"real": 50, "paper": 20}
_LABEL_NAMES = (
    "CANO",
    "ACNT_PRDT_CD",
    "AFHR_FLPR_YN",
    "FNCG_AMT_AUTO_RDPT_YN",
    "INQR_DVSN",
    "UNPR_DVSN",
    "FUND_STTL_ICLD_YN",
)


def balance(state: State, asked: Asked) -> Reply:
    """Rows per loan date, `output2` a list of one on every page (3.2 to 3.4).

    INQR_DVSN 02 is refused since the notice of February 2026 (3.1; the text is the one users
    report). No rows: KIOK0560 on a real account, 70070000 with an empty `output2` on paper.
    AFHR_FLPR_YN is accepted but every price is the same.
    """
    rows = state.market.holdings
    page = cut(
        state,
        asked,
        keys=[f"{row.symbol}!^{row.loan_day}!^{index}!^" for index, row in enumerate(rows)],
        size=PAGE_SIZE[state.environment],
        label=_label(asked.query),
        # Page 1 of a balance was seen with M, not F (2.6 allows both).
        first_flag="M",
    )
    if isinstance(page, Reply):
        return page
    output1 = [_row(state, row) for row in rows[page.start : page.end]]
    summary = [] if state.is_paper and not rows else [_summary(state)]
    body: Body = {**page.cursor_fields, "output1": output1, "output2": summary}
    code = _code(state, page.has_more, bool(output1))
    return success(body, code, continuation=page.flag)


def _row(state: State, row: Holding) -> Body:
    profit = row.value - row.cost
    bought, sold = _traded_today(state, row.symbol)
    change = row.price - int(row.price / 1.01)
    return {
        "pdno": row.symbol,
        "prdt_name": row.name,
        "trad_dvsn_name": row.kind,
        "bfdy_buy_qty": "0",
        "bfdy_sll_qty": "0",
        "thdt_buyqty": str(bought),
        "thdt_sll_qty": str(sold),
        "hldg_qty": str(row.quantity),
        "ord_psbl_qty": str(row.quantity),
        # The cost of a row that was sold out is a guess of the sheet (3.5).
        "pchs_avg_pric": f"{row.average_cost if row.quantity else 0:.4f}",
        "pchs_amt": str(row.cost),
        "prpr": str(row.price),
        "evlu_amt": str(row.value),
        "evlu_pfls_amt": str(profit),
        "evlu_pfls_rt": f"{100 * profit / row.cost if row.cost else 0:.2f}",
        "evlu_erng_rt": "0.00000000",
        "loan_dt": row.loan_day,
        "loan_amt": str(row.cost) if row.loan_day else "0",
        "stln_slng_chgs": "0",
        "expd_dt": "",
        "fltt_rt": f"{100 * change / (row.price - change) if row.price > change else 0:.8f}",
        "bfdy_cprs_icdc": str(change),
        "item_mgna_rt_name": "20%",
        "grta_rt_name": "",
        "sbst_pric": str(int(row.price * 0.79)),
        "stck_loan_unpr": "0.0000",
    }


def _traded_today(state: State, symbol: str) -> tuple[int, int]:
    totals = {"buy": 0, "sell": 0}
    for order in state.market.visible_orders(state.moment):
        if order.symbol == symbol and order.day == state.moment.date():
            totals[order.side] += order.filled(state.moment)[0]
    return totals["buy"], totals["sell"]


def _summary(state: State) -> Body:
    """The identities of 3.3: total = securities + D+2 deposit, profit = value - cost."""
    market, now = state.market, state.moment
    today = [order for order in market.visible_orders(now) if order.day == now.date()]
    bought = sum(order.filled(now)[1] for order in today if order.side == "buy")
    sold = sum(order.filled(now)[1] for order in today if order.side == "sell")
    fees = estimated_fees(bought + sold, sold)
    deposit = market.cash - bought + sold - fees
    cost = sum(row.cost for row in market.holdings)
    value = sum(row.value for row in market.holdings)
    loans = sum(row.cost for row in market.holdings if row.loan_day)
    total = value + deposit
    return {
        "dnca_tot_amt": str(market.cash),
        "nxdy_excc_amt": str(market.cash),
        "prvs_rcdl_excc_amt": str(deposit),
        "cma_evlu_amt": "0",
        "bfdy_buy_amt": "0",
        "thdt_buy_amt": str(bought),
        "nxdy_auto_rdpt_amt": "0",
        "bfdy_sll_amt": "0",
        "thdt_sll_amt": str(sold),
        "d2_auto_rdpt_amt": "0",
        "bfdy_tlex_amt": "0",
        "thdt_tlex_amt": str(fees),
        "tot_loan_amt": str(loans),
        "scts_evlu_amt": str(value),
        "tot_evlu_amt": str(total),
        "nass_amt": str(total - loans),
        "fncg_gld_auto_rdpt_yn": "",
        "pchs_amt_smtl_amt": str(cost),
        "evlu_amt_smtl_amt": str(value),
        "evlu_pfls_smtl_amt": str(value - cost),
        "tot_stln_slng_chgs": "0",
        "bfdy_tot_asst_evlu_amt": str(market.previous_total),
        "asst_icdc_amt": str(total - market.previous_total),
        "asst_icdc_erng_rt": "0.00000000",
    }


def _code(state: State, has_more: bool, has_rows: bool) -> str:
    if state.is_paper:
        return "20310000" if has_rows else "70070000"
    if not has_rows:
        return "KIOK0560"
    return "KIOK0500" if has_more else "KIOK0510"


def _label(query: dict[str, str]) -> str:
    return "".join(f"{query[name]}^" for name in _LABEL_NAMES)
