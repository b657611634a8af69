"""The catalogue: which TR ids and which parameters each endpoint takes (fact sheet 0.2, 2 to 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.simulator.endpoints.balance import balance
from tests.simulator.endpoints.daily_orders import RETIRED, daily_orders
from tests.simulator.endpoints.holidays import holidays
from tests.simulator.endpoints.quotations import estimate, investor, price
from tests.simulator.replies import Reply
from tests.simulator.state import Asked, State

_DAY = r"\d{8}"
_FLAG = r"[YN]?"
_CURSOR = r"(.{100})?"
_TRADING = "/uapi/domestic-stock/v1/trading/"
_QUOTATIONS = "/uapi/domestic-stock/v1/quotations/"


@dataclass(frozen=True, slots=True)
class Service:
    """One endpoint; `parameters` maps each documented name to the pattern of its value."""

    path: str
    real_ids: tuple[str, ...]
    paper_ids: tuple[str, ...]
    parameters: Mapping[str, str]
    answer: Callable[[State, Asked], Reply]
    is_ledger: bool = False
    # A retired id was documented before some parameters existed, so those may be absent.
    newer_parameters: tuple[str, ...] = ()

    def optional_for(self, tr_id: str) -> tuple[str, ...]:
        """The parameters a call with this TR id may leave out."""
        return self.newer_parameters if tr_id in RETIRED else ()


SERVICES: Mapping[str, Service] = {
    service.path: service
    for service in (
        Service(
            path=_TRADING + "inquire-daily-ccld",
            real_ids=("TTTC0081R", "CTSC9215R", "TTTC8001R", "CTSC9115R"),
            paper_ids=("VTTC0081R", "VTSC9215R", "VTTC8001R", "VTSC9115R"),
            parameters={
                "CANO": r"\d{8}",
                "ACNT_PRDT_CD": r"\d{2}",
                "INQR_STRT_DT": _DAY,
                "INQR_END_DT": _DAY,
                "SLL_BUY_DVSN_CD": r"0[012]",
                "PDNO": r"[0-9A-Z]{0,12}",
                "CCLD_DVSN": r"0[012]",
                "INQR_DVSN": r"0[01]",
                "INQR_DVSN_1": r"[012]?",
                "INQR_DVSN_3": r"0[0-7]",
                "ORD_GNO_BRNO": r"\d{0,5}",
                "ODNO": r"\d{0,10}",
                "EXCG_ID_DVSN_CD": r"(KRX|NXT|SOR|ALL)?",
                "CTX_AREA_FK100": _CURSOR,
                "CTX_AREA_NK100": _CURSOR,
            },
            answer=daily_orders,
            is_ledger=True,
            newer_parameters=("EXCG_ID_DVSN_CD",),
        ),
        Service(
            path=_TRADING + "inquire-balance",
            real_ids=("TTTC8434R",),
            paper_ids=("VTTC8434R",),
            parameters={
                "CANO": r"\d{8}",
                "ACNT_PRDT_CD": r"\d{2}",
                "AFHR_FLPR_YN": r"[NYX]",
                "OFL_YN": _FLAG,
                "INQR_DVSN": r"01",
                "UNPR_DVSN": r"0[12]",
                "FUND_STTL_ICLD_YN": r"[YN]",
                "FNCG_AMT_AUTO_RDPT_YN": r"[YN]",
                "PRCS_DVSN": r"0[01]",
                "CTX_AREA_FK100": _CURSOR,
                "CTX_AREA_NK100": _CURSOR,
            },
            answer=balance,
            is_ledger=True,
        ),
        Service(
            path=_QUOTATIONS + "inquire-investor",
            real_ids=("FHKST01010900",),
            paper_ids=("FHKST01010900",),
            parameters={
                "FID_COND_MRKT_DIV_CODE": r"J|NX|UN|W",
                "FID_INPUT_ISCD": r"[0-9A-Z]{6,12}",
            },
            answer=investor,
        ),
        Service(
            path=_QUOTATIONS + "investor-trend-estimate",
            real_ids=("HHPTJ04160200",),
            paper_ids=(),
            parameters={"MKSC_SHRN_ISCD": r"[0-9A-Z]{6,12}"},
            answer=estimate,
        ),
        Service(
            path=_QUOTATIONS + "inquire-price",
            real_ids=("FHKST01010100",),
            paper_ids=("FHKST01010100",),
            parameters={
                "FID_COND_MRKT_DIV_CODE": r"J|NX|UN|W",
                "FID_INPUT_ISCD": r"[0-9A-Z]{6,12}",
            },
            answer=price,
        ),
        Service(
            path=_QUOTATIONS + "chk-holiday",
            real_ids=("CTCA0903R",),
            paper_ids=(),
            parameters={
                "BASS_DT": _DAY,
                "CTX_AREA_NK": r"(.{20})?",
                "CTX_AREA_FK": r"(.{20})?",
            },
            answer=holidays,
        ),
    )
}
