"""Recorded bodies become the right records."""

from datetime import date, datetime, time
from decimal import Decimal

from kis.broker.holding_rows import parse_daily_flow, parse_flow_estimate, parse_position
from kis.broker.rows import Summary, parse_open_day, parse_order, parse_rows
from kis.broker.token import parse_token
from kis.core.calendar import SEOUL
from kis.core.holdings import DailyFlow, FlowEstimate, Position
from kis.core.models import NOTHING_FILLED, Filled, Order, OrderKey, Side
from tests.broker.replies import envelope, sample

MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 20)


def orders(name: str) -> list[Order]:
    return parse_rows(envelope(sample(name)), "output1", parse_order)


def test_an_order_is_known_by_day_branch_and_number_without_its_zeros() -> None:
    first = orders("daily_orders")[0]
    assert first == Order(
        key=OrderKey(MONDAY, "06010", "100001"),
        side=Side.BUY,
        symbol="005930",
        name="삼성전자",
        quantity=Decimal(10),
        filled=Filled(Decimal(6), Decimal(427_000)),
        ordered_at=datetime(2026, 11, 23, 9, 15, 2, tzinfo=SEOUL),
        venue="KRX",
        market="KRX",
        currency="KRW",
    )


def test_a_sale_through_sor_and_a_cancel_are_rows_like_others() -> None:
    _, sale, cancel = orders("daily_orders")
    assert (sale.side, sale.venue) == (Side.SELL, "SOR")
    assert sale.filled == Filled(Decimal(3), Decimal(555_500))
    assert cancel.filled == NOTHING_FILLED
    assert len({order.key for order in orders("daily_orders")}) == 3


def test_nothing_personal_of_an_order_is_kept() -> None:
    body = sample("daily_orders")
    for row in body["output1"]:
        row |= {"inqr_ip_addr": "203.0.113.7", "ctac_tlno": "010-1234-5678"}
    found = repr(parse_rows(envelope(body), "output1", parse_order))
    assert "203.0.113.7" not in found
    assert "1234" not in found


def test_a_truncated_average_price_and_a_cancel_flag_are_not_read() -> None:
    body = sample("daily_orders")
    for row in body["output1"]:
        row |= {"avg_prvs": "", "cncl_yn": "Y"}
    assert parse_rows(envelope(body), "output1", parse_order) == orders("daily_orders")


def test_an_order_not_filled_yet_may_have_a_blank_amount() -> None:
    body = sample("daily_orders")
    body["output1"][0] |= {"tot_ccld_qty": "0", "tot_ccld_amt": ""}
    assert parse_rows(envelope(body), "output1", parse_order)[0].filled == NOTHING_FILLED


def test_a_balance_row_becomes_a_position() -> None:
    held, sold = parse_rows(envelope(sample("balance")), "output1", parse_position)
    assert held == Position(
        symbol="005930",
        name="삼성전자",
        quantity=Decimal(16),
        cost=Decimal(1_121_000),
        market_price=Decimal(71_200),
        market_value=Decimal(1_139_200),
        unrealized_pnl=Decimal(18_200),
        market="KRX",
        currency="KRW",
    )
    assert held.average_cost == Decimal("70062.5")
    assert sold.quantity == 0


def test_a_blank_flow_is_none_and_not_zero() -> None:
    flows = parse_rows(envelope(sample("daily_flows")), "output", parse_daily_flow)
    assert flows == [
        DailyFlow(MONDAY, None, None),
        DailyFlow(FRIDAY, Decimal(-2_104_533), Decimal(251_904)),
    ]


def test_padded_and_signed_estimates_have_their_slots_time() -> None:
    found = parse_rows(envelope(sample("flow_estimates")), "output2", parse_flow_estimate)
    assert found == [
        FlowEstimate(time(11, 20), Decimal(-464_000), Decimal(121_000)),
        FlowEstimate(time(10, 0), Decimal(-210_000), Decimal(65_000)),
        FlowEstimate(time(9, 30), Decimal(-210_000), None),
    ]


def test_a_day_is_open_when_the_market_opens() -> None:
    days = dict(parse_rows(envelope(sample("open_days")), "output", parse_open_day))
    assert days == {MONDAY: True, date(2026, 11, 28): False}


def test_a_token_ends_at_its_stamp_in_seoul() -> None:
    token = parse_token(sample("token"))
    assert token.value == "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.EXAMPLE.EXAMPLE"
    assert token.expires_at == datetime(2026, 11, 24, 8, 0, 3, tzinfo=SEOUL)


def test_nothing_to_show_is_an_empty_list() -> None:
    assert orders("no_orders_paper") == []
    assert parse_rows(envelope(sample("no_balance")), "output1", parse_position) == []


def test_the_totals_are_found_in_an_object_and_in_a_list() -> None:
    for name, field, value in (
        ("daily_orders", "tot_ccld_qty", 9),
        ("retired_paper_orders", "tot_ccld_qty", 9),
        ("balance", "scts_evlu_amt", 1_139_200),
    ):
        assert Summary(envelope(sample(name))).total(field) == value
    assert Summary(envelope(sample("no_balance"))).total("scts_evlu_amt") == 0


def test_names_of_other_case_are_the_same_names() -> None:
    body = {name.capitalize(): value for name, value in sample("daily_orders").items()}
    codes = {name: sample("daily_orders")[name] for name in ("rt_cd", "msg_cd", "msg1")}
    found = envelope({**body, **codes})
    assert parse_rows(found, "output1", parse_order) == orders("daily_orders")
    assert Summary(found).total("tot_ccld_qty") == 9
