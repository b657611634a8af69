"""The calls of a report, one after another: the balance, then each stock's investors."""

import json
import os

import requests

session = requests.Session()
session.headers.update(json.loads(os.environ["FLOOR_HEADERS"]))
ledger = f"{os.environ['KIS_BASE_URL']}/uapi/domestic-stock/v1/trading/inquire-balance"
quotes = f"{os.environ['KIS_BASE_URL']}/uapi/domestic-stock/v1/quotations/inquire-investor"
query = json.loads(os.environ["FLOOR_BALANCE"])
answer = session.get(ledger, params=query, headers={"tr_id": "TTTC8434R"}, timeout=10)
for row in answer.json()["output1"]:
    answer = session.get(
        quotes,
        params={"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": row["pdno"]},
        headers={"tr_id": "FHKST01010900"},
        timeout=10,
    )
    assert answer.json()["rt_cd"] == "0", answer.text
