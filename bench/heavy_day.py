"""A day of 1,000 and of 3,000 orders: pages at the ledger's pace, memory, diff and stage."""

import json
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.clock import Case, Sample
from bench.counting import RoundTrips
from bench.places import BENCH, OTHER_PYTHON, ROOT
from bench.results import MEBIBYTE, Section, Spread, spread
from bench.scene import STORES, make_scene, new_folder
from tests.world import RedisServer, World

COUNTS = (1000, 3000)
PAGE = 100
#: Ledger calls are at least so far apart.
LEDGER_INTERVAL = 1.1
#: Bytes of an order.
ORDER_LIMIT = 2048
HEAD = ["store", "orders", "KIS calls", "floor, s", "wall, s", "wall x floor", "peak, MiB"]


@dataclass
class Day:
    """One account's day: its world, its runs, and the first of them, which tells all."""

    store: str
    orders: int
    world: World
    server: RedisServer
    case: Case
    first: Sample
    calls: int = 0

    @property
    def floor(self) -> float:
        return self.orders / PAGE * LEDGER_INTERVAL


def measure(folder: Path, repeats: int) -> Section:
    section = Section(
        "A heavy day",
        [
            "Every order is filled, and told already. The floor is KIS's ledger limit: a page of"
            f" {PAGE} orders every {LEDGER_INTERVAL} s. Such runs wait nearly all the time, so"
            f" those of all sizes and stores go on at once; {repeats} rounds.",
        ],
        HEAD,
    )
    with ExitStack() as stack, ThreadPoolExecutor(len(COUNTS) * len(STORES)) as pool:
        scenes = [stack.enter_context(make_scene(new_folder(folder, str(n)))) for n in COUNTS]
        pairs = [(n, s, store) for n, s in zip(COUNTS, scenes, strict=True) for store in STORES]
        days = list(
            pool.map(
                lambda pair: _first_run(
                    pair[0],
                    pair[2],
                    pair[1].worlds[pair[2]],
                    pair[1].server,
                    pair[1].case(pair[2], "fills", "", LEDGER_INTERVAL),
                ),
                pairs,
            )
        )
        for _ in range(repeats):
            list(pool.map(_run, days))
        for day in days:
            _show(section, day)
        _memory(section, days)
        _round_trips(section, days)
        _diff_and_stage(section, folder, days[0].server, repeats)
    return section


def _first_run(orders: int, store: str, world: World, server: RedisServer, case: Case) -> Day:
    """All fills are new: told in as few messages as fit."""
    for _ in range(orders):
        world.kis.market.order("buy").fill(10, 72000)
    default = case.environment
    case.environment = {**default, "RUN_TIMEOUT": "300"}
    first = case.run()
    case.environment = default
    case.samples.clear()
    return Day(store, orders, world, server, case, first)


def _run(day: Day) -> None:
    before = len(day.world.kis.calls)
    day.case.run()
    day.calls = len(day.world.kis.calls) - before


def _show(section: Section, day: Day) -> None:
    walls = Spread.of([sample.wall / day.floor for sample in day.case.samples])
    name = f"{day.orders:,} orders, {day.store}"
    section.rows.append(
        [
            day.store,
            f"{day.orders:,}",
            str(day.calls),
            f"{day.floor:.1f}",
            spread(day.case.samples, "wall").show(1),
            walls.show(),
            spread(day.case.samples, "peak").show(1, 1 / MEBIBYTE),
        ]
    )
    pages = day.orders // PAGE
    section.goal(f"{name}: KIS calls", f"{pages} (pages)", str(day.calls), day.calls == pages)
    section.goal(f"{name}: wall", "≤ 1.1 x floor", walls.show(), walls.median <= 1.1)


def _memory(section: Section, days: Sequence[Day]) -> None:
    for store in STORES:
        few, many = (day for day in days if day.store == store)
        more = many.orders - few.orders
        pairs = zip(many.case.samples, few.case.samples, strict=True)
        known = Spread.of([(big.peak - small.peak) / more for big, small in pairs])
        new = (many.first.peak - few.first.peak) / more
        section.goal(
            f"{store}: memory of an order",
            f"< {ORDER_LIMIT} bytes",
            f"{known.show(0)}; {new:.0f} where all are new (one run)",
            max(known.median, new) < ORDER_LIMIT,
        )


def _round_trips(section: Section, days: Sequence[Day]) -> None:
    """Of a poll of each size; the slot of each further page is the ledger's pace, not the store."""
    found = []
    for day in days:
        if day.store == "Redis":
            day.world.next_minute()
            with RoundTrips(day.server.port) as counter:
                environment = {**day.case.environment, "REDIS_URL": counter.url}
                subprocess.run(day.case.command, env=environment, capture_output=True, check=True)
                slots = sum(b"pace:ledger" in sent for sent in counter.sent)
                found.append((day.orders, counter.count - slots, slots))
    counts = {rest for _, rest, _ in found}
    shown = "; ".join(f"{rest} + {slots} slots at {orders:,}" for orders, rest, slots in found)
    section.goal("store round trips", "do not grow with the orders", shown, len(counts) == 1)


def _diff_and_stage(section: Section, folder: Path, server: RedisServer, repeats: int) -> None:
    """By pyperf, each value in a process of its own."""
    out = folder / "stage.json"
    script = [str(OTHER_PYTHON), str(BENCH / "diff_and_stage.py")]
    options = ["--quiet", "--processes", str(repeats), "--values", "1", "--loops", "1"]
    options += ["--warmups", "1", "--copy-env", "--output", str(out)]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "STAGE_REDIS": f"{server.url[:-1]}1",
        "STAGE_FILE": str(folder / "stage.db"),
    }
    subprocess.run([*script, *options], env=environment, check=True)
    for benchmark in json.loads(out.read_text())["benchmarks"]:
        values = [value for run in benchmark["runs"] for value in run.get("values", [])]
        found = Spread.of(values)
        name = str(benchmark["metadata"]["name"])
        if "stage" in name:
            section.goal(name, "< 50 ms", f"{found.show(1, 1000)} ms", found.median < 0.05)
        else:
            section.notes.append(f"{name}: {found.show(1, 1000)} ms, on top of diff and stage")
