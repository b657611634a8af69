"""A loopback HTTP/1.1 server whose handlers may misbehave on purpose and still stop at once."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived; header names in lower case, blank query values kept."""

    at_monotonic: float
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class Wire:
    """The way back to one client: the right answer, a late one, a broken one or none."""

    def __init__(self, handler: _Handler, stopping: threading.Event) -> None:
        self._handler = handler
        self._stopping = stopping

    def send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """One whole answer in one write, the connection kept."""
        self._write(self._head(status, headers, len(body)) + body)

    def drip(self, status: int, headers: Mapping[str, str], body: bytes, seconds: float) -> None:
        """The head at once, then the body byte by byte spread over `seconds`."""
        self._write(self._head(status, headers, len(body)))
        start = time.monotonic()
        for index in range(len(body)):
            due = start + seconds * (index + 1) / len(body)
            if self.pause(due - time.monotonic()) or not self._write(body[index : index + 1]):
                return

    def pause(self, seconds: float) -> bool:
        """Waits; True when the server is stopping meanwhile."""
        return self._stopping.wait(seconds) if seconds > 0 else self._stopping.is_set()

    def close(self) -> None:
        """Ends the connection without an answer."""
        self._handler.close_connection = True
        with contextlib.suppress(OSError):
            self._handler.connection.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """Ends the connection with a TCP RST."""
        self._handler.close_connection = True
        # A zero linger turns the last close into a RST; the reader's file object holds the
        # socket open, so it has to go first.
        with contextlib.suppress(OSError):
            option = struct.pack("ii", 1, 0)
            self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
            self._handler.rfile.close()
            self._handler.connection.close()

    def _write(self, data: bytes) -> bool:
        try:
            self._handler.connection.sendall(data)
        except OSError:
            # The client gave up first, as it should on a stalled answer.
            self._handler.close_connection = True
            return False
        return True

    def _head(self, status: int, headers: Mapping[str, str], length: int) -> bytes:
        try:
            reason = HTTPStatus(status).phrase
        except ValueError:
            reason = "Unknown"
        lines = [f"HTTP/1.1 {status} {reason}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if status != HTTPStatus.NO_CONTENT and "content-length" not in map(str.lower, headers):
            lines.append(f"Content-Length: {length}")
        if self._handler.close_connection:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


class LocalServer:
    """A server on a loopback port; subclasses say in `respond` what an answer is."""

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self._stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._connections_lock = threading.Lock()
        self._server = _Server((host, port), self)
        self.port: int = self._server.server_address[1]
        self.host = "127.0.0.1" if host in ("", "0.0.0.0") else host
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def respond(self, request: Request, wire: Wire) -> None:
        """Answers one request through `wire`."""
        raise NotImplementedError

    def start(self) -> Self:
        """Begins to serve; returns itself."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ends at once: stalled handlers wake, open connections are cut."""
        self._stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()
        with self._connections_lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    def opened(self, connection: socket.socket) -> None:
        """Notes a connection, so that `stop` can cut it."""
        with self._connections_lock:
            self._connections.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forgets a connection."""
        with self._connections_lock:
            self._connections.discard(connection)

    def wire_for(self, handler: _Handler) -> Wire:
        """The way back to the client of `handler`."""
        return Wire(handler, self._stopping)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], service: LocalServer) -> None:
        self.service = service
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A cut connection is part of the play; anything else is a bug worth its traceback."""
        import sys

        if not isinstance(sys.exc_info()[1], OSError | ValueError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.service.opened(self.connection)

    def finish(self) -> None:
        self.server.service.closed(self.connection)
        super().finish()

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        request = Request(
            at_monotonic=time.monotonic(),
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )
        self.server.service.respond(request, self.server.service.wire_for(self))

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a test's output is its own."""
