"""More than a hundred thousand bad bodies: an error or the truth, and never a false nothing."""

from __future__ import annotations

import pytest

from tests.reliability import fuzz

COUNTS = {
    "daily_orders": 20_000,
    "balance": 24_000,
    "daily_flows": 20_000,
    "flow_estimates": 20_000,
    "token": 20_000,
}


@pytest.mark.parametrize("name", COUNTS)
def test_a_bad_body_is_an_error_or_the_truth(name: str) -> None:
    done = fuzz.run(name, COUNTS[name], seed=20261123)
    assert done.tried == COUNTS[name]
    # Many injuries leave a body that is right as far as it is read; most do not.
    assert 0 < done.accepted < done.tried * 0.6


def test_they_are_more_than_a_hundred_thousand() -> None:
    assert sum(COUNTS.values()) > 100_000
