"""The program's steps, counted where the interpreter meets the world: sockets and SQLite.

Nothing of the program is touched. A step is one operation (connect, send, receive, one SQL
statement that writes, a commit) with a moment before it, a moment after it and, for a send, a
moment when half of it is on its way. A trap acts at one moment of one step.
"""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

ACTIONS = {"kill": signal.SIGKILL, "terminate": signal.SIGTERM, "stop": signal.SIGSTOP}


@dataclass(frozen=True, slots=True)
class Trap:
    """Act at `moment` ("before", "half", "after") of step `number`, which is 1 or more."""

    number: int
    moment: str = "before"
    action: str = "kill"

    @property
    def signal(self) -> int:
        return ACTIONS[self.action]


class Counter:
    """Counts the steps of this process, writes each to a log and springs the trap."""

    def __init__(self, log: str, trap: Trap | None) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._trap = trap
        self._number = 0
        self._lock = threading.Lock()

    def begin(self, name: str) -> int:
        with self._lock:
            self._number += 1
            number = self._number
            os.write(self._log, f"{name}\n".encode())
        self.reach(number, "before")
        return number

    def reach(self, number: int, moment: str) -> None:
        trap = self._trap
        if trap and trap.moment == moment and number >= trap.number:
            self._trap = None
            os.kill(os.getpid(), trap.signal)

    def wants_half(self, number: int) -> bool:
        return bool(self._trap and self._trap.moment == "half" and number >= self._trap.number)


def install(log: str, trap: Trap | None) -> None:
    """Count from now on."""
    counter = Counter(log, trap)
    _watch_sockets(counter)
    _watch_sqlite(counter)


def _watch_sockets(counter: Counter) -> None:
    for name in ("connect", "recv", "recv_into"):
        setattr(socket.socket, name, _stepped(counter, name, getattr(socket.socket, name)))
    send_all = socket.socket.sendall

    def sendall(self: socket.socket, data: Any, *flags: int) -> None:
        number = counter.begin(f"send {_peer(self)}")
        if counter.wants_half(number):
            half = len(data) // 2
            send_all(self, data[:half], *flags)
            counter.reach(number, "half")
            data = data[half:]
        send_all(self, data, *flags)
        counter.reach(number, "after")

    socket.socket.sendall = sendall  # type: ignore[method-assign,assignment]


def _stepped(counter: Counter, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def operation(self: socket.socket, *arguments: Any) -> Any:
        if self.gettimeout() == 0:  # A look whether something has come changes nothing.
            return original(self, *arguments)
        where = arguments[0] if name == "connect" else _peer(self)
        number = counter.begin(f"{name.removesuffix('_into')} {where}")
        try:
            return original(self, *arguments)
        finally:
            counter.reach(number, "after")

    return operation


def _peer(connection: socket.socket) -> str:
    try:
        return str(connection.getpeername())
    except OSError:
        return "nobody"


class _Connection(sqlite3.Connection):
    counter: ClassVar[Counter]

    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        if sql.lstrip().upper().startswith(("SELECT", "BEGIN")):
            return super().execute(sql, *arguments)
        number = self.counter.begin(f"sql {sql.split()[0]}")
        try:
            return super().execute(sql, *arguments)
        finally:
            self.counter.reach(number, "after")

    def executescript(self, script: str) -> sqlite3.Cursor:
        number = self.counter.begin("sql script")
        try:
            return super().executescript(script)
        finally:
            self.counter.reach(number, "after")

    def __exit__(self, *arguments: Any) -> Any:
        if not self.in_transaction:
            return super().__exit__(*arguments)
        number = self.counter.begin("sql commit")
        try:
            return super().__exit__(*arguments)
        finally:
            self.counter.reach(number, "after")


def _watch_sqlite(counter: Counter) -> None:
    _Connection.counter = counter
    connect = sqlite3.connect

    def counted(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **{**options, "factory": _Connection})
        return connection

    sqlite3.connect = counted  # type: ignore[assignment]
