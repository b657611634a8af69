"""What does not depend on the machine: store round trips, commits, imported modules."""

import re
import socket
import struct
import threading
from pathlib import Path
from typing import Self

_MODULE = re.compile(r"^import time: +\d+ \| +\d+ \| +(\S+)$", re.MULTILINE)


class RoundTrips:
    """A way to a Redis on this machine that counts how often a client has to wait for an answer.

    A pipeline is one round trip, however many commands are in it.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.count = 0
        #: What was sent in each of them.
        self.sent: list[bytes] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def clear(self) -> None:
        self.count = 0
        self.sent.clear()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _Connection(self, client, server).start()


class _Connection:
    def __init__(self, counter: RoundTrips, client: socket.socket, server: socket.socket) -> None:
        self._counter, self._client, self._server = counter, client, server
        self._answered = True

    def start(self) -> None:
        for work in (self._ask, self._answer):
            threading.Thread(target=work, daemon=True).start()

    def _ask(self) -> None:
        while data := _receive(self._client):
            if self._answered:
                self._counter.count += 1
                self._counter.sent.append(b"")
            self._answered = False
            self._counter.sent[-1] += data
            self._server.sendall(data)
        self._server.close()

    def _answer(self) -> None:
        while data := _receive(self._server):
            self._answered = True
            self._client.sendall(data)
        self._client.close()


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except OSError:
        return b""


def commits(database: Path) -> int:
    """The transactions in a SQLite file's write-ahead log (https://sqlite.org/fileformat2.html#walformat).

    The log must be a fresh one: one that a checkpoint began anew still ends in older frames.
    """
    log = Path(f"{database}-wal")
    content = log.read_bytes() if log.exists() else b""
    if not content:
        return 0
    (page_size,) = struct.unpack_from(">I", content, 8)
    frames = range(32, len(content), 24 + page_size)
    return sum(struct.unpack_from(">I", content, frame + 4)[0] > 0 for frame in frames)


def modules(importtime: str) -> list[str]:
    """The modules in the order of their import, from what `python -X importtime` says."""
    return _MODULE.findall(importtime)
