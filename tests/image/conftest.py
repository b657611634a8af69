"""One image for all tests here. Without a docker engine they fail; none is ever skipped."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.image import docker
from tests.simulator import Discord, Kis
from tests.world import MONDAY, RedisServer

#: Stands in for every secret that could lie about in a checkout.
CANARY = "canary-5f1d0c7e9a"

#: Where such things lie about.
STRAY_FILES = (".env", ".env.second", "state.db", "kis/.env", "kis/state.db", "kis/broker/key.txt")


@dataclass(frozen=True, slots=True)
class Outside:
    """The KIS and the Discord that a container talks to."""

    kis: Kis
    discord: Discord

    @property
    def environment(self) -> dict[str, str]:
        return {
            "KIS_BASE_URL": self.kis.url,
            "KIS_APP_KEY": self.kis.app_key,
            "KIS_APP_SECRET": self.kis.app_secret,
            "KIS_ACCOUNT_NO": self.kis.account,
            "DISCORD_WEBHOOK_URL": self.discord.webhook_url,
        }

    def buy(self) -> None:
        """A fill that the next run finds."""
        self.kis.market.order("buy").fill(10, 72000)


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Built from a checkout in which secrets lie about."""
    context = docker.copy_context(tmp_path_factory.mktemp("build"))
    for name in STRAY_FILES:
        (context / name).write_text(f"KIS_APP_SECRET={CANARY}\n")
    tag = "kis-discord-alert:image-test"
    done = docker.build(context, tag)
    assert done.returncode == 0, done.stdout + done.stderr
    return tag


@pytest.fixture
def outside() -> Iterator[Outside]:
    """A Monday at 09:30; `AT` tells the program so."""
    with Kis(now=MONDAY) as kis, Discord() as discord:
        yield Outside(kis, discord)


AT = ("--at", MONDAY.isoformat())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a container remembers: environment variables and docker options."""

    environment: dict[str, str]
    options: tuple[str, ...]


@pytest.fixture(params=["redis", "volume"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A Redis, or a volume at /data and no variable at all."""
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis_server")
        server.client().flushall()
        yield Place({"REDIS_URL": server.url}, ())
    else:
        with docker.volume() as name:
            yield Place({}, ("--volume", f"{name}:/data"))


@pytest.fixture
def context(tmp_path: Path) -> Path:
    """A build context that a test may break."""
    return docker.copy_context(tmp_path)
