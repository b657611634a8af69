"""Runs one public client against two addresses and prints a line per call: name, TAB, outcome.

Started by public_clients.py inside the environment that has the clients; imports nothing of ours.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

Calls = Mapping[str, Callable[[], Any]]
Hosts = Mapping[str, Mapping[str, str]]
DAY, EARLIER = date(2026, 11, 23), date(2026, 11, 20)


def python_kis(environment: str, hosts: Hosts) -> Calls:
    """python-kis, its two domains pointed at the addresses; quotations always ask the real one."""
    module = importlib.import_module("pykis.kis")
    vars(module).update(REAL_DOMAIN=hosts["real"]["url"], VIRTUAL_DOMAIN=hosts["paper"]["url"])
    pykis = importlib.import_module("pykis")
    balance = importlib.import_module("pykis.api.account.balance")
    daily_order = importlib.import_module("pykis.api.account.daily_order")
    quote = importlib.import_module("pykis.api.stock.quote")
    auths = [
        pykis.KisAuth(
            id="tester",
            appkey=hosts[name]["key"],
            secretkey=hosts[name]["secret"],
            account=hosts[name]["account"],
            virtual=name == "paper",
        )
        for name in ("real", "paper")
    ]
    wanted = auths if environment == "paper" else auths[:1]
    kis = pykis.PyKis(*wanted, use_websocket=False)
    account = hosts[environment]["account"]

    def orders(start: date) -> list[Any]:
        found = daily_order.domestic_daily_orders(kis, account, start, DAY)
        filled = [o for o in found.orders if o.executed_quantity]
        rows = [(o.symbol, f"{o.executed_quantity:f}", f"{o.price:f}") for o in filled]
        return [f"{len(found.orders)} orders", *rows]

    def patched_balance() -> list[tuple[Any, ...]]:
        body = kis.fetch(
            "/uapi/domestic-stock/v1/trading/inquire-balance",
            api="TTTC8434R" if environment == "real" else "VTTC8434R",
            params={
                "AFHR_FLPR_YN": "N",
                "OFL_YN": "",
                "INQR_DVSN": "01",
                "UNPR_DVSN": "01",
                "FUND_STTL_ICLD_YN": "Y",
                "FNCG_AMT_AUTO_RDPT_YN": "N",
                "PRCS_DVSN": "00",
            },
            form=[kis.primary_account, pykis.KisPage.first(100)],
            response_type=balance.KisDomesticBalance(account_number=kis.primary_account),
        )
        return [(s.symbol, f"{s.qty:f}", f"{s.purchase_price:f}") for s in body.stocks]

    return {
        "token": lambda: (kis.token if environment == "real" else kis.primary_token).type,
        "quote": lambda: f"{quote.domestic_quote(kis, '005930').price:f}",
        "balance": lambda: balance.domestic_balance(kis, account),
        "balance with INQR_DVSN 01": patched_balance,
        "daily orders, one day": lambda: orders(DAY),
        "daily orders, to today": lambda: orders(EARLIER),
    }


def mojito(environment: str, hosts: Hosts) -> Calls:
    """mojito2, its base URL pointed at the address."""
    host = hosts[environment]
    client = importlib.import_module("mojito").KoreaInvestment

    class Pointed(client):  # type: ignore[misc, valid-type]
        def set_base_url(self, mock: bool = True) -> None:
            self.base_url = host["url"]

    made: list[Any] = []

    def token() -> str:
        mock = environment == "paper"
        made.append(Pointed(host["key"], host["secret"], host["account"], mock=mock))
        return str(made[0].access_token[:7])

    return {
        "token": token,
        "quote": lambda: made[0].fetch_price("005930")["output"]["stck_prpr"],
        "balance": lambda: [
            (row["pdno"], row["hldg_qty"], row["pchs_avg_pric"])
            for row in made[0].fetch_balance()["output1"]
        ],
    }


def main(arguments: list[str]) -> None:
    """Calls everything the client offers; a failure is an outcome."""
    client, environment, hosts = arguments
    make = {"python-kis": python_kis, "mojito2": mojito}[client]
    calls = make(environment, json.loads(hosts))
    for call, ask in calls.items():
        try:
            outcome = f"works: {ask()!s}"
        except Exception as error:  # noqa: BLE001 - whatever a foreign client raises is the finding
            text = " ".join(str(error).split())[:110]
            outcome = f"fails: {type(error).__name__}: {text}"
        print(f"{call}\t{outcome}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
