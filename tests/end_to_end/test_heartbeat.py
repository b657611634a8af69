"""The dead-man's switch: pinged after each run, and of no consequence to it."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.steps import ORDERS, SLACK, bought, run
from tests.simulator import Fault, Heartbeat
from tests.world import World, free_port


@pytest.fixture
def heart() -> Iterator[Heartbeat]:
    with Heartbeat() as made:
        yield made


def test_a_good_run_is_pinged_and_a_bad_one_with_fail(quick_world: World, heart: Heartbeat) -> None:
    url = f"{heart.url}/ping/0f8fad5b"
    run(quick_world, "fills", HEARTBEAT_URL=url)
    quick_world.next_minute()
    quick_world.kis.fail(ORDERS, Fault.html(200))
    run(quick_world, "fills", HEARTBEAT_URL=url, code=1)
    assert heart.paths == ["/ping/0f8fad5b", "/ping/0f8fad5b/fail"]
    assert {ping.method for ping in heart.pings} == {"GET"}


def test_exit_2_and_an_unreachable_store_are_pinged_with_fail(
    quick_world: World, heart: Heartbeat
) -> None:
    extra = {"HEARTBEAT_URL": heart.url}
    run(quick_world, "fills", code=2, KIS_ACCOUNT_NO="87654321-01", **extra)
    run(quick_world, "fills", code=1, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0", **extra)
    assert heart.paths == ["/fail", "/fail"]


def test_the_ping_comes_after_the_work(quick_world: World, heart: Heartbeat) -> None:
    bought(quick_world)
    run(quick_world, "fills", HEARTBEAT_URL=heart.url)
    assert heart.pings[0].at_monotonic > quick_world.discord.messages[0].at_monotonic


@pytest.mark.parametrize("trouble", ["refused", "500", "silent"])
def test_a_failing_heartbeat_changes_nothing(
    quick_world: World, heart: Heartbeat, trouble: str
) -> None:
    """Nothing of the exit status, nothing of the messages, and it waits 5 s at most."""
    url = f"http://127.0.0.1:{free_port()}/x" if trouble == "refused" else heart.url
    heart.status = 500
    heart.stall = 30 if trouble == "silent" else 0
    bought(quick_world)
    result = run(quick_world, "fills", HEARTBEAT_URL=url)
    assert result.seconds < 5 + SLACK + 1
    assert len(quick_world.contents) == 1
