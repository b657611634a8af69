"""The store from outside: unusable, unreachable, new, and what stands in it."""

import hashlib
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.end_to_end.steps import bought, lines, run
from tests.world import RedisServer, World, free_port


def three_seconds(world: World) -> float:
    """Three, and what a busy machine needs beyond half a second to start Python at all."""
    return 3 + max(0.0, run(world, "--version").seconds - 0.5) * 2


@pytest.mark.parametrize("place", ["folder", "file/state.db"])
def test_an_unwritable_state_file_is_exit_2_and_named(quick_world: World, place: str) -> None:
    (quick_world.folder / "folder").mkdir()
    (quick_world.folder / "file").write_text("in the way")
    bought(quick_world)
    path = str(quick_world.folder / place)
    result = run(quick_world, "fills", code=2, STATE_FILE=path)
    assert path in result.err
    assert quick_world.contents == []


def test_a_broken_state_file_is_exit_2_and_named_and_its_content_kept(quick_world: World) -> None:
    path = quick_world.folder / "broken.db"
    content = b"this is no database" * 100
    path.write_bytes(content)
    bought(quick_world)
    assert str(path) in run(quick_world, "fills", code=2, STATE_FILE=str(path)).err
    assert content in [each.read_bytes() for each in quick_world.folder.glob("broken.db*")]
    assert quick_world.contents == []


@pytest.mark.parametrize("command", ["fills", "report", "start"])
def test_an_unreachable_redis_is_exit_1_within_three_seconds(
    quick_world: World, command: str
) -> None:
    bought(quick_world)
    result = run(quick_world, command, code=1, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert result.seconds < three_seconds(quick_world)
    assert "Redis" in result.err
    assert quick_world.discord.attempts == []


def test_a_redis_that_never_answers_is_exit_1_within_three_seconds(quick_world: World) -> None:
    bought(quick_world)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        result = run(quick_world, "fills", code=1, REDIS_URL=url)
    assert result.seconds < three_seconds(quick_world)
    assert quick_world.discord.attempts == []


def test_a_redis_behind_a_wall_is_exit_1_within_three_seconds(quick_world: World) -> None:
    """Packets to it are dropped: connecting neither succeeds nor fails."""
    bought(quick_world)
    with socket.socket() as full, ExitStack() as stack:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        url = f"redis://127.0.0.1:{full.getsockname()[1]}/0"
        result = run(quick_world, "fills", code=1, REDIS_URL=url)
    assert 1 < result.seconds < three_seconds(quick_world)
    assert quick_world.discord.attempts == []


def test_redis_down_loses_nothing(tmp_path: Path, quick_world: World) -> None:
    """A fill of the time it was away is announced when it is back, and once."""
    server = RedisServer(tmp_path)
    server.start()
    try:
        run(quick_world, "fills", REDIS_URL=server.url)
        server.stop()
        bought(quick_world)
        quick_world.next_minute()
        run(quick_world, "fills", code=1, REDIS_URL=server.url)
        assert quick_world.contents == []
        server.start()
        for _ in range(2):
            quick_world.kis.rest()
            run(quick_world, "fills", REDIS_URL=server.url)
        [message] = quick_world.contents
        assert "최초 실행" not in message
    finally:
        server.stop()


def test_a_new_state_file_is_said_in_the_log_and_an_old_one_not(quick_world: World) -> None:
    first = run(quick_world, "start").err
    assert any("상태 파일" in line and "최초 실행" in line for line in lines(first))
    assert len(lines(run(quick_world, "stop").err)) == 1


def test_state_keys_hold_a_hash_of_the_account(world: World) -> None:
    bought(world)
    run(world, "fills")
    shelves = world.memory()
    text = "\n".join((*shelves, *(name for fields in shelves.values() for name in fields)))
    number = world.kis.account.partition("-")[0]
    for secret in (number, world.kis.account, world.kis.app_key, world.discord.webhook_url):
        assert secret not in text


def test_reading_the_store_does_not_give_a_token(world: World) -> None:
    """Nor any other secret, in the clear or as a plain hash of it that could be looked up."""
    bought(world)
    run(world, "fills")
    token = world.kis.issue_token()
    values = "\n".join(value for fields in world.memory().values() for value in fields.values())
    for secret in (token, world.kis.app_secret, world.kis.app_key, world.kis.account):
        assert secret not in values
        assert hashlib.sha256(secret.encode()).hexdigest()[:16] not in values


def test_a_memory_lost_in_the_day_is_a_first_run_again(world: World) -> None:
    """Today's fills once more, each with the note; nothing older."""
    bought(world)
    run(world, "fills")
    world.forget("")
    world.next_minute()
    run(world, "fills")
    assert ["최초 실행" in content for content in world.contents] == [True, True]
