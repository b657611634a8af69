"""A world to run `run.py` in: a KIS, a Discord, a store, and the program as a process."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import redis

from tests.leaks import leaks, secrets_of
from tests.simulator import KST, Discord, Kis

ROOT = Path(__file__).resolve().parent.parent
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=KST)


@dataclass
class RedisServer:
    """A real redis-server, as the manifests set it up, on a port of its own."""

    folder: Path
    port: int = 0
    password: str = ""
    options: tuple[str, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "redis-server is missing: apt-get install redis-server"
        self.port = self.port or free_port()
        arguments = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        arguments += ["--appendonly", "yes", "--appendfsync", "always", "--dir", str(self.folder)]
        arguments += ["--maxmemory-policy", "noeviction", *self.options]
        if self.password:
            arguments += ["--requirepass", self.password]
        self.process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
        wait_for(lambda: _answers(self.client()))

    def stop(self) -> None:
        """Kill it, as a power cut would."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def client(self) -> "redis.Redis":
        return redis.Redis(
            port=self.port, password=self.password or None, decode_responses=True, protocol=2
        )

    @property
    def url(self) -> str:
        login = f":{self.password}@" if self.password else ""
        return f"redis://{login}127.0.0.1:{self.port}/0"


@dataclass(frozen=True)
class Run:
    """What a run of the program left: exit status, stdout, stderr, seconds."""

    code: int
    out: str
    err: str
    seconds: float


@dataclass
class World:
    """Everything the program meets. `environment` is all that it is started with."""

    kis: Kis
    discord: Discord
    folder: Path
    redis: RedisServer | None
    environment: dict[str, str] = field(default_factory=dict)
    #: What every run wrote; searched for secrets when the world ends.
    emitted: list[str] = field(default_factory=list)

    def run(self, *arguments: str, timeout: float = 120, **extra: str) -> Run:
        """Run `run.py` to its end, at the moment the simulated KIS believes it is."""
        begun = time.monotonic()
        process = self.start(*arguments, **extra)
        out, err = process.communicate(timeout=timeout)
        self.emitted += [out, err]
        return Run(process.returncode, out, err, time.monotonic() - begun)

    def start(self, *arguments: str, **extra: str) -> "subprocess.Popen[str]":
        """Start `run.py` without waiting; `extra` are more environment variables."""
        return subprocess.Popen(
            [sys.executable, str(ROOT / "run.py"), *arguments, "--at", self.kis.now.isoformat()],
            env={**self.environment, **extra},
            cwd=self.folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def later(self, **span: float) -> None:
        """Let time pass at KIS: `later(minutes=1)`."""
        self.kis.now += timedelta(**span)

    def next_minute(self) -> None:
        """A minute passes, for the pacing of calls too: the next run need not wait its turn."""
        self.later(minutes=1)
        self.kis.rest()
        self.forget("pace:")

    def forget(self, prefix: str) -> None:
        """Drop the fields of every shelf whose name begins so."""
        if self.redis:
            client = self.redis.client()
            for shelf, fields in self.memory().items():
                for name in fields:
                    if name.startswith(prefix):
                        client.hdel(shelf, name)
        elif (self.folder / "state.db").exists():
            with closing(sqlite3.connect(self.folder / "state.db")) as database, database:
                database.execute("DELETE FROM shelves WHERE field GLOB ?", (f"{prefix}*",))

    @property
    def contents(self) -> list[str]:
        """What people read, in order."""
        return [message.content for message in self.discord.messages]

    def memory(self) -> Mapping[str, Mapping[str, str]]:
        """All that the store holds: shelf -> field -> value."""
        if self.redis:
            client = self.redis.client()
            return {str(key): client.hgetall(key) for key in client.keys("*")}  # type: ignore[misc]
        shelves: dict[str, dict[str, str]] = {}
        with closing(sqlite3.connect(self.folder / "state.db")) as database:
            for shelf, name, value in database.execute("SELECT * FROM shelves"):
                shelves.setdefault(shelf, {})[name] = value
        return shelves


@contextmanager
def make_world(
    folder: Path, server: RedisServer | None, environment: str = "real", now: datetime = MONDAY
) -> Iterator[World]:
    """A world on `server`, or on a SQLite file in `folder`."""
    with ExitStack() as stack:
        kis = stack.enter_context(Kis(environment=environment, account="12345678-01", now=now))
        discord = stack.enter_context(Discord())
        world = World(kis, discord, folder, server)
        world.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONWARNINGS": "error",
            "KIS_ENV": environment,
            "KIS_BASE_URL": kis.url,
            "KIS_APP_KEY": kis.app_key,
            "KIS_APP_SECRET": kis.app_secret,
            "KIS_ACCOUNT_NO": kis.account,
            "DISCORD_WEBHOOK_URL": discord.webhook_url,
            **({"REDIS_URL": server.url} if server else {"STATE_FILE": str(folder / "state.db")}),
        }
        yield world
        posted = [json.dumps(one.payload, ensure_ascii=False) for one in discord.messages]
        found = leaks(secrets_of(kis, discord), [*world.emitted, *posted])
        assert not found, found


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(condition: "object", seconds: float = 10.0) -> None:
    """Wait until `condition()` is true; AssertionError when it never is."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def _answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
