"""Death at every step of a run: whatever it was doing, the next run carries on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.reliability.passing import minutes_pass, remembered, rewind
from tests.reliability.runs import Launcher
from tests.reliability.steps import Trap
from tests.reliability.witness import Script, Witness
from tests.world import RedisServer, World, make_world


@dataclass(frozen=True)
class Scene:
    """A command, the state in which it dies, and how many messages it has to send."""

    command: str
    prepare: Callable[[World, Script, Launcher], None]
    messages: int


def two_fills_on_the_first_run(world: World, script: Script, launcher: Launcher) -> None:
    for price in (1000, 2000):
        script.fill(script.order(), 6, price)


def two_fills_on_a_later_run(world: World, script: Script, launcher: Launcher) -> None:
    name = script.order()
    script.fill(name, 4, 1000)
    assert launcher.run(world, "fills").code == 0
    minutes_pass(world)
    script.fill(name, 6, 1100)
    script.fill(script.order(), 10, 2000)


def two_holdings(world: World, script: Script, launcher: Launcher) -> None:
    world.kis.market.hold("000001", "종목001", 10, "1000.5", 1100)
    world.kis.market.hold("000002", "종목002", 20, 500, 450)
    assert launcher.run(world, "fills").code == 0
    minutes_pass(world)


def nothing(world: World, script: Script, launcher: Launcher) -> None:
    """An empty account on its first day."""


SCENES = {
    "first fills": Scene("fills", two_fills_on_the_first_run, 2),
    "later fills": Scene("fills", two_fills_on_a_later_run, 2),
    "report": Scene("report", two_holdings, 1),
    "start": Scene("start", nothing, 1),
}


def moments(steps: list[str]) -> list[Trap]:
    """Before each step (so after the one before it), in the middle of each send, at the end."""
    numbered = list(enumerate(steps, 1))
    halves = [Trap(number, "half") for number, name in numbered if name.startswith("send")]
    return [*(Trap(number, "before") for number, _ in numbered), *halves, Trap(len(steps), "after")]


@pytest.mark.parametrize("name", SCENES)
def test_a_run_killed_at_any_step_loses_and_repeats_nothing(
    name: str, launcher: Launcher, server: RedisServer | None, tmp_path: Path
) -> None:
    scene = SCENES[name]
    with make_world(tmp_path, server) as world:
        world.kis.limits = False
        world.environment["KIS_QUOTE_RATE"] = "20"
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
