"""Passing faults are tried again, within attempts and the run's time; nothing else is."""

import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from kis.errors import AlertError, BrokerError, BrokerUnavailable, MalformedAnswer, OutOfTime
from tests.broker.conftest import FIRST_PAGE, ORDERS, QUERY, TRADING, Desk, ask
from tests.simulator import Fault
from tests.simulator.wire import LocalServer, Request, Wire
from tests.world import free_port

PASSING = [Fault.code("EGW00201"), Fault.code("OPSQ0003"), Fault.reset(), Fault.html(502)]
FINAL = [
    Fault.code("KIER2570"),
    Fault.code("EGW00207"),
    Fault.code("OPSQ2000"),
    Fault.raw(b"<html>maintenance</html>"),
    Fault.raw(b"null"),
    Fault.truncated(),
    Fault.html(404),
]


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: fault.name)
def test_a_passing_fault_is_tried_again_after_more_than_a_second(desk: Desk, fault: Fault) -> None:
    desk.kis.fail(ORDERS, fault)
    assert ask(desk.client())
    first, second = desk.kis.calls_to(ORDERS)
    assert second.at_monotonic - first.at_monotonic >= 1.1


@pytest.mark.parametrize("fault", FINAL, ids=lambda fault: fault.name)
def test_any_other_fault_is_final(desk: Desk, fault: Fault) -> None:
    desk.kis.fail(ORDERS, fault, times=None)
    with pytest.raises(AlertError):
        ask(desk.client())
    assert desk.asked(ORDERS) == 1


def test_attempts_are_counted_and_their_pauses_grow(desk: Desk) -> None:
    desk.kis.fail(ORDERS, Fault.code("EGW00215"), times=None)
    with pytest.raises(BrokerUnavailable) as caught:
        ask(desk.client())
    assert caught.value.code == "EGW00215"
    first, second, third = (call.at_monotonic for call in desk.kis.calls_to(ORDERS))
    assert third - second > second - first >= 1.1


@pytest.mark.parametrize(
    "fault", [Fault.code("EGW00201"), Fault.reset(), Fault.stall(5)], ids=lambda fault: fault.name
)
def test_the_runs_time_is_respected(desk: Desk, fault: Fault) -> None:
    desk.client().token()
    desk.kis.fail(ORDERS, fault, times=None)
    begun = time.monotonic()
    with pytest.raises((BrokerUnavailable, OutOfTime)):
        ask(desk.client(seconds=0.8))
    assert time.monotonic() - begun < 1.5
    assert desk.asked(ORDERS) == 1


def test_a_slot_that_comes_too_late_is_not_waited_for(desk: Desk) -> None:
    client = desk.client(seconds=5, rate=0.05)
    ask(client)
    begun = time.monotonic()
    with pytest.raises(OutOfTime):
        ask(client)
    assert time.monotonic() - begun < 1
    assert desk.asked(ORDERS) == 1


def test_what_may_be_asked_once_is_asked_once(desk: Desk) -> None:
    desk.kis.fail(ORDERS, Fault.html(502), times=None)
    client = desk.client()
    with pytest.raises(BrokerUnavailable):
        client.get_once("quote", f"{TRADING}/{ORDERS}", "TTTC0081R", {**QUERY, **FIRST_PAGE})
    assert desk.asked(ORDERS) == 1


def test_calls_are_counted_with_those_that_failed(desk: Desk) -> None:
    client = desk.client()
    desk.kis.fail(ORDERS, Fault.code("KIER2570"))
    with pytest.raises(BrokerError):
        ask(client)
    ask(client)
    assert client.calls == 3


def test_the_user_agent_is_our_own(desk: Desk) -> None:
    ask(desk.client())
    assert all(
        call.headers["user-agent"].startswith("kis-discord-alert/") for call in desk.kis.calls
    )


@pytest.mark.parametrize(
    "fault", [Fault.reset(), Fault.html(404), Fault.stall(5), Fault.raw(b"")], ids=lambda f: f.name
)
def test_an_error_carries_no_url_and_no_secret(desk: Desk, fault: Fault) -> None:
    desk.client().token()
    desk.kis.fail(ORDERS, fault, times=None)
    client = desk.client(seconds=0.8)
    with pytest.raises(AlertError) as caught:
        ask(client)
    shown = "".join(traceback.format_exception(caught.value, chain=True))
    for secret in ("12345678", desk.kis.app_key, desk.kis.app_secret, client.token().value):
        assert secret not in shown
    assert "inquire" not in str(caught.value)
    assert "127.0.0.1" not in shown


def test_an_unreachable_kis_is_unavailable_and_not_named(desk: Desk) -> None:
    desk.client().token()
    port = free_port()
    with pytest.raises(BrokerUnavailable) as caught:
        ask(desk.client(seconds=0.8, url=f"http://127.0.0.1:{port}"))
    assert str(port) not in "".join(traceback.format_exception(caught.value))


class Mirror(LocalServer):
    """Sends everybody elsewhere, or takes what was sent there; and notes what came."""

    def __init__(self, target: str = "") -> None:
        super().__init__()
        self.target = target
        self.requests: list[Request] = []

    def respond(self, request: Request, wire: Wire) -> None:
        self.requests.append(request)
        headers = {"Location": self.target + request.path} if self.target else {}
        wire.send(307 if self.target else 401, headers, b"{}")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def elsewhere() -> Iterator[Mirror]:
    with Mirror() as server:
        yield server


def test_redirects_are_not_followed(desk: Desk, elsewhere: Mirror) -> None:
    desk.client().token()
    with Mirror(elsewhere.url) as server:
        with pytest.raises(MalformedAnswer):
            ask(desk.client(url=server.url))
        with pytest.raises(MalformedAnswer):
            desk.client(url=server.url, secret="another").token()
        assert len(server.requests) == 2
    assert elsewhere.requests == []


def test_credentials_in_netrc_are_ignored(
    desk: Desk, elsewhere: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password something\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    token = desk.client().token().value
    with pytest.raises(BrokerError):
        ask(desk.client(url=elsewhere.url))
    with pytest.raises(BrokerError):
        desk.client(url=elsewhere.url, secret="another").token()
    call, issue = elsewhere.requests
    assert call.headers["authorization"] == f"Bearer {token}"
    assert "authorization" not in issue.headers
