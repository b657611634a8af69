"""One launcher and one Redis with many databases for all tests of a worker."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from tests.reliability.runs import Launcher
from tests.reliability.slots import DATABASES, own_redis, slot_of
from tests.world import RedisServer


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    with Launcher() as made:
        yield made


@pytest.fixture(scope="session")
def wide_redis() -> Iterator[RedisServer]:
    """A Redis with room for many worlds."""
    with own_redis("--databases", str(DATABASES)) as server:
        yield server


@pytest.fixture(params=["redis", "sqlite"])
def new_store(request: pytest.FixtureRequest) -> Callable[[], RedisServer | None]:
    """Gives a store of its own to each world that asks: an empty Redis database, or a file."""
    if request.param == "sqlite":
        return lambda: None
    wide: RedisServer = request.getfixturevalue("wide_redis")
    numbers = itertools.count()
    return lambda: slot_of(wide, next(numbers))
