"""Scripted faults: what a call meets instead of, or on the way to, its right answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.simulator.replies import (
    TOKEN_ENDPOINTS,
    Body,
    Reply,
    html_page,
    json_reply,
    refusal,
    token_refusal,
)
from tests.simulator.wire import Request, Wire


class Exchange:
    """One call in play: its request, its wire and, once asked for, its right answer.

    Asking has the effects of a served call (a token is issued), so a fault that stands for a
    server which never got that far does not ask.
    """

    def __init__(
        self,
        request: Request,
        wire: Wire,
        endpoint: str,
        right: Callable[[], Reply],
        note: Callable[[int, str], None],
    ) -> None:
        self.request = request
        self.wire = wire
        self.endpoint = endpoint
        self.right = right
        self._note = note

    def send(self, reply: Reply, *, over: float = 0.0) -> None:
        """Notes the answer, then writes it, spread over some seconds if asked."""
        self._note(reply.status, reply.code)
        if over:
            self.wire.drip(reply.status, reply.headers, reply.body, over)
        else:
            self.wire.send(reply.status, reply.headers, reply.body)

    def say_nothing(self) -> None:
        """Notes that this call gets no answer: status 0."""
        self._note(0, "")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault by name; `play` does it. Make one with the static methods.

    `needs_success` marks faults that bend a right answer: they wait for a call that has one.
    """

    name: str
    play: Callable[[Exchange], None]
    needs_success: bool = False

    @staticmethod
    def code(
        code: str,
        status: int | None = None,
        return_code: str | None = None,
        message: str | None = None,
    ) -> Fault:
        """A refusal with a code of fact sheet 9.3, its text included.

        Without `status`, EGW codes come with HTTP 500 and others with 200 (403 on the token
        endpoint); without `return_code`, the one the sheet shows with the code, else "1".
        """

        def play(exchange: Exchange) -> None:
            if exchange.endpoint in TOKEN_ENDPOINTS:
                exchange.send(token_refusal(code, message=message, status=status))
            else:
                exchange.send(
                    refusal(code, message=message, status=status, return_code=return_code)
                )

        return Fault(code, play)

    @staticmethod
    def raw(body: bytes | str, status: int = 200, content_type: str = "application/json") -> Fault:
        """Any bytes."""
        data = body.encode() if isinstance(body, str) else body
        reply = Reply(status, data, {"Content-Type": content_type})
        return Fault("raw", lambda exchange: exchange.send(reply))

    @staticmethod
    def html(status: int = 502) -> Fault:
        """The gateway's error page (9.2)."""
        return Fault("html", lambda exchange: exchange.send(html_page(status)))

    @staticmethod
    def truncated() -> Fault:
        """The first half of the right body, the length header fitting: JSON that just ends."""

        def play(exchange: Exchange) -> None:
            right = exchange.right()
            exchange.send(replace(right, body=right.body[: len(right.body) // 2]))

        return Fault("truncated", play)

    @staticmethod
    def stall(seconds: float) -> Fault:
        """Reads the request, says nothing for that time, then closes."""

        def play(exchange: Exchange) -> None:
            exchange.say_nothing()
            exchange.wire.pause(seconds)
            exchange.wire.close()

        return Fault("stall", play)

    @staticmethod
    def reset() -> Fault:
        """Reads the request, then resets the connection."""

        def play(exchange: Exchange) -> None:
            exchange.say_nothing()
            exchange.wire.reset()

        return Fault("reset", play)

    @staticmethod
    def slow(seconds: float) -> Fault:
        """The right answer, late."""

        def play(exchange: Exchange) -> None:
            right = exchange.right()
            exchange.wire.pause(seconds)
            exchange.send(right)

        return Fault("slow", play)

    @staticmethod
    def drip(seconds: float) -> Fault:
        """The right answer, its body byte by byte over that time: no read ever times out."""
        return Fault("drip", lambda exchange: exchange.send(exchange.right(), over=seconds))

    @staticmethod
    def edit(function: Callable[[Body], Any]) -> Fault:
        """The right body after `function`; what it returns goes out as JSON, text as it is.

        None stands for the body itself, changed in place. A refused call stays refused and
        leaves the fault for the next.
        """

        def play(exchange: Exchange) -> None:
            right = exchange.right()
            body = json.loads(right.body)
            edited = function(body)
            if isinstance(edited, str):
                exchange.send(replace(right, body=edited.encode()))
                return
            changed = json_reply(right.status, body if edited is None else edited, right.code)
            exchange.send(replace(right, body=changed.body))

        return Fault("edit", play, needs_success=True)

    @staticmethod
    def headers(**headers: str | None) -> Fault:
        """The right answer with other headers; None takes one away, e.g. `tr_cont=None`."""

        def play(exchange: Exchange) -> None:
            right = exchange.right()
            changed = {k: v for k, v in right.headers.items() if k not in headers}
            changed |= {k: v for k, v in headers.items() if v is not None}
            exchange.send(replace(right, headers=changed))

        return Fault("headers", play, needs_success=True)


@dataclass(slots=True)
class _Planned:
    fault: Fault
    endpoint: str
    page: int | None
    left: int | None


class Faults:
    """The faults that wait for their calls, in the order they were scripted."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def plan(self, endpoint: str, fault: Fault, page: int | None, times: int | None) -> None:
        """Adds a fault for an endpoint, one page or any, a number of times or for ever."""
        self._planned.append(_Planned(fault, endpoint, page, times))

    def clear(self) -> None:
        """Drops all."""
        self._planned.clear()

    def take(self, endpoint: str, page: int, succeeds: Callable[[], bool]) -> Fault | None:
        """The fault this call meets, used up by one."""
        for planned in self._planned:
            if planned.endpoint != endpoint or planned.page not in (None, page):
                continue
            if planned.left == 0 or (planned.fault.needs_success and not succeeds()):
                continue
            if planned.left is not None:
                planned.left -= 1
            return planned.fault
        return None
