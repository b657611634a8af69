"""`docker run IMAGE COMMAND`: one run, then the container is gone."""

import time
from pathlib import Path

import pytest

from tests.image import docker
from tests.image.conftest import AT, Outside, Place
from tests.simulator import Answer
from tests.world import wait_for


def test_fills_are_posted_once_though_every_run_is_a_new_container(
    image: str, outside: Outside, place: Place
) -> None:
    outside.buy()
    environment = outside.environment | place.environment
    for _ in range(2):
        done = docker.run(*(image, "fills", *AT), environment=environment, options=place.options)
        assert done.returncode == 0, done.stderr
    (content,) = outside.discord.contents
    assert content.startswith("[매수 체결 알림]\n종목명: 삼성전자\n수량: 10주\n단가: 72,000원")


def test_report_is_posted(image: str, outside: Outside, place: Place) -> None:
    outside.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    done = docker.run(
        *(image, "report", *AT),
        environment=outside.environment | place.environment,
        options=place.options,
    )
    assert done.returncode == 0, done.stderr
    (content,) = outside.discord.contents
    assert content.startswith("📊 [보유 종목 수익률 + 수급 요약 보고]\n📌 삼성전자")


def test_check_finds_everything_in_order_and_posts_nothing(
    image: str, outside: Outside, place: Place
) -> None:
    done = docker.run(
        *(image, "check", *AT),
        environment=outside.environment | place.environment,
        options=place.options,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert outside.discord.contents == []


@pytest.mark.parametrize("command", ["fill", "sh", "--help-me"])
def test_unknown_command_exits_2(image: str, command: str) -> None:
    assert docker.run(image, command).returncode == 2


def test_missing_settings_exit_2_with_three_lines_at_most(image: str) -> None:
    done = docker.run(image, "fills")
    assert done.returncode == 2
    assert 1 <= len(done.stderr.splitlines()) <= 3


def test_settings_can_be_files_as_orchestrators_mount_them(
    image: str, outside: Outside, place: Place, tmp_path: Path
) -> None:
    secret = tmp_path / "webhook"
    secret.write_text(outside.discord.webhook_url + "\n")
    secret.chmod(0o444)
    environment = outside.environment | place.environment
    del environment["DISCORD_WEBHOOK_URL"]
    environment["DISCORD_WEBHOOK_URL_FILE"] = "/run/secrets/webhook"
    done = docker.run(
        *(image, "start", *AT),
        environment=environment,
        options=(*place.options, "--volume", f"{secret}:/run/secrets/webhook:ro"),
    )
    assert done.returncode == 0, done.stderr
    assert len(outside.discord.contents) == 1


def test_an_env_file_with_empty_lines_keeps_the_state_on_the_volume(
    image: str, outside: Outside, tmp_path: Path
) -> None:
    """A .env is the filled-in .env.example: most of its lines stay empty."""
    lines = (docker.ROOT / ".env.example").read_text().splitlines(keepends=True)
    mine = "".join(f"{name}={value}\n" for name, value in outside.environment.items())
    (tmp_path / ".env").write_text("".join(line for line in lines if "=\n" in line) + mine)
    outside.buy()
    with docker.volume() as state:
        options = ("--volume", f"{state}:/data", "--env-file", str(tmp_path / ".env"))
        for _ in range(2):
            done = docker.run(image, "fills", *AT, options=options)
            assert done.returncode == 0, done.stderr
    assert len(outside.discord.contents) == 1


def test_an_idle_run_needs_no_place_to_write_but_the_volume(
    image: str, outside: Outside, place: Place
) -> None:
    """HARDENED has no /tmp to write to."""
    done = docker.run(
        *(image, "fills", *AT),
        environment=outside.environment | place.environment,
        options=place.options,
    )
    assert done.returncode == 0, done.stderr
    assert outside.discord.contents == []


def test_a_stopped_run_sees_the_message_in_flight_through(
    image: str, outside: Outside, place: Place
) -> None:
    """SIGTERM to a python that is process 1; the rest waits, unmarked, for the next run."""
    outside.buy()
    outside.buy()
    environment = outside.environment | place.environment
    outside.discord.answer(Answer.slow(3))
    with docker.started(
        *(image, "fills", *AT), environment=environment, options=place.options
    ) as container:
        wait_for(lambda: outside.discord.messages, 30)
        assert container.stop(20) < 10
        assert container.state()["ExitCode"] == 1
    assert len(outside.discord.contents) == 1
    begun = time.monotonic()
    done = docker.run(*(image, "fills", *AT), environment=environment, options=place.options)
    assert time.monotonic() - begun < 12  # The channel was given back: its lease is 20 s.
    assert done.returncode == 0, done.stderr
    assert len(outside.discord.contents) == 2
    assert not any("재전송" in content for content in outside.discord.contents)


def test_a_run_stopped_while_it_asks_leaves_the_fills_to_the_next(
    image: str, outside: Outside, place: Place
) -> None:
    outside.buy()
    outside.kis.latency = 2.0
    environment = outside.environment | place.environment
    with docker.started(
        *(image, "fills", *AT), environment=environment, options=place.options
    ) as container:
        wait_for(lambda: outside.kis.calls, 30)
        assert container.stop(20) < 10
        assert container.state()["ExitCode"] == 1
    assert outside.discord.contents == []
    outside.kis.latency = 0.0
    time.sleep(0.1)
    docker.run(*(image, "fills", *AT), environment=environment, options=place.options)
    assert len(outside.discord.contents) == 1
