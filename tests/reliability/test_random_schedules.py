"""Five hundred random schedules, always the same ones; `make soak` plays others for longer."""

from __future__ import annotations

import pytest

from tests.reliability.runs import Launcher
from tests.reliability.soak import Lanes

SCHEDULES = 504
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_repeated_unmarked_or_out_of_order(part: int, launcher: Launcher) -> None:
    share = SCHEDULES // PARTS
    lanes = Lanes(iter(range(part * share, (part + 1) * share)), launcher)
    lanes.play(6)
    assert lanes.problems == []
    assert lanes.schedules == share
    assert lanes.runs >= share * 3
