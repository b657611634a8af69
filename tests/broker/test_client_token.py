"""One token for all runs of a key: issued by one, shared, replaced once, never in a loop."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from kis.errors import BrokerError, KeyRefused, OutOfTime, TokenRejected
from tests.broker.conftest import ORDERS, Desk, ask
from tests.broker.work import token
from tests.simulator import Fault
from tests.store.work import at_once


def test_runs_one_after_another_share_a_token(desk: Desk) -> None:
    found = {desk.client().token().value for _ in range(3)}
    assert len(found) == 1
    assert desk.asked("tokenP") == 1


def test_processes_at_once_issue_one_token(desk: Desk) -> None:
    desk.keyring()  # The file is there.
    desk.kis.latency = 0.2
    keys = desk.kis.app_key, desk.kis.app_secret
    place = desk.folder / "state.db"
    found = at_once(3, token, desk.kis.url, keys, desk.kis.now, place)
    assert len(set(found)) == 1
    assert desk.asked("tokenP") == 1


def test_threads_of_a_run_issue_one_token(desk: Desk) -> None:
    client = desk.client()
    desk.kis.latency = 0.05
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(client), range(8)))
    assert len(answers) == 8
    assert desk.asked("tokenP") == 1


@pytest.mark.parametrize("code", ["EGW00121", "EGW00122", "EGW00123"])
@pytest.mark.parametrize("status", [200, 500])
def test_a_rejected_token_is_replaced_once_and_the_call_repeated(
    desk: Desk, code: str, status: int
) -> None:
    desk.client().token()
    desk.kis.now += timedelta(minutes=2)
    desk.kis.fail(ORDERS, Fault.code(code, status=status))
    assert ask(desk.client())
    assert (desk.asked("tokenP"), desk.asked(ORDERS)) == (2, 2)


def test_an_expired_token_is_replaced_for_all_runs(desk: Desk) -> None:
    first = desk.client().token()
    desk.kis.now += timedelta(minutes=2)
    desk.kis.expire_tokens()
    client = desk.client()
    assert ask(client)
    assert client.token().value == desk.client().token().value != first.value
    assert desk.asked("tokenP") == 2


def test_a_token_rejected_again_and_again_ends_the_call(desk: Desk) -> None:
    desk.client().token()
    desk.kis.now += timedelta(minutes=2)
    desk.kis.fail(ORDERS, Fault.code("EGW00121"), times=None)
    with pytest.raises(TokenRejected):
        ask(desk.client())
    assert (desk.asked("tokenP"), desk.asked(ORDERS)) == (2, 2)


def test_an_issue_too_soon_is_not_repeated(desk: Desk) -> None:
    desk.client().token()
    desk.kis.expire_tokens()
    client = desk.client()
    for _ in range(2):
        with pytest.raises(BrokerError) as caught:
            ask(client)
        assert caught.value.code == "EGW00133"
    assert (desk.asked("tokenP"), desk.asked(ORDERS)) == (2, 1)


def test_what_another_run_issued_meanwhile_is_used(desk: Desk) -> None:
    slow, quick = desk.client(), desk.client()
    slow.token()
    desk.kis.now += timedelta(minutes=2)
    desk.kis.expire_tokens()
    assert ask(quick)
    assert ask(slow)
    assert desk.asked("tokenP") == 2


def test_a_token_is_kept_until_shortly_before_its_end(desk: Desk) -> None:
    desk.client().token()
    near = desk.kis.now + timedelta(hours=23, minutes=54)
    assert desk.client(now=near).token()
    assert desk.asked("tokenP") == 1
    desk.kis.now = near + timedelta(minutes=2)
    renewed = desk.client().token()
    assert desk.asked("tokenP") == 2
    assert renewed.expires_at == desk.kis.now + timedelta(days=1)


@pytest.mark.parametrize("sealed", ["garbage", "", "QUFBQQ==", "한글"])
def test_what_cannot_be_unsealed_is_as_good_as_no_token(desk: Desk, sealed: str) -> None:
    desk.keyring().replace_token("", sealed)
    assert ask(desk.client())
    assert desk.client().token()
    assert desk.asked("tokenP") == 1


def test_a_refused_key_is_asked_about_once(desk: Desk) -> None:
    client = desk.client(secret="wrong")
    for _ in range(2):
        with pytest.raises(KeyRefused) as caught:
            ask(client)
        assert caught.value.code == "EGW00105"
    assert desk.asked("tokenP") == 1
    assert desk.asked(ORDERS) == 0


@pytest.mark.parametrize("code", ["EGW00002", "EGW00201"])
def test_an_issue_refused_with_a_code_waits_for_the_next_run(desk: Desk, code: str) -> None:
    desk.kis.fail("tokenP", Fault.code(code), times=None)
    with pytest.raises(BrokerError) as caught:
        desk.client().token()
    assert caught.value.code == code
    assert desk.asked("tokenP") == 1


@pytest.mark.parametrize("fault", [Fault.reset(), Fault.html(503)])
def test_an_issue_without_an_answer_is_tried_again(desk: Desk, fault: Fault) -> None:
    desk.kis.fail("tokenP", fault)
    assert desk.client().token()
    assert desk.asked("tokenP") == 2


BROKEN = [
    b"",
    b"[]",
    b"{}",
    b'{"access_token": null}',
    b'{"access_token": ""}',
    b'{"access_token": "two words", "access_token_token_expired": "2026-11-24 08:00:03"}',
    b'{"access_token": "x", "access_token_token_expired": ""}',
    b'{"access_token": "x", "access_token_token_expired": "2026-11-24T08:00:03"}',
    b'{"access_token": "x", "access_token_token_expired": "2026-13-24 08:00:03"}',
    b'{"access_token": "x\\r\\nX-In: 1", "access_token_token_expired": "2026-11-24 08:00:03"}',
    b'{"access_token": 5, "access_token_token_expired": "2026-11-24 08:00:03"}',
]


@pytest.mark.parametrize("body", BROKEN)
def test_a_broken_token_is_an_error_and_kept_by_nobody(desk: Desk, body: bytes) -> None:
    desk.kis.fail("tokenP", Fault.raw(body), times=None)
    with pytest.raises(BrokerError):
        desk.client().token()
    assert desk.asked("tokenP") == 1
    assert desk.keyring().token() == ""


def test_a_run_that_died_while_issuing_is_waited_for_and_then_replaced(desk: Desk) -> None:
    assert desk.keyring().claim("token", 0.5)
    assert desk.client().token()
    assert desk.asked("tokenP") == 1


def test_waiting_for_another_run_ends_with_the_time(desk: Desk) -> None:
    assert desk.keyring().claim("token", 30)
    with pytest.raises(OutOfTime):
        desk.client(seconds=0.3).token()
    assert desk.asked("tokenP") == 0


def test_a_failed_issue_gives_the_turn_back(desk: Desk) -> None:
    desk.kis.fail("tokenP", Fault.code("EGW00133"))
    with pytest.raises(BrokerError):
        desk.client().token()
    assert desk.keyring().claim("token", 1)
