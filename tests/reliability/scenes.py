"""Commands with the state of the world in which something happens to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.reliability.passing import minutes_pass
from tests.reliability.runs import Launcher
from tests.reliability.steps import Trap
from tests.reliability.witness import Script
from tests.world import World


@dataclass(frozen=True)
class Scene:
    """A command, the state in which it runs, and how many messages it has to send."""

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


def moments(steps: list[str], action: str = "kill") -> list[Trap]:
    """Before each step, which is after the one before; in the middle of each send; at the end."""
    numbered = list(enumerate(steps, 1))
    before = [Trap(number, "before", action) for number, _ in numbered]
    halves = [Trap(number, "half", action) for number, step in numbered if "send" in step]
    return [*before, *halves, Trap(len(steps), "after", action)]
