"""Shelves of a day go by themselves; everything else stays; a cluster finds all of an account."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from kis.core.holdings import Totals
from kis.core.models import Filled, Message, OrderKey
from kis.ports import Step
from kis.store.shelves import Change, Claim, Entry, Place, Shelves, day_shelf
from tests.store.conftest import Backend, Remember

MONDAY = date(2026, 11, 23)
SHELF = "kis:{a}"
MINE = Claim(SHELF, "fills", "me", 30)
FORTNIGHT = 14 * 86400
TOTAL = Totals(Decimal(1), Decimal(2), Decimal(1), "KRW")


def put_day(shelves: Shelves, day: date, shelf: str = SHELF) -> None:
    mine = MINE._replace(shelf=shelf)
    assert shelves.read([], mine)[0]
    place = Place(day_shelf(shelf, day.isoformat()), "announced:KRX")
    assert shelves.write(mine, Change([(place, "[]")]))


def queue_day(shelves: Shelves, day: date) -> None:
    assert shelves.read([], MINE)[0]
    once = Place(day_shelf(SHELF, day.isoformat()), "told:report")
    assert shelves.write(MINE, Change(queue=[Entry(once, "1", "x")], queue_prefix="outbox:"))


def left_after(backend: Backend, day: date) -> list[str]:
    """The day shelves of the account that are still there on `day`."""
    if backend.server:
        # Redis counts on its own clock: what has a fortnight to live is gone after it.
        with backend.server.client() as client:
            for key in client.keys("*:day:*"):
                assert FORTNIGHT - 60 < int(client.ttl(key)) <= FORTNIGHT
        oldest = (day - timedelta(days=14)).isoformat()
        return sorted(key for key in backend.peek() if ":day:" in key and key[-10:] >= oldest)
    return sorted(key for key in backend.peek() if ":day:" in key)


@pytest.mark.parametrize("write", [put_day, queue_day])
def test_days_older_than_a_fortnight_are_forgotten(
    backend: Backend, shelves: Shelves, write: Callable[[Shelves, date], None]
) -> None:
    days = [MONDAY - timedelta(days=ago) for ago in (40, 15, 14, 13, 0)]
    for day in days:
        write(shelves, day)
    kept = [day_shelf(SHELF, day.isoformat()) for day in days[2:]]
    assert left_after(backend, MONDAY) == kept


def test_another_accounts_days_are_its_own(backend: Backend, shelves: Shelves) -> None:
    put_day(shelves, MONDAY - timedelta(days=40), "kis:{b}")
    put_day(shelves, MONDAY)
    assert day_shelf("kis:{b}", "2026-10-14") in backend.peek()


def test_writing_an_old_day_forgets_no_newer_one(backend: Backend, shelves: Shelves) -> None:
    put_day(shelves, MONDAY)
    put_day(shelves, MONDAY - timedelta(days=7))
    assert len([key for key in backend.peek() if ":day:" in key]) == 2


def test_snapshots_and_what_lasts_stay(backend: Backend, remember: Remember) -> None:
    memory = remember()
    for ago in range(60, -1, -20):
        day = MONDAY - timedelta(days=ago)
        opening = memory.begin("report", 30, day)
        assert opening
        assert opening.lease
        marks = {day: {OrderKey(day, "1", "1"): Filled(Decimal(1), Decimal(1))}}
        message = Message(f"report:{day}", "text")
        step = Step(day, [message], marks=marks, polled=day, snapshot=TOTAL)
        memory.stage(opening.lease, step)
    found = backend.peek()
    [snapshots] = [fields for key, fields in found.items() if key.endswith(":snapshots")]
    assert len(snapshots) == 4
    opening = memory.look(MONDAY)
    assert (opening.waiting, opening.last_polled) == (4, MONDAY)
    if backend.server:
        with backend.server.client() as client:
            lasting = [key for key in found if ":day:" not in key]
            assert {client.ttl(key) for key in lasting} == {-1}


def test_all_shelves_of_an_account_share_one_hash_tag(backend: Backend, remember: Remember) -> None:
    memory = remember()
    opening = memory.begin("report", 30, MONDAY)
    assert opening
    assert opening.lease
    memory.stage(opening.lease, Step(MONDAY, [Message("1", "x")], polled=MONDAY, snapshot=TOTAL))
    shelves = list(backend.peek())
    assert len(shelves) == 3
    assert all(shelf.startswith("kis:{" + "a" * 24 + "}") for shelf in shelves)
