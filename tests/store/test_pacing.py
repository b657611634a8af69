"""Slots for calls: one after another over all processes, on either store."""

import time
from itertools import pairwise

import pytest

from kis.store.shelves import Place, Shelves
from tests.store.conftest import Backend, Open
from tests.store.work import at_once, reserve

PACE = Place("kis:{k}", "pace:ledger")


def test_slots_are_an_interval_apart(shelves: Shelves, opened: Open) -> None:
    waits = [each.reserve(PACE, 3.0, 60) for each in (shelves, opened(), shelves)]
    assert waits == [0.0, pytest.approx(3.0, abs=1), pytest.approx(6.0, abs=1)]


def test_a_slot_too_far_away_is_not_taken(shelves: Shelves) -> None:
    assert shelves.reserve(PACE, 3.0, 60) == 0.0
    assert shelves.reserve(PACE, 3.0, 1.0) is None
    assert shelves.reserve(PACE, 3.0, 1.0) is None
    assert shelves.reserve(PACE, 3.0, 60) == pytest.approx(3.0, abs=1)


def test_after_a_rest_there_is_no_wait(shelves: Shelves) -> None:
    assert shelves.reserve(PACE, 0.05, 60) == 0.0
    time.sleep(0.1)
    assert shelves.reserve(PACE, 0.05, 60) == 0.0


def test_kinds_of_calls_and_keys_are_paced_apart(shelves: Shelves) -> None:
    assert shelves.reserve(PACE, 3.0, 60) == 0.0
    assert shelves.reserve(Place("kis:{k}", "pace:quote"), 3.0, 60) == 0.0
    assert shelves.reserve(Place("kis:{other}", "pace:ledger"), 3.0, 60) == 0.0


@pytest.mark.parametrize("noted", ["{0}", "{0} {0}"], ids=["of an older version", "of this one"])
def test_a_clock_set_back_does_not_block(backend: Backend, shelves: Shelves, noted: str) -> None:
    backend.poke(*PACE, noted.format(f"{time.time() + 60:.6f}"))
    assert shelves.reserve(PACE, 3.0, 60) == 0.0


def test_a_pace_of_hours_is_kept(shelves: Shelves) -> None:
    assert shelves.reserve(PACE, 7200.0, 60) == 0.0
    assert shelves.reserve(PACE, 7200.0, 60) is None
    assert shelves.reserve(PACE, 7200.0, 8000) == pytest.approx(7200.0, abs=1)


def test_processes_never_share_a_slot(backend: Backend) -> None:
    slots = sorted(slot for found in at_once(3, reserve, backend.location, 5.0) for slot in found)
    assert len(slots) == 30
    gaps = [later - earlier for earlier, later in pairwise(slots)]
    assert min(gaps) > 4
    assert slots[-1] - slots[0] < 30 * 5
