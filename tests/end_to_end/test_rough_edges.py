"""Trouble nobody has planned for: odd answers, odd clocks, odd files, odd settings."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.steps import bought, lines, run
from tests.simulator import KST, Answer, Fault
from tests.world import World, make_world


def at(day: int, hour: int = 9, minute: int = 5) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=KST)


@pytest.mark.parametrize("status", [405, 409, 413, 422])
def test_a_refusal_that_is_not_about_the_message_loses_no_fill(
    quick_polled_world: World, status: int
) -> None:
    world = quick_polled_world
    bought(world, 1)
    world.discord.answer(Answer.status(status), times=None)
    run(world, "fills", code=1)
    world.discord.heal()
    world.next_minute()
    run(world, "fills")
    assert any("수량: 1주" in text for text in world.contents)


def test_an_order_without_its_amount_holds_up_no_other(quick_polled_world: World) -> None:
    world = quick_polled_world
    late = world.kis.market.order("buy", quantity=20)
    late.set_filled(6, 0)
    bought(world, 3)
    run(world, "fills", code=1)
    assert ["수량: 3주" in text for text in world.contents] == [True]
    late.set_filled(6, 600)
    world.next_minute()
    run(world, "fills")
    assert "수량: 6주" in world.contents[-1]
    assert "단가: 100원" in world.contents[-1]


def test_an_order_without_its_amount_is_asked_for_on_the_next_days(
    quick_polled_world: World,
) -> None:
    world = quick_polled_world
    late = world.kis.market.order("buy", quantity=20)
    late.set_filled(6, 0)
    for _ in range(3):
        run(world, "fills", code=1)
        world.later(days=1)
        world.next_minute()
    late.set_filled(6, 600)
    run(world, "fills")
    assert sum("수량: 6주" in text for text in world.contents) == 1


def test_a_catch_up_longer_than_a_run_is_done_in_several(tmp_path: Path) -> None:
    with make_world(tmp_path, None, "paper", at(16, 15, 0)) as world:
        run(world, "fills")
        for day in (17, 18, 19, 20):
            for number in range(20):
                when = at(day) + timedelta(seconds=30 * number)
                order = world.kis.market.order("buy", quantity=1, price=1000 + number, at=when)
                order.fill(1, 1000 + number, at=when)
        world.kis.now = at(23, 10, 30)
        codes = []
        for _ in range(4):
            world.kis.rest()
            world.forget("pace:")
            codes.append(world.run("fills", RUN_TIMEOUT="9").code)
            world.next_minute()
        assert codes[0] == 1
        assert codes[-1] == 0
        told = "\n".join(world.contents)
        assert told.count("체결 알림]") == 80
        assert "최초 실행" not in told


def test_a_balance_that_lost_its_paging_header_is_no_whole_report(tmp_path: Path) -> None:
    with make_world(tmp_path, None, now=at(23, 16, 0)) as world:
        for number in range(60):
            world.kis.market.hold(f"{number:06d}", f"종목{number}", 1, 1000, 1000)
        world.kis.fail("inquire-balance", Fault.headers(tr_cont=None), page=1, times=None)
        run(world, "report", code=1)
        assert not any("총 평가금액" in text for text in world.contents)


@pytest.mark.parametrize("summary", [{}, [{}], [], ""])
def test_an_empty_summary_is_no_failure(quick_world: World, summary: Any) -> None:
    def empty(body: dict[str, Any]) -> None:
        body["output2"] = summary

    quick_world.kis.fail("inquire-balance", Fault.edit(empty), times=None)
    quick_world.kis.fail("inquire-daily-ccld", Fault.edit(empty), times=None)
    run(quick_world, "report")
    assert "보유 종목이 없습니다" in quick_world.contents[-1]
    run(quick_world, "fills")


def test_no_account_number_is_shown_that_is_in_the_name_of_a_file(quick_world: World) -> None:
    checked = quick_world.run("check", STATE_FILE="/proc/12345678-01.db")
    failed = quick_world.run("fills", "--env-file", "12345678-01.env")
    assert "***" in checked.out
    assert "***" in failed.err
    assert "12345678" not in checked.out + checked.err + failed.out + failed.err


def test_a_line_of_an_env_file_that_cannot_be_read_is_named(quick_world: World) -> None:
    (quick_world.folder / ".env").write_text('LOG_FORMAT=text\nKIS_APP_KEY="abc\nnor this\n')
    del quick_world.environment["KIS_APP_KEY"]
    [line] = lines(run(quick_world, "fills", code=2).err)
    assert line.startswith(".env: 2번째 줄")
    assert "abc" not in line


def test_a_dry_run_shows_what_waits_as_well(quick_polled_world: World) -> None:
    world = quick_polled_world
    bought(world, 1)
    world.discord.answer(Answer.status(503))
    run(world, "fills", code=1)
    world.next_minute()
    bought(world, 2)
    shown = run(world, "fills", "--dry-run", code=1).out
    assert shown.index("수량: 1주") < shown.index("수량: 2주")
    assert not world.contents


def test_a_retry_after_of_more_than_a_day_is_a_day(quick_polled_world: World) -> None:
    world = quick_polled_world
    bought(world, 1)
    world.discord.answer(Answer.rate_limited(90000.0))
    run(world, "fills", code=1)
    [state] = [
        value
        for shelf in world.memory().values()
        for name, value in shelf.items()
        if name == "channel:discord"
    ]
    assert '"wait": 86400.0' in state


def test_a_state_file_called_memory_is_a_file(quick_world: World) -> None:
    bought(quick_world)
    for _ in range(2):
        run(quick_world, "fills", STATE_FILE=":memory:")
        quick_world.kis.rest()
        quick_world.next_minute()
    assert len(quick_world.contents) == 1


def test_a_low_quote_rate_is_kept(quick_world: World) -> None:
    for number in range(3):
        quick_world.kis.market.hold(f"00{number}930", f"종목{number}", 1, 100, 100)
    run(quick_world, "report", KIS_QUOTE_RATE="0.0002")
    asked = ("inquire-investor", "investor-trend-estimate")
    assert sum(call.endpoint in asked for call in quick_world.kis.calls) <= 1


def test_a_console_that_cannot_show_everything_gets_the_rest(quick_world: World) -> None:
    assert "KIS_ENV=real" in run(quick_world, "check", PYTHONIOENCODING="ascii").out
