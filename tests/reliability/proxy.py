"""A TCP proxy that cuts, loses answers, or lets something happen at the n-th message."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self

#: What to do with a message: let it pass; cut before it; pass it on and lose the answer; pass it
#: on and call `after` at once.
PASS, CUT, LOSE, THEN = "pass", "cut", "lose", "then"
#: Told the number of each message towards the server (1 is the first), it says what to do.
Plan = Callable[[int], str]


class Proxy:
    """Stands before a server; a message is what the client sends in one piece."""

    def __init__(
        self,
        target: int,
        plan: Plan = lambda number: PASS,
        after: Callable[[], object] = lambda: None,
    ) -> None:
        self.plan = plan
        self.after = after
        self.messages = 0
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *ignored: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                _end(connection)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """One connection, until either side or the plan ends it."""
        with client, contextlib.suppress(OSError):
            server = socket.create_connection(("127.0.0.1", self._target))
            with server:
                self._track(client, server)
                losing = threading.Event()
                back = threading.Thread(target=_answers, args=(server, client, losing), daemon=True)
                back.start()
                self._questions(client, server, losing)
                _end(server)
                _end(client)
                back.join()

    def _questions(
        self, client: socket.socket, server: socket.socket, losing: threading.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(1 << 20):
                with self._lock:
                    self.messages += 1
                    number = self.messages
                wish = self.plan(number)
                if wish == CUT:
                    return
                if wish == LOSE:
                    losing.set()
                server.sendall(data)
                if wish == THEN:
                    self.after()

    def _track(self, *connections: socket.socket) -> None:
        with self._lock:
            self._open = {one for one in self._open if one.fileno() >= 0} | {*connections}


def _answers(server: socket.socket, client: socket.socket, losing: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while data := server.recv(1 << 20):
            if losing.is_set():
                break
            client.sendall(data)
    _end(client)


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
