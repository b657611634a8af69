"""Worlds for rules that do not depend on the store, and worlds that were polled before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.steps import run
from tests.world import RedisServer, World, make_world


@pytest.fixture
def quick_world(tmp_path: Path) -> Iterator[World]:
    """A real account's world on the SQLite default, for rules that no store can change."""
    with make_world(tmp_path, None) as made:
        yield made


@pytest.fixture
def quick_paper_world(tmp_path: Path) -> Iterator[World]:
    """A paper account's world on the SQLite default."""
    with make_world(tmp_path, None, environment="paper") as made:
        yield made


@pytest.fixture
def redis_world(redis_server: RedisServer, tmp_path: Path) -> Iterator[World]:
    """A real account's world on Redis."""
    redis_server.client().flushall()
    with make_world(tmp_path, redis_server) as made:
        yield made


def _polled(world: World) -> World:
    run(world, "fills")
    world.next_minute()
    return world


@pytest.fixture
def polled_world(world: World) -> World:
    """Its first run is over: on either store, messages carry no note of that any more."""
    return _polled(world)


@pytest.fixture
def quick_polled_world(quick_world: World) -> World:
    """The same, on the SQLite default only."""
    return _polled(quick_world)
