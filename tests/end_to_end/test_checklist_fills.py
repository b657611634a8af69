"""The fixture list of the KIS fact sheet (section 13), fills (a) to (g), (s) and (t): rows."""

from tests.end_to_end.steps import ORDERS, announced, bought, lines, run
from tests.simulator import Fault
from tests.world import World


def test_a_partial_fill_grows_to_the_whole_order_across_polls(polled_world: World) -> None:
    """(a)"""
    world = polled_world
    order = world.kis.market.order("buy", quantity=10).fill(6, 72000)
    run(world, "fills")
    world.next_minute()
    order.fill(4, 72000)
    run(world, "fills")
    assert [lines(content) for content in world.contents] == [
        [*lines(announced("삼성전자", "6", "72,000")), "체결: 6/10주 (누적)"],
        [*lines(announced("삼성전자", "4", "72,000")), "체결: 10/10주 (누적)"],
    ]


def test_two_parts_at_different_prices_have_each_its_exact_price(
    quick_polled_world: World,
) -> None:
    """(b) Growth of the amount over growth of the quantity, not KIS's truncated average."""
    world = quick_polled_world
    order = world.kis.market.order("buy", quantity=113, price=70000)
    order.set_filled(6, 427_000)
    run(world, "fills")
    world.next_minute()
    order.set_filled(113, 7_805_700)
    run(world, "fills")
    prices = [content.splitlines()[2:4] for content in world.contents]
    assert prices == [["수량: 6주", "단가: 71,166.67원"], ["수량: 107주", "단가: 68,959.81원"]]


def test_after_an_amendment_the_fills_come_from_both_numbers(quick_polled_world: World) -> None:
    """(c) The old row keeps its fills, the new one has its own; a cancel row tells nothing."""
    world = quick_polled_world
    order = world.kis.market.order("buy", quantity=10, price=72000).fill(3, 72000)
    run(world, "fills")
    world.next_minute()
    amended = order.amend(price=72500)
    amended.fill(5, 72500)
    amended.cancel()
    run(world, "fills")
    assert [lines(content) for content in world.contents] == [
        [*lines(announced("삼성전자", "3", "72,000")), "체결: 3/10주 (누적)"],
        [*lines(announced("삼성전자", "5", "72,500")), "체결: 5/7주 (누적)"],
    ]


def test_a_cancel_tells_nothing_and_hides_nothing(quick_polled_world: World) -> None:
    """(d) `cncl_yn` is "" on both rows: what was filled before is told, the rest is silence."""
    world = quick_polled_world
    order = world.kis.market.order("buy", quantity=10).fill(6, 72000)
    order.cancel()
    world.kis.market.order("sell", quantity=10).cancel()
    for _ in range(2):
        run(world, "fills")
        world.next_minute()
    assert [lines(content)[2] for content in world.contents] == ["수량: 6주"]


def test_an_order_number_repeats_on_another_day(quick_polled_world: World) -> None:
    """(e) And in another branch: both are orders of their own."""
    world = quick_polled_world
    market = world.kis.market
    market.order("buy", quantity=1, number="100001").fill(1, 72000)
    world.later(seconds=1)
    market.order("buy", quantity=2, number="100001", branch="01790").fill(2, 72000)
    run(world, "fills")
    world.later(days=1)
    world.next_minute()
    market.order("buy", quantity=3, number="100001").fill(3, 72000)
    run(world, "fills")
    assert [lines(content)[2] for content in world.contents] == [f"수량: {n}주" for n in (1, 2, 3)]


def test_buying_and_selling_one_stock_are_two_announcements(quick_polled_world: World) -> None:
    """(f) In and out within a minute leaves the holdings as they were, and is told."""
    market = quick_polled_world.kis.market
    market.order("buy", quantity=10).fill(10, 72000)
    market.order("sell", quantity=10).fill(10, 72100)
    run(quick_polled_world, "fills")
    assert quick_polled_world.contents == [
        announced("삼성전자", "10", "72,000"),
        announced("삼성전자", "10", "72,100", "매도"),
    ]


def test_a_blank_average_price_does_not_matter(quick_polled_world: World) -> None:
    """(g) "" or "0", as it may be for a moment after a fill."""

    def blank(body: dict[str, list[dict[str, str]]]) -> None:
        for row, average in zip(body["output1"], ("", "0"), strict=True):
            row["avg_prvs"] = average

    bought(quick_polled_world)
    bought(quick_polled_world, 5)
    quick_polled_world.kis.fail(ORDERS, Fault.edit(blank))
    run(quick_polled_world, "fills")
    assert quick_polled_world.contents == [announced("삼성전자", n, "72,000") for n in ("10", "5")]


def test_orders_of_every_venue_are_announced(quick_polled_world: World) -> None:
    """(s) SOR and NXT rows, which a query for KRX leaves out."""
    for quantity, venue in ((1, "KRX"), (2, "NXT"), (3, "SOR")):
        order = quick_polled_world.kis.market.order("buy", quantity=quantity, venue=venue)
        order.fill(quantity, 72000)
    run(quick_polled_world, "fills")
    shown = [lines(content)[2] for content in quick_polled_world.contents]
    assert shown == [f"수량: {n}주" for n in (1, 2, 3)]


def test_a_shrinking_quantity_repeats_nothing(quick_polled_world: World) -> None:
    """(t) 6 -> 4 warns, -> 6 is silent, -> 9 tells 3: the highest announced stays the mark."""
    world = quick_polled_world
    order = world.kis.market.order("buy", quantity=10)
    logged = []
    for quantity in (6, 4, 6, 9):
        order.set_filled(quantity, quantity * 72000)
        logged.append(run(world, "fills").err)
        world.next_minute()
    assert [lines(content)[2:] for content in world.contents] == [
        ["수량: 6주", "단가: 72,000원", "체결: 6/10주 (누적)"],
        ["수량: 3주", "단가: 72,000원", "체결: 9/10주 (누적)"],
    ]
    assert ["WARNING" in text for text in logged] == [False, True, False, False]
