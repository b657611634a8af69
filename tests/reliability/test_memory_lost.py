"""Memory lost between two runs: what is told again says so, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable

from tests.reliability.passing import minutes_pass, remembered, rewind
from tests.reliability.runs import Launcher
from tests.reliability.slots import quick_world
from tests.reliability.witness import Script, Witness, outbox
from tests.simulator import Answer
from tests.world import RedisServer, World

NewStore = Callable[[], RedisServer | None]
NOTE = "최초 실행"


def days_of_trading(world: World, script: Script, launcher: Launcher) -> None:
    """Fills of yesterday and today, all told, a report sent; the day's session begun."""
    script.fill(script.order(), 10, 1000)
    assert launcher.run(world, "fills").code == 0
    world.later(days=1)
    minutes_pass(world)
    world.kis.market.hold("000900", "보유종목", 10, 900, 1000)
    for command in ("start", "report"):
        assert launcher.run(world, command).code == 0
        minutes_pass(world)
    script.fill(script.order(), 4, 1100)
    script.fill(script.order(), 10, 1200)
    assert launcher.run(world, "fills").code == 0
    minutes_pass(world)


def test_any_one_key_can_be_evicted(launcher: Launcher, new_store: NewStore) -> None:
    """Each shelf in turn, with nothing waiting and with today's fills waiting."""
    with quick_world(new_store()) as world:
        script = Script(world)
        days_of_trading(world, script, launcher)
        script.fill(script.order(), 5, 1300)
        posted, memory = world.discord.messages.copy(), remembered(world)
        world.discord.answer(Answer.status(503))
        assert launcher.run(world, "fills").code == 1
        assert outbox(world)
        waiting = remembered(world)
        cases = [(state, shelf) for state in (memory, waiting) for shelf in state]
        assert len(cases) >= 8
        for state, shelf in cases:
            rewind(world, {name: fields for name, fields in state.items() if name != shelf})
            world.discord.messages[:] = posted
            minutes_pass(world)
            witness = Witness(world, script, forgets=True)
            for _ in range(2):
                assert launcher.run(world, "fills").code == 0, shelf
                minutes_pass(world)
            assert witness.problems() == [], shelf
            told_again = world.contents[len(posted) :]
            assert all("종목001" not in content for content in told_again), shelf


def test_all_data_lost_in_the_day_is_a_first_run_of_today_and_nothing_older(
    launcher: Launcher, new_store: NewStore
) -> None:
    with quick_world(new_store()) as world:
        script = Script(world)
        days_of_trading(world, script, launcher)
        posted = len(world.contents)
        rewind(world, {})
        for _ in range(2):
            assert launcher.run(world, "fills").code == 0
            minutes_pass(world)
        again = world.contents[posted:]
        assert [NOTE in content for content in again] == [True, True]
        assert all(f"종목00{number}" in content for number, content in enumerate(again, 2))


def test_what_waited_is_told_again_after_all_data_was_lost(
    launcher: Launcher, new_store: NewStore
) -> None:
    with quick_world(new_store()) as world:
        script = Script(world)
        witness = Witness(world, script, forgets=True)
        script.fill(script.order(), 10, 1000)
        world.discord.answer(Answer.stored_then_500())
        assert launcher.run(world, "fills").code == 1
        rewind(world, {})
        minutes_pass(world)
        assert launcher.run(world, "fills").code == 0
        assert witness.problems() == []
        assert NOTE in world.contents[-1]
