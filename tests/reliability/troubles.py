"""What can befall one run, drawn at random: everything here is over when the run is."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from tests.reliability.proxy import CUT, LOSE, PASS, Proxy
from tests.reliability.steps import Trap
from tests.simulator import Answer, Fault
from tests.world import World

#: Codes that pass, of the fact sheet's table, and the token's.
KIS_CODES = (
    "EGW00201",
    "EGW00215",
    "EGW00316",
    "EGW00300",
    "OPSQ0008",
    "APBK1350",
    "SYDB0050",
    "EGW00121",
    "EGW00123",
)
ENDPOINTS = ("inquire-daily-ccld", "inquire-balance", "chk-holiday", "tokenP", "inquire-investor")


Around = Callable[[World], AbstractContextManager[dict[str, str]]]


@dataclass(frozen=True)
class Trouble:
    """A name for the log, the trap of the run, and what its surroundings do meanwhile.

    `spares` says that a run of its kind must do well all the same.
    """

    name: str
    trap: Trap | None = None
    around: Around = lambda world: nullcontext({})
    spares: bool = False

    @contextmanager
    def during(self, world: World) -> Iterator[dict[str, str]]:
        """More environment variables for the run; afterwards the world is well."""
        with self.around(world) as extra:
            yield extra
        world.kis.heal()
        world.kis.latency = 0.0
        world.discord.heal()


def doing(action: Callable[[World], object]) -> Around:
    """Surroundings that only script something beforehand."""

    @contextmanager
    def around(world: World) -> Iterator[dict[str, str]]:
        action(world)
        yield {}

    return around


def draw(dice: random.Random, world: World) -> Trouble:
    """Some trouble, or none."""
    kind = dice.choices(
        ("none", "kill", "terminate", "kis", "discord", "store", "slow"),
        (30, 25, 5, 15, 15, 10, 5),
    )[0]
    if kind == "none":
        return Trouble("none", spares=True)
    if kind in ("kill", "terminate"):
        trap = Trap(dice.randint(1, 60), dice.choice(("before", "half")), kind)
        return Trouble(f"{kind} at {trap.number} {trap.moment}", trap)
    if kind == "kis":
        return _kis(dice)
    if kind == "discord":
        return _discord(dice)
    if kind == "store":
        return _redis(dice) if world.redis else _locked(dice)
    seconds = dice.choice((0.05, 0.2))
    return Trouble(
        f"slow {seconds}", around=doing(lambda world: setattr(world.kis, "latency", seconds))
    )


def _kis(dice: random.Random) -> Trouble:
    code = dice.choice(KIS_CODES)
    fault = dice.choice(
        (
            Fault.code(code, status=500),
            Fault.code(code, status=200),
            Fault.html(),
            Fault.raw("{"),
            Fault.truncated(),
            Fault.reset(),
            Fault.stall(8),
        )
    )
    endpoint = dice.choice(ENDPOINTS)
    times = dice.choice((1, 1, 2, 9))
    return Trouble(
        f"{fault.name} {code} {endpoint} x{times}",
        around=doing(lambda world: world.kis.fail(endpoint, fault, times=times)),
    )


def _discord(dice: random.Random) -> Trouble:
    answer = dice.choice(
        (
            Answer.rate_limited(0.3),
            Answer.rate_limited(90),
            Answer.rate_limited_html(),
            Answer.status(500),
            Answer.status(502),
            Answer.status(503),
            Answer.status(504),
            Answer.status(400),
            Answer.reset(),
            Answer.stall(8),
            Answer.stored_then_500(),
            Answer.stored_then_reset(),
            Answer.stored_then_stall(8),
        )
    )
    # A 400 twice would set the message aside: that is for a test of its own.
    times = 1 if answer.name == "status 400" else dice.choice((1, 1, 2))
    healthy = dice.randint(0, 2)

    def script(world: World) -> None:
        if healthy:
            world.discord.answer(Answer.ok(), times=healthy)
        world.discord.answer(answer, times=times)

    return Trouble(f"{answer.name} after {healthy} x{times}", around=doing(script))


def _redis(dice: random.Random) -> Trouble:
    number = dice.randint(1, 30)
    kind = dice.choice((CUT, LOSE, "restart", "down"))

    @contextmanager
    def around(world: World) -> Iterator[dict[str, str]]:
        server = world.redis
        assert server

        def plan(count: int) -> str:
            if count != number:
                return PASS
            if kind in (CUT, LOSE):
                return kind
            server.stop()
            if kind == "restart":
                server.start()
            return CUT

        with Proxy(server.port, plan) as proxy:
            try:
                yield {"REDIS_URL": f"redis://127.0.0.1:{proxy.port}/0"}
            finally:
                if not server.process:
                    server.start()

    return Trouble(f"redis {kind} at {number}", around=around)


def _locked(dice: random.Random) -> Trouble:
    """Another program holds the SQLite file for a moment, or for longer than the run has."""
    seconds = dice.choice((0.1, 0.5, 6))

    @contextmanager
    def around(world: World) -> Iterator[dict[str, str]]:
        over = threading.Event()
        held = threading.Event()

        def hold() -> None:
            database = sqlite3.connect(world.folder / "state.db", isolation_level=None)
            database.execute("BEGIN IMMEDIATE")
            held.set()
            over.wait(seconds)
            database.execute("ROLLBACK")
            database.close()

        holder = threading.Thread(target=hold)
        holder.start()
        held.wait(10)
        yield {}
        over.set()
        holder.join()

    return Trouble(f"file locked {seconds}", around=around)
