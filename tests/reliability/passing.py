"""Time passes: what the store dates by a clock grows older, without anybody waiting.

Leases, pacing and a channel's not-before time are judged by the store's own clock (Redis's, or
the machine's for SQLite). Between two runs nobody can tell an hour that passed from dates that
are an hour older; while a run is alive its own clock would tell, so then this must not be used.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from tests.world import World


def minutes_pass(world: World, minutes: float = 1.0) -> None:
    """Let time pass at KIS and in the store."""
    world.later(minutes=minutes)
    age(world, minutes * 60)


def age(world: World, seconds: float) -> None:
    """Make everything that the store dates by a clock older."""

    def older(name: str, value: str) -> str:
        kind = name.partition(":")[0]
        if kind == "lease":
            taken, *rest = value.split()
            return " ".join([f"{float(taken) - seconds:.3f}" if float(taken) else taken, *rest])
        if kind == "pace":
            return " ".join(f"{float(moment) - seconds:.6f}" for moment in value.split())
        if kind == "channel":
            state = json.loads(value)
            return json.dumps({**state, "noted_at": state["noted_at"] - seconds})
        return value

    for shelf, fields in remembered(world).items():
        changed = {name: older(name, value) for name, value in fields.items()}
        _write(world, shelf, {n: v for n, v in changed.items() if v != fields[n]})


def remembered(world: World) -> Mapping[str, Mapping[str, str]]:
    """All that the store holds; nothing where there is no store yet."""
    if not world.redis and not (world.folder / "state.db").exists():
        return {}
    try:
        return world.memory()
    except sqlite3.OperationalError:  # The run died before it made the table.
        return {}


def rewind(world: World, memory: Mapping[str, Mapping[str, str]]) -> None:
    """Put the store back to what it held."""
    if world.redis:
        world.redis.client().flushall()
        for shelf, fields in memory.items():
            _write(world, shelf, fields)
        return
    if not memory:
        for suffix in ("", "-wal", "-shm"):
            (world.folder / f"state.db{suffix}").unlink(missing_ok=True)
        return
    with _database(world) as database:
        database.execute("DELETE FROM shelves")
    for shelf, fields in memory.items():
        _write(world, shelf, fields)


def _write(world: World, shelf: str, fields: Mapping[str, str]) -> None:
    if world.redis and fields:
        with closing(world.redis.client()) as client:
            client.hset(shelf, mapping=dict(fields))  # type: ignore[arg-type]
    elif fields:
        with _database(world) as database:
            rows = [(shelf, name, value) for name, value in fields.items()]
            database.executemany("INSERT OR REPLACE INTO shelves VALUES (?, ?, ?)", rows)


@contextmanager
def _database(world: World) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(world.folder / "state.db")) as database, database:
        yield database
