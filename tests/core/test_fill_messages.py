"""What people read of fills: the contract's exact texts, every fill once, in order, in the room."""

from datetime import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kis.core.messages import fill_messages
from kis.core.models import Fill, OrderKey, Side, Tone
from kis.core.text import GAP
from tests.core.making import a_fill, an_order, fills

ROOM = 1940
FIRST_RUN = "※ 최초 실행: 이전 기록이 없어 오늘 체결된 내역을 모두 알립니다"


def text_of(fill: Fill, notes: dict[OrderKey, str] | None = None) -> str:
    [message] = fill_messages([fill], ROOM, notes or {}, "1")
    return message.text


def test_a_whole_fill_is_exactly_four_lines() -> None:
    assert text_of(a_fill(an_order())) == (
        "[매수 체결 알림]\n종목명: 삼성전자\n수량: 10주\n단가: 72,000원"
    )


def test_a_sale_says_so() -> None:
    assert text_of(a_fill(an_order(side=Side.SELL))).startswith("[매도 체결 알림]\n")


def test_a_part_adds_its_progress_and_so_does_the_last_part() -> None:
    first = text_of(a_fill(an_order(filled=6, amount=432_000)))
    assert first.splitlines()[4:] == ["체결: 6/10주 (누적)"]
    last = text_of(a_fill(an_order(), 4, 288_000))
    assert last.splitlines()[2:] == ["수량: 4주", "단가: 72,000원", "체결: 10/10주 (누적)"]


@pytest.mark.parametrize(
    ("quantity", "amount", "line"),
    [
        (6, 427_000, "단가: 71,166.67원"),
        (2, 144_001, "단가: 72,000.5원"),
        (8, 1, "단가: 0.13원"),
        (1, 1_234_567, "단가: 1,234,567원"),
        (1, 999, "단가: 999원"),
    ],
)
def test_a_price_has_up_to_two_decimals(quantity: int, amount: int, line: str) -> None:
    fill = a_fill(an_order(quantity=quantity, filled=quantity, amount=amount))
    assert text_of(fill).splitlines()[3] == line


def test_quantities_are_thousands_separated() -> None:
    fill = a_fill(an_order(quantity=1_234_567, filled=1_000_000, amount=10**9))
    lines = text_of(fill).splitlines()
    assert lines[2] == "수량: 1,000,000주"
    assert lines[4] == "체결: 1,000,000/1,234,567주 (누적)"


def test_the_first_run_adds_its_note_as_the_last_line() -> None:
    assert text_of(a_fill(an_order()), {an_order().key: FIRST_RUN}).splitlines()[4:] == [FIRST_RUN]


def test_a_name_is_never_markdown_or_a_mention() -> None:
    fill = a_fill(an_order(name="A*B_C~D`E|F>G#H@everyone<@1>\\"))
    assert text_of(fill).splitlines()[1] == (
        r"종목명: A\*B\_C\~D\`E\|F\>G\#H\@everyone\<\@1\>" + r"\\"
    )


def test_the_details_name_amount_time_and_venue() -> None:
    [message] = fill_messages([a_fill(an_order(filled=6, amount=432_000))], ROOM, {}, "1")
    assert message.detail == "체결금액 432,000원\n주문 11/23 09:15:02 · KRX\n누적 432,000원"
    assert message.tone is Tone.BUY


def test_up_to_five_fills_get_a_message_each_and_six_are_packed() -> None:
    found = [a_fill(an_order(str(number))) for number in range(6)]
    assert [message.text for message in fill_messages(found[:5], ROOM, {}, "1")] == [
        text_of(fill) for fill in found[:5]
    ]
    assert len(fill_messages(found, ROOM, {}, "1")) == 1


@given(fills(), st.booleans())
def test_every_fill_is_told_once_in_order_and_none_is_cut(found: list[Fill], noted: bool) -> None:
    notes = {fill.order.key: FIRST_RUN for fill in found if noted}
    messages = fill_messages(found, ROOM, notes, "1")
    assert GAP.join(message.text for message in messages) == GAP.join(
        text_of(fill, notes) for fill in found
    )
    assert all(0 < len(message.text) <= ROOM for message in messages)


@given(fills())
def test_packed_messages_are_as_few_as_fit(found: list[Fill]) -> None:
    messages = fill_messages(found, ROOM, {}, "1")
    if len(found) > 5:
        for message, following in pairwise(messages):
            first = following.text.split(GAP)[0]
            assert len(message.text) + len(GAP) + len(first) > ROOM


@given(fills())
def test_a_key_tells_a_fill_from_its_repetition(found: list[Fill]) -> None:
    keys = [message.key for message in fill_messages(found, ROOM, {}, "1")]
    assert keys == [message.key for message in fill_messages(found, ROOM, {}, "2")]
    assert len(keys) == len(set(keys))


def test_a_forgotten_day_is_told_again_under_a_key_of_its_run() -> None:
    fill = a_fill(an_order())
    known = fill_messages([fill], ROOM, {}, "1")[0].key
    noted = [fill_messages([fill], ROOM, {an_order().key: FIRST_RUN}, run)[0].key for run in "12"]
    assert len({known, *noted}) == 3


def test_a_key_names_the_cumulative_quantity() -> None:
    order = an_order(filled=6, amount=6), an_order(filled=10, amount=10)
    keys = [fill_messages([a_fill(each)], ROOM, {}, "1")[0].key for each in order]
    assert keys[0] != keys[1]
    later = fill_messages([a_fill(an_order(at=time(10, 0)))], ROOM, {}, "1")[0].key
    assert later == fill_messages([a_fill(an_order())], ROOM, {}, "1")[0].key
