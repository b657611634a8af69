"""Waiting for Discord, and runs that are killed while they post."""

import signal

from tests.end_to_end.steps import announced, bought, lines, run
from tests.simulator import Answer
from tests.world import World, wait_for

ONE = announced("삼성전자", "1", "72,000")


def test_a_limit_that_fits_is_waited_out_within_the_run(quick_polled_world: World) -> None:
    world = quick_polled_world
    bought(world, 1)
    world.discord.answer(Answer.rate_limited(1.2))
    run(world, "fills")
    assert world.contents == [ONE]
    first, second = world.discord.attempts
    assert second.at_monotonic - first.at_monotonic >= 1.2


def test_a_limit_that_does_not_fit_keeps_the_message_for_later(
    quick_polled_world: World,
) -> None:
    """Exit 1 at once; no run before that time posts, the first one after it does, unmarked."""
    world = quick_polled_world
    bought(world, 1)
    world.discord.answer(Answer.rate_limited(5))
    run(world, "fills", code=1, RUN_TIMEOUT="4")
    world.next_minute()
    run(world, "stop", code=1, RUN_TIMEOUT="2")
    assert len(world.discord.attempts) == 1
    run(world, "fills", RUN_TIMEOUT="20")
    assert (world.contents[0], world.contents[1][0]) == (ONE, "🛑")
    first, second, _ = world.discord.attempts
    assert second.at_monotonic - first.at_monotonic >= 5


def test_a_limit_that_names_no_time_is_a_minute(quick_polled_world: World) -> None:
    """Cloudflare's: more than a run has, so this one and the next end at once."""
    world = quick_polled_world
    bought(world, 1)
    world.discord.answer(Answer.rate_limited_html())
    assert run(world, "fills", code=1).seconds < 10
    world.next_minute()
    assert run(world, "fills", code=1).seconds < 10
    assert len(world.discord.attempts) == 1


def test_the_webhook_s_own_limit_is_kept_without_a_refusal(quick_polled_world: World) -> None:
    """5 posts in 2 s: the headers say when the next may go."""
    world = quick_polled_world
    world.discord.limits = True
    for quantity in range(1, 6):
        bought(world, quantity)
    run(world, "fills")
    run(world, "stop")
    assert {attempt.status for attempt in world.discord.attempts} == {200}
    assert len(world.contents) == 6


def test_a_run_killed_while_it_posts_is_repeated_and_marked(world: World) -> None:
    """Nobody knows whether it arrived. What it had not begun to post goes out unmarked."""
    bought(world, 1)
    bought(world, 2)
    run(world, "start")
    world.discord.answer(Answer.stored_then_stall(30))
    killed = world.start("fills")
    wait_for(lambda: len(world.contents) == 2)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    _let_leases_end(world)
    run(world, "fills")
    assert [lines(text)[2] for text in world.contents[1:]] == [
        "수량: 1주",
        "수량: 1주",
        "수량: 2주",
    ]
    assert ["재전송" in text for text in world.contents] == [False, False, True, False]


def test_a_run_that_is_told_to_stop_sees_its_message_through(quick_world: World) -> None:
    """SIGTERM in the middle of a post: the answer is read, so nothing is repeated."""
    world = quick_world
    bought(world, 1)
    bought(world, 2)
    world.discord.answer(Answer.slow(1))
    stopped = world.start("fills")
    wait_for(lambda: world.contents)
    stopped.terminate()
    _, err = stopped.communicate(timeout=30)
    assert (stopped.returncode, len(world.contents)) == (1, 1), err
    world.next_minute()
    run(world, "fills")
    assert [lines(text)[2] for text in world.contents] == ["수량: 1주", "수량: 2주"]
    assert "재전송" not in "".join(world.contents)


def _let_leases_end(world: World) -> None:
    """As when the time of the killed run's leases is over."""
    world.next_minute()
    world.forget("lease:")
