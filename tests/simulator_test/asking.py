"""A plain client that asks exactly what a test says: no retry, no pacing, no interpretation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.simulator import Kis

TRADING = "/uapi/domestic-stock/v1/trading/"
QUOTATIONS = "/uapi/domestic-stock/v1/quotations/"
ORDERS, BALANCE = TRADING + "inquire-daily-ccld", TRADING + "inquire-balance"
INVESTOR, ESTIMATE = QUOTATIONS + "inquire-investor", QUOTATIONS + "investor-trend-estimate"
PRICE, HOLIDAYS = QUOTATIONS + "inquire-price", QUOTATIONS + "chk-holiday"

ORDER_QUERY = {
    "CANO": "12345678",
    "ACNT_PRDT_CD": "01",
    "INQR_STRT_DT": "20261123",
    "INQR_END_DT": "20261123",
    "SLL_BUY_DVSN_CD": "00",
    "PDNO": "",
    "CCLD_DVSN": "00",
    "INQR_DVSN": "01",
    "INQR_DVSN_1": "",
    "INQR_DVSN_3": "00",
    "ORD_GNO_BRNO": "",
    "ODNO": "",
    "EXCG_ID_DVSN_CD": "ALL",
    "CTX_AREA_FK100": "",
    "CTX_AREA_NK100": "",
}
BALANCE_QUERY = {
    "CANO": "12345678",
    "ACNT_PRDT_CD": "01",
    "AFHR_FLPR_YN": "N",
    "OFL_YN": "",
    "INQR_DVSN": "01",
    "UNPR_DVSN": "01",
    "FUND_STTL_ICLD_YN": "N",
    "FNCG_AMT_AUTO_RDPT_YN": "N",
    "PRCS_DVSN": "00",
    "CTX_AREA_FK100": "",
    "CTX_AREA_NK100": "",
}
_LEDGER = {ORDERS: ("TTTC0081R", "VTTC0081R"), BALANCE: ("TTTC8434R", "VTTC8434R")}


@dataclass
class Asker:
    """Asks one simulated KIS; the token is handed over, not asked for."""

    kis: Kis
    token: str = field(default="")

    def __post_init__(self) -> None:
        self.token = self.token or self.kis.issue_token()

    def get(
        self,
        path: str,
        tr_id: str,
        query: dict[str, str],
        headers: dict[str, str | None] | None = None,
    ) -> requests.Response:
        """One GET with the headers of fact sheet 1.2, changed as told; None leaves one out."""
        wanted = {
            "content-type": "application/json; charset=utf-8",
            "authorization": f"Bearer {self.token}",
            "appkey": self.kis.app_key,
            "appsecret": self.kis.app_secret,
            "tr_id": tr_id,
            "custtype": "P",
            "tr_cont": "",
            **(headers or {}),
        }
        sent = {name: value for name, value in wanted.items() if value is not None}
        return requests.get(self.kis.url + path, params=query, headers=sent, timeout=5)

    def orders(self, tr_cont: str = "", tr_id: str = "", **query: str) -> requests.Response:
        """inquire-daily-ccld with the changes given."""
        return self._ledger(ORDERS, ORDER_QUERY, tr_cont, tr_id, query)

    def balance(self, tr_cont: str = "", tr_id: str = "", **query: str) -> requests.Response:
        """inquire-balance with the changes given."""
        return self._ledger(BALANCE, BALANCE_QUERY, tr_cont, tr_id, query)

    def order_rows(self, **query: str) -> list[dict[str, str]]:
        """`output1` of a first page that has to succeed."""
        return rows(self.orders(**query))

    def pages(self, path: str, **query: str) -> Iterator[requests.Response]:
        """All pages, as the header `tr_cont` says, cursors echoed verbatim."""
        ask = self.orders if path == ORDERS else self.balance
        reply = ask(**query)
        yield reply
        while reply.headers["tr_cont"] in ("F", "M"):
            reply = ask(tr_cont="N", **query, **cursors(reply))
            yield reply

    def _ledger(
        self, path: str, base: dict[str, str], tr_cont: str, tr_id: str, query: dict[str, str]
    ) -> requests.Response:
        usual = _LEDGER[path][self.kis.environment == "paper"]
        whole = dict(base)
        if path == ORDERS and self.kis.environment == "paper":
            whole["EXCG_ID_DVSN_CD"] = "KRX"
        return self.get(path, tr_id or usual, {**whole, **query}, {"tr_cont": tr_cont})


def rows(reply: requests.Response) -> list[dict[str, str]]:
    """`output1` of an answer that has to be a success."""
    body = reply.json()
    assert body["rt_cd"] == "0", body
    found: list[dict[str, str]] = body["output1"]
    return found


def code(reply: requests.Response) -> tuple[int, str, str]:
    """HTTP status, rt_cd and msg_cd."""
    body = reply.json()
    return reply.status_code, body["rt_cd"], body["msg_cd"]


def cursors(reply: requests.Response) -> dict[str, str]:
    """The parameters that continue after an answer."""
    body = reply.json()
    return {
        "CTX_AREA_FK100": body["ctx_area_fk100"],
        "CTX_AREA_NK100": body["ctx_area_nk100"],
    }


def ask_token(kis: Kis, **changes: Any) -> requests.Response:
    """POST /oauth2/tokenP; a change of None leaves the field out."""
    body = {
        "grant_type": "client_credentials",
        "appkey": kis.app_key,
        "appsecret": kis.app_secret,
        **changes,
    }
    body = {name: value for name, value in body.items() if value is not None}
    return requests.post(kis.url + "/oauth2/tokenP", json=body, timeout=5)
