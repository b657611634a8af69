"""200 accounts on one Redis: their idle runs spread over a minute; 10,000 by computation."""

import json
import os
import resource
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.places import PYTHON, ROOT, RUN
from bench.results import Section, Spread
from bench.scene import new_folder
from tests.world import MONDAY, RedisServer

COUNT = 200
MINUTE = 60.0
#: Runs at once at most, so that an overloaded machine keeps its memory; the rest begin late.
AT_ONCE = 50
MANY = 10_000
#: `fills` runs of a day by the image's crontab: 08:00 to 15:59 each minute, and 16:00.
RUNS_A_DAY = 481
#: Minutes measured for fifteen repeats asked for: each has 200 runs in it.
REPEATS_A_MINUTE = 5


@dataclass(frozen=True)
class Minute:
    """What a minute of all accounts cost; seconds of each run and of each one's delay."""

    walls: list[float]
    delays: list[float]
    cpu: float
    commands: float
    redis_cpu: float


def measure(folder: Path, repeats: int) -> Section:
    server = RedisServer(new_folder(folder, "redis"))
    server.start()
    empty = _info(server)
    try:
        with many_accounts() as environments, ThreadPoolExecutor(AT_ONCE) as pool:
            runs = [{**each, "REDIS_URL": server.url} for each in environments]
            for environment in runs:
                _run(environment, folder, 0.0)  # Issues a token, asks for the calendar.
            memory = (_info(server)["used_memory"] - empty["used_memory"]) / COUNT
            number = max(1, repeats // REPEATS_A_MINUTE)
            minutes = [_minute(server, pool, runs, folder) for _ in range(number)]
            alive = server.client().ping()
    finally:
        server.stop()
    assert alive
    return _section(minutes, memory)


@contextmanager
def many_accounts() -> Iterator[Sequence[Mapping[str, str]]]:
    """A process that serves a KIS to each; the environment of each account's runs."""
    process = subprocess.Popen(
        [str(PYTHON), "-m", "bench.many_accounts", str(COUNT)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield [json.loads(process.stdout.readline()) for _ in range(COUNT)]
    finally:
        process.communicate()


def _minute(
    server: RedisServer,
    pool: ThreadPoolExecutor,
    runs: Sequence[Mapping[str, str]],
    folder: Path,
) -> Minute:
    before, used = _info(server), _cpu_of_children()
    begun = time.monotonic()
    starts = [begun + number * MINUTE / COUNT for number in range(COUNT)]
    found = list(pool.map(lambda one: _run(one[0], folder, one[1]), zip(runs, starts, strict=True)))
    time.sleep(max(0.0, begun + MINUTE - time.monotonic()))
    after = _info(server)
    return Minute(
        walls=[wall for wall, _ in found],
        delays=[delay for _, delay in found],
        cpu=(_cpu_of_children() - used) / COUNT,
        # Less the question itself.
        commands=(after["total_commands_processed"] - before["total_commands_processed"] - 1)
        / COUNT,
        redis_cpu=(_redis_cpu(after) - _redis_cpu(before)) / COUNT,
    )


def _run(environment: Mapping[str, str], folder: Path, at: float) -> tuple[float, float]:
    """One run at that moment: its seconds, and how much later it began."""
    time.sleep(max(0.0, at - time.monotonic()))
    begun = time.monotonic()
    done = subprocess.run(
        [str(PYTHON), str(RUN), "fills", "--at", MONDAY.isoformat()],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return time.monotonic() - begun, begun - at


def _info(server: RedisServer) -> dict[str, Any]:
    return dict(server.client().info())


def _redis_cpu(info: Mapping[str, Any]) -> float:
    return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _section(minutes: Sequence[Minute], memory: float) -> Section:
    cpu = Spread.of([minute.cpu for minute in minutes])
    commands = Spread.of([minute.commands for minute in minutes])
    redis_cpu = Spread.of([minute.redis_cpu for minute in minutes])
    walls = Spread.of([wall for minute in minutes for wall in minute.walls])
    delays = Spread.of([delay for minute in minutes for delay in minute.delays])
    cores = os.cpu_count() or 1
    section = Section(
        "Many accounts on one Redis",
        [
            f"{COUNT} accounts, each with an app key of its own, one idle `fills` run each, spread"
            f" over a minute; {len(minutes)} minutes, {len(minutes) * COUNT} runs, all well. Redis"
            " with `appendfsync always`; simulators and Redis share the cores. The last column is"
            " computed.",
        ],
        ["what", f"{COUNT} accounts, measured", f"{MANY:,} accounts, computed"],
    )
    share = COUNT / MINUTE / cores
    section.rows = [
        ["wall of a run, ms", walls.show(0, 1000), "–"],
        ["run begun too late by, ms", delays.show(1, 1000), "–"],
        ["CPU of a run, ms", cpu.show(0, 1000), "same"],
        [
            "cores busy with runs",
            cpu.show(2, COUNT / MINUTE) + f" of {cores}",
            f"{cpu.median * MANY / MINUTE:.0f}",
        ],
        ["CPU of an account and day, s", cpu.show(1, RUNS_A_DAY), "same"],
        ["Redis commands of a run, those in scripts included", commands.show(1), "same"],
        [
            "Redis commands a second",
            commands.show(1, COUNT / MINUTE),
            f"{commands.median * MANY / MINUTE:,.0f}",
        ],
        [
            "Redis CPU, share of a core",
            redis_cpu.show(4, COUNT / MINUTE),
            f"{redis_cpu.median * MANY / MINUTE:.2f}",
        ],
        [
            "Redis memory of an account, KiB",
            f"{memory / 1024:.1f}",
            f"{memory * MANY / 2**20:.0f} MiB in all",
        ],
    ]
    full = cores * MINUTE / cpu.median
    section.notes = [
        f"The first limit is the runs' own CPU: {cores} cores carry {full:,.0f} accounts a minute"
        f" at most ({share * cpu.median:.0%} of them are busy with {COUNT}); {MANY:,} accounts need"
        f" {cpu.median * MANY / MINUTE:.0f} cores, on any number of machines.",
        f"One Redis would be the limit at {MINUTE / redis_cpu.median:,.0f} accounts a minute"
        " (its one thread).",
    ]
    return section
