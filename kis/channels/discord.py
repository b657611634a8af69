"""Message -> payload within Discord's limits -> webhook; its answer -> what became of it."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from kis.core.identity import fingerprint
from kis.core.messages import RESENT_NOTE
from kis.core.models import Message, Tone
from kis.errors import AddressGone, ChannelError
from kis.http import TRANSPORT_ERRORS, Session
from kis.ports import Answer, Outcome

# https://docs.discord.com/developers/resources/message (lengths), /topics/rate-limits
CONTENT_LIMIT = 2000
DESCRIPTION_LIMIT = 4096
#: Room for the line that marks a repeated message.
NOTE_ROOM = len(RESENT_NOTE) + 1

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 10.0
#: What a 429 without `retry_after` (Cloudflare's) asks for.
DEFAULT_RETRY_AFTER = 60.0
SHORTEST_RETRY_AFTER = 0.5
#: A day: nobody is made to stay silent for longer.
LONGEST_WAIT = 86400.0

# Red is up and bought, blue is down and sold: the Korean convention.
COLOURS = {
    Tone.BUY: 0xE03131,
    Tone.SELL: 0x1971C2,
    Tone.INFO: 0x868E96,
    Tone.GOOD: 0x2F9E44,
    Tone.BAD: 0xF08C00,
}


def render_payload(message: Message, *, plain: bool = False) -> dict[str, Any]:
    """The JSON body; `plain` leaves out all that Discord could refuse."""
    payload: dict[str, Any] = {
        "content": message.text[:CONTENT_LIMIT],
        "allowed_mentions": {"parse": []},
    }
    if message.detail and not plain:
        description = message.detail[:DESCRIPTION_LIMIT]
        payload["embeds"] = [{"description": description, "color": COLOURS[message.tone]}]
    return payload


def parse_answer(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """What an HTTP answer says of the message.

    502 and 503 come from in front of Discord: nothing was stored. Other 5xx may follow a stored
    message. Only a 400 is about the message itself; any other refusal passes, or is a proxy's.
    """
    reason = f"디스코드 HTTP {status}"
    if 200 <= status < 300:
        return Answer(Outcome.DELIVERED, wait=_bucket_wait(headers))
    if status == 429:
        return Answer(Outcome.NOT_STORED, f"{reason} (전송 한도)", _retry_after(headers, body))
    if status in (401, 404):
        return Answer(Outcome.GONE, "디스코드 웹훅이 없습니다. DISCORD_WEBHOOK_URL을 새로 만드세요")
    if status == 400:
        return Answer(Outcome.REFUSED, reason)
    if status >= 500 and status not in (502, 503):
        return Answer(Outcome.UNKNOWN, reason)
    return Answer(Outcome.NOT_STORED, reason)


class Discord:
    """A webhook. Its URL is in no log, no exception and no message."""

    name = "discord"
    room = CONTENT_LIMIT - NOTE_ROOM

    def __init__(self, webhook_url: str) -> None:
        scheme, host, path, query, _ = urlsplit(webhook_url)
        self._show_url = webhook_url
        # Without wait=true a message that was not stored would be no error.
        query = urlencode({**dict(parse_qsl(query)), "wait": "true"})
        self._post_url = urlunsplit((scheme, host, path, query, ""))
        self.address = fingerprint(webhook_url)
        self._session = Session()

    def send(self, message: Message, *, plain: bool, timeout: float, until: float) -> Answer:
        payload = json.dumps(render_payload(message, plain=plain), ensure_ascii=False)
        body = _Body(payload.encode(), until)
        try:
            response = self._session.post(
                self._post_url,
                data=body,
                headers={"Content-Type": "application/json"},
                timeout=(min(CONNECT_TIMEOUT, timeout), min(READ_TIMEOUT, timeout)),
            )
        except TRANSPORT_ERRORS as error:
            # Nothing read from the body means nothing was written to the other side.
            outcome = Outcome.UNKNOWN if body.was_read else Outcome.NOT_STORED
            return Answer(outcome, f"디스코드 연결 실패 ({type(error).__name__})")
        return parse_answer(response.status_code, response.headers, response.content)

    def check(self) -> str:
        """Ask for the webhook object: its name and channel."""
        try:
            response = self._session.get(self._show_url, timeout=(CONNECT_TIMEOUT, READ_TIMEOUT))
        except TRANSPORT_ERRORS as error:
            raise ChannelError(f"디스코드 연결 실패 ({type(error).__name__})") from None
        answer = parse_answer(response.status_code, response.headers, response.content)
        if answer.outcome is Outcome.GONE:
            raise AddressGone(answer.reason)
        try:
            webhook = response.json()
            return f"{webhook['name']} (채널 {webhook['channel_id']})"
        except (ValueError, TypeError, KeyError, RecursionError):
            raise ChannelError(f"디스코드 HTTP {response.status_code}: 웹훅이 아닙니다") from None


class _Body:
    """A request body that knows whether sending it has begun, and begins no later than `until`."""

    def __init__(self, content: bytes, until: float) -> None:
        self._until = until
        self._left = content
        self._length = len(content)
        self.was_read = False

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        if not self.was_read and time.monotonic() > self._until:
            raise TimeoutError("too late to begin")
        self.was_read = True
        size = len(self._left) if size < 0 else size
        part, self._left = self._left[:size], self._left[size:]
        return part

    def __iter__(self) -> Iterator[bytes]:
        yield self.read()


def _retry_after(headers: Mapping[str, str], body: bytes) -> float:
    """Seconds: the JSON field, else the header, else a minute."""
    try:
        named = str(json.loads(body)["retry_after"])
    except (ValueError, TypeError, KeyError, RecursionError):
        named = headers.get("Retry-After", "")
    return max(_number(named, DEFAULT_RETRY_AFTER), SHORTEST_RETRY_AFTER)


def _bucket_wait(headers: Mapping[str, str]) -> float:
    """Seconds until the webhook's bucket takes another message."""
    if headers.get("X-RateLimit-Remaining") != "0":
        return 0.0
    return _number(headers.get("X-RateLimit-Reset-After", ""), 0.0)


def _number(text: str, otherwise: float) -> float:
    try:
        value = float(text)
    except ValueError:
        return otherwise
    return min(value, LONGEST_WAIT) if value >= 0 else otherwise
