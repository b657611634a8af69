"""Discord's webhook: operations facts 1."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from typing import Any

import pytest
import requests

from tests.simulator import Answer, Discord


def _post(discord: Discord, payload: Any = None, **more: Any) -> requests.Response:
    body = {"content": "안녕"} if payload is None else payload
    return requests.post(discord.webhook_url, params={"wait": "true"}, json=body, timeout=5, **more)


def test_a_message_is_stored_and_returned(discord: Discord) -> None:
    reply = _post(discord, {"content": "[매수 체결 알림]", "embeds": [{"title": "t"}]})
    (message,) = discord.messages
    assert (reply.status_code, reply.json()["id"]) == (200, message.id)
    assert (message.content, message.embeds) == ("[매수 체결 알림]", [{"title": "t"}])


def test_without_wait_there_is_no_body(discord: Discord) -> None:
    reply = requests.post(discord.webhook_url, json={"content": "x"}, timeout=5)
    assert (reply.status_code, reply.content) == (204, b"")
    assert discord.contents == ["x"]
    assert not discord.attempts[0].waited


def test_get_describes_the_webhook_and_posts_nothing(discord: Discord) -> None:
    body = requests.get(discord.webhook_url, timeout=5).json()
    assert {"id", "name", "channel_id", "token"} <= set(body)
    assert discord.attempts == []
    assert len(discord.webhook_url.rsplit("/", 1)[1]) == 68


FIELD = {"name": "n", "value": "v"}


@pytest.mark.parametrize(
    "payload",
    [
        {"content": "x" * 2001},
        {"content": 5},
        {"content": "x", "embeds": {"title": "t"}},
        {"embeds": [{"title": "t"}] * 11},
        {"embeds": [{}]},
        {"embeds": [{"title": "x" * 257}]},
        {"embeds": [{"description": "x" * 4097}]},
        {"embeds": [{"description": "x" * 3001}] * 2},
        {"embeds": [{"fields": [FIELD] * 26}]},
        {"embeds": [{"fields": [{"name": "", "value": "v"}]}]},
        {"embeds": [{"fields": [{"name": "n", "value": " "}]}]},
        {"embeds": [{"fields": [{"name": "n", "value": "x" * 1025}]}]},
        {"embeds": [{"footer": {"text": "x" * 2049}}]},
        {"embeds": [{"title": "t", "color": 0x1000000}]},
        {"content": "x", "username": "discord bot"},
        {"content": "x", "username": "x" * 81},
        {"content": "x", "allowed_mentions": {"parse": ["all"]}},
        {"content": "x", "flags": "4"},
    ],
)
def test_a_wrong_form_is_refused(discord: Discord, payload: dict[str, Any]) -> None:
    reply = _post(discord, payload)
    assert (reply.status_code, reply.json()["code"]) == (400, 50035)
    assert reply.json()["errors"]
    assert discord.messages == []


@pytest.mark.parametrize("payload", [{}, {"content": ""}, {"content": " \n"}, {"embeds": []}])
def test_an_empty_message_is_refused(discord: Discord, payload: dict[str, Any]) -> None:
    reply = _post(discord, payload)
    assert (reply.status_code, reply.json()["code"]) == (400, 50006)


def test_the_limits_themselves_are_allowed(discord: Discord) -> None:
    embeds = [{"description": "가" * 600}] * 10
    assert _post(discord, {"content": "가" * 2000, "embeds": embeds}).ok


@pytest.mark.parametrize(
    ("payload", "pinged"),
    [
        ({"content": "hi @everyone"}, True),
        ({"content": "hi @here"}, True),
        ({"content": "hi <@123>"}, True),
        ({"content": "hi <@&123>"}, True),
        ({"content": "hi @everyone", "allowed_mentions": {"parse": []}}, False),
        ({"content": "hi <@123>", "allowed_mentions": {"parse": ["everyone"]}}, False),
        ({"content": "hi <@123>", "allowed_mentions": {"users": ["123"]}}, True),
        ({"content": "nobody"}, False),
    ],
)
def test_pings_are_noticed(discord: Discord, payload: dict[str, Any], pinged: bool) -> None:
    assert _post(discord, payload).ok
    assert discord.messages[0].pinged is pinged


def test_files_come_as_multipart(discord: Discord) -> None:
    reply = requests.post(
        discord.webhook_url,
        data={"payload_json": '{"content": "그림"}'},
        files={"files[0]": ("chart.png", b"\x89PNG", "image/png")},
        timeout=5,
    )
    assert reply.status_code == 204
    assert (discord.contents, discord.messages[0].files) == (["그림"], ("chart.png",))


def test_urllibs_own_user_agent_is_refused(discord: Discord) -> None:
    request = urllib.request.Request(discord.webhook_url, b"{}")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=5)
    assert (caught.value.code, caught.value.read()) == (403, b"error code: 1010")


@pytest.mark.parametrize(
    ("answer", "status", "stored"),
    [
        (Answer.ok(), 200, True),
        (Answer.rate_limited(2.5), 429, False),
        (Answer.rate_limited_html(), 429, False),
        (Answer.status(400), 400, False),
        (Answer.status(401), 401, False),
        (Answer.status(403), 403, False),
        (Answer.status(404), 404, False),
        (Answer.status(502, "<html>"), 502, False),
        (Answer.status(503), 503, False),
        (Answer.status(520), 520, False),
        (Answer.stored_then_500(), 500, True),
        (Answer.stored_then_status(504), 504, True),
        (Answer.slow(0.05), 200, True),
        (Answer.reset(), 0, False),
        (Answer.stall(0.05), 0, False),
        (Answer.stored_then_reset(), 0, True),
        (Answer.stored_then_stall(0.05), 0, True),
    ],
)
def test_a_scripted_answer_comes_once(
    discord: Discord, answer: Answer, status: int, stored: bool
) -> None:
    discord.answer(answer)
    if status:
        assert _post(discord).status_code == status
    else:
        with pytest.raises(requests.ConnectionError):
            _post(discord)
    (attempt,) = discord.attempts
    assert (attempt.status, attempt.stored, len(discord.messages)) == (status, stored, stored)
    assert attempt.answer == answer.name
    assert _post(discord).status_code == 200


def test_a_429_names_its_wait_and_cloudflares_does_not(discord: Discord) -> None:
    discord.answer(Answer.rate_limited(2.5))
    discord.answer(Answer.rate_limited_html())
    ours, theirs = _post(discord), _post(discord)
    assert ours.json()["retry_after"] == 2.5
    assert "Retry-After" in ours.headers
    assert "Retry-After" not in theirs.headers
    with pytest.raises(requests.JSONDecodeError):
        theirs.json()


def test_five_posts_in_two_seconds_and_then_a_wait(discord: Discord) -> None:
    discord.limits = True
    replies = [_post(discord) for _ in range(6)]
    assert [reply.status_code for reply in replies] == [200] * 5 + [429]
    assert [reply.headers["X-RateLimit-Remaining"] for reply in replies[:5]] == list("43210")
    time.sleep(replies[-1].json()["retry_after"])
    assert _post(discord).ok
    assert len(discord.messages) == 6


def test_thirty_a_minute_per_channel_is_hidden(discord: Discord) -> None:
    discord.limits = True
    while len(discord.messages) < 30:
        discord.replace_webhook()
        for _ in range(5):
            assert _post(discord).ok
    discord.replace_webhook()
    reply = _post(discord)
    assert reply.status_code == 429
    assert "X-RateLimit-Remaining" not in reply.headers
    assert 50 < reply.json()["retry_after"] <= 60


def test_a_replaced_webhook_is_gone(discord: Discord) -> None:
    old = discord.webhook_url
    new = discord.replace_webhook()
    gone = requests.post(old, json={"content": "x"}, timeout=5)
    assert (gone.status_code, gone.json()["code"]) == (404, 10015)
    assert requests.post(new, json={"content": "x"}, timeout=5).ok
    wrong = requests.post(new + "x", json={"content": "x"}, timeout=5)
    assert (wrong.status_code, wrong.json()["code"]) == (401, 50027)


def test_a_deleted_webhook_is_gone_for_get_too(discord: Discord) -> None:
    discord.delete_webhook()
    assert requests.get(discord.webhook_url, timeout=5).status_code == 404
    assert _post(discord).json()["code"] == 10015
