"""Scripted faults and the call log."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.simulator import Fault, Kis
from tests.simulator_test.asking import Asker, ask_token, code, cursors, rows

ENDPOINT = "inquire-daily-ccld"


@pytest.mark.parametrize(
    ("scripted", "status", "return_code"),
    [
        ("EGW00201", 500, "1"),
        ("EGW00123", 500, "1"),
        ("SYDB0050", 200, "7"),
        ("OPSQ2000", 200, "2"),
        ("KIER2570", 200, "7"),
    ],
)
def test_a_code_comes_with_its_usual_status_and_return_code(
    kis: Kis, ask: Asker, scripted: str, status: int, return_code: str
) -> None:
    kis.fail(ENDPOINT, Fault.code(scripted))
    assert code(ask.orders()) == (status, return_code, scripted)
    assert ask.orders().ok


def test_a_code_can_be_dressed_otherwise(kis: Kis, ask: Asker) -> None:
    kis.fail(ENDPOINT, Fault.code("EGW00201", status=200, return_code="0", message="?"))
    reply = ask.orders()
    assert code(reply) == (200, "0", "EGW00201")
    assert reply.json()["msg1"] == "?"


def test_a_fault_meets_its_page_as_often_as_told(kis: Kis, ask: Asker) -> None:
    for _ in range(101):
        kis.market.order("buy")
    kis.fail(ENDPOINT, Fault.html(), page=2, times=2)
    first = ask.orders()
    answers = [ask.orders(tr_cont="N", **cursors(first)).status_code for _ in range(3)]
    assert answers == [502, 502, 200]
    assert [call.page for call in kis.calls] == [1, 2, 2, 2]


def test_a_lasting_fault_ends_with_heal(kis: Kis, ask: Asker) -> None:
    kis.fail(ENDPOINT, Fault.raw("oops", status=503, content_type="text/plain"), times=None)
    assert [ask.orders().status_code for _ in range(3)] == [503] * 3
    kis.heal()
    assert ask.orders().ok


def test_truncated_json_has_a_fitting_length(kis: Kis, ask: Asker) -> None:
    kis.fail(ENDPOINT, Fault.truncated())
    reply = ask.orders()
    assert int(reply.headers["Content-Length"]) == len(reply.content)
    with pytest.raises(requests.JSONDecodeError):
        reply.json()


def test_a_stall_ends_without_an_answer(kis: Kis, ask: Asker) -> None:
    kis.fail(ENDPOINT, Fault.stall(0.2))
    start = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        ask.orders()
    assert time.monotonic() - start >= 0.2
    assert kis.calls[-1].status == 0


def test_a_reset_is_a_reset(kis: Kis, ask: Asker) -> None:
    kis.fail(ENDPOINT, Fault.reset())
    with pytest.raises(requests.ConnectionError, match="reset"):
        ask.orders()


@pytest.mark.parametrize("fault", [Fault.slow(0.2), Fault.drip(0.2)])
def test_a_late_answer_is_right(kis: Kis, ask: Asker, fault: Fault) -> None:
    kis.market.order("buy")
    kis.fail(ENDPOINT, fault)
    start = time.monotonic()
    assert len(rows(ask.orders())) == 1
    assert time.monotonic() - start >= 0.2


def test_latency_delays_every_answer(kis: Kis, ask: Asker) -> None:
    kis.latency = 0.1
    start = time.monotonic()
    assert ask.orders().ok
    assert time.monotonic() - start >= 0.1


def _in_place(body: dict[str, Any]) -> None:
    body["output1"] = []


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda body: {**body, "output1": []}, lambda reply: reply.json()["output1"] == []),
        (_in_place, lambda reply: reply.json()["output1"] == []),
        (lambda body: [body], lambda reply: isinstance(reply.json(), list)),
        (lambda body: "plain text", lambda reply: reply.text == "plain text"),
    ],
)
def test_a_right_body_can_be_edited(
    kis: Kis,
    ask: Asker,
    function: Callable[[dict[str, Any]], Any],
    expected: Callable[[requests.Response], bool],
) -> None:
    kis.market.order("buy")
    kis.fail(ENDPOINT, Fault.edit(function))
    assert expected(ask.orders())


def test_an_edit_waits_for_a_right_answer(kis: Kis, ask: Asker) -> None:
    kis.fail(ENDPOINT, Fault.edit(lambda body: {**body, "edited": True}))
    assert "edited" not in ask.orders(CANO="99999999").json()
    assert ask.orders().json()["edited"]


def test_headers_can_be_changed_and_removed(kis: Kis, ask: Asker) -> None:
    kis.fail(ENDPOINT, Fault.headers(tr_cont="M"))
    kis.fail(ENDPOINT, Fault.headers(tr_cont=None))
    assert ask.orders().headers["tr_cont"] == "M"
    assert "tr_cont" not in ask.orders().headers
    assert ask.orders().headers["tr_cont"] == "D"


def test_a_reset_token_request_issues_nothing(kis: Kis) -> None:
    kis.fail("tokenP", Fault.reset())
    with pytest.raises(requests.ConnectionError):
        ask_token(kis)
    assert ask_token(kis).ok


def test_the_log_shows_what_was_asked_and_answered(kis: Kis, ask: Asker) -> None:
    ask.orders()
    ask_token(kis)
    (call,) = kis.calls_to(ENDPOINT)
    assert (call.tr_id, call.page, call.status, call.code) == ("TTTC0081R", 1, 200, "KIOK0560")
    assert call.query["INQR_STRT_DT"] == "20261123"
    assert call.headers["custtype"] == "P"
    assert call.moment == kis.now
    assert [call.endpoint for call in kis.calls] == [ENDPOINT, "tokenP"]
