"""A simulated KIS and clients of it, each with a store connection of its own, as in a process."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from kis.broker.client import Client
from kis.broker.domestic import DomesticMarket
from kis.broker.wire import Envelope
from kis.deadline import Deadline
from kis.store import KeyRing
from kis.store.sqlite import SqliteShelves
from tests.simulator import Kis
from tests.world import MONDAY

APP = "f" * 24
TRADING = "/uapi/domestic-stock/v1/trading"
ORDERS = "inquire-daily-ccld"
QUERY = {
    "CANO": "12345678",
    "ACNT_PRDT_CD": "01",
    "INQR_STRT_DT": "20261123",
    "INQR_END_DT": "20261123",
    "SLL_BUY_DVSN_CD": "00",
    "PDNO": "",
    "CCLD_DVSN": "00",
    "INQR_DVSN": "01",
    "INQR_DVSN_1": "",
    "INQR_DVSN_3": "00",
    "ORD_GNO_BRNO": "",
    "ODNO": "",
    "EXCG_ID_DVSN_CD": "ALL",
}


@dataclass
class Desk:
    """Makes clients of one KIS; every one shares the file with the others, and nothing else."""

    kis: Kis
    folder: Path
    stack: ExitStack = field(default_factory=ExitStack)

    def keyring(self) -> KeyRing:
        shelves = SqliteShelves(self.folder / "state.db")
        self.stack.callback(shelves.close)
        return KeyRing(shelves, APP)

    def client(
        self,
        *,
        seconds: float = 30,
        now: datetime | None = None,
        url: str = "",
        rate: float = 1000,
        secret: str = "",
        keyring: KeyRing | None = None,
    ) -> Client:
        return Client(
            url or self.kis.url,
            self.kis.app_key,
            secret or self.kis.app_secret,
            keyring or self.keyring(),
            Deadline(seconds),
            now or self.kis.now,
            rate,
            is_paper=self.kis.environment == "paper",
        )

    def market(self, *, seconds: float = 30, now: datetime | None = None) -> DomesticMarket:
        keyring = self.keyring()
        client = self.client(seconds=seconds, now=now, keyring=keyring)
        number, product_code = self.kis.account.split("-")
        is_paper = self.kis.environment == "paper"
        return DomesticMarket(client, keyring, number, product_code, is_paper=is_paper)

    def asked(self, endpoint: str) -> int:
        return len(self.kis.calls_to(endpoint))


def ask(client: Client) -> Envelope:
    """One page of orders, without the ledger's pace: the simulated limits are off."""
    return client.get("quote", f"{TRADING}/{ORDERS}", "TTTC0081R", {**QUERY, **FIRST_PAGE})


def ask_all(client: Client) -> list[Envelope]:
    return client.pages("quote", f"{TRADING}/{ORDERS}", "TTTC0081R", QUERY, lambda page: page)


FIRST_PAGE = {"CTX_AREA_FK100": "", "CTX_AREA_NK100": ""}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Kis("real", now=MONDAY) as kis:
        kis.limits = False
        made = Desk(kis, tmp_path)
        with made.stack:
            yield made


@pytest.fixture
def paper_desk(tmp_path: Path) -> Iterator[Desk]:
    with Kis("paper", now=MONDAY) as kis:
        kis.limits = False
        made = Desk(kis, tmp_path)
        with made.stack:
            yield made
