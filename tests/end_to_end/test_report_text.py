"""What a report says, letter by letter, and how it is cut."""

from datetime import timedelta

import pytest

from tests.end_to_end.steps import BALANCE, FRIDAY, MONDAY, lines, run
from tests.simulator import Fault
from tests.world import World

HEADER = "📊 [보유 종목 수익률 + 수급 요약 보고]"


@pytest.fixture
def evening_world(quick_world: World) -> World:
    """16:00, when today's investor figures are confirmed."""
    quick_world.later(hours=6, minutes=30)
    return quick_world


def test_a_report_says_exactly_this(evening_world: World) -> None:
    """The contract's own example."""
    market = evening_world.kis.market
    market.hold("005930", "삼성전자", 10, 72000, 74500)
    market.hold("000660", "SK하이닉스", 25, 123_200, 127_000)
    market.flow("005930", MONDAY, foreign=15000, institution=-3200)
    market.flow("000660", MONDAY, foreign=-1_234_567, institution=0)
    run(evening_world, "report")
    [message] = evening_world.contents
    assert lines(message) == [
        HEADER,
        "📌 삼성전자",
        "┗ 수량: 10주 | 평균단가: 72,000원 | 현재가: 74,500원",
        "┗ 평가금액: 745,000원 | 수익금: +25,000원 | 수익률: 3.47%",
        "┗ 외국인 순매수: +15,000주 | 기관 순매수: -3,200주",
        "📌 SK하이닉스",
        "┗ 수량: 25주 | 평균단가: 123,200원 | 현재가: 127,000원",
        "┗ 평가금액: 3,175,000원 | 수익금: +95,000원 | 수익률: 3.08%",
        "┗ 외국인 순매수: -1,234,567주 | 기관 순매수: 0주",
        "📈 총 평가금액: 3,920,000원",
        "💰 총 수익금: +120,000원",
        "📉 총 수익률: 3.16%",
    ]
    assert message.startswith(f"{HEADER}\n📌 삼성전자\n┗ ")
    assert "\n\n📈 총 평가금액" in message


def test_losses_are_negative_and_zero_has_no_sign(evening_world: World) -> None:
    """Loss and negative numbers; the totals are securities without cash."""
    market = evening_world.kis.market
    market.hold("005930", "삼성전자", 3, "70062.5", 69000)
    market.hold("069500", "KODEX 200", 4, 36500, 36500)
    run(evening_world, "report")
    shown = lines(evening_world.contents[0])
    assert shown[2] == "┗ 수량: 3주 | 평균단가: 70,062.33원 | 현재가: 69,000원"
    assert shown[3] == "┗ 평가금액: 207,000원 | 수익금: -3,187원 | 수익률: -1.52%"
    assert shown[6] == "┗ 수량: 4주 | 평균단가: 36,500원 | 현재가: 36,500원"
    assert shown[7].startswith("┗ 평가금액: 146,000원 | 수익금: 0원 | 수익률: 0")
    assert shown[9:] == [
        "📈 총 평가금액: 353,000원",
        "💰 총 수익금: -3,187원",
        "📉 총 수익률: -0.89%",
    ]


def test_rows_of_one_stock_are_summed(evening_world: World) -> None:
    """Duplicate pdno: cash and credit, and two loan dates."""
    market = evening_world.kis.market
    market.hold("005930", "삼성전자", 10, 70000, 72000)
    market.hold("000660", "SK하이닉스", 1, 180_000, 185_000)
    market.hold("005930", "삼성전자", 5, 73000, 72000, kind="신용", loan_day="20261102")
    market.hold("005930", "삼성전자", 5, 75000, 72000, kind="신용", loan_day="20261103")
    run(evening_world, "report")
    shown = lines(evening_world.contents[0])
    assert [line for line in shown if line.startswith("📌")] == ["📌 삼성전자", "📌 SK하이닉스"]
    assert shown[2] == "┗ 수량: 20주 | 평균단가: 72,000원 | 현재가: 72,000원"
    assert shown[3].startswith("┗ 평가금액: 1,440,000원 | 수익금: 0원 | 수익률: 0")
    assert shown[-3:-1] == ["📈 총 평가금액: 1,625,000원", "💰 총 수익금: +5,000원"]


