"""Real parts of a run on either store, with a simulated KIS and Discord at their far ends."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from kis.broker.client import Client
from kis.broker.domestic import DomesticMarket
from kis.channels.discord import Discord as Webhook
from kis.core.identity import fingerprint
from kis.core.models import Message
from kis.deadline import Deadline
from kis.jobs.delivery import Delivery, deliver
from kis.jobs.frame import Job, Options, Parts, Result, run
from kis.ports import Step
from kis.store import KeyRing, Memory, Shelves, open_shelves
from tests.simulator import Discord, Kis
from tests.world import MONDAY, RedisServer

ACCOUNT, APP = "a" * 24, "b" * 24
SHELF = "kis:{" + ACCOUNT + "}"


@dataclass
class Office:
    """One account; every `memory`, `deliver` and `run` is a run of its own."""

    kis: Kis
    discord: Discord
    folder: Path
    server: RedisServer | None
    stack: ExitStack = field(default_factory=ExitStack)

    def shelves(self) -> Shelves:
        shelves = open_shelves(self.server.url if self.server else "", self.folder / "state.db")
        self.stack.callback(shelves.close)
        return shelves

    def memory(self) -> Memory:
        shelves = self.shelves()
        return Memory(shelves, ACCOUNT, KeyRing(shelves, APP), settings="c" * 24)

    def stage(self, *texts: str) -> None:
        """Messages wait for their delivery."""
        memory = self.memory()
        opening = memory.begin("fills", 30, MONDAY.date())
        assert opening
        assert opening.lease
        messages = [Message(text, text, detail="detail") for text in texts]
        memory.stage(opening.lease, Step(MONDAY.date(), messages))
        memory.finish(opening.lease, good=True)

    def deliver(self, seconds: float = 10, *, spent: float = 0.0) -> Delivery:
        """What a run does that has so many seconds, some of them over already."""
        channel = Webhook(self.discord.webhook_url)
        deadline = Deadline(seconds)
        time.sleep(spent)
        return deliver(self.memory(), channel, deadline, 1)

    def run(self, job: Job, *, force: bool = False) -> Result:
        """One run of a job, a minute after the last and with nothing to wait for."""
        self.kis.now += timedelta(minutes=1)
        self.forget("pace:")
        shelves = self.shelves()
        keyring = KeyRing(shelves, APP)
        keys = self.kis.app_key, self.kis.app_secret
        deadline = Deadline(20)
        client = Client(self.kis.url, *keys, keyring, deadline, self.kis.now, 20)
        number, product_code = self.kis.account.split("-")
        parts = Parts(
            store=Memory(shelves, ACCOUNT, keyring, settings=fingerprint("settings")),
            market=DomesticMarket(client, keyring, number, product_code, is_paper=False),
            channel=Webhook(self.discord.webhook_url),
            deadline=deadline,
            now=self.kis.now,
            account_kind="실전 계좌",
            lease_seconds=25,
        )
        result = Result()
        run(job, parts, Options(force=force), result)
        return result

    def forget(self, prefix: str) -> None:
        """Drops fields by the beginning of their name."""
        if self.server:
            with self.server.client() as client:
                for key in client.keys("*"):
                    for name in client.hkeys(key):
                        if name.startswith(prefix):
                            client.hdel(key, name)
        elif (self.folder / "state.db").exists():
            with closing(sqlite3.connect(self.folder / "state.db")) as database, database:
                database.execute("DELETE FROM shelves WHERE field GLOB ?", (f"{prefix}*",))

    @property
    def contents(self) -> list[str]:
        return self.discord.contents


@pytest.fixture
def office(server: RedisServer | None, tmp_path: Path) -> Iterator[Office]:
    with Kis("real", now=MONDAY) as kis, Discord() as discord:
        kis.limits = False
        made = Office(kis, discord, tmp_path, server)
        with made.stack:
            yield made
