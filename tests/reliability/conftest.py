"""One launcher for all tests of a worker."""

from collections.abc import Iterator

import pytest

from tests.reliability.runs import Launcher


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    with Launcher() as made:
        yield made
