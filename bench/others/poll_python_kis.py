"""One poll by python-kis: the day's orders and the balance; its token is kept in a file.

Its balance call is refused today (INQR_DVSN 02), so the same call is made with 01.
"""

import os
from datetime import date
from typing import Any

import pykis
import pykis.kis
from pykis.api.account.balance import KisDomesticBalance
from pykis.api.account.daily_order import domestic_daily_orders

BALANCE = {
    "AFHR_FLPR_YN": "N",
    "OFL_YN": "",
    "INQR_DVSN": "01",
    "UNPR_DVSN": "01",
    "FUND_STTL_ICLD_YN": "N",
    "FNCG_AMT_AUTO_RDPT_YN": "N",
    "PRCS_DVSN": "00",
}

environment = os.environ
vars(pykis.kis)["REAL_DOMAIN"] = environment["KIS_BASE_URL"]
login = pykis.KisAuth(
    id="tester",
    appkey=environment["KIS_APP_KEY"],
    secretkey=environment["KIS_APP_SECRET"],
    account=environment["KIS_ACCOUNT_NO"],
    virtual=False,
)
kis: Any = pykis.PyKis(login, use_websocket=False, keep_token="tokens")
day = date.fromisoformat(environment["DAY"])
orders = domestic_daily_orders(kis, environment["KIS_ACCOUNT_NO"], day, day)
balance = kis.fetch(
    "/uapi/domestic-stock/v1/trading/inquire-balance",
    api="TTTC8434R",
    params=BALANCE,
    form=[kis.primary_account, pykis.KisPage.first(100)],
    response_type=KisDomesticBalance(account_number=kis.primary_account),
)
assert orders.orders
