"""What KIS refuses before it looks: fact sheet 0.2, 1.1, 1.2, 2.2, 9.3."""

from __future__ import annotations

import pytest
import requests

from tests.simulator import Kis
from tests.simulator.gate import default_app_key
from tests.simulator.services import SERVICES
from tests.simulator_test.asking import (
    BALANCE,
    BALANCE_QUERY,
    ESTIMATE,
    HOLIDAYS,
    INVESTOR,
    ORDER_QUERY,
    ORDERS,
    PRICE,
    Asker,
    code,
)

QUERIES = {
    ORDERS: ("TTTC0081R", ORDER_QUERY),
    BALANCE: ("TTTC8434R", BALANCE_QUERY),
    INVESTOR: ("FHKST01010900", {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": "005930"}),
    ESTIMATE: ("HHPTJ04160200", {"MKSC_SHRN_ISCD": "005930"}),
    PRICE: ("FHKST01010100", {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": "005930"}),
    HOLIDAYS: ("CTCA0903R", {"BASS_DT": "20261123", "CTX_AREA_NK": "", "CTX_AREA_FK": ""}),
}
EVERY_PARAMETER = [
    (path, name) for path, service in SERVICES.items() for name in service.parameters
]


@pytest.mark.parametrize("path", QUERIES)
def test_a_documented_call_succeeds(ask: Asker, path: str) -> None:
    tr_id, query = QUERIES[path]
    reply = ask.get(path, tr_id, query)
    assert reply.status_code == 200
    assert reply.json()["rt_cd"] == "0"
    assert reply.headers["tr_id"] == tr_id
    assert len(reply.headers["gt_uid"]) == 32


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"appkey": ""}, "EGW00102"),
        ({"appkey": "P" * 36}, "EGW00103"),
        ({"appkey": default_app_key("paper")}, "EGW02004"),
        ({"appsecret": ""}, "EGW00104"),
        ({"appsecret": "S" * 180}, "EGW00105"),
        ({"authorization": ""}, "EGW00122"),
        ({"authorization": "Basic abc"}, "EGW00205"),
        ({"authorization": "Bearer made.up.token"}, "EGW00121"),
        ({"custtype": "X"}, "EGW00208"),
        ({"content-type": "text/plain"}, "EGW00132"),
        ({"tr_id": "VTTC0081R"}, "EGW02004"),
    ],
)
def test_a_wrong_header_is_refused_with_http_500(
    ask: Asker, changes: dict[str, str], expected: str
) -> None:
    reply = ask.get(ORDERS, "TTTC0081R", ORDER_QUERY, {**changes})
    assert code(reply) == (500, "1", expected)


@pytest.mark.parametrize("name", ["custtype", "content-type"])
def test_only_a_lenient_kis_does_without_a_header(name: str) -> None:
    for strict in (True, False):
        with Kis(strict=strict) as kis:
            kis.limits = False
            reply = Asker(kis).get(BALANCE, "TTTC8434R", BALANCE_QUERY, {name: None})
            assert reply.ok is not strict


def test_only_a_lenient_kis_reads_lower_case_names() -> None:
    query = {name.lower(): value for name, value in BALANCE_QUERY.items()}
    for strict in (True, False):
        with Kis(strict=strict) as kis:
            kis.limits = False
            assert Asker(kis).get(BALANCE, "TTTC8434R", query).ok is not strict


@pytest.mark.parametrize(("path", "name"), EVERY_PARAMETER)
def test_a_missing_parameter_is_named(ask: Asker, path: str, name: str) -> None:
    tr_id, query = QUERIES[path]
    reply = ask.get(path, tr_id, {k: v for k, v in query.items() if k != name})
    assert code(reply) == (200, "2", "OPSQ2001")
    assert reply.json()["msg1"] == f"ERROR INPUT FIELD NOT FOUND [{name}]"


def test_an_unknown_parameter_gets_an_html_page(ask: Asker) -> None:
    reply = ask.orders(UNKNOWN="1")
    assert reply.status_code == 500
    assert reply.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("query", "expected", "text"),
    [
        ({"INQR_STRT_DT": "2026-11-23"}, "OPSQ2002", "SIZE [INQR_STRT_DT]"),
        ({"CANO": "1234"}, "OPSQ2002", "SIZE [CANO]"),
        ({"CTX_AREA_FK100": "12345678!^01"}, "OPSQ2002", "SIZE [CTX_AREA_FK100]"),
        ({"CCLD_DVSN": "03"}, "OPSQ2001", "INVALID_CHECK_CCLD_DVSN"),
        ({"EXCG_ID_DVSN_CD": "NASD"}, "OPSQ2001", "INVALID_CHECK_EXCG_ID_DVSN_CD"),
        ({"INQR_STRT_DT": "20261399"}, "KIER2570", "조회일자"),
        ({"INQR_STRT_DT": "20261124"}, "KIER2570", "조회일자"),
    ],
)
def test_a_wrong_value_is_refused(
    ask: Asker, query: dict[str, str], expected: str, text: str
) -> None:
    body = ask.orders(**query).json()
    assert body["msg_cd"] == expected
    assert text in body["msg1"]


@pytest.mark.parametrize("query", [{"CANO": "87654321"}, {"ACNT_PRDT_CD": "22"}])
def test_an_account_that_is_not_the_keys_is_refused(ask: Asker, query: dict[str, str]) -> None:
    reply = ask.orders(**query)
    assert code(reply) == (200, "2", "OPSQ2000")
    assert reply.json()["msg1"] == "ERROR : INPUT INVALID_CHECK_ACNO"


@pytest.mark.parametrize("path", [ESTIMATE, HOLIDAYS])
def test_paper_does_not_know_real_only_calls(ask_paper: Asker, path: str) -> None:
    assert code(ask_paper.get(path, *QUERIES[path])) == (200, "1", "OPSQ0002")


def test_paper_refuses_a_real_tr(ask_paper: Asker) -> None:
    assert code(ask_paper.orders(tr_id="TTTC0081R")) == (500, "1", "EGW02004")


def test_a_tr_of_another_endpoint_is_no_service(ask: Asker) -> None:
    assert code(ask.orders(tr_id="TTTC8434R")) == (200, "1", "OPSQ0002")


def test_an_unknown_path_is_a_404_page(kis: Kis) -> None:
    assert requests.get(kis.url + "/uapi/nothing", timeout=5).status_code == 404