def test_what_was_sold_out_is_not_listed(evening_world: World) -> None:
    """Zero-qty row: quantity 0, with whatever else in it."""
    market = evening_world.kis.market
    market.hold("000660", "SK하이닉스", 0, 0, 185_000)
    market.hold("005930", "삼성전자", 10, 72000, 74500)
    run(evening_world, "report")
    [message] = evening_world.contents
    assert "SK하이닉스" not in message
    assert lines(message)[-3] == "📈 총 평가금액: 745,000원"


def test_only_sold_out_rows_are_no_holdings(evening_world: World) -> None:
    evening_world.kis.market.hold("000660", "SK하이닉스", 0, 0, 185_000)
    run(evening_world, "report")
    [message] = evening_world.contents
    assert lines(message)[0] == HEADER
    assert "보유 종목이 없습니다" in message


def test_a_long_report_is_cut_between_holdings(evening_world: World) -> None:
    """And more than 50 holdings come over two pages of KIS."""
    market = evening_world.kis.market
    for number in range(53):
        market.hold(f"{100_000 + number}", f"종목{number:02d}", 10, 72000, 74500)
        market.flow(f"{100_000 + number}", MONDAY, foreign=15000 + number, institution=-3200)
    run(evening_world, "report", KIS_QUOTE_RATE="18")
    messages = evening_world.contents
    assert len(messages) > 2
    assert max(map(len, messages)) <= 2000
    assert [HEADER in text for text in messages] == [True] + [False] * (len(messages) - 1)
    assert ["총 평가금액" in text for text in messages] == [False] * (len(messages) - 1) + [True]
    shown = [line for text in messages for line in lines(text)]
    assert shown[0] == HEADER
    assert [text.splitlines()[0][0] for text in messages[1:]] == ["📌"] * (len(messages) - 1)
    assert [line for line in shown if "📌" in line] == [f"📌 종목{n:02d}" for n in range(53)]
    assert [line for line in shown if "외국인" in line] == [
        f"┗ 외국인 순매수: +{15000 + n:,}주 | 기관 순매수: -3,200주" for n in range(53)
    ]
    assert shown[-3:] == [
        "📈 총 평가금액: 39,485,000원",
        "💰 총 수익금: +1,325,000원",
        "📉 총 수익률: 3.47%",
    ]
    assert [call.page for call in evening_world.kis.calls_to(BALANCE)] == [1, 2]


def test_an_empty_summary_does_not_matter(evening_world: World) -> None:
    """`output2` list empty: the totals are those of the holdings."""
    evening_world.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    evening_world.kis.fail(BALANCE, Fault.edit(lambda body: {**body, "output2": []}))
    run(evening_world, "report")
    assert lines(evening_world.contents[0])[-3] == "📈 총 평가금액: 745,000원"


def test_holdings_that_cost_nothing_have_no_rate(evening_world: World) -> None:
    """`pchs_amt_smtl_amt` "0": a profit, and nothing to divide it by."""
    evening_world.kis.market.hold("005930", "삼성전자", 10, 0, 74500)
    run(evening_world, "report")
    shown = lines(evening_world.contents[0])
    assert "수익금: +745,000원 | 수익률: " in shown[3]
    assert "%" not in shown[3] + shown[-1]


def test_a_code_may_have_letters(evening_world: World) -> None:
    """Alphanumeric code, as newer ETFs have."""
    evening_world.kis.market.hold("0000D0", "새 ETF", 10, 10000, 10100)
    evening_world.kis.market.flow("0000D0", FRIDAY + timedelta(days=3), 100, 200)
    run(evening_world, "report")
    assert lines(evening_world.contents[0])[4] == "┗ 외국인 순매수: +100주 | 기관 순매수: +200주"
