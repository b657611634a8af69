"""What 3,000 orders cost between KIS's answer and the staged step; run by pyperf."""

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyperf

import kis.jobs.fills
from kis.core.calendar import SEOUL
from kis.core.fills import new_fills
from kis.core.messages import fill_messages
from kis.core.models import Filled, Order, OrderKey, Side
from kis.jobs.fills import announce_fills
from kis.jobs.frame import Parts, Result
from kis.store import KeyRing, Memory, open_shelves

COUNT = 3000
ROOM = 1940
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=SEOUL)
STORES = {
    "Redis": (os.environ["STAGE_REDIS"], Path()),
    "SQLite": ("", Path(os.environ["STAGE_FILE"])),
}


def order(number: int, quantity: int = 10) -> Order:
    return Order(
        key=OrderKey(NOW.date(), "06010", f"{100_000 + number:010}"),
        side=Side.BUY,
        symbol="005930",
        name="삼성전자",
        quantity=Decimal(10),
        filled=Filled(Decimal(quantity), Decimal(quantity * 72_000)),
        ordered_at=NOW - timedelta(seconds=COUNT - number),
        venue="KRX",
        market="KRX",
        currency="KRW",
    )


class Stopwatch:
    """The seconds spent in a function, which it calls as it is."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.seconds = 0.0

    def __call__(self, *arguments: Any) -> Any:
        begun = time.perf_counter()
        try:
            return self._function(*arguments)
        finally:
            self.seconds += time.perf_counter() - begun


class Poll:
    """A run's decision and its stage, on orders that KIS has already told."""

    def __init__(self, store: str) -> None:
        self._shelves = open_shelves(*STORES[store])
        self._account = f"bench-{os.urandom(8).hex()}"
        self._round = 0

    def time(self, orders: list[Order], known: list[Order]) -> float:
        """Seconds to find and stage what is new, `known` being all that was told before."""
        self._round += 1
        keyring = KeyRing(self._shelves, f"{self._account}-key")
        memory = Memory(self._shelves, f"{self._account}-{self._round}", keyring)
        if known:
            self._stage(memory, known)
        return self._stage(memory, orders)

    def _stage(self, memory: Memory, orders: list[Order]) -> float:
        opening = memory.begin("fills", 55, NOW.date())
        assert opening
        assert opening.lease
        parts = cast(
            Parts,
            SimpleNamespace(
                now=NOW,
                store=memory,
                market=SimpleNamespace(fetch_orders=lambda day: orders),
                channel=SimpleNamespace(room=ROOM),
            ),
        )
        TEXTS.seconds = 0.0
        begun = time.perf_counter()
        memory.stage(opening.lease, announce_fills(parts, opening, Result()))
        return time.perf_counter() - begun - TEXTS.seconds


#: Writing the messages is measured by itself.
TEXTS = Stopwatch(fill_messages)
vars(kis.jobs.fills)["fill_messages"] = TEXTS


def timed(store: str, *, new: int) -> Callable[[int], float]:
    """What pyperf calls: the sum of so many rounds."""
    orders = [order(number) for number in range(COUNT)]
    known = [order(number) for number in range(COUNT - new)]
    poll: list[Poll] = []

    def run(loops: int) -> float:
        poll.extend([] if poll else [Poll(store)])
        return sum(poll[0].time(orders, known) for _ in range(loops))

    return run


def rendered(loops: int) -> float:
    """The messages' texts alone, all fills being new."""
    fills = new_fills([order(number) for number in range(COUNT)], {}).fills
    begun = time.perf_counter()
    for _ in range(loops):
        fill_messages(fills, ROOM, {}, "")
    return time.perf_counter() - begun


def main() -> None:
    runner: Any = pyperf.Runner()
    runner.bench_time_func(f"the texts of the messages of {COUNT:,} new fills", rendered)
    for store in STORES:
        for new, words in ((1, "one of them new"), (COUNT, "all new")):
            name = f"diff and stage of {COUNT:,} orders, {words}, {store}"
            runner.bench_time_func(name, timed(store, new=new))


if __name__ == "__main__":
    main()
