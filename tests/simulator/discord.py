"""A Discord webhook over real HTTP: stores, refuses, limits and misbehaves on request."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from tests.simulator.answers import Answer, Delivery, Result
from tests.simulator.discord_limits import Buckets
from tests.simulator.discord_rules import Payload, refused_payload, would_ping
from tests.simulator.wire import LocalServer, Request, Wire

FIRST_WEBHOOK = 123456789012345678
CHANNEL = "876543210987654321"
_BLOCKED = Result(403, b"error code: 1010", {"Content-Type": "text/plain; charset=UTF-8"})
_UNKNOWN = Result.json(404, {"message": "Unknown Webhook", "code": 10015})
_BAD_TOKEN = Result.json(401, {"message": "Invalid Webhook Token", "code": 50027})


@dataclass(frozen=True, slots=True)
class Posted:
    """One stored message; `pinged` when somebody was mentioned and nothing held it back."""

    content: str
    embeds: list[Payload]
    payload: Payload
    at_monotonic: float
    id: str
    pinged: bool
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST and its answer; status 0 means it got none. `answer` names a scripted one."""

    at_monotonic: float
    path: str
    payload: Payload | None
    headers: dict[str, str]
    waited: bool
    status: int
    answer: str
    stored: bool


class Discord(LocalServer):
    """One channel with one webhook at a time.

    With `limits` on: 5 posts per 2 s per webhook, told in X-RateLimit-* headers, and 30 a
    minute per channel, told nowhere but in the 429.
    """

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        super().__init__(port, host)
        self.messages: list[Posted] = []
        self.attempts: list[Attempt] = []
        self.limits = False
        self._webhook_id = FIRST_WEBHOOK
        self._alive = True
        self._scripted: list[tuple[Answer, int | None]] = []
        self._buckets = Buckets()
        self._lock = threading.RLock()

    @property
    def webhook_url(self) -> str:
        """The URL of the webhook in force; its token has 68 characters."""
        return f"http://{self.host}:{self.port}{self._path}"

    @property
    def contents(self) -> list[str]:
        """The stored messages' contents, in order."""
        return [message.content for message in list(self.messages)]

    def answer(self, answer: Answer, times: int | None = 1) -> None:
        """Scripts the next posts' answer, once, several times or (None) until `heal`."""
        with self._lock:
            self._scripted.append((answer, times))

    def heal(self) -> None:
        """Drops all scripted answers."""
        with self._lock:
            self._scripted.clear()

    def replace_webhook(self) -> str:
        """Deletes the webhook and makes another in the same channel; returns its URL."""
        with self._lock:
            self._webhook_id += 1
            self._alive = True
            self._buckets.new_webhook()
        return self.webhook_url

    def delete_webhook(self) -> None:
        """From now on the URL answers 404 code 10015."""
        self._alive = False

    def respond(self, request: Request, wire: Wire) -> None:
        """GET describes the webhook; POST delivers a message."""
        if request.method == "GET":
            result = self._refused_address(request) or Result.json(200, self._description())
            wire.send(result.status, result.headers, result.body)
            return
        payload, files = _parse(request)
        stored: list[Posted] = []
        name = ""

        def note(status: int) -> None:
            self.attempts.append(
                Attempt(
                    at_monotonic=request.at_monotonic,
                    path=request.path,
                    payload=payload if isinstance(payload, dict) else None,
                    headers=request.headers,
                    waited=_waits(request),
                    status=status,
                    answer=name,
                    stored=bool(stored),
                )
            )

        def store() -> Result:
            with self._lock:
                return self._store(request, payload, files, stored)

        delivery = Delivery(wire, store, note)
        refused = self._refused_address(request)
        scripted = None if refused else self._next_answer()
        if scripted is not None:
            name = scripted.name
            scripted.play(delivery)
        else:
            delivery.send(refused or store())

    def _store(
        self, request: Request, payload: object, files: tuple[str, ...], stored: list[Posted]
    ) -> Result:
        limited, headers = self._buckets.charge() if self.limits else (None, {})
        if limited is not None:
            return limited
        refused = refused_payload(payload, len(files))
        if refused is not None:
            return Result.json(*refused, headers)
        assert isinstance(payload, dict)
        message = Posted(
            content=str(payload.get("content") or ""),
            embeds=list(payload.get("embeds") or []),
            payload=payload,
            at_monotonic=time.monotonic(),
            id=str(1_300_000_000_000_000_000 + len(self.messages)),
            pinged=would_ping(payload),
            files=files,
        )
        stored.append(message)
        self.messages.append(message)
        if not _waits(request):
            return Result(204, b"", headers)
        return Result.json(200, self._message(message), headers)

    def _refused_address(self, request: Request) -> Result | None:
        if request.headers.get("user-agent", "").lower().startswith("python-urllib"):
            return _BLOCKED
        if not self._alive or not request.path.startswith(self._path.rsplit("/", 1)[0] + "/"):
            return _UNKNOWN
        return None if request.path == self._path else _BAD_TOKEN

    def _next_answer(self) -> Answer | None:
        with self._lock:
            while self._scripted:
                answer, times = self._scripted[0]
                if times is None:
                    return answer
                if times > 0:
                    self._scripted[0] = (answer, times - 1)
                    return answer
                self._scripted.pop(0)
            return None

    @property
    def _path(self) -> str:
        token = f"SimulatedWebhookToken-{self._webhook_id}-".ljust(68, "x")
        return f"/api/webhooks/{self._webhook_id}/{token}"

    def _description(self) -> Payload:
        return {
            "id": str(self._webhook_id),
            "type": 1,
            "name": "체결 알림",
            "channel_id": CHANNEL,
            "guild_id": "765432109876543210",
            "application_id": None,
            "avatar": None,
            "token": self._path.rsplit("/", 1)[-1],
        }

    def _message(self, message: Posted) -> Payload:
        return {
            "id": message.id,
            "type": 0,
            "content": message.content,
            "channel_id": CHANNEL,
            "webhook_id": str(self._webhook_id),
            "embeds": message.embeds,
            "attachments": [{"filename": name} for name in message.files],
        }


def _waits(request: Request) -> bool:
    return request.query.get("wait", "").lower() in ("true", "1")


def _parse(request: Request) -> tuple[Any, tuple[str, ...]]:
    """The JSON payload, also from a multipart body, and the names of attached files."""
    kind = request.headers.get("content-type", "")
    text, files = request.body, []
    if kind.startswith("multipart/form-data"):
        head = b"Content-Type: " + kind.encode() + b"\r\n\r\n"
        text = b"{}"
        for part in BytesParser(policy=HTTP).parsebytes(head + request.body).iter_parts():
            if part.get_param("name", header="content-disposition") == "payload_json":
                # As bytes: without a charset of its own a part would be read as ASCII.
                text = bytes(part.get_payload(decode=True))
            elif part.get_filename():
                files.append(str(part.get_filename()))
    try:
        return json.loads(text), tuple(files)
    except ValueError:
        return None, tuple(files)
