"""Rows of one stock become one position; sums are sums, averages and rates follow from them."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kis.core.holdings import Position
from kis.core.portfolio import merge_rows, return_percent, totals
from tests.core.making import a_position

shares = st.integers(0, 10**6)
won = st.integers(-(10**12), 10**12)
positive_won = st.integers(0, 10**12)


@st.composite
def rows(draw: st.DrawFn) -> list[Position]:
    symbols = st.sampled_from(["005930", "000660", "0000D0", "Q500001"])
    found = []
    for symbol in draw(st.lists(symbols, max_size=12)):
        position = a_position(
            symbol,
            symbol,
            quantity=str(draw(shares)),
            cost=str(draw(positive_won)),
            value=str(draw(positive_won)),
            pnl=str(draw(won)),
        )
        found.append(position)
    return found


@given(rows())
def test_the_rows_of_a_stock_are_summed(found: list[Position]) -> None:
    held = [row for row in found if row.quantity]
    merged = merge_rows(found)
    assert [position.symbol for position in merged] == list(
        dict.fromkeys(row.symbol for row in held)
    )
    for position in merged:
        own = [row for row in held if row.symbol == position.symbol]
        assert position.quantity == sum(row.quantity for row in own)
        assert position.cost == sum(row.cost for row in own)
        assert position.market_value == sum(row.market_value for row in own)
        assert position.unrealized_pnl == sum(row.unrealized_pnl for row in own)
        assert position.average_cost == position.cost / position.quantity


@given(rows())
def test_totals_do_not_depend_on_how_rows_are_merged(found: list[Position]) -> None:
    held = [row for row in found if row.quantity]
    assert totals(merge_rows(found)) == totals(held)
    assert totals(merge_rows(reversed(found))) == totals(held)


def test_cash_and_credit_of_one_stock_are_one_position() -> None:
    cash = a_position(quantity="10", cost="700000", value="745000", pnl="45000")
    credit = a_position(quantity="5", cost="380000", value="372500", pnl="-7500")
    [position] = merge_rows([cash, a_position("000660"), credit])[:1]
    assert position.quantity == 15
    assert position.average_cost == 72_000
    assert position.unrealized_pnl == 37_500


def test_what_is_not_held_is_dropped_and_adds_nothing() -> None:
    sold = a_position(quantity="0", cost="720000", value="1", pnl="5")
    assert merge_rows([sold]) == []
    assert merge_rows([sold, a_position()]) == [a_position()]


def test_one_symbol_on_two_markets_is_two_positions() -> None:
    assert len(merge_rows([a_position(), a_position(market="NASD")])) == 2


def test_totals_are_per_currency() -> None:
    dollars = replace(a_position("AAPL"), currency="USD")
    assert totals([a_position(), dollars]).cost == 720_000
    assert totals([a_position(), dollars], "USD").currency == "USD"
    assert totals([]).market_value == 0


@pytest.mark.parametrize(
    ("pnl", "cost", "percent"),
    [
        ("25000", "720000", "3.47"),
        ("120000", "3800000", "3.16"),
        ("-25000", "720000", "-3.47"),
        ("0", "720000", "0.00"),
        ("-1", "100000000", "0.00"),
        ("1", "20000", "0.01"),
        ("-1", "20000", "-0.01"),
        ("1", "8000", "0.01"),
        ("3", "8000", "0.04"),
        ("720000", "720000", "100.00"),
        ("-720000", "720000", "-100.00"),
        ("1", "3", "33.33"),
        ("123456789", "1", "12345678900.00"),
    ],
)
def test_the_rate_is_profit_over_cost_rounded_half_up(pnl: str, cost: str, percent: str) -> None:
    assert str(return_percent(Decimal(pnl), Decimal(cost))) == percent


def test_no_cost_has_no_rate() -> None:
    assert return_percent(Decimal(5), Decimal(0)) is None


@given(won, st.integers(1, 10**12))
def test_the_rate_is_never_a_negative_zero(pnl: int, cost: int) -> None:
    rate = return_percent(Decimal(pnl), Decimal(cost))
    assert rate is not None
    assert str(rate) != "-0.00"
    assert abs(rate - Decimal(pnl) * 100 / Decimal(cost)) <= Decimal("0.005")
