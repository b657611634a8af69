"""Either store as shelves, opened as often as wanted, and a look behind them."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from kis.store import KeyRing, Memory, Shelves, open_shelves
from tests.world import RedisServer


@dataclass(frozen=True)
class Backend:
    """Where a store is; `peek` and `poke` go around the shelves."""

    server: RedisServer | None
    path: Path

    @property
    def location(self) -> tuple[str, Path]:
        return (self.server.url if self.server else ""), self.path

    def peek(self) -> dict[str, dict[str, str]]:
        """All that is stored: shelf -> field -> value."""
        if self.server:
            with self.server.client() as client:
                return {str(key): client.hgetall(key) for key in client.keys("*")}
        found: dict[str, dict[str, str]] = {}
        with closing(sqlite3.connect(self.path)) as database:
            for shelf, field, value in database.execute("SELECT * FROM shelves"):
                found.setdefault(shelf, {})[field] = value
        return found

    def poke(self, shelf: str, field: str, value: str) -> None:
        if self.server:
            with self.server.client() as client:
                client.hset(shelf, field, value)
            return
        with closing(sqlite3.connect(self.path)) as database, database:
            database.execute("REPLACE INTO shelves VALUES (?, ?, ?)", (shelf, field, value))


Open = Callable[[], Shelves]


@pytest.fixture
def backend(server: RedisServer | None, tmp_path: Path) -> Backend:
    return Backend(server, tmp_path / "state.db")


@pytest.fixture
def opened(backend: Backend) -> Iterator[Open]:
    """Opens the same store again, as another process would."""
    found: list[Shelves] = []

    def open_again() -> Shelves:
        found.append(open_shelves(*backend.location))
        return found[-1]

    yield open_again
    for shelves in found:
        shelves.close()


@pytest.fixture
def shelves(opened: Open) -> Shelves:
    return opened()


Remember = Callable[..., Memory]


@pytest.fixture
def remember(opened: Open) -> Remember:
    """Memories of the same account (or another), each as a run of its own."""

    def make(account: str = "a" * 24, app_key: str = "b" * 24) -> Memory:
        again = opened()
        return Memory(again, account, KeyRing(again, app_key), settings="c" * 24)

    return make
