"""Today's confirmed figures, else the estimate, else the newest confirmed day, else nothing."""

from datetime import date, time
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kis.core.holdings import DailyFlow, FlowEstimate
from kis.core.investors import choose_flow, latest_estimate, newest_confirmed

TODAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 20)
CONFIRMED = DailyFlow(TODAY, Decimal(1), Decimal(2))
EARLIER = DailyFlow(FRIDAY, Decimal(3), Decimal(4))
BLANK = DailyFlow(TODAY, None, None)
ESTIMATE = FlowEstimate(time(11, 20), Decimal(5), Decimal(6))

figures = st.none() | st.integers(-(10**9), 10**9).map(Decimal)
daily_flows = st.builds(DailyFlow, st.dates(date(2026, 10, 1), TODAY), figures, figures)


def test_todays_confirmed_figures_win() -> None:
    assert choose_flow(CONFIRMED, ESTIMATE, TODAY) is CONFIRMED
    assert choose_flow(CONFIRMED, None, TODAY) is CONFIRMED


def test_in_session_the_estimate_stands_before_an_older_day() -> None:
    assert choose_flow(EARLIER, ESTIMATE, TODAY) is ESTIMATE
    assert choose_flow(None, ESTIMATE, TODAY) is ESTIMATE


def test_without_an_estimate_the_newest_confirmed_day_stands() -> None:
    assert choose_flow(EARLIER, None, TODAY) is EARLIER


def test_nothing_at_all_is_nothing() -> None:
    assert choose_flow(None, None, TODAY) is None
    assert newest_confirmed([]) is None
    assert latest_estimate([]) is None


def test_a_blank_row_is_not_a_confirmed_one() -> None:
    assert newest_confirmed([BLANK, EARLIER]) is EARLIER
    assert newest_confirmed([BLANK]) is None


def test_a_zero_is_a_count() -> None:
    zero = DailyFlow(TODAY, Decimal(0), Decimal(0))
    assert newest_confirmed([zero, EARLIER]) is zero


def test_a_row_with_one_figure_is_counted() -> None:
    half = DailyFlow(TODAY, Decimal(7), None)
    assert newest_confirmed([half, EARLIER]) is half


@given(st.lists(daily_flows, max_size=30))
def test_the_newest_counted_day_is_found_in_any_order(flows: list[DailyFlow]) -> None:
    found = newest_confirmed(flows)
    counted = [flow for flow in flows if not (flow.foreign is None and flow.institution is None)]
    assert (found is None) == (not counted)
    if found:
        assert found in counted
        assert found.day == max(flow.day for flow in counted)


def test_the_latest_estimate_is_not_the_first_row() -> None:
    earlier = FlowEstimate(time(9, 30), Decimal(1), None)
    assert latest_estimate([earlier, ESTIMATE]) is ESTIMATE
    assert latest_estimate([ESTIMATE, earlier]) is ESTIMATE
