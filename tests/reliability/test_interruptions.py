"""A run that is told to stop, or that stands still for too long, at any step."""

from __future__ import annotations

import itertools
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.reliability.passing import minutes_pass, remembered, rewind
from tests.reliability.runs import Launcher, Running
from tests.reliability.scenes import SCENES, moments, two_fills_on_a_later_run
from tests.reliability.slots import quick_world, side_by_side, slot_of
from tests.reliability.steps import Trap
from tests.reliability.witness import Script, Witness, is_marked
from tests.world import RedisServer, World, wait_for

#: Longer than any lease of a run with a timeout of 3 s: its own lives 8 s, the channel's 20 s.
PAUSE = 21.0

NewStore = Callable[[], RedisServer | None]


@pytest.mark.parametrize("name", ["first fills", "report"])
def test_a_run_told_to_stop_at_any_step_leaves_no_doubt(
    name: str, launcher: Launcher, new_store: NewStore
) -> None:
    """What is in flight is seen through, so that no message has to be marked; no traceback."""
    scene = SCENES[name]
    with quick_world(new_store()) as world:
        script = Script(world)
        scene.prepare(world, script, launcher)
        told_before = world.discord.messages.copy()
        memory = remembered(world)
        running = launcher.start(world, scene.command)
        assert running.wait().code == 0
        # Every third moment, for the sake of time; random schedules draw from all of them.
        for trap in moments(running.steps, "terminate")[len(running.steps) % 3 :: 3]:
            rewind(world, memory)
            world.discord.messages[:] = told_before
            minutes_pass(world)
            witness = Witness(world, script)
            run = launcher.run(world, scene.command, trap=trap)
            assert run.code in (0, 1), (trap, run)
            assert "Traceback" not in run.err, (trap, run)
            assert (run.code == 0) <= (witness.unannounced() == []), (trap, run)
            witness.look()
            minutes_pass(world, 3)
            assert launcher.run(world, scene.command).code == 0
            assert witness.problems() == [], trap
            assert not any(map(is_marked, world.contents)), (trap, world.contents)


@dataclass
class Paused:
    """A run that stands still in a world of its own."""

    world: World
    witness: Witness
    trap: Trap
    running: Running


def test_a_run_paused_past_its_lease_posts_and_writes_nothing_more(
    launcher: Launcher, wide_redis: RedisServer
) -> None:
    """Runs stopped after each of their steps, all at once: the pause is real, and long."""
    numbers = itertools.count()
    stores: list[NewStore] = [lambda: slot_of(wide_redis, next(numbers)), lambda: None]
    paused: list[Paused] = []
    with ExitStack() as stack:
        for new_store in stores:
            with quick_world(new_store()) as world:
                two_fills_on_a_later_run(world, Script(world), launcher)
                counted = launcher.start(world, "fills")
                assert counted.wait().code == 0

            def pause(number: int, step: str, new_store: NewStore = new_store) -> None:
                trap = Trap(number + 1, "after", "stop")
                paused.append(pause_at(trap, new_store, launcher, stack))

            side_by_side(pause, counted.steps, lanes=4)
        time.sleep(PAUSE)
        side_by_side(lambda index, one: take_over(one, launcher), paused, lanes=4)
        assert len(paused) > 40


def pause_at(trap: Trap, new_store: NewStore, launcher: Launcher, stack: ExitStack) -> Paused:
    world = stack.enter_context(quick_world(new_store()))
    script = Script(world)
    two_fills_on_a_later_run(world, script, launcher)
    running = launcher.start(world, "fills", trap=trap, extra={"RUN_TIMEOUT": "3"})
    wait_for(lambda: running.ended.is_set() or stands_still(running))
    return Paused(world, Witness(world, script), trap, running)


def take_over(one: Paused, launcher: Launcher) -> None:
    """Another run does the work; the paused one wakes up and must not touch anything.

    One that stands still within a transaction on SQLite holds the file: then nobody can take
    over, and its transaction is all that it may still end.
    """
    world, was_over = one.world, one.running.ended.is_set()
    holds_file = not was_over and is_in_transaction(one.running.steps)
    if not holds_file:
        assert launcher.run(world, "fills").code == 0
        assert one.witness.problems() == [], one.trap
    memory, posted = kept(world), world.contents
    if not was_over:
        one.running.send(signal.SIGCONT)
    run = one.running.wait()
    assert was_over or run.code == 1, (one.trap, run)
    assert "Traceback" not in run.err, (one.trap, run)
    assert world.contents == posted, (one.trap, one.running.steps, run)
    assert holds_file or kept(world) == memory, (one.trap, run)
    minutes_pass(world)
    assert launcher.run(world, "fills").code == 0
    assert one.witness.problems() == [], one.trap


def is_in_transaction(steps: list[str]) -> bool:
    return steps[-1] in ("sql INSERT", "sql DELETE", "sql UPDATE")


def kept(world: World) -> list[tuple[str, str, str]]:
    """All that is remembered, but for the pacing of KIS calls."""
    return [
        (shelf, name, value)
        for shelf, fields in sorted(remembered(world).items())
        for name, value in sorted(fields.items())
        if not name.startswith("pace:")
    ]


def stands_still(running: Running) -> bool:
    assert running.started.wait(10)
    try:
        status = Path(f"/proc/{running.pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] == "T"
