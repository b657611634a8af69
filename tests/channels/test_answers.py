"""What an answer of Discord's says of the message (operations facts, table of answers)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kis.channels.discord import parse_answer
from kis.ports import Outcome

#: Not about the message: a proxy, or a wrong host.
OTHERS = (402, 405, 406, 409, 410, 411, 413, 415, 422, 451)
TABLE = {
    Outcome.DELIVERED: [200, 201, 202, 204, 206, 299],
    Outcome.NOT_STORED: [429, 502, 503, 403, 408, 301, 302, 307, 308, 304, *OTHERS],
    Outcome.UNKNOWN: [500, 501, 504, 505, 520, 521, 522, 523, 524, 599],
    Outcome.REFUSED: [400],
    Outcome.GONE: [401, 404],
}
CASES = [(status, outcome) for outcome, statuses in TABLE.items() for status in statuses]
BODIES = [b"", b"{}", b"<html>", b'{"code": 50035}', b"error code: 1010", b"[" * 100_000, b"\xff"]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize(("status", "outcome"), CASES)
def test_the_status_decides_whatever_the_body(status: int, outcome: Outcome, body: bytes) -> None:
    answer = parse_answer(status, {}, body)
    assert answer.outcome is outcome
    assert (answer.reason == "") == (outcome is Outcome.DELIVERED)


def wait(body: object, **headers: str) -> float:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parse_answer(429, names, content).wait


def test_a_limit_says_how_long_to_stay_away() -> None:
    assert wait({"retry_after": 1.5}) == 1.5
    assert wait({"retry_after": 600}, Retry_After="1") == 600
    assert wait({"retry_after": "2.5"}) == 2.5
    assert wait(b"<html>", Retry_After="7") == 7
    assert wait({}, Retry_After="7") == 7


def test_a_limit_that_names_no_time_is_a_minute() -> None:
    for body in BODIES:
        assert wait(body) == 60
    assert wait(b"", Retry_After="Mon, 23 Nov 2026 09:30:00 GMT") == 60


def test_a_wait_is_never_so_short_that_it_is_none() -> None:
    assert wait({"retry_after": 0}) == wait({"retry_after": 0.001}) == 0.5


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -5, 10**400, 1e300, None, True, [], {}, "soon", "１"]
)
def test_a_nonsense_wait_is_bounded(value: object) -> None:
    assert 0 < wait({"retry_after": value}) <= 86400


@given(st.binary(max_size=80), st.text(max_size=20), st.integers(100, 999))
def test_any_answer_has_an_outcome(body: bytes, header: str, status: int) -> None:
    headers = dict.fromkeys(["Retry-After", "X-RateLimit-Remaining"], header)
    answer = parse_answer(status, headers, body)
    assert answer.outcome in Outcome
    assert 0 <= answer.wait <= 86400


def test_an_empty_bucket_is_waited_for() -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "1.25"}
    assert parse_answer(200, headers, b"").wait == 1.25
    assert parse_answer(200, {**headers, "X-RateLimit-Remaining": "1"}, b"").wait == 0
    assert parse_answer(200, {**headers, "X-RateLimit-Reset-After": "x"}, b"").wait == 0
    assert parse_answer(200, {}, b"").wait == 0


def test_a_gone_webhook_says_what_to_do() -> None:
    assert "DISCORD_WEBHOOK_URL" in parse_answer(404, {}, b"").reason
