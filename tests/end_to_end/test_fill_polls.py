"""Which days and pages are asked, and what a poll remembers."""

from datetime import datetime

import pytest

from tests.end_to_end.steps import ORDERS, SLACK, announced, asked_days, bought, lines, run
from tests.simulator import KST, Fault
from tests.world import World

DOCUMENTED = {
    "CANO": "12345678",
    "ACNT_PRDT_CD": "01",
    "INQR_STRT_DT": "20261123",
    "INQR_END_DT": "20261123",
    "CCLD_DVSN": "00",
    "INQR_DVSN": "01",
}


def test_a_real_account_asks_for_every_venue(quick_world: World) -> None:
    run(quick_world, "fills")
    [call] = quick_world.kis.calls_to(ORDERS)
    assert call.tr_id == "TTTC0081R"
    assert call.query.items() >= {**DOCUMENTED, "EXCG_ID_DVSN_CD": "ALL"}.items()


def test_a_paper_account_asks_for_krx(quick_paper_world: World) -> None:
    bought(quick_paper_world)
    run(quick_paper_world, "fills")
    [call] = quick_paper_world.kis.calls_to(ORDERS)
    assert call.tr_id == "VTTC0081R"
    assert call.query.items() >= {**DOCUMENTED, "EXCG_ID_DVSN_CD": "KRX"}.items()
    assert len(quick_paper_world.contents) == 1


def test_pages_echo_the_cursor_verbatim_and_keep_the_ledger_s_pace(quick_world: World) -> None:
    for _ in range(201):
        quick_world.kis.market.order("buy")
    run(quick_world, "fills")
    first, second, third = quick_world.kis.calls_to(ORDERS)
    assert [call.code for call in (first, second, third)] == ["KIOK0500", "KIOK0500", "KIOK0460"]
    assert [call.headers["tr_cont"] for call in (first, second, third)] == ["", "N", "N"]
    assert {len(second.query[name]) for name in ("CTX_AREA_FK100", "CTX_AREA_NK100")} == {100}
    # 1.1 s where they are sent; a busy machine may hold one back a little.
    assert second.at_monotonic - first.at_monotonic >= 1.05
    assert third.at_monotonic - second.at_monotonic >= 1.05


def test_what_was_filled_after_the_last_poll_of_a_day_is_told_on_the_next(world: World) -> None:
    """Friday evening's fill on Monday morning, each day asked by itself, before today's."""
    world.kis.now = datetime(2026, 11, 20, 15, 59, tzinfo=KST)
    run(world, "fills")
    order = world.kis.market.order("buy", quantity=10, venue="NXT")
    world.later(hours=2)
    order.fill(4, 71000)
    world.kis.now = datetime(2026, 11, 23, 8, 0, tzinfo=KST)
    bought(world, 3)
    for _ in range(2):
        world.kis.rest()
        world.forget("pace:")
        run(world, "fills")
    assert asked_days(world)[1:] == ["20261120", "20261123", "20261123"]
    assert [lines(content) for content in world.contents] == [
        [*lines(announced("삼성전자", "4", "71,000")), "체결: 4/10주 (누적)"],
        lines(announced("삼성전자", "3", "72,000")),
    ]


def test_an_outage_is_caught_up_for_seven_days_and_no_more(quick_world: World) -> None:
    """Down from Friday the 13th, back on Tuesday the 24th: the 17th is the oldest day asked."""
    world = quick_world
    world.kis.now = datetime(2026, 11, 13, 10, 0, tzinfo=KST)
    run(world, "fills")
    for day, quantity in ((13, 1), (16, 2), (17, 3), (20, 4)):
        world.kis.now = datetime(2026, 11, day, 11, 0, tzinfo=KST)
        bought(world, quantity)
    world.kis.now = datetime(2026, 11, 24, 8, 0, tzinfo=KST)
    world.kis.rest()
    run(world, "fills")
    days = asked_days(world)[1:]
    assert days == sorted(days)
    assert (days[0], days[-1]) == ("20261117", "20261124")
    assert {f"202611{day}" for day in (17, 18, 19, 20, 23, 24)} <= set(days)
    assert world.contents == [announced("삼성전자", str(n), "72,000") for n in (3, 4)]


@pytest.mark.parametrize("good_days", [0, 1])
def test_a_failing_day_fails_the_whole_poll(quick_world: World, good_days: int) -> None:
    """Whether the earlier day or today's fails: both are told, in order, by the next good run."""
    world = quick_world
    world.kis.now = datetime(2026, 11, 20, 15, 0, tzinfo=KST)
    run(world, "fills")
    bought(world, 1)
    world.kis.now = datetime(2026, 11, 23, 8, 0, tzinfo=KST)
    bought(world, 2)
    for _ in range(good_days):
        world.kis.fail(ORDERS, Fault.slow(0))
    world.kis.fail(ORDERS, Fault.html(200))
    run(world, "fills", code=1)
    assert world.contents == []
    world.next_minute()
    run(world, "fills")
    assert world.contents == [announced("삼성전자", str(n), "72,000") for n in (1, 2)]


def test_orders_of_the_past_are_no_first_run(quick_world: World) -> None:
    """A first run announces today's fills only."""
    quick_world.kis.now = datetime(2026, 11, 20, 15, 0, tzinfo=KST)
    bought(quick_world)
    quick_world.kis.now = datetime(2026, 11, 23, 8, 0, tzinfo=KST)
    run(quick_world, "fills")
    assert (quick_world.contents, asked_days(quick_world)) == ([], ["20261123"])


@pytest.mark.parametrize("value", [0, "0"])
def test_a_return_code_may_be_a_number(quick_world: World, value: int | str) -> None:
    """Fact sheet 9.2: compared as text."""
    bought(quick_world)
    quick_world.kis.fail(ORDERS, Fault.edit(lambda body: {**body, "rt_cd": value}))
    run(quick_world, "fills")
    assert len(quick_world.contents) == 1


def test_a_run_keeps_its_time_when_kis_does_not_answer(world: World) -> None:
    """RUN_TIMEOUT is for the whole run, its end included; nothing is lost by it."""
    bought(world)
    world.kis.fail(ORDERS, Fault.stall(60), times=None)
    result = run(world, "fills", code=1, RUN_TIMEOUT="2")
    assert result.seconds < 2 + SLACK
    world.kis.heal()
    world.next_minute()
    run(world, "fills")
    assert len(world.contents) == 1


def test_a_report_keeps_its_own_time(quick_world: World) -> None:
    quick_world.kis.latency = 60
    result = run(quick_world, "report", code=1, REPORT_TIMEOUT="2", RUN_TIMEOUT="50")
    assert result.seconds < 2 + SLACK
