"""A real and a paper KIS without rate limits, and a Discord, fresh for each test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.simulator import KST, Discord, Kis
from tests.simulator_test.asking import Asker

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=KST)


@pytest.fixture
def kis() -> Iterator[Kis]:
    """A real account on a Monday at 09:30."""
    with Kis("real", now=MONDAY) as server:
        server.limits = False
        yield server


@pytest.fixture
def paper() -> Iterator[Kis]:
    """The same on paper."""
    with Kis("paper", now=MONDAY) as server:
        server.limits = False
        yield server


@pytest.fixture
def ask(kis: Kis) -> Asker:
    """A client of the real account."""
    return Asker(kis)


@pytest.fixture
def ask_paper(paper: Kis) -> Asker:
    """A client of the paper account."""
    return Asker(paper)


@pytest.fixture
def discord() -> Iterator[Discord]:
    """A Discord without limits."""
    with Discord() as server:
        yield server
