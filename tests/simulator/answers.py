"""Scripted answers of Discord: what a post meets instead of, or after, being stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulator.wire import Wire

_STATUS_BODIES: Mapping[int, str] = {
    400: '{"message": "Invalid Form Body", "code": 50035}',
    401: '{"message": "Invalid Webhook Token", "code": 50027}',
    403: "error code: 1010",
    404: '{"message": "Unknown Webhook", "code": 10015}',
    500: '{"message": "500: Internal Server Error", "code": 0}',
}


@dataclass(frozen=True, slots=True)
class Result:
    """One HTTP answer of Discord."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def json(status: int, body: object, headers: Mapping[str, str] | None = None) -> Result:
        """A JSON answer."""
        data = json.dumps(body, ensure_ascii=False).encode()
        return Result(status, data, {"Content-Type": "application/json", **(headers or {})})


class Delivery:
    """One post in play. `store()` has the effect of a right answer and returns it."""

    def __init__(self, wire: Wire, store: Callable[[], Result], note: Callable[[int], None]):
        self.wire = wire
        self.store = store
        self._note = note

    def send(self, result: Result) -> None:
        """Notes the status, then answers."""
        self._note(result.status)
        self.wire.send(result.status, result.headers, result.body)

    def say_nothing(self) -> None:
        """Notes that this post gets no answer: status 0."""
        self._note(0)


@dataclass(frozen=True, slots=True)
class Answer:
    """A scripted answer; the table of the operations facts says what each means."""

    name: str
    play: Callable[[Delivery], None]

    @staticmethod
    def ok() -> Answer:
        """The right answer, to stand between others."""
        return Answer("ok", lambda delivery: delivery.send(delivery.store()))

    @staticmethod
    def rate_limited(retry_after: float = 1.0, *, scope: str = "user") -> Answer:
        """429 with `retry_after` in the JSON and, rounded, in a header; not stored."""
        result = too_many(retry_after, scope)
        return Answer("rate_limited", lambda delivery: delivery.send(result))

    @staticmethod
    def rate_limited_html() -> Answer:
        """Cloudflare's 429: HTML, no Retry-After; not stored."""
        page = b"<!DOCTYPE html><html><title>Access denied | error 1015</title></html>"
        result = Result(429, page, {"Content-Type": "text/html; charset=UTF-8"})
        return Answer("rate_limited_html", lambda delivery: delivery.send(result))

    @staticmethod
    def status(code: int, body: str | Mapping[str, Any] | None = None) -> Answer:
        """Any status, not stored; without a body the usual one of that status."""
        result = _result(code, body)
        return Answer(f"status {code}", lambda delivery: delivery.send(result))

    @staticmethod
    def stored_then_status(code: int) -> Answer:
        """Stored, and answered as if it had failed: 504, 520 and the like."""

        def play(delivery: Delivery) -> None:
            delivery.store()
            delivery.send(_result(code, None))

        return Answer(f"stored_then_{code}", play)

    @staticmethod
    def stored_then_500() -> Answer:
        """Stored, then 500."""
        return Answer.stored_then_status(500)

    @staticmethod
    def stored_then_reset() -> Answer:
        """Stored, then the connection is reset."""

        def play(delivery: Delivery) -> None:
            delivery.store()
            delivery.say_nothing()
            delivery.wire.reset()

        return Answer("stored_then_reset", play)

    @staticmethod
    def stored_then_stall(seconds: float) -> Answer:
        """Stored, then silence for that time, then the connection ends."""

        def play(delivery: Delivery) -> None:
            delivery.store()
            _stall(delivery, seconds)

        return Answer("stored_then_stall", play)

    @staticmethod
    def stall(seconds: float) -> Answer:
        """Not stored; silence for that time, then the connection ends."""
        return Answer("stall", lambda delivery: _stall(delivery, seconds))

    @staticmethod
    def reset() -> Answer:
        """Not stored; the connection is reset after the request was read."""

        def play(delivery: Delivery) -> None:
            delivery.say_nothing()
            delivery.wire.reset()

        return Answer("reset", play)

    @staticmethod
    def slow(seconds: float) -> Answer:
        """Stored and answered rightly, late."""

        def play(delivery: Delivery) -> None:
            result = delivery.store()
            delivery.wire.pause(seconds)
            delivery.send(result)

        return Answer("slow", play)


def too_many(retry_after: float, scope: str = "user") -> Result:
    """The 429 of Discord itself; the scope is user, shared or global."""
    body = {
        "message": "You are being rate limited.",
        "retry_after": retry_after,
        "global": scope == "global",
    }
    headers = {
        "Retry-After": str(max(1, round(retry_after))),
        "X-RateLimit-Scope": scope,
    }
    return Result.json(429, body, headers)


def _stall(delivery: Delivery, seconds: float) -> None:
    delivery.say_nothing()
    delivery.wire.pause(seconds)
    delivery.wire.close()


def _result(code: int, body: str | Mapping[str, Any] | None) -> Result:
    if isinstance(body, Mapping):
        return Result.json(code, body)
    text = _STATUS_BODIES.get(code, f"error code: {code}") if body is None else body
    kind = "application/json" if text.startswith("{") else "text/plain; charset=UTF-8"
    return Result(code, text.encode(), {"Content-Type": kind})
