"""Rate limits in real time: fact sheet 9.1."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.simulator import Kis
from tests.simulator_test.asking import PRICE, Asker, code

PRICE_QUERY = {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": "005930"}


def _price(asker: Asker) -> requests.Response:
    return asker.get(PRICE, "FHKST01010100", PRICE_QUERY)


def test_the_21st_call_of_a_second_is_refused_on_a_real_key() -> None:
    with Kis("real") as kis:
        asker = Asker(kis)
        with ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(lambda _: _price(asker), range(24)))
        assert sum(reply.ok for reply in replies) == 20
        refused = next(reply for reply in replies if not reply.ok)
        assert code(refused) == (500, "1", "EGW00201")
        assert refused.json()["msg1"] == "초당 거래건수를 초과하였습니다."
        time.sleep(1.0)
        assert _price(asker).ok


def test_a_new_customer_has_three_calls_a_second() -> None:
    with Kis("real") as kis:
        kis.calls_per_second = 3
        asker = Asker(kis)
        assert [_price(asker).ok for _ in range(4)] == [True, True, True, False]


def test_a_paper_key_has_one_call_a_second_of_any_kind() -> None:
    with Kis("paper") as kis:
        asker = Asker(kis)
        assert asker.orders().ok
        assert code(_price(asker)) == (500, "1", "EGW00201")
        time.sleep(1.0)
        assert _price(asker).ok


def test_ledger_calls_less_than_a_second_apart_are_refused() -> None:
    with Kis("real") as kis:
        asker = Asker(kis)
        assert asker.orders().ok
        reply = asker.balance()
        assert code(reply) == (500, "1", "EGW00215")
        assert reply.json()["msg1"] == "원장에서 허용 가능한 초당 거래건수를 초과하였습니다."
        assert _price(asker).ok, "a quotation is not a ledger call"
        time.sleep(1.0)
        assert asker.balance().ok


def test_limits_can_be_lifted() -> None:
    with Kis("paper") as kis:
        kis.limits = False
        asker = Asker(kis)
        assert all(asker.orders().ok for _ in range(5))
