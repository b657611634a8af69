"""The fills job where KIS or the store say what they should not; on either store."""

from typing import Any

import pytest

from kis.errors import MalformedAnswer
from kis.jobs.fills import FILLS
from kis.store.shelves import Want
from tests.jobs.conftest import SHELF, Office
from tests.simulator import Fault

ORDERS = "inquire-daily-ccld"
FIRST_RUN = "최초 실행"


def buy(office: Office, quantity: int = 10, price: int = 72_000) -> None:
    office.kis.market.order("buy", quantity=quantity, price=price).fill(quantity, price)


def good(office: Office) -> None:
    result = office.run(FILLS)
    assert result.error is None
    assert result.exit_code == 0


def dated(day: str) -> Fault:
    def change(body: dict[str, Any]) -> None:
        for row in body["output1"]:
            row["ord_dt"] = day

    return Fault.edit(change)


@pytest.mark.parametrize("day", ["00010101", "19000101", "20991231", "99991231", "20261122"])
def test_a_row_of_a_strange_day_harms_nothing_and_is_told_at_most_once(
    office: Office, day: str
) -> None:
    buy(office)
    good(office)
    office.kis.fail(ORDERS, dated(day), times=3)
    for _ in range(3):
        result = office.run(FILLS)
        assert result.error is None or isinstance(result.error, MalformedAnswer)
    good(office)
    told = [content for content in office.contents if "체결 알림" in content]
    assert 1 <= len(told) <= 2
    assert sum(FIRST_RUN in content for content in told) == 1
    buy(office, 5)
    good(office)
    assert sum("체결 알림" in content for content in office.contents) == len(told) + 1


def test_fills_taken_back_and_come_again_cheaper_do_not_silence_the_account(
    office: Office,
) -> None:
    order = office.kis.market.order("buy", quantity=10).set_filled(6, 600_000)
    good(office)
    order.set_filled(4, 400_000)
    good(office)
    order.set_filled(8, 590_000)
    buy(office, 3, 1_000)
    good(office)
    assert len(office.contents) == 3
    assert "수량: 2주" in office.contents[1]
    order.set_filled(10, 790_000)
    good(office)
    assert "수량: 2주\n단가: 100,000원" in office.contents[3]


def test_a_fill_whose_amount_is_not_there_yet_waits_for_it(office: Office) -> None:
    good(office)
    order = office.kis.market.order("buy", quantity=10).set_filled(6, 0)
    assert isinstance(office.run(FILLS).error, MalformedAnswer)
    order.set_filled(6, 432_000)
    good(office)
    assert [content.splitlines()[3] for content in office.contents] == ["단가: 72,000원"]


def test_a_forgotten_day_is_told_again_with_the_note_and_only_then(office: Office) -> None:
    buy(office)
    good(office)
    office.forget("announced:")
    good(office)
    good(office)
    assert len(office.contents) == 2
    assert all(FIRST_RUN in content for content in office.contents)


def test_a_memory_lost_as_a_whole_is_a_first_run(office: Office) -> None:
    good(office)
    buy(office)
    good(office)
    assert FIRST_RUN not in office.contents[0]
    office.forget("")
    good(office)
    good(office)
    assert len(office.contents) == 2
    assert FIRST_RUN in office.contents[1]


def test_a_quiet_poll_changes_nothing_in_the_store(office: Office) -> None:
    buy(office)
    good(office)
    shelves = office.shelves()

    def remembered() -> dict[str, str]:
        _, [fields] = shelves.read([Want(SHELF)])
        return {
            name: value
            for name, value in fields.items()
            if not name.startswith(("lease:", "good:"))
        }

    before = remembered()
    good(office)
    assert remembered() == before
    assert len(office.contents) == 1


def test_what_was_announced_is_counted_and_what_shrank_is_warned_of(office: Office) -> None:
    order = office.kis.market.order("buy", quantity=10).set_filled(6, 600_000)
    assert office.run(FILLS).found == {"orders": 1, "new": 1}
    order.set_filled(4, 400_000)
    result = office.run(FILLS)
    assert result.found == {"orders": 1, "new": 0}
    [warning] = result.warnings
    assert "줄어든" in warning


def test_numbers_with_and_without_leading_zeros_are_one_order(office: Office) -> None:
    buy(office)
    good(office)

    def strip(body: dict[str, Any]) -> None:
        for row in body["output1"]:
            row["odno"] = row["odno"].lstrip("0")

    office.kis.fail(ORDERS, Fault.edit(strip))
    good(office)
    assert len(office.contents) == 1
