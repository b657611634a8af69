"""Many worlds at once: each on a database of its own of one Redis, or on a file of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import redis

from tests.world import RedisServer, World, make_world

DATABASES = 512
#: Worlds live in memory where that is possible: no test here is about losing power.
SCRATCH = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
T = TypeVar("T")


@dataclass
class Slot(RedisServer):
    """One database of a running server."""

    database: int = 0

    def client(self) -> redis.Redis:
        return redis.Redis(
            port=self.port,
            password=self.password or None,
            db=self.database,
            decode_responses=True,
            protocol=2,
        )

    @property
    def url(self) -> str:
        return super().url.removesuffix("/0") + f"/{self.database}"


@contextmanager
def own_redis(*options: str, password: str = "") -> Iterator[RedisServer]:
    """A server that the test may kill."""
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        server = RedisServer(Path(folder), password=password, options=options)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def slot_of(server: RedisServer, database: int) -> Slot:
    """A database of `server`, empty."""
    slot = Slot(server.folder, server.port, server.password, database=database)
    slot.client().flushdb()
    return slot


@contextmanager
def quick_world(server: RedisServer | None, environment: str = "real") -> Iterator[World]:
    """A world in a folder of its own, without KIS's rate limits."""
    with (
        tempfile.TemporaryDirectory(dir=SCRATCH) as folder,
        make_world(Path(folder), server, environment) as world,
    ):
        Path(folder).chmod(0o755)
        # A key of its own: a stray run of another world, on a port used again, is a stranger here.
        world.kis.state.app_key = f"PSRELIABILITY{os.urandom(8).hex().upper()}".ljust(36, "0")
        world.environment["KIS_APP_KEY"] = world.kis.app_key
        world.kis.limits = False
        world.environment["KIS_QUOTE_RATE"] = "20"
        yield world


def side_by_side(work: Callable[[int, T], None], items: Sequence[T], lanes: int) -> None:
    """Do the work on all items, `lanes` at a time; the first failure is raised at the end."""
    with ThreadPoolExecutor(lanes) as pool:
        futures = [pool.submit(work, index, item) for index, item in enumerate(items)]
    for future in futures:
        future.result()
