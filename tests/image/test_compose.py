"""`docker compose up -d`: the whole single-machine set-up, with a simulated outside."""

import secrets
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.image import docker
from tests.image.conftest import AT
from tests.image.docker import Compose
from tests.simulator import Discord, Kis
from tests.world import MONDAY, wait_for

#: In the bot's own network, where plain http is to this machine; so the ports are free.
KIS_PORT, DISCORD_PORT = 18080, 18081

TEST_YAML = """
services:
  bot:
    image: {image}
    volumes:
      - {root}/tests:/simulator/tests:ro
      - ./crontab:/app/crontab:ro
"""

CRONTAB = f"""CRON_TZ=Asia/Seoul
TZ=Asia/Seoul
* * * * * * * timeout -k 3 55 python /app/run.py fills {" ".join(AT)}
"""


@pytest.fixture(scope="module")
def compose(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compose]:
    """The project's own compose.yaml, up, on the image under test and a timetable of seconds.

    Its settings are in a file of another name, as a second account's are.
    """
    folder = tmp_path_factory.mktemp("compose")
    shutil.copy(docker.ROOT / "compose.yaml", folder)
    (folder / "test.yaml").write_text(TEST_YAML.format(image=image, root=docker.ROOT))
    (folder / "crontab").write_text(CRONTAB)
    (folder / ".env.second").write_text(env_file())
    project = Compose(f"kda{secrets.token_hex(4)}", folder, {"ENV_FILE": ".env.second"})
    try:
        project("up", "--detach", "--no-build")
        yield project
    finally:
        project("down", "--volumes", "--timeout", "5", check=False)


def env_file() -> str:
    """Also what breaks when it wins: an empty Redis, a path that is nowhere to be written."""
    with Kis() as kis, Discord() as discord:
        webhook = urlsplit(discord.webhook_url).path
        settings = {
            "KIS_BASE_URL": f"http://127.0.0.1:{KIS_PORT}",
            "KIS_APP_KEY": kis.app_key,
            "KIS_APP_SECRET": kis.app_secret,
            "KIS_ACCOUNT_NO": kis.account,
            "DISCORD_WEBHOOK_URL": f"http://127.0.0.1:{DISCORD_PORT}{webhook}",
            "REDIS_URL": "",
            "STATE_FILE": "/nowhere/state.db",
        }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def simulate(compose: Compose) -> None:
    """A KIS with a sample market and a Discord inside the bot's container."""
    command = (
        f"exec python -m tests.simulator --now {MONDAY.isoformat()} --port {KIS_PORT}"
        f" --discord-port {DISCORD_PORT} >/tmp/simulator.log 2>&1"
    )
    bot = compose.container("bot").name
    docker.docker(
        *("exec", "--detach", "--env", "PYTHONPATH=/app:/simulator", bot, "sh", "-c", command)
    )


def posted(compose: Compose) -> str:
    return compose.container("bot").execute("cat", "/tmp/simulator.log").stdout


def good_runs(compose: Compose) -> int:
    return compose.container("bot").logs().count("INFO fills outcome=ok")


def test_no_port_is_open_to_the_outside_and_privileges_are_gone(compose: Compose) -> None:
    for service in ("bot", "redis"):
        found = docker.inspect("container", compose.container(service).name)
        assert not any((found["NetworkSettings"]["Ports"] or {}).values()), service
        host = found["HostConfig"]
        assert host["ReadonlyRootfs"] is True
        assert host["CapDrop"] == ["ALL"]
        assert host["RestartPolicy"]["Name"] == "unless-stopped"
    for service, user in (("bot", "10001"), ("redis", "999")):
        assert compose.container(service).execute("id", "-u").stdout.strip() == user


def test_redis_runs_as_the_file_says(compose: Compose) -> None:
    redis = compose.container("redis")
    for name, value in (("appendfsync", "always"), ("maxmemory-policy", "noeviction")):
        answer = redis.execute("redis-cli", "config", "get", name).stdout
        assert answer.split() == [name, value]


def test_stopping_waits_for_the_longest_job(compose: Compose) -> None:
    bot = docker.inspect("container", compose.container("bot").name)
    assert bot["Config"]["StopTimeout"] == 190


def test_up_is_all_it_takes_and_a_killed_redis_has_forgotten_nothing(compose: Compose) -> None:
    simulate(compose)
    wait_for(lambda: "[매수 체결 알림]" in posted(compose), 120)
    redis = compose.container("redis")
    assert redis.execute("redis-cli", "--raw", "keys", "kis:*").stdout.strip()

    docker.docker("kill", redis.name)
    compose("up", "--detach", "--no-build", "--force-recreate", "--timeout", "10")
    simulate(compose)
    wait_for(lambda: good_runs(compose) >= 2, 120)
    assert "message" not in posted(compose)
