"""Continuation: fact sheet 2.6 and 3.4."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.simulator import Kis
from tests.simulator_test.asking import BALANCE, ORDERS, Asker, code, cursors, rows


def _orders(kis: Kis, count: int) -> None:
    for minute in range(count):
        kis.market.order("buy", at=kis.now - timedelta(minutes=count - minute))


@pytest.mark.parametrize(
    ("count", "flags", "sizes"),
    [
        (100, ["D"], [100]),
        (101, ["F", "E"], [100, 1]),
        (250, ["F", "M", "E"], [100, 100, 50]),
    ],
)
def test_a_real_account_pages_by_a_hundred(
    kis: Kis, ask: Asker, count: int, flags: list[str], sizes: list[int]
) -> None:
    _orders(kis, count)
    pages = list(ask.pages(ORDERS))
    assert [page.headers["tr_cont"] for page in pages] == flags
    assert [len(rows(page)) for page in pages] == sizes
    assert len({row["odno"] for page in pages for row in rows(page)}) == count
    assert [call.page for call in kis.calls] == list(range(1, len(flags) + 1))


def test_a_paper_account_pages_by_fifteen(paper: Kis, ask_paper: Asker) -> None:
    _orders(paper, 31)
    assert [len(rows(page)) for page in ask_paper.pages(ORDERS)] == [15, 15, 1]


def test_cursors_are_padded_and_filled_on_the_last_page_too(kis: Kis, ask: Asker) -> None:
    _orders(kis, 101)
    for page in ask.pages(ORDERS):
        for cursor in cursors(page).values():
            assert len(cursor) == 100
            assert cursor.strip()


def test_more_pages_have_a_code_of_their_own(kis: Kis, ask: Asker) -> None:
    _orders(kis, 101)
    codes = [page.json()["msg_cd"] for page in ask.pages(ORDERS)]
    assert codes == ["KIOK0500", "KIOK0460"]


def test_a_stripped_or_altered_cursor_is_refused(kis: Kis, ask: Asker) -> None:
    _orders(kis, 101)
    echo = cursors(ask.orders())
    stripped = {name: value.strip() for name, value in echo.items()}
    assert ask.orders(tr_cont="N", **stripped).json()["msg_cd"] == "OPSQ2002"
    echo["CTX_AREA_NK100"] = "x" + echo["CTX_AREA_NK100"][1:]
    assert code(ask.orders(tr_cont="N", **echo)) == (200, "7", "APBK1350")


def test_a_continuation_repeats_every_other_parameter(kis: Kis, ask: Asker) -> None:
    _orders(kis, 101)
    echo = cursors(ask.orders())
    assert ask.orders(tr_cont="N", CCLD_DVSN="02", **echo).json()["msg_cd"] == "APBK1350"


@pytest.mark.parametrize("flag", ["", "M", "F"])
def test_without_n_in_the_header_page_one_comes_again(kis: Kis, ask: Asker, flag: str) -> None:
    _orders(kis, 101)
    first = ask.orders()
    again = ask.orders(tr_cont=flag, **cursors(first))
    assert again.json() == first.json()


def test_n_without_cursors_is_refused(kis: Kis, ask: Asker) -> None:
    _orders(kis, 101)
    assert ask.orders(tr_cont="N").json()["msg_cd"] == "APBK1350"


def test_oldest_first_new_orders_come_at_the_end(kis: Kis, ask: Asker) -> None:
    _orders(kis, 101)
    echo = cursors(ask.orders())
    late = kis.market.order("sell")
    second = rows(ask.orders(tr_cont="N", **echo))
    assert [row["odno"] for row in second][-1] == late.number
    assert len(second) == 2


def test_newest_first_new_orders_between_pages_spoil_the_query(kis: Kis, ask: Asker) -> None:
    _orders(kis, 101)
    echo = cursors(ask.orders(INQR_DVSN="00"))
    kis.market.order("sell")
    reply = ask.orders(tr_cont="N", INQR_DVSN="00", **echo)
    assert code(reply) == (200, "7", "SYDB0050")
    assert [len(rows(page)) for page in ask.pages(ORDERS, INQR_DVSN="00")] == [100, 2]


def test_a_change_between_pages_can_be_forced_once(kis: Kis, ask: Asker) -> None:
    _orders(kis, 101)
    echo = cursors(ask.orders())
    kis.change_between_pages()
    assert ask.orders(tr_cont="N", **echo).json()["msg_cd"] == "SYDB0050"
    assert len(rows(ask.orders(tr_cont="N", **echo))) == 1


def test_going_on_after_the_last_page_shows_nothing(kis: Kis, ask: Asker) -> None:
    _orders(kis, 1)
    reply = ask.orders(tr_cont="N", **cursors(ask.orders()))
    assert code(reply) == (200, "0", "KIOK0560")


@pytest.mark.parametrize(("environment", "size"), [("real", 50), ("paper", 20)])
def test_a_balance_pages_and_repeats_its_summary(environment: str, size: int) -> None:
    with Kis(environment) as kis:
        kis.limits = False
        for index in range(size + 1):
            kis.market.hold(f"{index:06d}", f"종목{index}", 1, 100, 110)
        pages = list(Asker(kis).pages(BALANCE))
        assert [page.headers["tr_cont"] for page in pages] == ["M", "E"]
        assert [len(rows(page)) for page in pages] == [size, 1]
        assert pages[0].json()["output2"] == pages[1].json()["output2"]
        assert len(pages[0].json()["output2"]) == 1
