"""A change is one step: whole or not at all, the same when repeated, on either store."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kis.store.shelves import Change, Claim, Entry, Place, Shelves, Want
from tests.store.conftest import Backend, Open
from tests.store.work import at_once, queue

SHELF, DAY = "kis:{a}", "kis:{a}:day:2026-11-23"
MINE = Claim(SHELF, "fills", "me", 30)

texts = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.fixture(autouse=True)
def _held(shelves: Shelves) -> None:
    assert shelves.read([], MINE)[0]


def entry(once: str, text: str) -> Entry:
    return Entry(Place(DAY, f"told:{once}"), "1", text)


def outbox(shelves: Shelves) -> list[str]:
    _, [fields] = shelves.read([Want(SHELF)])
    return [fields[name] for name in sorted(fields) if name.startswith("outbox:")]


def add(shelves: Shelves, *entries: Entry) -> bool:
    return shelves.write(MINE, Change(queue=entries, queue_prefix="outbox:"))


def test_everything_of_a_change_happens(shelves: Shelves) -> None:
    assert shelves.write(MINE, Change([(Place(SHELF, "old"), "1")]))
    change = Change(
        put=[(Place(SHELF, "polled"), "today"), (Place(DAY, "marks"), "[]")],
        drop=[Place(SHELF, "old")],
        queue=[entry("1", "first"), entry("2", "second")],
        queue_prefix="outbox:",
    )
    assert shelves.write(MINE, change)
    _, [lasting, day] = shelves.read([Want(SHELF), Want(DAY)])
    assert lasting["polled"] == "today"
    assert "old" not in lasting
    assert day == {"marks": "[]", "told:1": "1", "told:2": "1"}
    assert outbox(shelves) == ["first", "second"]


def test_nothing_of_a_change_happens_without_the_lease(backend: Backend, shelves: Shelves) -> None:
    before = backend.peek()
    change = Change(
        put=[(Place(SHELF, "polled"), "today"), (Place(DAY, "marks"), "[]")],
        drop=[Place(SHELF, "lease:fills")],
        queue=[entry("1", "first")],
        queue_prefix="outbox:",
        release=True,
    )
    assert not shelves.write(MINE._replace(owner="you"), change)
    assert backend.peek() == before


def test_a_change_done_twice_is_the_same_as_once(backend: Backend, shelves: Shelves) -> None:
    change = Change(
        put=[(Place(SHELF, "polled"), "today")],
        drop=[Place(SHELF, "gone")],
        queue=[entry("1", "first"), entry("2", "second")],
        queue_prefix="outbox:",
    )

    def all_but_the_lease() -> dict[str, dict[str, str]]:
        return {
            shelf: {name: value for name, value in fields.items() if name != "lease:fills"}
            for shelf, fields in backend.peek().items()
        }

    assert shelves.write(MINE, change)
    once = all_but_the_lease()
    assert shelves.write(MINE, change)
    assert all_but_the_lease() == once


def test_what_was_queued_once_is_never_queued_again(shelves: Shelves) -> None:
    assert add(shelves, entry("1", "first"), entry("1", "the same"))
    assert add(shelves, entry("1", "again"), entry("2", "second"))
    assert outbox(shelves) == ["first", "second"]
    shelves.write(MINE, Change(drop=[Place(SHELF, "outbox:000000000001")]))
    assert add(shelves, entry("1", "again"))
    assert outbox(shelves) == ["second"]


def test_the_queue_keeps_its_order_over_hundreds(shelves: Shelves) -> None:
    for start in range(0, 240, 30):
        assert add(shelves, *(entry(str(n), str(n)) for n in range(start, start + 30)))
    assert outbox(shelves) == [str(number) for number in range(240)]


def test_an_emptied_queue_goes_on_counting(shelves: Shelves) -> None:
    assert add(shelves, entry("1", "first"))
    assert shelves.write(MINE, Change(drop=[Place(SHELF, "outbox:000000000001")]))
    assert add(shelves, entry("2", "second"))
    _, [fields] = shelves.read([Want(SHELF)])
    assert fields["outbox:000000000002"] == "second"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(texts, texts, max_size=4))
def test_any_text_comes_back_as_it_was(shelves: Shelves, found: dict[str, str]) -> None:
    shelf = "kis:{a}:any"
    _, [left] = shelves.read([Want(shelf)])
    change = Change(
        put=[(Place(shelf, name), value) for name, value in found.items()],
        drop=[Place(shelf, name) for name in left if name not in found],
    )
    assert shelves.write(MINE, change)
    _, [whole] = shelves.read([Want(shelf)])
    assert whole == found
    if found:
        _, [named] = shelves.read([Want(shelf, (*found, "absent"))])
        assert named == found


def test_swap_replaces_only_what_it_knows(shelves: Shelves) -> None:
    place = Place("kis:{k}", "token")
    assert shelves.swap(place, "", "one")
    assert not shelves.swap(place, "", "two")
    assert not shelves.swap(place, "zero", "two")
    assert shelves.swap(place, "one", "two")
    assert shelves.read([Want("kis:{k}", ("token",))])[1] == [{"token": "two"}]
    assert shelves.swap(place, "two", "")
    assert shelves.read([Want("kis:{k}", ("token",))])[1] == [{}]


def test_a_swap_done_twice_is_the_same_as_once(shelves: Shelves) -> None:
    place = Place("kis:{k}", "token")
    assert shelves.swap(place, "", "one")
    assert shelves.swap(place, "", "one")
    assert shelves.swap(place, "one", "")
    assert shelves.swap(place, "one", "")


def test_what_one_wrote_the_other_reads(shelves: Shelves, opened: Open) -> None:
    assert shelves.write(MINE, Change([(Place(SHELF, "polled"), "today")]))
    _, [fields] = opened().read([Want(SHELF, ("polled",))])
    assert fields == {"polled": "today"}


def test_processes_that_queue_the_same_add_each_text_once(
    backend: Backend, shelves: Shelves
) -> None:
    assert at_once(3, queue, backend.location, 25) == [25] * 3
    assert sorted(outbox(shelves)) == sorted(f"text {index}" for index in range(25))
