"""The holdings report and status messages: the contract's exact texts."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kis.core.calendar import SEOUL
from kis.core.holdings import DailyFlow, FlowEstimate, InvestorFlow, Position, Totals
from kis.core.messages import failure_message, recovery_message, refused_message, status_message
from kis.core.models import Incident
from kis.core.portfolio import totals
from kis.core.report_messages import flow_line, report_messages
from kis.core.text import GAP
from tests.core.making import MONDAY, a_position, names

ROOM = 1940
NOW = datetime(2026, 11, 23, 15, 50, tzinfo=SEOUL)
FLOW = DailyFlow(MONDAY, Decimal(15000), Decimal(-3200))
ALL = Totals(Decimal(3_800_000), Decimal(3_920_000), Decimal(120_000), "KRW")


def report(
    positions: Sequence[Position],
    flows: Sequence[InvestorFlow | BaseException | None],
    total: Totals | None = None,
) -> list[str]:
    found = report_messages(positions, flows, total or totals(positions), NOW, ROOM, "report:1")
    assert len({message.key for message in found}) == len(found)
    assert found[0].key == "report:1"
    return [message.text for message in found]


def test_a_report_reads_exactly_as_promised() -> None:
    assert report([a_position()], [FLOW], ALL) == [
        "📊 [보유 종목 수익률 + 수급 요약 보고]\n"
        "📌 삼성전자\n"
        "┗ 수량: 10주 | 평균단가: 72,000원 | 현재가: 74,500원\n"
        "┗ 평가금액: 745,000원 | 수익금: +25,000원 | 수익률: 3.47%\n"
        "┗ 외국인 순매수: +15,000주 | 기관 순매수: -3,200주\n"
        "\n"
        "📈 총 평가금액: 3,920,000원\n"
        "💰 총 수익금: +120,000원\n"
        "📉 총 수익률: 3.16%"
    ]


def test_a_loss_has_its_sign_and_nothing_a_plus() -> None:
    loss = a_position(cost="720001", value="700000", pnl="-20001", price="70000.5")
    [text] = report([loss], [None])
    assert "평균단가: 72,000.1원 | 현재가: 70,000.5원" in text
    assert "수익금: -20,001원 | 수익률: -2.78%" in text
    assert "💰 총 수익금: -20,001원\n📉 총 수익률: -2.78%" in text


def test_a_profit_of_zero_has_no_sign() -> None:
    [text] = report([a_position(value="720000", pnl="0")], [None])
    assert "수익금: 0원 | 수익률: 0.00%" in text
    assert "💰 총 수익금: 0원\n📉 총 수익률: 0.00%" in text


def test_what_cost_nothing_has_no_rate() -> None:
    [text] = report([a_position(cost="0", pnl="745000")], [None])
    assert "평균단가: 0원" in text
    assert "수익률: -\n" in text


@pytest.mark.parametrize(
    ("flow", "line"),
    [
        (FLOW, "외국인 순매수: +15,000주 | 기관 순매수: -3,200주"),
        (DailyFlow(MONDAY, Decimal(0), None), "외국인 순매수: 0주 | 기관 순매수: 미집계"),
        (
            DailyFlow(date(2026, 11, 20), Decimal(-2104533), Decimal(251904)),
            "외국인 순매수: -2,104,533주 | 기관 순매수: +251,904주 (11/20 기준)",
        ),
        (
            FlowEstimate(time(11, 20), Decimal(-464000), Decimal(121000)),
            "외국인 순매수: -464,000주 | 기관 순매수: +121,000주 (11:20 잠정)",
        ),
        (
            FlowEstimate(time(9, 30), Decimal(1), None),
            "외국인 순매수: +1주 | 기관 순매수: 미집계 (09:30 잠정)",
        ),
        (None, "외국인 순매수: 미집계 | 기관 순매수: 미집계"),
    ],
)
def test_a_flow_says_once_what_it_stands_on(flow: InvestorFlow | None, line: str) -> None:
    assert flow_line(flow, MONDAY) == line


def test_a_failed_lookup_stays_with_its_holding() -> None:
    positions = [a_position(), a_position("000660", "SK하이닉스")]
    [text] = report(positions, [ValueError("secret"), FLOW])
    assert "┗ 외국인 순매수: 조회 실패 | 기관 순매수: 조회 실패\n" in text
    assert "┗ 외국인 순매수: +15,000주 | 기관 순매수: -3,200주\n" in text
    assert "secret" not in text


def test_no_holdings_is_a_report_saying_so() -> None:
    [text] = report([], [])
    assert text == "📊 [보유 종목 수익률 + 수급 요약 보고]\n보유 종목이 없습니다."


@given(st.lists(names, min_size=1, max_size=40))
def test_every_holding_is_told_once_in_order_and_none_is_cut(found: list[str]) -> None:
    positions = [a_position(str(index), name) for index, name in enumerate(found)]
    texts = report(positions, [FLOW] * len(positions))
    assert all(len(text) <= ROOM for text in texts)
    assert texts[0].startswith("📊 [보유 종목 수익률 + 수급 요약 보고]\n📌 ")
    assert texts[-1].splitlines()[-3].startswith("📈 총 평가금액: ")
    header, blocks = GAP.join(texts).split("\n", 1)
    *holdings, ending = blocks.split(GAP)
    alone = [report([position], [FLOW])[0].split("\n", 1)[1] for position in positions]
    assert holdings == [text.split(GAP)[0] for text in alone]
    assert header not in blocks
    assert ending.count("📈") == 1


def test_the_session_begins_and_ends_with_the_promised_lines() -> None:
    started = status_message("start", NOW, "실전 계좌")
    assert started.text.splitlines() == [
        "✅ 디스코드 체결/수익률 알림 봇이 시작되었습니다.",
        "실전 계좌 · 2026-11-23 15:50 (KST)",
    ]
    stopped = status_message("stop", NOW, "모의투자 계좌")
    assert stopped.text.splitlines()[0] == "🛑 디스코드 체결/수익률 알림 봇이 종료되었습니다."
    assert stopped.key != started.key


def test_a_failure_begins_as_promised() -> None:
    message = failure_message("KIS_APP_KEY를 확인하세요 [EGW00103]", "settings")
    assert message.text.startswith("❌ 알림 봇 실행 중 예외 발생: KIS")
    assert r"KIS\_APP\_KEY" in message.text
    assert message.key != failure_message("x", "fills").key


@pytest.mark.parametrize(
    ("minutes", "lasted"),
    [(0, "1분"), (3, "3분"), (59, "59분"), (60, "1시간 0분"), (125, "2시간 5분")],
)
def test_a_recovery_says_how_long_and_how_often(minutes: int, lasted: str) -> None:
    incident = Incident(NOW, 7, "reason", told=True)
    message = recovery_message(
        incident, "fills", datetime.fromtimestamp(NOW.timestamp() + minutes * 60, SEOUL)
    )
    assert message.text.startswith("✅ 복구")
    assert f"11/23 15:50부터 {lasted} 동안 7회 실패했습니다." in message.text


def test_a_refused_message_is_told_with_all_it_said() -> None:
    message = refused_message("fill:1", "[매수 체결 알림]\n종목명: 삼성전자")
    assert message.text.startswith("❌ 알림 봇 실행 중 예외 발생: ")
    assert message.text.endswith("\n[매수 체결 알림]\n종목명: 삼성전자")
    assert message.key == "refused:fill:1"
