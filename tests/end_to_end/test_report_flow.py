"""Which figures of foreign and institutional net buying a report shows, and their suffix."""

from datetime import time

import pytest

from tests.end_to_end.steps import ESTIMATE, FRIDAY, INVESTOR, MONDAY, lines, run
from tests.simulator import Fault
from tests.simulator.faults import Exchange
from tests.world import World

NOTHING = "┗ 외국인 순매수: 미집계 | 기관 순매수: 미집계"
FAILED = "┗ 외국인 순매수: 조회 실패 | 기관 순매수: 조회 실패"
FRIDAY_S = "┗ 외국인 순매수: -2,104,533주 | 기관 순매수: +251,904주 (11/20 기준)"


@pytest.fixture
def noon_world(quick_world: World) -> World:
    """12:00, in session, with one holding and Friday's confirmed figures."""
    quick_world.later(hours=2, minutes=30)
    quick_world.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    quick_world.kis.market.flow("005930", FRIDAY, foreign=-2_104_533, institution=251_904)
    return quick_world


def flows(world: World) -> list[str]:
    """The flow lines of the one report there is."""
    run(world, "report")
    [message] = world.contents
    return [line for line in lines(message) if line.startswith("┗ 외국인")]


def test_in_session_the_estimate_is_shown_with_its_time(noon_world: World) -> None:
    """Estimate zero-padded negatives; the newest slot counts."""
    noon_world.kis.market.estimate("005930", slot=3, foreign=-464_000, institution=121_000)
    noon_world.kis.market.estimate("005930", slot=2, foreign=-210_000, institution=65_000)
    assert flows(noon_world) == [
        "┗ 외국인 순매수: -464,000주 | 기관 순매수: +121,000주 (11:20 잠정)"
    ]


def test_after_the_close_today_s_confirmed_row_has_no_suffix(noon_world: World) -> None:
    noon_world.later(hours=4)
    noon_world.kis.market.flow("005930", MONDAY, foreign=0, institution=-3200)
    noon_world.kis.market.estimate("005930", slot=5, foreign=7, institution=7)
    assert flows(noon_world) == ["┗ 외국인 순매수: 0주 | 기관 순매수: -3,200주"]
    assert noon_world.kis.calls_to(ESTIMATE) == []


def test_after_the_session_an_estimate_is_no_longer_shown(noon_world: World) -> None:
    """Where KIS confirms today's figures late, the newest confirmed day stands until then."""
    noon_world.later(hours=4)
    noon_world.kis.flows_final_at = time(18, 0)
    noon_world.kis.market.flow("005930", MONDAY, foreign=9, institution=9)
    noon_world.kis.market.estimate("005930", slot=5, foreign=7, institution=7)
    assert flows(noon_world) == [FRIDAY_S]


def test_without_an_estimate_the_newest_confirmed_day_is_shown_with_its_date(
    noon_world: World,
) -> None:
    """Today's investor row blank -> previous date shown."""
    assert flows(noon_world) == [FRIDAY_S]


@pytest.mark.parametrize(
    "fault", [Fault.code("OPSQ0002"), Fault.html(200)], ids=lambda fault: fault.name
)
def test_an_estimate_that_fails_falls_back_to_the_newest_confirmed_day(
    noon_world: World, fault: Fault
) -> None:
    noon_world.kis.market.estimate("005930", slot=3, foreign=1, institution=1)
    noon_world.kis.fail(ESTIMATE, fault, times=None)
    assert flows(noon_world) == [FRIDAY_S]


def test_nothing_at_all_is_not_counted_yet_and_never_zero(noon_world: World) -> None:
    """All rows blank."""
    noon_world.kis.market.hold("000660", "SK하이닉스", 1, 180_000, 185_000)
    assert flows(noon_world) == [FRIDAY_S, NOTHING]


def test_a_single_blank_is_not_counted_yet(noon_world: World) -> None:
    noon_world.kis.market.flow("005930", FRIDAY, foreign=5, institution=None)
    assert flows(noon_world) == ["┗ 외국인 순매수: +5주 | 기관 순매수: 미집계 (11/20 기준)"]


def test_one_holding_s_failing_flow_stays_with_that_holding(noon_world: World) -> None:
    """One stock's flow failing must not kill the report: exit 0."""
    noon_world.kis.market.hold("000660", "SK하이닉스", 1, 180_000, 185_000)
    for endpoint in (INVESTOR, ESTIMATE):
        noon_world.kis.fail(endpoint, _only("000660", Fault.html(200)), times=None)
    assert flows(noon_world) == [FRIDAY_S, FAILED]


def test_every_flow_failing_is_still_a_report(noon_world: World) -> None:
    noon_world.kis.fail(INVESTOR, Fault.code("EGW00003"), times=None)
    noon_world.kis.fail(ESTIMATE, Fault.code("EGW00003"), times=None)
    assert flows(noon_world) == [FAILED]
    assert "📈 총 평가금액: 745,000원" in noon_world.contents[0]


@pytest.mark.parametrize("symbol", ["500001", "Q500001"])
def test_an_etn_is_asked_for_with_its_q(noon_world: World, symbol: str) -> None:
    """ETN Q-code, whether the balance shows the Q or not."""
    noon_world.kis.market.holdings.clear()
    noon_world.kis.market.hold(symbol, "신한 레버리지 WTI원유 선물 ETN", 10, 10000, 10100)
    noon_world.kis.market.flow("Q500001", FRIDAY, foreign=10, institution=20)
    assert flows(noon_world) == ["┗ 외국인 순매수: +10주 | 기관 순매수: +20주 (11/20 기준)"]


def test_paper_has_no_estimate_and_no_calendar(quick_paper_world: World) -> None:
    """Paper without estimate/holiday TRs (OPSQ0002): neither is asked for."""
    world = quick_paper_world
    world.later(hours=2)
    world.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    world.kis.market.flow("005930", FRIDAY, foreign=-2_104_533, institution=251_904)
    assert flows(world) == [FRIDAY_S]
    assert {call.endpoint for call in world.kis.calls} == {"tokenP", "inquire-balance", INVESTOR}


def test_quotations_keep_their_rate(noon_world: World) -> None:
    """KIS_QUOTE_RATE, although the holdings are asked for concurrently."""
    for number in range(4):
        noon_world.kis.market.hold(f"{100_000 + number}", f"종목{number}", 1, 1000, 1000)
    noon_world.later(hours=4)
    run(noon_world, "report", KIS_QUOTE_RATE="4")
    times = sorted(call.at_monotonic for call in noon_world.kis.calls_to(INVESTOR))
    assert len(times) == 5
    assert times[-1] - times[0] >= 4 * 0.25 - 0.1


def _only(symbol: str, fault: Fault) -> Fault:
    """The fault for one symbol, the right answer for the others."""

    def play(exchange: Exchange) -> None:
        if symbol in exchange.request.query.values():
            fault.play(exchange)
        else:
            exchange.send(exchange.right())

    return Fault("only", play)
