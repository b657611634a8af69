"""❌ once, silence while it lasts, ✅ once it is over."""

import pytest

from tests.end_to_end.steps import BALANCE, ORDERS, TOKEN, announced, bought, lines, run
from tests.simulator import Answer, Fault
from tests.world import World

BAD = "❌ 알림 봇 실행 중 예외 발생: "
GOOD = "✅ 복구"


def fail_fills(world: World, times: int) -> None:
    """So many failed runs of `fills`, a minute apart."""
    world.kis.fail(ORDERS, Fault.html(200), times=None)
    for _ in range(times):
        run(world, "fills", code=1)
        world.next_minute()
    world.kis.heal()


def test_fills_is_told_after_three_failed_runs_in_a_row(world: World) -> None:
    """One message with a reason, silence, and one of the recovery: how long and how often."""
    fail_fills(world, 2)
    assert world.discord.attempts == []
    fail_fills(world, 1)
    assert len(world.contents) == 1
    fail_fills(world, 1)
    [told] = world.contents
    assert told.startswith(BAD)
    assert len(told) > len(BAD)
    bought(world)
    run(world, "fills")
    assert len(world.contents) == 3
    recovered = next(text for text in world.contents[1:] if text.startswith(GOOD))
    assert "4분" in recovered
    assert "4회" in recovered


def test_two_failed_runs_of_fills_are_borne_in_silence(quick_world: World) -> None:
    bought(quick_world)
    fail_fills(quick_world, 2)
    run(quick_world, "fills")
    [message] = quick_world.contents
    assert message.startswith(announced("삼성전자", "10", "72,000"))


def test_a_second_incident_is_told_again(quick_world: World) -> None:
    for _ in range(2):
        quick_world.kis.fail(BALANCE, Fault.html(200))
        run(quick_world, "report", code=1)
        quick_world.next_minute()
        run(quick_world, "report")
        quick_world.later(minutes=59)
        quick_world.next_minute()
    assert [text[0] for text in quick_world.contents] == ["❌", "✅", "📊"] * 2


def test_a_failed_report_is_told_at_once_and_once(quick_world: World) -> None:
    """The next good report, not a good `fills`, is the end of it."""
    world = quick_world
    world.kis.fail(BALANCE, Fault.html(200), times=None)
    for _ in range(2):
        run(world, "report", code=1)
        world.next_minute()
    run(world, "fills")
    assert [text[: len(BAD)] for text in world.contents] == [BAD]
    world.kis.heal()
    world.next_minute()
    run(world, "report")
    assert [text.split(" ")[0] for text in world.contents] == ["❌", "✅", "📊"]


@pytest.mark.parametrize(
    "setting,value,advice",
    [
        ("KIS_APP_SECRET", "wrong" * 36, "KIS_APP_SECRET"),
        ("KIS_ACCOUNT_NO", "87654321-01", "KIS_ACCOUNT_NO"),
        ("KIS_ENV", "paper", "KIS_ENV"),
    ],
)
def test_a_key_or_account_problem_is_told_at_once_with_what_to_do(
    quick_world: World, setting: str, value: str, advice: str
) -> None:
    """Exit 2, in all commands one incident, and one recovery when it is put right."""
    world = quick_world
    world.environment[setting], right = value, world.environment[setting]
    run(world, "fills", code=2)
    [told] = world.contents
    assert told.startswith(BAD)
    assert advice in told.replace("\\", "")
    world.next_minute()
    run(world, "report", code=2)
    assert len(world.contents) == 1
    world.environment[setting] = right
    world.next_minute()
    run(world, "fills")
    assert [text[0] for text in world.contents] == ["❌", "✅"]


def test_a_refused_key_is_not_asked_again_within_the_run(quick_world: World) -> None:
    quick_world.kis.fail(TOKEN, Fault.code("EGW00103"), times=None)
    run(quick_world, "fills", code=2)
    assert len(quick_world.kis.calls_to(TOKEN)) == 1


@pytest.mark.parametrize("code", ["EGW00207", "APAC0489"])
def test_a_refusal_that_needs_the_user_is_exit_2(quick_world: World, code: str) -> None:
    quick_world.kis.fail(ORDERS, Fault.code(code), times=None)
    run(quick_world, "fills", code=2)
    [told] = quick_world.contents
    assert told.startswith(BAD)
    assert code in told


def test_an_incident_while_discord_is_down_is_exit_code_and_log_only(quick_world: World) -> None:
    """It is told when Discord is back, and only then over."""
    quick_world.discord.answer(Answer.status(503), times=None)
    quick_world.kis.fail(BALANCE, Fault.html(200))
    run(quick_world, "report", code=1)
    assert quick_world.contents == []
    quick_world.discord.heal()
    quick_world.next_minute()
    run(quick_world, "report")
    assert [text[0] for text in quick_world.contents] == ["❌", "✅", "📊"]


def test_a_reason_is_korean_and_one_line(quick_world: World) -> None:
    quick_world.kis.fail(BALANCE, Fault.html(200), times=None)
    result = run(quick_world, "report", code=1)
    reason = lines(quick_world.contents[0])
    assert len(reason) == 1
    assert any("가" <= letter <= "힣" for letter in reason[0].removeprefix(BAD))
    assert sum("ERROR" in line for line in lines(result.err)) == 1
