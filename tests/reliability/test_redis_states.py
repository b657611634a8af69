"""A Redis that answers, but with no: each state is one clear line, and nothing is lost by it."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.reliability.passing import minutes_pass, remembered
from tests.reliability.runs import Launcher
from tests.reliability.slots import own_redis, quick_world
from tests.reliability.witness import Script, Witness, is_marked
from tests.simulator import Answer
from tests.simulator.answers import Delivery
from tests.world import RedisServer, Run, World

State = Callable[[RedisServer], AbstractContextManager[object]]


@contextmanager
def full_memory(server: RedisServer) -> Iterator[None]:
    server.client().config_set("maxmemory", "1")
    yield
    server.client().config_set("maxmemory", "0")


@contextmanager
def replica(server: RedisServer) -> Iterator[None]:
    server.client().replicaof("127.0.0.1", 1)
    yield
    server.client().replicaof("NO", "ONE")


@contextmanager
def another_password(server: RedisServer) -> Iterator[None]:
    server.client().config_set("requirepass", "AnotherPasswordThanOurs")
    yield
    server.stop()
    server.start()


@contextmanager
def loading(server: RedisServer) -> Iterator[None]:
    """A restart with so much to load, so slowly, that commands come in meanwhile."""
    pipe = server.client().pipeline(transaction=False)
    for number in range(6000):
        pipe.hset("ballast", "number", str(number))
    pipe.execute()
    server.stop()
    options = server.options
    server.options = (*options, "--key-load-delay", "600")
    starting = threading.Thread(target=server.start)
    starting.start()
    time.sleep(0.3)
    yield
    starting.join()
    server.stop()
    server.options = options
    server.start()
    server.client().delete("ballast")


STATES: dict[str, tuple[State, int, str]] = {
    "OOM": (full_memory, 1, "메모리가 가득"),
    "READONLY": (replica, 1, "읽기 전용"),
    # A server that loads answers between two pieces of its data: on a busy machine too late.
    "LOADING": (loading, 1, "불러오는 중|연결할 수 없습니다"),
    "NOAUTH": (another_password, 2, "REDIS_URL"),
}


def refused(world: World, witness: Witness, run: Run, code: int, words: str) -> None:
    """The run ended with that code and one clear line; nothing was posted or remembered."""
    assert run.code == code
    assert run.err.count("ERROR") == 1
    assert re.search(words, run.err)
    assert "Traceback" not in run.err
    assert run.seconds < 4
    witness.look()


@pytest.mark.parametrize("name", STATES)
def test_a_redis_that_refuses_is_one_clear_line_and_loses_nothing(
    name: str, launcher: Launcher
) -> None:
    state, code, words = STATES[name]
    with own_redis() as server, quick_world(server) as world:
        script = Script(world)
        witness = Witness(world, script)
        script.fill(script.order(), 4, 1000)
        assert launcher.run(world, "fills").code == 0
        before = world.contents
        minutes_pass(world)
        script.fill(script.order(), 6, 1100)
        with state(server):
            run = launcher.run(world, "fills")
        refused(world, witness, run, code, words)
        assert world.contents == before
        minutes_pass(world)
        assert launcher.run(world, "fills").code == 0
        assert witness.problems() == []
        assert len(world.contents) == len(before) + 1


@pytest.mark.parametrize("name, marks", [("OOM", "--"), ("READONLY", "-+-")])
def test_a_redis_that_begins_to_refuse_in_the_middle_of_a_run_loses_nothing(
    name: str, marks: str, launcher: Launcher
) -> None:
    """While the first message is on its way: it arrives, and cannot be noted as sent.

    A full Redis still lets go of what is done, so that the repetition is not needed there.
    """
    state, _, words = STATES[name]
    with own_redis() as server, quick_world(server) as world:
        script = Script(world)
        witness = Witness(world, script)
        for price in (1000, 1100):
            script.fill(script.order(), 4, price)
        entered: list[AbstractContextManager[object]] = []
        world.discord.answer(begins(state(server), entered))
        run = launcher.run(world, "fills")
        entered[0].__exit__(None, None, None)
        refused(world, witness, run, 1, words)
        assert len(world.contents) == 1
        minutes_pass(world)
        assert launcher.run(world, "fills").code == 0
        assert witness.problems() == []
        assert "".join("-+"[is_marked(content)] for content in world.contents) == marks


def begins(
    state: AbstractContextManager[object], entered: list[AbstractContextManager[object]]
) -> Answer:
    def play(delivery: Delivery) -> None:
        entered.append(state)
        state.__enter__()
        delivery.send(delivery.store())

    return Answer("stored while the store changes", play)


@pytest.mark.parametrize("given", ["", "wrong-Password-1"])
def test_a_wrong_password_is_exit_2_and_never_shown(given: str, launcher: Launcher) -> None:
    with own_redis(password="right-Password-1") as server, quick_world(server) as world:
        url = world.environment["REDIS_URL"].replace(":right-Password-1@", f":{given}@")
        run = launcher.run(world, "fills", extra={"REDIS_URL": url.replace("//:@", "//")})
        assert run.code == 2
        assert "REDIS_URL" in run.err
        assert "Password-1" not in run.err
        assert remembered(world) == {}
        assert world.contents == []
