"""Every message between the program and a server lost, its answer lost, or Redis killed at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.reliability.passing import minutes_pass, remembered, rewind
from tests.reliability.proxy import CUT, LOSE, PASS, THEN, Plan, Proxy
from tests.reliability.runs import Launcher
from tests.reliability.scenes import two_fills_on_the_first_run
from tests.reliability.slots import own_redis, quick_world
from tests.reliability.witness import Script, Witness
from tests.world import Run, World


@dataclass
class Play:
    """One world, put back before each run of the same scene: two fills on the first run."""

    launcher: Launcher
    world: World
    variable: str
    port: int

    def __post_init__(self) -> None:
        self.script = Script(self.world)
        two_fills_on_the_first_run(self.world, self.script, self.launcher)
        self.memory = remembered(self.world)

    def count(self) -> int:
        """The messages of an undisturbed run."""
        with Proxy(self.port) as proxy:
            assert self._run(proxy).code == 0
            return proxy.messages

    def disturb(self, plan: Plan, after: Callable[[], object], mend: Callable[[], object]) -> Run:
        """A disturbed run, and a later one that makes all well."""
        rewind(self.world, self.memory)
        self.world.discord.messages.clear()
        minutes_pass(self.world)
        witness = Witness(self.world, self.script)
        with Proxy(self.port, plan, after) as proxy:
            run = self._run(proxy)
        mend()
        assert run.code in (0, 1), run
        assert "Traceback" not in run.err, run
        assert run.code == 1 or not witness.unannounced(), run
        witness.look()
        minutes_pass(self.world, 3)
        assert self.launcher.run(self.world, "fills").code == 0
        assert witness.problems() == [], run
        return run

    def _run(self, proxy: Proxy) -> Run:
        right = self.world.environment[self.variable]
        wrong = right.replace(f":{self.port}", f":{proxy.port}")
        assert wrong != right
        return self.launcher.run(self.world, "fills", extra={self.variable: wrong})


def at(number: int, wish: str) -> Plan:
    return lambda count: wish if count == number else PASS


@pytest.mark.parametrize("wish", [CUT, LOSE])
def test_a_lost_message_or_answer_of_redis_loses_and_repeats_nothing(
    wish: str, launcher: Launcher
) -> None:
    with own_redis() as server, quick_world(server) as world:
        play = Play(launcher, world, "REDIS_URL", server.port)
        count = play.count()
        assert count > 10
        for number in range(1, count + 1):
            run = play.disturb(at(number, wish), nothing, nothing)
            # One lost connection is made again, and no step is harmed by being done twice.
            assert run.code == 0, (number, run)


@pytest.mark.parametrize("wish", [CUT, LOSE])
@pytest.mark.parametrize("variable", ["KIS_BASE_URL", "DISCORD_WEBHOOK_URL"])
def test_a_lost_request_or_answer_loses_and_repeats_nothing(
    variable: str, wish: str, launcher: Launcher
) -> None:
    with quick_world(None) as world:
        server = world.kis if variable == "KIS_BASE_URL" else world.discord
        play = Play(launcher, world, variable, server.port)
        count = play.count()
        assert count >= 2
        for number in range(1, count + 1):
            play.disturb(at(number, wish), nothing, nothing)


@pytest.mark.parametrize("stays_down", [False, True])
@pytest.mark.parametrize("wish", [CUT, THEN])
def test_redis_killed_before_or_in_any_command_loses_and_repeats_nothing(
    wish: str, stays_down: bool, launcher: Launcher
) -> None:
    """CUT: killed before the command arrives. THEN: killed while it may be at work on it."""
    with own_redis() as server, quick_world(server) as world:
        play = Play(launcher, world, "REDIS_URL", server.port)

        def kill() -> None:
            server.stop()
            if not stays_down:
                server.start()

        def mend() -> None:
            if not server.process:
                server.start()

        for number in range(1, play.count() + 1):

            def plan(count: int, number: int = number) -> str:
                if count == number and wish == CUT:
                    kill()
                return wish if count == number else PASS

            play.disturb(plan, kill, mend)


def nothing() -> None:
    """No mending."""
