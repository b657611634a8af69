"""What a measured program meets: simulators, stores, and an environment without test settings."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.clock import Case
from bench.places import PYTHON, RUN
from tests.simulator import Kis
from tests.world import RedisServer, World, make_world

STORES = ("Redis", "SQLite")


@dataclass
class Scene:
    """A world on each store, with accounts and a KIS of their own."""

    folder: Path
    server: RedisServer
    worlds: dict[str, World] = field(default_factory=dict)

    def case(self, store: str, command: str, name: str, apart: float, **extra: str) -> Case:
        """`run.py COMMAND` on that store, at the moment the simulated KIS believes it is."""
        world = self.worlds[store]
        words = [str(PYTHON), str(RUN), command, "--at", world.kis.now.isoformat()]
        return Case(name, words, {**environment_of(world), **extra}, world.folder, apart)


@contextmanager
def make_scene(folder: Path) -> Iterator[Scene]:
    with ExitStack() as stack:
        server = RedisServer(new_folder(folder, "redis"))
        server.start()
        stack.callback(server.stop)
        scene = Scene(folder, server)
        for store in STORES:
            used = server if store == "Redis" else None
            world = stack.enter_context(make_world(new_folder(folder, f"run-{store}"), used))
            scene.worlds[store] = world
        yield scene


def new_folder(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def environment_of(world: World) -> dict[str, str]:
    """As a user would set it."""
    return {name: value for name, value in world.environment.items() if name != "PYTHONWARNINGS"}


def headers_of(kis: Kis) -> Mapping[str, str]:
    """The headers of a call to that KIS, with a token of its own."""
    return {
        "content-type": "application/json; charset=utf-8",
        "authorization": f"Bearer {kis.issue_token()}",
        "appkey": kis.app_key,
        "appsecret": kis.app_secret,
        "custtype": "P",
    }


def json_headers(kis: Kis, **more: str) -> str:
    return json.dumps({**headers_of(kis), **more})
