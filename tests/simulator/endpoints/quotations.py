"""Quotations: investor flow, its intraday estimate and the price (fact sheet 4)."""

from __future__ import annotations

from datetime import date

from tests.simulator.market import Flow
from tests.simulator.moments import day_text
from tests.simulator.replies import Body, Reply, success
from tests.simulator.state import Asked, State

DAYS = 30
_GROUPS = ("prsn", "frgn", "orgn")
_SUFFIXES = (
    "ntby_qty",
    "ntby_tr_pbmn",
    "shnu_vol",
    "shnu_tr_pbmn",
    "seln_vol",
    "seln_tr_pbmn",
)


def investor(state: State, asked: Asked) -> Reply:
    """About 30 trading days, newest first; today's figures blank until the close (4.1).

    Today's row exists on every open day, also before the session. On a holiday the newest row
    is the last trading day. A code that quotations do not know (an ETN without its Q, an ELW
    market) answers an empty list.
    """
    symbol = asked.query["FID_INPUT_ISCD"]
    rows: list[Body] = []
    if state.market.knows(symbol) and asked.query["FID_COND_MRKT_DIV_CODE"] != "W":
        days = state.market.trading_days(state.moment.date(), DAYS)
        rows = [_investor_row(state, symbol, day) for day in days]
    return success({"output": rows}, "MCA00000", pad=False)


def estimate(state: State, asked: Asked) -> Reply:
    """Running totals of the slots that are out, 18 characters, zero-padded, signed (4.3)."""
    rows = [
        {
            "bsop_hour_gb": str(slot),
            "frgn_fake_ntby_qty": _signed(flow.foreign or 0),
            "orgn_fake_ntby_qty": _signed(flow.institution or 0),
            "sum_fake_ntby_qty": _signed((flow.foreign or 0) + (flow.institution or 0)),
        }
        for slot, flow in state.market.estimates(asked.query["MKSC_SHRN_ISCD"], state.moment)
    ]
    return success({"output2": rows}, "MCA00000", pad=False)


def price(state: State, asked: Asked) -> Reply:
    """The last price with the fields most clients read (4.4); figures besides it are made up."""
    symbol = asked.query["FID_INPUT_ISCD"]
    _, last = state.market.name_and_price(symbol)
    change = last // 200
    flow = state.market.confirmed(symbol).get(_last_day(state))
    return success(
        {
            "output": {
                "iscd_stat_cls_code": "55",
                "marg_rate": "20.00",
                "rprs_mrkt_kor_name": "KOSPI200",
                "bstp_kor_isnm": "전기·전자",
                "temp_stop_yn": "N",
                "stck_prpr": str(last),
                "prdy_vrss": str(change),
                "prdy_vrss_sign": "2" if change else "3",
                "prdy_ctrt": f"{100 * change / max(1, last - change):.2f}",
                "acml_tr_pbmn": str(last * 9_120_331),
                "acml_vol": "9120331",
                "prdy_vrss_vol_rate": "89.12",
                "stck_oprc": str(last - change),
                "stck_hgpr": str(last + change),
                "stck_lwpr": str(last - 2 * change),
                "stck_mxpr": str(int((last - change) * 1.3)),
                "stck_llam": str(int((last - change) * 0.7)),
                "stck_sdpr": str(last - change),
                "wghn_avrg_stck_prc": f"{last:.2f}",
                "hts_frgn_ehrt": "50.12",
                "frgn_ntby_qty": _plain(flow.foreign if flow else None) or "0",
                "pgtr_ntby_qty": "220200",
                "stck_fcam": "100",
                "lstn_stcn": "5919637922",
                "hts_avls": str(last * 59_196 // 1000),
                "per": "14.80",
                "pbr": "1.32",
                "eps": "4811.00",
                "bps": "53940.00",
                "stck_shrn_iscd": symbol,
                "w52_hgpr": str(int(last * 1.2)),
                "w52_hgpr_date": "20260713",
                "w52_lwpr": str(int(last * 0.7)),
                "w52_lwpr_date": "20260102",
                "mang_issu_cls_code": "N",
                "ssts_yn": "Y",
                "short_over_yn": "N",
                "invt_caful_yn": "N",
                "mrkt_warn_cls_code": "00",
                "sltr_yn": "N",
                "aspr_unit": "100",
                "hts_deal_qty_unit_val": "1",
                "ovtm_vi_cls_code": "N",
                "vi_cls_code": "N",
            }
        },
        "MCA00000",
        pad=False,
    )


def _investor_row(state: State, symbol: str, day: date) -> Body:
    _, last = state.market.name_and_price(symbol)
    flow = state.market.confirmed(symbol).get(day, Flow(None, None))
    if day == state.moment.date() and state.moment.time() < state.flows_final_at:
        flow = Flow(None, None)
    row: Body = {
        "stck_bsop_date": day_text(day),
        "stck_clpr": str(last),
        "prdy_vrss": "300",
        "prdy_vrss_sign": "2",
    }
    whole = flow.foreign is not None and flow.institution is not None
    # The three groups do not sum to 0: other corporations are missing (4.1).
    others = -((flow.foreign or 0) + (flow.institution or 0)) * 9 // 10 if whole else None
    figures = {
        group: _group(net, last)
        for group, net in zip(_GROUPS, (others, flow.foreign, flow.institution), strict=True)
    }
    row.update(
        {f"{group}_{suffix}": figures[group][suffix] for suffix in _SUFFIXES for group in _GROUPS}
    )
    return row


def _group(net: int | None, last: int) -> dict[str, str]:
    """One group's net, bought and sold figures; amounts in million won; a blank group is ""."""
    if net is None:
        return dict.fromkeys(_SUFFIXES, "")
    bought, sold = max(net, 0) + 100_000, max(-net, 0) + 100_000
    shares = {"ntby_qty": net, "shnu_vol": bought, "seln_vol": sold}
    amounts = {"ntby_tr_pbmn": net, "shnu_tr_pbmn": bought, "seln_tr_pbmn": sold}
    return {
        **{name: str(value) for name, value in shares.items()},
        **{name: str(int(value * last / 1_000_000)) for name, value in amounts.items()},
    }


def _last_day(state: State) -> date:
    return state.market.trading_days(state.moment.date(), 1)[0]


def _plain(value: int | None) -> str:
    return "" if value is None else str(value)


def _signed(value: int) -> str:
    return f"{value:018d}"
