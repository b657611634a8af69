"""What a process of its own does with KIS."""

import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

from kis.broker.client import Client
from kis.deadline import Deadline
from kis.store import KeyRing
from kis.store.sqlite import SqliteShelves
from tests.broker.conftest import APP


def token(
    moment: float, number: int, url: str, keys: tuple[str, str], now: datetime, path: Path
) -> str:
    """The token this process ends up with."""
    with closing(SqliteShelves(path)) as shelves:
        client = Client(url, *keys, KeyRing(shelves, APP), Deadline(20), now, 15)
        time.sleep(max(0.0, moment - time.time()))
        return client.token().value
