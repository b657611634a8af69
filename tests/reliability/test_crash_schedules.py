"""Death at every step of a run: whatever it was doing, the next run carries on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.reliability.passing import minutes_pass, remembered, rewind
from tests.reliability.runs import Launcher
from tests.reliability.scenes import SCENES, moments
from tests.reliability.slots import quick_world
from tests.reliability.witness import Script, Witness
from tests.world import RedisServer


@pytest.mark.parametrize("name", ["first fills", "later fills", "report"])
def test_a_run_killed_at_any_step_loses_and_repeats_nothing(
    name: str, launcher: Launcher, new_store: Callable[[], RedisServer | None]
) -> None:
    scene = SCENES[name]
    with quick_world(new_store()) as world:
        script = Script(world)
        scene.prepare(world, script, launcher)
        told_before = world.discord.messages.copy()
        memory = remembered(world)
        running = launcher.start(world, scene.command)
        assert running.wait().code == 0
        assert len(world.contents) - len(told_before) == scene.messages
        survived = []
        for trap in moments(running.steps):
            rewind(world, memory)
            world.discord.messages[:] = told_before
            minutes_pass(world)
            witness = Witness(world, script)
            if launcher.run(world, scene.command, trap=trap).code != -9:
                survived.append(trap)
            witness.look()
            minutes_pass(world, 3)
            assert launcher.run(world, scene.command).code == 0
            assert witness.problems() == [], trap
            again = len(world.contents) - len(told_before) - scene.messages
            assert again in (0, 1), (trap, world.contents)
        # Threads take their steps in any order, so that now and then a run has fewer.
        assert len(survived) <= 3
