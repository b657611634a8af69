"""When a report goes out, and that a failed one is told as such."""

import pytest

from tests.end_to_end.steps import BALANCE, INVESTOR, lines, run
from tests.simulator import Answer, Fault
from tests.world import World


def test_a_report_goes_out_once_an_hour_of_korea(world: World) -> None:
    world.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    for _ in range(2):
        run(world, "report")
        world.later(minutes=29)
    world.kis.rest()
    world.forget("pace:")
    assert len(world.contents) == 1
    world.later(minutes=2)
    run(world, "report")
    assert len(world.contents) == 2


def test_force_reports_once_more_in_the_same_hour(world: World) -> None:
    world.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    for options in ((), ("--force",), ()):
        run(world, "report", *options)
        world.next_minute()
    assert len(world.contents) == 2


def test_no_holdings_confirmed_by_kis_is_a_report_saying_so(world: World) -> None:
    """KIOK0560."""
    run(world, "report")
    assert world.kis.calls_to(BALANCE)[0].code == "KIOK0560"
    [message] = world.contents
    assert lines(message)[0] == "📊 [보유 종목 수익률 + 수급 요약 보고]"
    assert "보유 종목이 없습니다" in message


def test_no_holdings_may_come_with_another_return_code(quick_world: World) -> None:
    """KIOK0560 is "nothing to show" under any of them (fact sheet 3.4)."""
    quick_world.kis.fail(BALANCE, Fault.code("KIOK0560", return_code="7"))
    run(quick_world, "report")
    assert "보유 종목이 없습니다" in quick_world.contents[0]


def test_no_holdings_on_paper(quick_paper_world: World) -> None:
    """70070000 with an empty list and an empty summary."""
    run(quick_paper_world, "report")
    assert "보유 종목이 없습니다" in quick_paper_world.contents[0]


@pytest.mark.parametrize(
    "fault",
    [
        Fault.code("APBK9999", return_code="7"),
        Fault.edit(lambda body: {**body, "rt_cd": "1", "output1": []}),
        Fault.edit(lambda body: {**body, "output1": []}),
    ],
    ids=["unknown code", "rt_cd 1", "rows gone"],
)
def test_a_failed_query_never_reads_as_no_holdings(quick_world: World, fault: Fault) -> None:
    """It is told at once as a failed report, and the hour is not used up by it."""
    quick_world.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    quick_world.kis.fail(BALANCE, fault, times=None)
    run(quick_world, "report", code=1)
    [told] = quick_world.contents
    assert told.startswith("❌ 알림 봇 실행 중 예외 발생: ")
    quick_world.kis.heal()
    quick_world.next_minute()
    run(quick_world, "report")
    _, recovered, report = quick_world.contents
    assert recovered.startswith("✅ 복구")
    assert "📌 삼성전자" in report


def test_a_failing_second_page_is_no_half_report(quick_world: World) -> None:
    for number in range(51):
        quick_world.kis.market.hold(f"{100_000 + number}", f"종목{number}", 1, 1000, 1000)
    quick_world.kis.fail(BALANCE, Fault.html(200), page=2)
    run(quick_world, "report", code=1)
    [told] = quick_world.contents
    assert told.startswith("❌")
    assert quick_world.kis.calls_to(INVESTOR) == []


def test_a_balance_is_asked_for_by_loan_date(quick_world: World) -> None:
    """INQR_DVSN 01; the real and the paper TR id."""
    run(quick_world, "report")
    [call] = quick_world.kis.calls_to(BALANCE)
    assert (call.tr_id, call.query["INQR_DVSN"]) == ("TTTC8434R", "01")


def test_a_report_that_discord_did_not_take_goes_out_later_as_it_was(world: World) -> None:
    """In the same hour, and without asking KIS for it again."""
    world.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    world.discord.answer(Answer.status(503))
    run(world, "report", code=1)
    before = len(world.kis.calls)
    world.kis.market.holdings.clear()
    world.next_minute()
    run(world, "report")
    [message] = world.contents
    assert "📌 삼성전자" in message
    assert len(world.kis.calls) == before
