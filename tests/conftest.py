"""Shared parts of all tests: every store, and a world on each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.world import RedisServer, World, make_world

# The same examples every time: a red run can be repeated, a green one says the same tomorrow.
settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["redis", "sqlite"])
def server(request: pytest.FixtureRequest) -> RedisServer | None:
    """An empty Redis, or none: then the state is a SQLite file."""
    if request.param == "sqlite":
        return None
    found: RedisServer = request.getfixturevalue("redis_server")
    found.client().flushall()
    return found


@pytest.fixture
def world(server: RedisServer | None, tmp_path: Path) -> Iterator[World]:
    """A real account's world, on a Monday at 09:30, on either store."""
    with make_world(tmp_path, server) as made:
        yield made


@pytest.fixture
def paper_world(server: RedisServer | None, tmp_path: Path) -> Iterator[World]:
    """A paper account's world."""
    with make_world(tmp_path, server, environment="paper") as made:
        yield made
