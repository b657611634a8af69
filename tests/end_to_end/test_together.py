"""Several runs at once: of one command, of different ones, and one that was paused."""

import signal
import time
from threading import Event

from tests.end_to_end.steps import BALANCE, ORDERS, announced, bought, run
from tests.simulator import Answer, Fault
from tests.simulator.faults import Exchange
from tests.world import World, wait_for


def test_of_two_fills_at_once_one_works_and_the_other_exits_0(polled_world: World) -> None:
    world = polled_world
    before = len(world.kis.calls)
    bought(world)
    asked, released = Event(), Event()
    world.kis.fail(ORDERS, _held(asked, released))
    first = world.start("fills")
    assert asked.wait(30)
    run(world, "fills")
    assert len(world.kis.calls) == before
    released.set()
    _, err = first.communicate(timeout=60)
    assert first.returncode == 0, err
    assert len(world.kis.calls) == before + 1
    assert world.contents == [announced("삼성전자", "10", "72,000")]


def test_fills_and_report_in_the_same_minute_both_do_their_work(world: World) -> None:
    """First runs of the day: one token, one calendar, and the ledger's pace between them."""
    bought(world)
    world.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    runs = [world.start(command) for command in ("fills", "report", "stop")]
    outputs = [process.communicate(timeout=60) for process in runs]
    assert [process.returncode for process in runs] == [0, 0, 0], outputs
    assert sorted(content[0] for content in world.contents) == ["[", "📊", "🛑"]
    endpoints = [call.endpoint for call in world.kis.calls]
    assert [endpoints.count(name) for name in ("tokenP", "chk-holiday")] == [1, 1]
    first, second = sorted(
        call.at_monotonic for name in (ORDERS, BALANCE) for call in world.kis.calls_to(name)
    )
    # 1.1 s where they are sent; a busy machine may hold the first one back a little.
    assert second - first >= 1.05


def test_one_run_at_a_time_delivers_and_the_other_waits_its_turn(quick_world: World) -> None:
    """Posts of two commands never overlap, although the first takes long."""
    world = quick_world
    run(world, "fills")
    bought(world)
    world.discord.answer(Answer.slow(1.5))
    world.next_minute()
    fills = world.start("fills")
    wait_for(lambda: world.discord.messages)
    begun = world.discord.messages[0].at_monotonic
    run(world, "stop")
    _, err = fills.communicate(timeout=30)
    assert fills.returncode == 0, err
    assert len(world.contents) == 2
    assert world.discord.messages[1].at_monotonic - begun >= 1.5


def test_a_run_paused_past_its_lease_posts_and_writes_nothing_more(polled_world: World) -> None:
    """A lease lives RUN_TIMEOUT + 5 s; then the next run takes over."""
    world = polled_world
    bought(world)
    asked, released = Event(), Event()
    world.kis.fail(ORDERS, _held(asked, released))
    paused = world.start("fills", RUN_TIMEOUT="4")
    assert asked.wait(30)
    asked_at = time.monotonic()
    paused.send_signal(signal.SIGSTOP)
    released.set()
    world.next_minute()
    run(world, "fills")
    assert world.contents == []
    wait_for(lambda: time.monotonic() - asked_at > 9.1, 15)
    run(world, "fills")
    memory = world.memory()
    paused.send_signal(signal.SIGCONT)
    _, err = paused.communicate(timeout=30)
    assert paused.returncode == 1, err
    assert (len(world.contents), world.memory()) == (1, memory)


def _held(asked: Event, released: Event) -> Fault:
    """The right answer once it is released, and word of the question."""

    def play(exchange: Exchange) -> None:
        asked.set()
        released.wait(60)
        exchange.send(exchange.right())

    return Fault("held", play)
