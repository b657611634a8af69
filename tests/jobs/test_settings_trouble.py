"""Trouble with keys and accounts is told once, by whichever run, and its end too; by process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator import Answer
from tests.world import World, make_world

#: Another account, which KIS refuses.
OTHER = {"KIS_ACCOUNT_NO": "87654321-01", "KIS_APP_KEY": "PSanotherKey"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with make_world(tmp_path, None) as made:
        yield made


def run(world: World, **extra: str) -> int:
    process = world.start("fills", **extra)
    process.communicate(timeout=60)
    world.next_minute()
    return process.returncode


def first_words(world: World) -> list[str]:
    return [content.split()[0] for content in world.contents]


def test_one_accounts_good_runs_do_not_end_the_trouble_of_another(world: World) -> None:
    """Both on one webhook and one store."""
    codes = [run(world, **OTHER), run(world), run(world, **OTHER), run(world)]
    assert codes == [2, 0, 2, 0]
    assert first_words(world) == ["❌"]


def test_a_recovery_that_was_not_taken_is_told_by_the_next_run(world: World) -> None:
    assert run(world, KIS_APP_SECRET="wrong") == 2
    world.discord.answer(Answer.status(503))
    assert run(world) == 1
    assert run(world) == 0
    assert run(world) == 0
    assert first_words(world) == ["❌", "✅"]


def test_news_of_trouble_that_was_not_taken_is_told_by_the_next_run(world: World) -> None:
    world.discord.answer(Answer.status(503))
    assert run(world, **OTHER) == 2
    assert run(world, **OTHER) == 2
    assert run(world, **OTHER) == 2
    assert first_words(world) == ["❌"]
