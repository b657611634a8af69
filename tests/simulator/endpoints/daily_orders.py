"""inquire-daily-ccld: one row per order with cumulative fills (fact sheet 2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from tests.simulator.moments import clock_text, day_text, parse_day
from tests.simulator.orders import Order
from tests.simulator.paging import cut
from tests.simulator.replies import Body, Reply, refusal, success
from tests.simulator.state import Asked, State

PAGE_SIZE = {"real": 100, "paper": 15}
RETIRED = ("TTTC8001R", "CTSC9115R", "VTTC8001R", "VTSC9115R")
OLDER = ("CTSC9215R", "VTSC9215R", "CTSC9115R", "VTSC9115R")
# Recognisable personal data: whatever leaks into a log or a message can be searched for.
ADDRESS, PHONE, USER = "203.0.113.77", "01012345678", "OpnAPI"

_LABEL_NAMES = (
    "CANO",
    "ACNT_PRDT_CD",
    "INQR_STRT_DT",
    "INQR_END_DT",
    "PDNO",
    "SLL_BUY_DVSN_CD",
    "CCLD_DVSN",
    "INQR_DVSN",
    "INQR_DVSN_3",
)
_SIDES = {"sell": ("01", "매도"), "buy": ("02", "매수")}
# 02 KRX and 12 SOR are recorded (2.3); the code of NXT is not known and made up here.
_VENUE_CODES = {"KRX": "02", "NXT": "03", "SOR": "12"}
_TYPE_NAMES = {
    "00": "지정가",
    "01": "시장가",
    "02": "조건부지정가",
    "03": "최유리지정가",
    "04": "최우선지정가",
    "05": "장전시간외",
    "06": "장후시간외",
    "07": "시간외단일가",
    "21": "중간가",
    "22": "스톱지정가",
}


def daily_orders(state: State, asked: Asked) -> Reply:
    """The orders of the asked days, filtered, ordered and cut into pages (2.2, 2.6).

    EXCG_ID_DVSN_CD on a real account: KRX (and blank) hides NXT and SOR rows, NXT and SOR show
    only theirs, ALL shows everything (0.1.4). On paper KRX and ALL answer alike, as recorded,
    and NXT and SOR are refused with 40910000. Retired ids know KRX only.
    """
    days = _days(state, asked)
    if days is None:
        return refusal("KIER2570")
    venue = asked.query.get("EXCG_ID_DVSN_CD", "") or "KRX"
    if state.is_paper and venue in ("NXT", "SOR"):
        return refusal("40910000")
    orders = [o for o in _in_range(state, *days) if _matches(o, asked.query, venue, state.moment)]
    if asked.query["INQR_DVSN"] == "00":
        orders.reverse()
    if asked.tr_id == "VTTC8001R":
        # The trap of 2.1: no rows while the totals are right.
        empty = {**_blank_cursors(), "output1": [], "output2": _totals(orders, state.moment)}
        return success(empty, "70070000", continuation="D")
    page = cut(
        state,
        asked,
        keys=[_key(order) for order in orders],
        size=PAGE_SIZE[state.environment],
        label=_label(asked.query),
        shifts=asked.query["INQR_DVSN"] == "00",
    )
    if isinstance(page, Reply):
        return page
    body: Body = {
        **page.cursor_fields,
        "output1": [_row(order, state.moment) for order in orders[page.start : page.end]],
        "output2": _totals(orders, state.moment),
    }
    code = _code(state, page.has_more, page.end > page.start)
    return success(body, code, continuation=page.flag)


def _days(state: State, asked: Asked) -> tuple[date, date] | None:
    """The asked range; None when this TR does not serve it (KIER2570, 2.1).

    Three months are calendar months: on 22 April the newer TR serves January to April.
    """
    start = parse_day(asked.query["INQR_STRT_DT"])
    end = parse_day(asked.query["INQR_END_DT"])
    if start is None or end is None or start > end:
        return None
    today = state.moment.date()
    months = today.year * 12 + today.month - 1 - 3
    boundary = date(months // 12, months % 12 + 1, 1)
    if asked.tr_id in OLDER and end >= boundary:
        return None
    if asked.tr_id not in OLDER and start < boundary:
        return None
    if asked.tr_id == "TTTC8001R" and start < today <= end:
        return None
    return start, end


def _in_range(state: State, start: date, end: date) -> list[Order]:
    seen = state.market.visible_orders(state.moment)
    return [order for order in seen if start <= order.day <= end]


def _matches(order: Order, query: dict[str, str], venue: str, now: datetime) -> bool:
    # A partly filled order is listed as filled and as unfilled: the sheet leaves it open (2.2).
    filled, remaining = order.filled(now)[0], order.remaining(now)
    number = query["ODNO"].lstrip("0")
    return all(
        (
            venue in ("ALL", order.venue),
            query["SLL_BUY_DVSN_CD"] in ("00", _SIDES[order.side][0]),
            query["PDNO"] in ("", order.symbol),
            number in ("", order.number.lstrip("0")),
            query["ORD_GNO_BRNO"] in ("", order.branch),
            query["CCLD_DVSN"] != "01" or filled > 0,
            query["CCLD_DVSN"] != "02" or remaining > 0,
            # Every scripted order is a cash order of a listed share.
            query["INQR_DVSN_3"] in ("00", "01"),
            query["INQR_DVSN_1"] in ("", "0"),
        )
    )


def _row(order: Order, now: datetime) -> Body:
    quantity, amount = order.filled(now)
    code, side = _SIDES[order.side]
    label = {"new": f"현금{side}", "amend": f"{side}정정", "cancel": f"{side}취소"}[order.action]
    is_market = order.order_type == "01" or order.action == "cancel"
    return {
        "ord_dt": day_text(order.day),
        "ord_gno_brno": order.branch,
        "odno": order.number,
        "orgn_odno": order.original.number if order.original else "",
        "ord_dvsn_name": _TYPE_NAMES.get(order.order_type, "지정가"),
        "sll_buy_dvsn_cd": code,
        "sll_buy_dvsn_cd_name": label,
        "pdno": order.symbol,
        "prdt_name": order.name,
        "ord_qty": str(order.quantity),
        "ord_unpr": "0" if is_market else str(order.price),
        "ord_tmd": clock_text(order.at),
        "tot_ccld_qty": str(quantity),
        # Cut to a whole won (2.3): the price of a fill has to come from the amounts.
        "avg_prvs": str(int(amount / quantity)) if quantity else "0",
        # Blank and 0 also on a cancelled order (2.5): both fields say nothing.
        "cncl_yn": "",
        "tot_ccld_amt": str(amount),
        "loan_dt": "",
        "ordr_empno": USER,
        "ord_dvsn_cd": order.order_type,
        "cncl_cfrm_qty": "0",
        "rmn_qty": str(order.remaining(now)),
        "rjct_qty": str(order.rejected(now)),
        "ccld_cndt_name": "없음",
        "inqr_ip_addr": ADDRESS,
        "cpbc_ordp_ord_rcit_dvsn_cd": "",
        "cpbc_ordp_infm_mthd_dvsn_cd": "",
        "infm_tmd": "",
        "ctac_tlno": PHONE,
        "prdt_type_cd": "",
        "excg_dvsn_cd": _VENUE_CODES[order.venue],
        "cpbc_ordp_mtrl_dvsn_cd": "",
        "ord_orgno": "00000",
        "rsvn_ord_end_dt": "",
        "excg_id_dvsn_cd": order.venue,
        "stpm_cndt_pric": "0",
        "stpm_efct_occr_dtmd": "",
    }


def _totals(orders: Sequence[Order], now: datetime) -> Body:
    """`output2`, one object over all pages (2.4)."""
    filled = [order.filled(now) for order in orders]
    quantity, amount = sum(q for q, _ in filled), sum(a for _, a in filled)
    sold = sum(order.filled(now)[1] for order in orders if order.side == "sell")
    return {
        "tot_ord_qty": str(sum(order.quantity for order in orders)),
        "tot_ccld_qty": str(quantity),
        "tot_ccld_amt": str(amount),
        "prsm_tlex_smtl": str(estimated_fees(amount, sold)),
        "pchs_avg_pric": f"{amount / quantity:.4f}" if quantity else "0.0000",
    }


def estimated_fees(traded: int, sold: int) -> int:
    """Fee 0.015 % of everything, tax 0.18 % of what was sold; the real formula is not known."""
    return int(traded * 0.00015 + sold * 0.0018)


def _code(state: State, has_more: bool, has_rows: bool) -> str:
    if state.is_paper:
        return "20310000" if has_rows else "70070000"
    if not has_rows:
        return "KIOK0560"
    return "KIOK0500" if has_more else "KIOK0460"


def _key(order: Order) -> str:
    return f"{day_text(order.day)}!^{order.branch}!^{order.number}!^"


def _label(query: dict[str, str]) -> str:
    return "".join(f"{query[name]}!^" for name in _LABEL_NAMES)


def _blank_cursors() -> Body:
    return {"ctx_area_fk100": " " * 100, "ctx_area_nk100": " " * 100}
