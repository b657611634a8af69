"""Everything the program ever emits, searched for everything it must never tell."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.leaks import ADDRESS, secrets_of, spellings
from tests.reliability.passing import minutes_pass, remembered
from tests.reliability.runs import Launcher
from tests.reliability.slots import own_redis, quick_world
from tests.reliability.steps import Trap
from tests.reliability.witness import Script
from tests.simulator import Answer, Fault, Heartbeat
from tests.world import World

REDIS_PASSWORD = "RedisPassword-9f3a1c"
HEART_TOKEN = "heartbeat-7c1e55d0-token"
COMMANDS = ("fills", "report", "check", "start", "stop")


def secrets(world: World) -> dict[str, str]:
    """All that must never be told, by name."""
    return secrets_of(world.kis, world.discord) | {
        "redis password": REDIS_PASSWORD,
        "heartbeat token": HEART_TOKEN,
    }


def faults(world: World) -> Iterator[Callable[[], object]]:
    """What goes wrong in turn; KIS quotes all it knows in its messages."""
    kis, discord = world.kis, world.discord
    quoting = f"계좌 {kis.account} {kis.account[:8]} {kis.app_key} 전화 010-1234-5678"
    telling = f"token {kis.issue_token()} IP {ADDRESS} secret {kis.app_secret}"
    orders, balance = "inquire-daily-ccld", "inquire-balance"
    yield lambda: None
    yield kis.expire_tokens
    for code in ("OPSQ2000", "EGW00201", "ZZZZ1234", "EGW00103"):
        yield partial(kis.fail, orders, Fault.code(code, message=quoting), times=9)
        yield partial(kis.fail, balance, Fault.code(code, message=telling))
        yield partial(kis.fail, "tokenP", Fault.code(code, message=quoting))
        yield kis.expire_tokens
    for fault in (Fault.html(), Fault.reset(), Fault.truncated(), Fault.raw(f'"{quoting}"')):
        yield partial(kis.fail, orders, fault, times=9)
    for answer in (
        Answer.status(400, {"message": quoting, "code": 50035}),
        Answer.status(500, discord.webhook_url),
        Answer.stored_then_reset(),
        Answer.status(404),
    ):
        yield partial(discord.answer, answer, times=2)


def emitted(world: World, launcher: Launcher) -> Iterator[tuple[str, str]]:
    """Every text of a hard day, with where it was found."""
    script = Script(world)
    world.kis.market.hold("000900", "보유종목", 10, 900, 1000)
    for number, fault in enumerate(faults(world)):
        script.fill(script.order(), 4, 1000 + number)
        for command in COMMANDS if number < 2 else COMMANDS[:2]:
            fault()
            trap = Trap(10 + number, "before", "terminate") if number % 5 == 4 else None
            running = launcher.start(world, command, trap=trap, extra={"LOG_LEVEL": "DEBUG"})
            run = running.wait()
            yield f"{command} {number}: stdout", run.out
            yield f"{command} {number}: stderr", run.err
            world.kis.heal()
            world.discord.heal()
            minutes_pass(world, 2)
    world.environment["REDIS_URL" if world.redis else "STATE_FILE"] += "/nowhere/nothing"
    for command in COMMANDS:
        run = launcher.run(world, command, extra={"KIS_ACCOUNT_NO": world.kis.account + "x"})
        yield f"{command}: wrong settings", run.out + run.err
        run = launcher.run(world, command)
        yield f"{command}: no store", run.out + run.err


def stored(world: World) -> Iterator[tuple[str, str]]:
    """What lies in the store, read by its own means and as bytes on the disk."""
    for shelf, fields in remembered(world).items():
        yield "store key", shelf
        for name, value in fields.items():
            yield f"store field {name}", f"{name} {value}"
    folder = world.redis.folder if world.redis else world.folder
    for path in Path(folder).rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes().decode("utf-8", "replace")


def leaks(world: World, texts: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    # The example of an account's form happens to be the simulated account.
    texts = [(where, text.replace("형식: 12345678-01", "")) for where, text in texts]
    return [
        (name, where, text[:300])
        for name, secret in secrets(world).items()
        for spelling in {*spellings(secret)}
        for where, text in texts
        if spelling in text
    ]


@pytest.mark.parametrize("kind", ["redis", "sqlite"])
def test_nothing_that_is_emitted_holds_a_secret(kind: str, launcher: Launcher) -> None:
    with ExitStack() as stack:
        heart = stack.enter_context(Heartbeat())
        server = None
        if kind == "redis":
            server = stack.enter_context(own_redis(password=REDIS_PASSWORD))
        search(stack.enter_context(quick_world(server)), heart, launcher)


def search(world: World, heart: Heartbeat, launcher: Launcher) -> None:
    world.environment["HEARTBEAT_URL"] = f"{heart.url}/{HEART_TOKEN}"
    texts = [*emitted(world, launcher)]
    texts += [
        ("message", json.dumps(m.payload, ensure_ascii=False)) for m in world.discord.messages
    ]
    texts += [("heartbeat", path.replace(f"/{HEART_TOKEN}", "")) for path in heart.paths]
    texts += stored(world)
    assert len(texts) > 100
    assert len(world.contents) > 10
    assert any("❌" in content for content in world.contents)
    assert leaks(world, texts) == []


def test_the_command_line_of_a_run_holds_no_secret(launcher: Launcher) -> None:
    """A real process, looked at from outside while KIS is slow."""
    with quick_world(None) as world:
        world.kis.latency = 1.0
        process = world.start("fills")
        seen: list[tuple[str, str]] = []
        while process.poll() is None and len(seen) < 50:
            seen.append(("ps", Path(f"/proc/{process.pid}/cmdline").read_bytes().decode()))
            time.sleep(0.02)
        process.communicate(timeout=60)
        assert any("run.py" in text for _, text in seen)
        assert leaks(world, seen) == []


def test_the_search_itself_finds_every_spelling() -> None:
    for text in (
        "x12345678-01y",
        "12345678-01"[:8],
        quote("a/b c", safe=""),
        base64.b64encode(b"zz12345678-01").decode(),
    ):
        found = [s for secret in ("12345678", "a/b c") for s in spellings(secret) if s in text]
        assert found, text
