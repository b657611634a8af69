"""What an announcement of a fill says, letter by letter."""

from tests.end_to_end.steps import announced, bought, lines, run
from tests.world import World


def test_a_whole_order_is_four_lines(quick_polled_world: World) -> None:
    """Buying and selling; no progress line, and nothing of a first run."""
    market = quick_polled_world.kis.market
    market.order("buy", quantity=10, price=72000).fill(10, 72000)
    market.order("sell", "000660", "SK하이닉스", 3, 0, order_type="01").fill(3, 185_000)
    run(quick_polled_world, "fills")
    assert quick_polled_world.contents == [
        "[매수 체결 알림]\n종목명: 삼성전자\n수량: 10주\n단가: 72,000원",
        "[매도 체결 알림]\n종목명: SK하이닉스\n수량: 3주\n단가: 185,000원",
    ]


def test_a_part_of_an_order_says_how_far_it_is(quick_polled_world: World) -> None:
    """Thousands separated, here too; the last part says so as well."""
    order = quick_polled_world.kis.market.order("buy", "069500", "KODEX 200", 12000, 36500)
    order.fill(2500, 36500)
    run(quick_polled_world, "fills")
    quick_polled_world.next_minute()
    order.fill(9500, 36490)
    run(quick_polled_world, "fills")
    assert [lines(content) for content in quick_polled_world.contents] == [
        [*lines(announced("KODEX 200", "2,500", "36,500")), "체결: 2,500/12,000주 (누적)"],
        [*lines(announced("KODEX 200", "9,500", "36,490")), "체결: 12,000/12,000주 (누적)"],
    ]


def test_a_price_has_up_to_two_decimals(quick_world: World) -> None:
    fills = {
        (6, 427_000): "71,166.67",
        (2, 144_001): "72,000.5",
        (4, 1): "0.25",
        (1, 1_234_567_890): "1,234,567,890",
        (1000, 72_000_004): "72,000",
    }
    for quantity, amount in fills:
        order = quick_world.kis.market.order("buy", quantity=quantity)
        order.set_filled(quantity, amount)
    run(quick_world, "fills")
    shown = [lines(content)[3] for content in quick_world.contents]
    assert shown == [f"단가: {price}원" for price in fills.values()]


def test_each_fill_of_a_first_run_carries_its_note(world: World) -> None:
    bought(world)
    bought(world, 5, 71000)
    run(world, "fills")
    noted = [[line for line in lines(text) if "최초 실행" in line] for text in world.contents]
    assert [len(notes) for notes in noted] == [1, 1]
    assert [lines(text)[:4] for text in world.contents] == [
        lines(announced("삼성전자", "10", "72,000")),
        lines(announced("삼성전자", "5", "71,000")),
    ]
    world.next_minute()
    bought(world, 7, 70000)
    run(world, "fills")
    assert world.contents[2] == announced("삼성전자", "7", "70,000")


def test_a_first_run_without_a_fill_is_silent(quick_world: World) -> None:
    quick_world.kis.market.order("buy")
    run(quick_world, "fills")
    assert quick_world.contents == []


def test_five_fills_are_five_messages_oldest_first(quick_polled_world: World) -> None:
    world = quick_polled_world
    for quantity in range(1, 6):
        bought(world, quantity)
        world.later(seconds=1)
    run(world, "fills")
    assert world.contents == [announced("삼성전자", str(n), "72,000") for n in range(1, 6)]


def test_more_than_five_fills_are_packed_oldest_first_and_none_dropped(
    quick_polled_world: World,
) -> None:
    """Into as few messages as fit 2,000 characters, each fill with its own lines."""
    count = 90
    world = quick_polled_world
    for quantity in range(1, count + 1):
        bought(world, quantity, 1000 + quantity)
    run(world, "fills")
    expected = [announced("삼성전자", str(n), f"{1000 + n:,}") for n in range(1, count + 1)]
    shown = "\n".join("\n".join(lines(content)) for content in world.contents)
    assert shown == "\n".join(expected)
    assert max(map(len, world.contents)) <= 2000
    size = sum(map(len, world.contents))
    # The line that marks a repeated message has to fit as well.
    assert len(world.contents) <= -(-size // 1850)


def test_a_packed_fill_keeps_its_progress_and_first_run_lines(quick_world: World) -> None:
    for _ in range(6):
        quick_world.kis.market.order("sell", quantity=10).fill(6, 72000)
    run(quick_world, "fills")
    [message] = quick_world.contents
    shown = lines(message)
    assert shown.count("체결: 6/10주 (누적)") == 6
    assert sum("최초 실행" in line for line in shown) == 6


def test_a_name_cannot_format_or_ping(quick_world: World) -> None:
    """What KIS calls a stock is text: no markdown, no mention."""
    bought(quick_world, name="*삼성_전자* <@123> @everyone `x`")
    run(quick_world, "fills")
    [posted] = quick_world.discord.messages
    assert not posted.pinged
    assert posted.payload["allowed_mentions"] == {"parse": []}
    assert posted.content.splitlines()[1] == (r"종목명: \*삼성\_전자\* \<\@123\> \@everyone \`x\`")
