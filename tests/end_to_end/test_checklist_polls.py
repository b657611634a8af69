"""The fixture list of the KIS fact sheet (section 13), fills (h) to (r) and (u): answers."""

import pytest

from tests.end_to_end.steps import ORDERS, SLACK, TOKEN, announced, bought, lines, run
from tests.simulator import Answer, Fault
from tests.world import World


def test_all_pages_are_read_and_the_header_says_which_is_the_last(quick_world: World) -> None:
    """(h) Page 1 `tr_cont` F, page 2 D with a cursor that is not blank."""
    world = quick_world
    for index in range(101):
        bought(world, 1) if index in (0, 100) else world.kis.market.order("buy")
    world.kis.fail(ORDERS, Fault.headers(tr_cont="D"), page=2)
    run(world, "fills")
    assert [call.page for call in world.kis.calls_to(ORDERS)] == [1, 2]
    assert len(world.contents) == 2


def test_a_failing_second_page_leaves_the_state_untouched(world: World) -> None:
    """(i) Nothing of page 1 is announced or remembered; the next run announces all of it once."""
    _fill_pages(world, 101)
    world.kis.fail(ORDERS, Fault.raw("{", status=200), page=2)
    run(world, "fills", code=1)
    assert world.contents == []
    world.next_minute()
    for _ in range(2):
        run(world, "fills")
        world.kis.rest()
        world.forget("pace:")
    assert _count(world) == 101


def test_a_cursor_that_repeats_is_an_error(quick_world: World) -> None:
    """(j) It ends, announces nothing, and loses nothing."""
    world = quick_world
    _fill_pages(world, 201)
    cursors: dict[str, str] = {}

    def remember(body: dict[str, str]) -> None:
        cursors.update({name: body[name] for name in ("ctx_area_fk100", "ctx_area_nk100")})

    world.kis.fail(ORDERS, Fault.edit(remember), page=1)
    world.kis.fail(ORDERS, Fault.edit(lambda body: {**body, **cursors}), page=2, times=None)
    run(world, "fills", code=1)
    assert len(world.kis.calls_to(ORDERS)) <= 3
    assert world.contents == []


def test_no_data_on_paper_is_no_error(quick_paper_world: World) -> None:
    """(k) 70070000 with an empty list."""
    run(quick_paper_world, "fills")
    assert quick_paper_world.kis.calls[-1].code == "70070000"
    assert quick_paper_world.discord.attempts == []


def test_an_empty_list_beside_totals_is_an_error(world: World) -> None:
    """(l) Never "no fills": exit 1, and the next good run announces all."""
    bought(world)
    world.kis.fail(ORDERS, Fault.edit(lambda body: {**body, "output1": []}))
    run(world, "fills", code=1)
    world.next_minute()
    run(world, "fills")
    assert len(world.contents) == 1


@pytest.mark.parametrize("code,status", [("EGW00201", 500), ("EGW00215", 200)])
def test_a_rate_limit_is_waited_out(quick_polled_world: World, code: str, status: int) -> None:
    """(m) (n) Asked again after a second or more, within the same run."""
    bought(quick_polled_world)
    quick_polled_world.kis.fail(ORDERS, Fault.code(code, status=status))
    run(quick_polled_world, "fills")
    assert len(quick_polled_world.contents) == 1
    *_, refused, answered = quick_polled_world.kis.calls_to(ORDERS)
    assert answered.at_monotonic - refused.at_monotonic >= 1


def test_an_expired_token_is_replaced_within_the_run(quick_polled_world: World) -> None:
    """(o) EGW00123: one new token, the call once more, and the next run uses the new one."""
    world = quick_polled_world
    bought(world)
    world.kis.expire_tokens()
    run(world, "fills")
    world.next_minute()
    run(world, "fills")
    assert len(world.contents) == 1
    assert len(world.kis.calls_to(TOKEN)) == 2


def test_a_token_that_cannot_be_replaced_yet_ends_the_run(world: World) -> None:
    """(p) EGW00123, then EGW00133: no loop; a minute later all is well."""
    run(world, "fills")
    world.kis.expire_tokens()
    bought(world, 5)
    world.kis.rest()
    world.forget("pace:")
    before = len(world.kis.calls)
    run(world, "fills", code=1)
    assert [call.code for call in world.kis.calls[before:]] == ["EGW00123", "EGW00133"]
    world.next_minute()
    run(world, "fills")
    assert lines(world.contents[-1])[2] == "수량: 5주"


@pytest.mark.parametrize(
    "fault",
    [Fault.html(200), Fault.html(503), Fault.stall(30), Fault.drip(30)],
    ids=["html", "html 503", "silence", "drip"],
)
def test_html_and_silence_fail_the_run_and_lose_nothing(quick_world: World, fault: Fault) -> None:
    """(q)"""
    bought(quick_world)
    quick_world.kis.fail(ORDERS, fault, times=None)
    result = run(quick_world, "fills", code=1, RUN_TIMEOUT="3")
    assert result.seconds < 3 + SLACK
    quick_world.kis.heal()
    quick_world.next_minute()
    run(quick_world, "fills")
    assert len(quick_world.contents) == 1


def test_more_orders_than_a_page_on_paper(quick_paper_world: World) -> None:
    """(r) 15 a page on paper; 100 on a real account is (h) and (i)."""
    _fill_pages(quick_paper_world, 31)
    run(quick_paper_world, "fills")
    assert len(quick_paper_world.kis.calls_to(ORDERS)) == 3
    assert _count(quick_paper_world) == 31


def test_data_that_changed_between_pages_is_asked_from_the_first_again(quick_world: World) -> None:
    """SYDB0050 (fact sheet 2.6)."""
    _fill_pages(quick_world, 101)
    quick_world.kis.change_between_pages()
    run(quick_world, "fills")
    assert [call.page for call in quick_world.kis.calls_to(ORDERS)] == [1, 2, 1, 2]
    assert _count(quick_world) == 101


def test_what_discord_would_not_take_is_sent_by_the_next_run(polled_world: World) -> None:
    """(u) Once, and before what is newer."""
    world = polled_world
    bought(world, 1)
    world.discord.answer(Answer.status(503))
    run(world, "fills", code=1)
    world.next_minute()
    bought(world, 2)
    run(world, "fills")
    assert world.contents == [announced("삼성전자", str(n), "72,000") for n in (1, 2)]


def _fill_pages(world: World, count: int) -> None:
    for _ in range(count):
        bought(world, 1)


def _count(world: World) -> int:
    """How many fills were announced, in however many messages."""
    return sum(content.count("[매수 체결 알림]") for content in world.contents)
