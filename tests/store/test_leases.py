"""Leases: one owner at a time, until given back or run out, on either store."""

import time

import pytest

from kis.store.shelves import Change, Claim, Place, Shelves, Want
from tests.store.conftest import Backend, Open
from tests.store.work import at_once, claim

SHELF = "kis:{a}"
MINE, YOURS = Claim(SHELF, "fills", "me", 30), Claim(SHELF, "fills", "you", 30)
NOTE_SHELF = Want(SHELF)
NOTE = Change([(Place(SHELF, "note"), "written")])


def holds(shelves: Shelves, wanted: Claim) -> bool:
    taken, _ = shelves.read([], wanted)
    return taken


def test_a_held_lease_is_refused_to_others_and_renewed_to_its_owner(opened: Open) -> None:
    one, other = opened(), opened()
    assert holds(one, MINE)
    assert not holds(other, YOURS)
    assert holds(one, MINE)
    assert not holds(other, YOURS)


def test_a_lease_given_back_is_free_at_once(shelves: Shelves) -> None:
    assert holds(shelves, MINE)
    assert shelves.write(MINE, Change(release=True))
    assert holds(shelves, YOURS)


def test_leases_of_other_names_and_shelves_are_apart(shelves: Shelves) -> None:
    assert holds(shelves, MINE)
    assert holds(shelves, YOURS._replace(name="report"))
    assert holds(shelves, YOURS._replace(shelf="kis:{b}"))


def test_a_lease_runs_out_and_its_owner_writes_nothing_more(shelves: Shelves) -> None:
    assert holds(shelves, MINE._replace(seconds=0.05))
    time.sleep(0.1)
    assert holds(shelves, YOURS)
    assert not shelves.write(MINE, NOTE)
    assert "note" not in shelves.read([NOTE_SHELF])[1][0]


def test_a_lease_that_ran_out_is_lost_even_if_nobody_else_took_it(shelves: Shelves) -> None:
    assert holds(shelves, MINE._replace(seconds=0.05))
    time.sleep(0.1)
    assert not shelves.write(MINE, NOTE)


def test_a_write_renews_the_lease(shelves: Shelves) -> None:
    assert holds(shelves, MINE._replace(seconds=0.6))
    assert shelves.write(MINE, NOTE)
    time.sleep(0.7)
    assert not holds(shelves, YOURS)


def test_a_write_without_a_lease_is_refused(shelves: Shelves) -> None:
    assert not shelves.write(MINE, NOTE)
    assert holds(shelves, YOURS)
    assert not shelves.write(MINE, NOTE)


def test_reading_needs_no_lease(shelves: Shelves) -> None:
    assert holds(shelves, YOURS)
    assert shelves.write(YOURS, NOTE)
    taken, [fields] = shelves.read([NOTE_SHELF])
    assert taken
    assert fields["note"] == "written"


def test_giving_back_twice_is_harmless(shelves: Shelves) -> None:
    assert holds(shelves, MINE)
    given_back = Change([(Place(SHELF, "note"), "last")], release=True)
    assert shelves.write(MINE, given_back)
    assert shelves.write(MINE, given_back)
    assert holds(shelves, YOURS)
    assert not shelves.write(MINE, given_back)
    assert not holds(shelves, MINE)


@pytest.mark.parametrize(("ahead", "is_free"), [(100, True), (6, True), (2, False), (-29, False)])
def test_a_lease_from_the_future_was_taken_before_the_clock_was_set_back(
    backend: Backend, shelves: Shelves, ahead: float, is_free: bool
) -> None:
    backend.poke(SHELF, "lease:fills", f"{time.time() + ahead:.3f} 30.000 you")
    assert holds(shelves, MINE) == is_free


def test_a_read_returns_what_it_found_even_when_the_lease_is_refused(shelves: Shelves) -> None:
    assert holds(shelves, YOURS)
    assert shelves.write(YOURS, NOTE)
    taken, [fields] = shelves.read([NOTE_SHELF], MINE)
    assert not taken
    assert fields["note"] == "written"


def test_of_many_processes_exactly_one_gets_a_lease(backend: Backend) -> None:
    taken = at_once(4, claim, backend.location, 20)
    assert [sum(turn) for turn in zip(*taken, strict=True)] == [1] * 20
