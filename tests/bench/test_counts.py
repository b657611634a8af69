"""What a run costs, in counts: a change that makes it dearer is seen here, on any machine."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.counting import RoundTrips, commits, modules
from tests.world import ROOT, RedisServer, Run, World, make_world

#: What an idle run needs of others. All that these import is theirs to answer for.
PACKAGES = {
    "redis": ("pydantic_settings", "requests", "redis"),
    "sqlite": ("pydantic_settings", "requests", "sqlite3"),
}

#: What none of those imports by itself.
ALONE = ("gc", "pydantic.aliases", "pydantic.config")

#: For the sealed token.
SEAL = "nacl.secret"

#: Room for two more than there are.
OURS_AT_MOST = 37

#: Our own modules that an idle run has no use for.
UNUSED = (
    "kis.broker.holding_rows",
    "kis.core.holdings",
    "kis.core.investors",
    "kis.core.portfolio",
    "kis.core.report_messages",
    "kis.heartbeat",
    "kis.jobs.check",
    "kis.jobs.report",
    "kis.jobs.status",
    "kis.settings_trouble",
)


@pytest.fixture
def counter(redis_server: RedisServer) -> Iterator[RoundTrips]:
    with RoundTrips(redis_server.port) as made:
        yield made


@pytest.fixture
def redis_world(redis_server: RedisServer, counter: RoundTrips, tmp_path: Path) -> Iterator[World]:
    """A world whose Redis is reached through the counter; its first run is over."""
    redis_server.client().flushall()
    with make_world(tmp_path, redis_server) as world:
        world.environment["REDIS_URL"] = counter.url
        _first_run(world)
        counter.clear()
        yield world


@pytest.fixture
def sqlite_world(tmp_path: Path) -> Iterator[World]:
    with make_world(tmp_path, None) as world:
        _first_run(world)
        yield world


def test_an_idle_run_asks_kis_once_and_discord_not_at_all(
    redis_world: World, sqlite_world: World
) -> None:
    for world in (redis_world, sqlite_world):
        calls = len(world.kis.calls)
        _idle_run(world)
        assert len(world.kis.calls) - calls == 1
        assert not world.discord.attempts


def test_an_idle_run_waits_three_times_for_redis(redis_world: World, counter: RoundTrips) -> None:
    """All that the decision needs comes in the first; then the call's slot, then the end."""
    _idle_run(redis_world)
    assert counter.count == 3
    opening, slot, end = counter.sent
    assert b"HGETALL" in opening
    assert b"pace:ledger" in slot
    assert b"good:fills" in end


def test_an_idle_run_commits_three_times_to_sqlite(sqlite_world: World) -> None:
    _idle_run(sqlite_world)
    assert commits(sqlite_world.folder / "state.db") == 3


def test_round_trips_do_not_grow_with_the_number_of_orders(
    redis_world: World, counter: RoundTrips
) -> None:
    """But for the slot of each further page."""
    for _ in range(250):
        redis_world.kis.market.order("buy").fill(10, 72000)
    redis_world.kis.limits = False
    redis_world.next_minute()
    assert redis_world.run("fills").code == 0
    counter.clear()
    _idle_run(redis_world)
    pages = 3
    assert counter.count == 3 + (pages - 1)


def test_all_fills_of_a_poll_are_staged_in_one_round_trip(
    redis_world: World, counter: RoundTrips
) -> None:
    for _ in range(50):
        redis_world.kis.market.order("buy").fill(10, 72000)
    redis_world.next_minute()
    counter.clear()
    assert redis_world.run("fills").code == 0
    stages = [sent for sent in counter.sent if b"announced:KRX" in sent and b"EVAL" in sent[:30]]
    assert len([sent for sent in stages if b"outbox" in sent]) == 1


@pytest.mark.parametrize("store", ["redis", "sqlite"])
def test_an_idle_run_imports_only_what_it_uses(
    store: str, redis_world: World, sqlite_world: World
) -> None:
    world = redis_world if store == "redis" else sqlite_world
    run = _idle_run(world, PYTHONPROFILEIMPORTTIME="1", PYTHONWARNINGS="")
    imported = set(modules(run.err))
    ours = {name for name in imported if name.partition(".")[0] == "kis"}
    assert not ours.intersection(UNUSED)
    assert len(ours) <= OURS_AT_MOST, "split for a reason, then raise the number"
    theirs = _imported_by(*PACKAGES[store], SEAL)
    assert imported - ours - theirs <= {*ALONE}, sorted(imported - ours - theirs)


def _first_run(world: World) -> None:
    assert world.run("fills").code == 0


def _idle_run(world: World, **extra: str) -> Run:
    """A minute later; a log of commits begins anew, since nobody else has the file open."""
    world.next_minute()
    process = world.start("fills", **extra)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return Run(process.returncode, out, err, 0.0)


def _imported_by(*names: str) -> set[str]:
    command = [sys.executable, "-X", "importtime", "-c", f"import {', '.join(names)}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return set(modules(done.stderr))
