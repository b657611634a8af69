"""Posts over real sockets: what certainly was not stored, and what may have been."""

import json
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kis.channels import discord as ours
from kis.core.models import Message, Tone
from kis.errors import AddressGone, ChannelError
from kis.ports import Answer, Outcome
from tests.channels.servers import Recorder, read_request, self_signed, server
from tests.simulator import Answer as Scripted
from tests.simulator import Discord
from tests.world import free_port

MESSAGE = Message("key", "[매수 체결 알림]", Tone.BUY, "체결금액 1원")


def send(
    url: str, *, timeout: float = 1.0, until: float = float("inf"), plain: bool = False
) -> Answer:
    return ours.Discord(url).send(MESSAGE, plain=plain, timeout=timeout, until=until)


@pytest.fixture
def discord() -> Iterator[Discord]:
    with Discord() as server:
        yield server


def test_a_message_arrives_as_it_is(discord: Discord) -> None:
    assert send(discord.webhook_url) == Answer(Outcome.DELIVERED)
    [message] = discord.messages
    assert message.content == "[매수 체결 알림]"
    assert message.embeds == [{"description": "체결금액 1원", "color": ours.COLOURS[Tone.BUY]}]
    [attempt] = discord.attempts
    assert attempt.headers["user-agent"].startswith("kis-discord-alert/")
    assert attempt.headers["content-type"] == "application/json"
    assert "authorization" not in attempt.headers


def test_a_plain_message_has_no_embed(discord: Discord) -> None:
    assert send(discord.webhook_url, plain=True).outcome is Outcome.DELIVERED
    assert discord.messages[0].embeds == []


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("", {"wait": "true"}),
        ("?thread_id=9", {"thread_id": "9", "wait": "true"}),
        ("?wait=false&thread_id=9", {"thread_id": "9", "wait": "true"}),
        ("?thread_name=%ED%95%9C+%26", {"thread_name": "한 &", "wait": "true"}),
    ],
)
def test_wait_is_added_and_the_urls_own_query_kept(query: str, sent: dict[str, str]) -> None:
    with Recorder() as recorder:
        send(f"http://127.0.0.1:{recorder.port}/api/webhooks/1/t{query}")
    [request] = recorder.requests
    assert request.query == sent
    assert request.path == "/api/webhooks/1/t"
    assert json.loads(request.body)["allowed_mentions"] == {"parse": []}


def test_redirects_are_not_followed_and_netrc_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password something\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with Recorder() as other, Recorder(f"http://127.0.0.1:{other.port}/") as recorder:
        answer = send(f"http://127.0.0.1:{recorder.port}/api/webhooks/1/t")
    assert answer.outcome is Outcome.NOT_STORED
    assert other.requests == []
    assert "authorization" not in recorder.requests[0].headers


def not_stored(url: str, **options: float) -> None:
    answer = send(url, **options)  # type: ignore[arg-type]
    assert answer.outcome is Outcome.NOT_STORED
    assert "token" not in answer.reason
    assert "127.0.0.1" not in answer.reason


def unknown(url: str, **options: float) -> None:
    answer = send(url, **options)  # type: ignore[arg-type]
    assert answer.outcome is Outcome.UNKNOWN
    assert "token" not in answer.reason
    assert "127.0.0.1" not in answer.reason


def test_a_refused_connection_stores_nothing() -> None:
    not_stored(f"http://127.0.0.1:{free_port()}/api/webhooks/1/t")


def test_a_failed_tls_handshake_stores_nothing() -> None:
    with server(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as url:
        not_stored(f"https://{url}")
    with server(lambda connection: None) as url:
        not_stored(f"https://{url}")


def test_an_untrusted_certificate_is_refused(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    posted: list[bytes] = []

    def play(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            posted.append(secure.recv(65536))

    with server(play) as url:
        not_stored(f"https://{url}")
    assert not any(posted)


def test_a_connection_that_is_never_taken_stores_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        with socket.create_connection(address), socket.socket() as second:
            second.setblocking(False)
            second.connect_ex(address)
            not_stored(f"http://127.0.0.1:{address[1]}/t", timeout=0.3)


def test_a_post_too_late_is_not_begun(discord: Discord) -> None:
    not_stored(discord.webhook_url, until=time.monotonic() - 1)
    assert discord.messages == []


def test_silence_after_the_body_is_unknown(discord: Discord) -> None:
    discord.answer(Scripted.stored_then_stall(5))
    begun = time.monotonic()
    unknown(discord.webhook_url, timeout=0.3)
    assert time.monotonic() - begun < 2


def test_a_connection_lost_after_the_body_is_unknown(discord: Discord) -> None:
    discord.answer(Scripted.stored_then_reset())
    unknown(discord.webhook_url)
    discord.answer(Scripted.reset())
    unknown(discord.webhook_url)


BROKEN = [
    b"",
    b"not HTTP at all\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
    b"HTTP/1.1 2",
]


@pytest.mark.parametrize("answer", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_answer_is_unknown(answer: bytes) -> None:
    def play(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer)

    with server(play) as url:
        unknown(f"http://{url}")


def test_a_stored_message_answered_with_trouble_is_unknown(discord: Discord) -> None:
    discord.answer(Scripted.stored_then_500())
    unknown(discord.webhook_url)
    assert len(discord.messages) == 1


def test_a_second_post_goes_out_after_the_first_connection_was_closed(discord: Discord) -> None:
    channel = ours.Discord(discord.webhook_url)
    for _ in range(3):
        answer = channel.send(MESSAGE, plain=False, timeout=1, until=float("inf"))
        assert answer.outcome is Outcome.DELIVERED
        for connection in list(discord._connections):
            connection.shutdown(socket.SHUT_RDWR)
        time.sleep(0.05)
    assert len(discord.messages) == 3


def test_a_check_names_the_channel_and_posts_nothing(discord: Discord) -> None:
    assert ours.Discord(discord.webhook_url).check() == "체결 알림 (채널 876543210987654321)"
    assert discord.attempts == []


def test_a_check_tells_a_gone_webhook_from_trouble(discord: Discord) -> None:
    discord.delete_webhook()
    with pytest.raises(AddressGone) as gone:
        ours.Discord(discord.webhook_url).check()
    assert gone.value.exit_code == 2
    with Recorder() as recorder, pytest.raises(ChannelError):
        ours.Discord(f"http://127.0.0.1:{recorder.port}/x").check()
    port = free_port()
    with pytest.raises(ChannelError) as trouble:
        ours.Discord(f"http://127.0.0.1:{port}/token").check()
    assert str(port) not in str(trouble.value)
    assert trouble.value.exit_code == 1
