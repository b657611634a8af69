"""Answers of KIS that are not what it documents: exit 1, one clear line, nothing remembered."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.end_to_end.steps import BALANCE, INVESTOR, ORDERS, TOKEN, announced, bought, lines, run
from tests.simulator import Fault
from tests.world import World

Body = dict[str, Any]


def changed(name: str, value: object) -> Fault:
    """The right answer with another value for one member."""
    return Fault.edit(lambda body: {**body, name: value})


def without(name: str) -> Fault:
    return Fault.edit(lambda body: {key: value for key, value in body.items() if key != name})


def in_row(name: str, value: object) -> Fault:
    """The right answer with another value in its first row; None takes the field away."""

    def edit(body: Body) -> None:
        row = body["output1"][0]
        row.pop(name) if value is None else row.update({name: value})

    return Fault.edit(edit)


def answer(function: Callable[[Body], Any]) -> Fault:
    return Fault.edit(function)


WHOLE = {
    "html": Fault.html(200),
    "truncated": Fault.truncated(),
    "null": Fault.raw("null"),
    "a list": answer(lambda body: [body]),
    "not utf-8": Fault.raw(b'{"rt_cd": "0", "output1": "\xff\xfe"}'),
    "nothing in it": Fault.raw("{}"),
    "unknown code": Fault.code("ZZZZ9999", status=200),
    "no return code": without("rt_cd"),
    "rows missing": without("output1"),
    "rows an object": changed("output1", {}),
    "a row null": changed("output1", [None]),
}
IN_ORDERS = {
    "a number for a string": in_row("tot_ccld_qty", 10),
    "no quantity": in_row("tot_ccld_qty", None),
    "blank quantity": in_row("tot_ccld_qty", ""),
    "no number": in_row("odno", None),
    "not a number": in_row("tot_ccld_qty", "NaN"),
    "amount of nothing": in_row("tot_ccld_amt", "0"),
    "unknown side": in_row("sll_buy_dvsn_cd", "03"),
}
IN_BALANCE = {
    "a number for a string": in_row("hldg_qty", 10),
    "no quantity": in_row("hldg_qty", None),
    "letters for a value": in_row("evlu_amt", "1e5x"),
}
IN_TOKEN = {
    "html": Fault.html(200),
    "truncated": Fault.truncated(),
    "null": Fault.raw("null"),
    "no token": without("access_token"),
    "a number for a token": changed("access_token", 5),
    "a list for a token": changed("access_token", ["eyJ"]),
    "no end": without("access_token_token_expired"),
    "no such end": changed("access_token_token_expired", "tomorrow"),
    "unknown code": Fault.code("EGW99999", status=403),
}


def fails_clearly(world: World, command: str, endpoint: str, faults: dict[str, Fault]) -> None:
    """For each fault: exit 1 and one line, which tells of KIS and not of a bug of ours."""
    for name, fault in faults.items():
        world.kis.fail(endpoint, fault, times=None)
        result = run(world, command, code=1)
        assert len(lines(result.err)) == 1, name
        assert "KIS" in result.err, name
        assert "내부 오류" not in result.err, name
        world.kis.heal()
        world.next_minute()


def test_malformed_orders_are_not_no_fills(redis_world: World) -> None:
    """None is remembered of any: the next good run is the first, and announces all once."""
    bought(redis_world)
    fails_clearly(redis_world, "fills", ORDERS, WHOLE | IN_ORDERS)
    assert [text[0] for text in redis_world.contents] == ["❌"]
    run(redis_world, "fills")
    _, recovered, message = redis_world.contents
    assert recovered.startswith("✅ 복구")
    assert message.startswith(announced("삼성전자", "10", "72,000"))
    assert "최초 실행" in message


def test_a_malformed_balance_is_not_no_holdings(redis_world: World) -> None:
    """The report of that hour is still to come, and then goes out."""
    redis_world.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    fails_clearly(redis_world, "report", BALANCE, WHOLE | IN_BALANCE)
    run(redis_world, "report")
    assert [text.split(" ")[0] for text in redis_world.contents] == ["❌", "✅", "📊"]
    assert "📌 삼성전자" in redis_world.contents[2]


def test_a_malformed_token_is_not_used_or_kept(redis_world: World) -> None:
    bought(redis_world)
    fails_clearly(redis_world, "fills", TOKEN, IN_TOKEN)
    assert redis_world.kis.calls_to(ORDERS) == []
    run(redis_world, "fills")
    assert "[매수 체결 알림]" in redis_world.contents[-1]


@pytest.mark.parametrize("value", [None, [3]])
def test_a_malformed_flow_is_a_failed_lookup_of_that_holding(
    quick_world: World, value: object
) -> None:
    quick_world.later(hours=6)
    quick_world.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    quick_world.kis.fail(INVESTOR, changed("output", value), times=None)
    run(quick_world, "report")
    assert "┗ 외국인 순매수: 조회 실패 | 기관 순매수: 조회 실패" in quick_world.contents[0]
