"""Start and stop messages, and `check`."""

import pytest

from tests.end_to_end.steps import BALANCE, HOLIDAYS, TOKEN, lines, run
from tests.simulator import Fault
from tests.world import World, free_port

STARTED = "✅ 디스코드 체결/수익률 알림 봇이 시작되었습니다."
STOPPED = "🛑 디스코드 체결/수익률 알림 봇이 종료되었습니다."
PARTS = ("설정", "저장소", "토큰", "계좌", "휴장일", "웹훅")


def test_start_and_stop_are_told_once_a_day_each(world: World) -> None:
    for command in ("start", "start", "stop", "stop"):
        run(world, command)
    world.later(days=1)
    run(world, "start")
    first_lines = [content.splitlines()[0] for content in world.contents]
    assert first_lines == [STARTED, STOPPED, STARTED]


def test_a_day_is_one_of_korea(quick_world: World) -> None:
    """08:00 and 23:59 in Seoul are two days of UTC, and one of ours."""
    quick_world.later(hours=-2, minutes=-30)
    run(quick_world, "start")
    quick_world.later(hours=16, minutes=59)
    run(quick_world, "start")
    assert len(quick_world.contents) == 1


def test_start_and_stop_make_no_ledger_call(quick_world: World) -> None:
    run(quick_world, "start")
    run(quick_world, "stop")
    assert {call.endpoint for call in quick_world.kis.calls} <= {HOLIDAYS, TOKEN}


def test_check_prints_a_line_for_each_part_and_posts_nothing(world: World) -> None:
    world.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    shown = lines(run(world, "check").out)
    assert [part for part, line in zip(PARTS, shown, strict=True) if part not in line] == []
    assert ("Redis" if world.redis else "SQLite") in shown[1]
    assert "체결 알림" in shown[5]
    assert world.discord.attempts == []


def test_check_says_of_each_failing_part_what_to_do(quick_world: World) -> None:
    """A part that fails keeps no other from being looked at."""
    quick_world.discord.delete_webhook()
    shown = lines(run(quick_world, "check", code=2, KIS_ACCOUNT_NO="87654321-01").out)
    assert len(shown) == len(PARTS)
    assert "KIS_ACCOUNT_NO" in shown[3]
    assert "DISCORD_WEBHOOK_URL" in shown[5]


def test_check_with_a_wrong_key_is_exit_2(quick_world: World) -> None:
    shown = lines(run(quick_world, "check", code=2, KIS_APP_SECRET="wrong" * 36).out)
    assert "KIS_APP_SECRET" in shown[2]
    assert "체결 알림" in shown[5]


@pytest.mark.parametrize(
    "fault", [Fault.code("EGW00300"), Fault.html(200)], ids=lambda fault: fault.name
)
def test_check_with_kis_in_trouble_is_exit_1(quick_world: World, fault: Fault) -> None:
    quick_world.kis.fail(BALANCE, fault, times=None)
    run(quick_world, "check", code=1)


def test_check_with_an_unusable_store_fails_as_a_run_would(quick_world: World) -> None:
    shown = run(quick_world, "check", code=1, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0").out
    assert "Redis" in shown
    path = str(quick_world.folder / "a-folder")
    (quick_world.folder / "a-folder").mkdir()
    assert path in run(quick_world, "check", code=2, STATE_FILE=path).out


def test_check_does_not_make_the_first_fills_run_a_later_one(quick_world: World) -> None:
    quick_world.kis.market.order("buy").fill(10, 72000)
    run(quick_world, "check")
    quick_world.next_minute()
    run(quick_world, "fills")
    [message] = quick_world.contents
    assert "최초 실행" in message
