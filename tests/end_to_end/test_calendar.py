"""Market days: closed ones, unknown ones, and how often KIS is asked."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.end_to_end.steps import BALANCE, HOLIDAYS, MONDAY, ORDERS, bought, run
from tests.simulator import KST, Fault, Heartbeat
from tests.world import World, make_world

CHRISTMAS = datetime(2026, 12, 25, 9, 30, tzinfo=KST)
UNKNOWN = [
    Fault.code("OPSQ0002"),
    Fault.edit(lambda body: {**body, "output": None}),
]


def test_on_a_closed_day_nothing_is_done_and_the_heart_beats(world: World) -> None:
    """Exit 0, no ledger call, no message; the calendar is asked once for all four."""
    bought(world)
    world.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    world.kis.market.close(MONDAY)
    with Heartbeat() as heart:
        for command in ("start", "fills", "report", "stop"):
            run(world, command, HEARTBEAT_URL=heart.url)
        assert heart.paths == ["/"] * 4
    assert world.kis.calls_to(ORDERS) + world.kis.calls_to(BALANCE) == []
    assert len(world.kis.calls_to(HOLIDAYS)) == 1
    assert world.discord.attempts == []


def test_force_works_on_a_closed_day_too(quick_world: World) -> None:
    bought(quick_world)
    quick_world.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    quick_world.kis.market.close(MONDAY)
    run(quick_world, "fills", "--force")
    quick_world.next_minute()
    run(quick_world, "report", "--force")
    assert [content[:2] for content in quick_world.contents] == ["[매", "📊 "]


def test_the_calendar_is_asked_once_a_day_by_all_commands(world: World) -> None:
    for command in ("start", "fills", "report"):
        run(world, command)
        world.next_minute()
    assert len(world.kis.calls_to(HOLIDAYS)) == 1
    assert world.kis.calls_to(HOLIDAYS)[0].query["BASS_DT"] == "20261123"
    world.later(days=1)
    run(world, "start")
    assert world.kis.holiday_calls(MONDAY + timedelta(days=1)) <= 1
    assert [content[0] for content in world.contents] == ["✅", "📊", "✅"]


@pytest.mark.parametrize("fault", UNKNOWN, ids=lambda fault: fault.name)
def test_a_calendar_that_cannot_be_asked_leaves_a_weekday_open(
    quick_world: World, fault: Fault
) -> None:
    """And the failed question, too, was the day's only one."""
    quick_world.kis.fail(HOLIDAYS, fault, times=None)
    bought(quick_world)
    run(quick_world, "fills")
    run(quick_world, "start")
    assert len(quick_world.contents) == 2
    assert len(quick_world.kis.calls_to(HOLIDAYS)) == 1


def test_a_calendar_that_cannot_be_asked_leaves_a_saturday_closed(quick_world: World) -> None:
    quick_world.kis.fail(HOLIDAYS, Fault.code("EGW00300"), times=None)
    quick_world.later(days=5)
    run(quick_world, "start")
    assert quick_world.contents == []


@pytest.fixture
def christmas_on_paper(tmp_path: Path) -> Iterator[World]:
    with make_world(tmp_path, None, environment="paper", now=CHRISTMAS) as made:
        yield made


def test_on_paper_the_exchange_s_holidays_are_known_without_asking(
    christmas_on_paper: World,
) -> None:
    """A Friday: KIS has no calendar on paper, and the exchange is closed."""
    world = christmas_on_paper
    run(world, "start")
    run(world, "fills")
    assert (world.contents, world.kis.calls_to(ORDERS), world.kis.calls_to(HOLIDAYS)) == (
        [],
        [],
        [],
    )
    world.later(days=-1)
    run(world, "start")
    assert len(world.contents) == 1
