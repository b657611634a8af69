"""Tokens: fact sheet 1.3 to 1.5."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from tests.simulator import Fault, Kis
from tests.simulator.gate import default_app_key, default_app_secret
from tests.simulator_test.asking import BALANCE, BALANCE_QUERY, Asker, ask_token, code


def test_an_issued_token_has_the_documented_fields(kis: Kis) -> None:
    body = ask_token(kis).json()
    assert set(body) == {
        "access_token",
        "access_token_token_expired",
        "token_type",
        "expires_in",
    }
    assert body["access_token_token_expired"] == "2026-11-24 09:30:00"
    assert body["expires_in"] == 86400
    assert len(body["access_token"]) <= 350


def test_a_second_issue_within_a_minute_is_refused_in_the_token_envelope(kis: Kis) -> None:
    ask_token(kis)
    kis.now += timedelta(seconds=59)
    reply = ask_token(kis)
    assert reply.status_code == 403
    assert reply.json() == {
        "error_description": "접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)",
        "error_code": "EGW00133",
    }


def test_the_same_token_comes_back_within_six_hours(kis: Kis) -> None:
    first = ask_token(kis).json()
    kis.now += timedelta(hours=5, minutes=59)
    again = ask_token(kis).json()
    assert again["access_token"] == first["access_token"]
    assert again["access_token_token_expired"] == first["access_token_token_expired"]
    assert again["expires_in"] == 86400


def test_after_six_hours_a_new_token_ends_the_old_one(kis: Kis) -> None:
    old = ask_token(kis).json()["access_token"]
    kis.now += timedelta(hours=6)
    new = ask_token(kis).json()["access_token"]
    assert new != old
    assert code(Asker(kis, old).orders()) == (500, "1", "EGW00121")
    assert Asker(kis, new).orders().ok


def test_a_token_ends_a_day_after_its_issue(kis: Kis, ask: Asker) -> None:
    kis.now += timedelta(days=1)
    assert code(ask.orders()) == (500, "1", "EGW00123")


def test_expired_tokens_are_replaced_after_the_minute(kis: Kis) -> None:
    old = ask_token(kis).json()["access_token"]
    kis.expire_tokens()
    assert code(Asker(kis, old).orders()) == (500, "1", "EGW00123")
    assert ask_token(kis).json()["error_code"] == "EGW00133"
    kis.now += timedelta(minutes=1)
    assert ask_token(kis).json()["access_token"] != old


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"appkey": "P" * 36}, "EGW00103"),
        ({"appkey": None}, "EGW00102"),
        ({"appsecret": "S" * 180}, "EGW00105"),
        ({"appsecret": None}, "EGW00104"),
        ({"grant_type": "password"}, "EGW00101"),
    ],
)
def test_wrong_credentials_are_refused(
    kis: Kis, changes: dict[str, str | None], expected: str
) -> None:
    reply = ask_token(kis, **changes)
    assert (reply.status_code, reply.json()["error_code"]) == (403, expected)
    assert ask_token(kis).ok, "a refused request does not use up the minute"


def test_a_key_of_the_other_environment_is_refused_on_its_first_call(paper: Kis) -> None:
    key, secret = default_app_key("real"), default_app_secret("real")
    token = ask_token(paper, appkey=key, appsecret=secret).json()["access_token"]
    reply = Asker(paper, token).get(
        BALANCE, "VTTC8434R", BALANCE_QUERY, {"appkey": key, "appsecret": secret}
    )
    assert code(reply) == (500, "1", "EGW02004")


def test_a_revoked_token_is_refused(kis: Kis, ask: Asker) -> None:
    body = {"appkey": kis.app_key, "appsecret": kis.app_secret, "token": ask.token}
    reply = requests.post(kis.url + "/oauth2/revokeP", json=body, timeout=5)
    assert reply.json() == {"code": 200, "message": "접근토큰 폐기에 성공하였습니다"}
    assert code(ask.orders()) == (500, "1", "EGW00121")
    assert ask_token(kis).json()["access_token"] != ask.token


def test_a_scripted_token_fault_has_the_token_envelope_and_issues_nothing(kis: Kis) -> None:
    kis.fail("tokenP", Fault.code("EGW00002"))
    reply = ask_token(kis)
    assert (reply.status_code, reply.json()["error_code"]) == (403, "EGW00002")
    assert ask_token(kis).ok


def test_keys_have_the_documented_lengths(kis: Kis, paper: Kis) -> None:
    for server in (kis, paper):
        assert (len(server.app_key), len(server.app_secret)) == (36, 180)
