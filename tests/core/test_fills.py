"""New fills are the growth of orders: complete, exact, once."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings

from kis.core.fills import new_fills
from kis.core.messages import fill_messages
from kis.core.models import NOTHING_FILLED, Fill, Filled, OrderKey
from tests.core.making import Story, an_order, stories

ROOM = 1940


def polls(orders: list[Story]) -> int:
    return len(orders[0].seen)


@settings(max_examples=300)
@given(stories())
def test_whatever_the_polls_see_all_is_announced_exactly_once(orders: list[Story]) -> None:
    marks: dict[OrderKey, Filled] = {}
    announced: list[Fill] = []
    for poll in range(polls(orders)):
        growth = new_fills([story.state(story.seen[poll]) for story in orders], marks)
        assert growth.unpriced == []
        marks |= growth.marks
        announced += growth.fills
    for story in orders:
        told = [fill for fill in announced if fill.order.key == story.order.key]
        whole = story.state(len(story.executions)).filled
        assert sum(fill.quantity for fill in told) == whole.quantity
        assert sum(fill.amount for fill in told) == whole.amount


@given(stories())
def test_each_growth_is_worth_exactly_its_own_executions(orders: list[Story]) -> None:
    marks: dict[OrderKey, Filled] = {}
    counts = {story.order.key: 0 for story in orders}
    for poll in range(polls(orders)):
        growth = new_fills([story.state(story.seen[poll]) for story in orders], marks)
        found = {fill.order.key: fill for fill in growth.fills}
        for story in orders:
            new = story.executions[counts[story.order.key] : story.seen[poll]]
            fill = found.get(story.order.key)
            assert bool(new) == (fill is not None)
            if fill:
                shares = sum(quantity for quantity, _ in new)
                amount = sum(quantity * price for quantity, price in new)
                assert fill.quantity == shares
                assert fill.amount == amount
                # Exact wherever a decimal can be, else to the last of its 28 digits.
                assert abs(Fraction(fill.price) - Fraction(amount, shares)) < Fraction(1, 10**18)
                if len({price for _, price in new}) == 1:
                    assert fill.price == new[0][1]
                counts[story.order.key] = story.seen[poll]
        marks |= growth.marks


@given(stories())
def test_marks_never_go_down_and_a_shrunk_order_is_named(orders: list[Story]) -> None:
    marks: dict[OrderKey, Filled] = {}
    for poll in range(polls(orders)):
        states = [story.state(story.seen[poll]) for story in orders]
        growth = new_fills(states, marks)
        below = {
            state.key
            for state in states
            if state.filled.quantity < marks.get(state.key, NOTHING_FILLED).quantity
        }
        assert {order.key for order in growth.shrunk} == below
        for key, mark in growth.marks.items():
            assert mark.quantity > marks.get(key, NOTHING_FILLED).quantity
            assert mark.amount > marks.get(key, NOTHING_FILLED).amount
        marks |= growth.marks


@given(stories())
def test_the_same_poll_again_tells_nothing(orders: list[Story]) -> None:
    states = [story.state(story.seen[0]) for story in orders]
    first = new_fills(states, {})
    again = new_fills(states, first.marks)
    assert (again.fills, again.marks, again.shrunk) == ([], {}, [])


@given(stories())
def test_fills_come_oldest_order_first(orders: list[Story]) -> None:
    growth = new_fills([story.state(story.seen[-1]) for story in orders], {})
    moments = [(fill.order.ordered_at, fill.order.key) for fill in growth.fills]
    assert moments == sorted(moments)


@given(stories())
def test_no_two_messages_of_all_polls_share_a_key(orders: list[Story]) -> None:
    marks: dict[OrderKey, Filled] = {}
    keys: list[str] = []
    for poll in range(polls(orders)):
        growth = new_fills([story.state(story.seen[poll]) for story in orders], marks)
        marks |= growth.marks
        keys += [message.key for message in fill_messages(growth.fills, ROOM, {}, f"{poll}")]
    assert len(keys) == len(set(keys))


def test_two_parts_at_different_prices_have_each_its_own_price() -> None:
    first = new_fills([an_order(filled=6, amount=427_000)], {})
    second = new_fills([an_order(filled=10, amount=427_000 + 4 * 72_000)], first.marks)
    assert first.fills[0].price == Decimal(427_000) / 6
    assert second.fills[0].price == 72_000


def test_six_then_four_then_six_repeats_nothing() -> None:
    marks = new_fills([an_order(filled=6, amount=600)], {}).marks
    shrunk = new_fills([an_order(filled=4, amount=400)], marks)
    assert (shrunk.fills, shrunk.marks) == ([], {})
    assert [order.filled.quantity for order in shrunk.shrunk] == [4]
    regrown = new_fills([an_order(filled=6, amount=600)], marks)
    assert (regrown.fills, regrown.shrunk) == ([], [])


def test_the_same_number_on_another_day_or_branch_is_another_order() -> None:
    marks = new_fills([an_order()], {}).marks
    others = [an_order(day=an_order().key.day.replace(day=20)), an_order(branch="01790")]
    assert len(new_fills(others, marks).fills) == 2


def test_an_order_without_a_fill_tells_nothing() -> None:
    growth = new_fills([an_order(filled=0, amount=0)], {})
    assert (growth.fills, growth.marks, growth.shrunk, growth.unpriced) == ([], {}, [], [])


def test_quantity_without_amount_has_no_price() -> None:
    growth = new_fills([an_order(filled=3, amount=0)], {})
    assert (growth.fills, growth.marks) == ([], {})
    assert len(growth.unpriced) == 1
