"""What processes of their own do to a store, all at the same moment."""

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from kis.store import open_shelves
from kis.store.shelves import Change, Claim, Entry, Place

R = TypeVar("R")
Location = tuple[str, Path]


def at_once(count: int, work: Callable[..., R], *arguments: object) -> list[R]:
    """`work(moment, number, *arguments)` in `count` processes; `moment` is when to begin."""
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        list(pool.map(time.sleep, [0.3] * count))  # All of them are up.
        moment = time.time() + 0.2
        return [
            future.result()
            for future in [pool.submit(work, moment, number, *arguments) for number in range(count)]
        ]


def wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.time()))


def claim(moment: float, number: int, location: Location, rounds: int) -> list[bool]:
    """Which of several leases this process got."""
    with closing(open_shelves(*location)) as shelves:
        taken = []
        for turn in range(rounds):
            wait_until(moment + turn * 0.02)
            taken.append(shelves.read([], Claim("kis:{a}", f"run{turn}", f"p{number}", 30))[0])
        return taken


def reserve(moment: float, number: int, location: Location, interval: float) -> list[float]:
    """The moments of ten slots."""
    with closing(open_shelves(*location)) as shelves:
        slots = []
        for _ in range(10):
            wait_until(moment)
            wait = shelves.reserve(Place("kis:{k}", "pace:ledger"), interval, 3600)
            assert wait is not None
            slots.append(time.time() + wait)
        return slots


def queue(moment: float, number: int, location: Location, texts: int) -> int:
    """Queues texts, every process the same ones, each under a lease of its own."""
    with closing(open_shelves(*location)) as shelves:
        mine = Claim("kis:{a}", f"writer{number}", f"p{number}", 30)
        assert shelves.read([], mine)[0]
        wait_until(moment)
        for index in range(texts):
            entry = Entry(Place("kis:{a}:day:2026-11-23", f"told:{index}"), "1", f"text {index}")
            assert shelves.write(mine, Change(queue=[entry], queue_prefix="outbox:"))
        return texts


def open_new(moment: float, number: int, folder: Path, files: int) -> int:
    """Opens files that nobody has opened before, all processes the same one at once."""
    for index in range(files):
        wait_until(moment + index * 0.02)
        with closing(open_shelves("", folder / f"{index}.db")) as shelves:
            assert shelves.read([], Claim("kis:{a}", f"run{number}", "p", 1))[0]
    return files
