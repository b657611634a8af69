"""Random schedules for as long as one likes: `python -m tests.reliability.soak --minutes 30`."""

from __future__ import annotations

import argparse
import itertools
import sys
import threading
import time
from collections.abc import Iterator

from tests.reliability.runs import Launcher
from tests.reliability.schedules import Schedule
from tests.reliability.slots import own_redis

LANES = 6


class Lanes:
    """Plays schedules side by side, each lane with a Redis of its own to kill; odd seeds use it."""

    def __init__(
        self, seeds: Iterator[int], launcher: Launcher, *, rounds: int = 2, verbose: bool = False
    ) -> None:
        self.schedules = self.runs = 0
        self.problems: list[str] = []
        self._seeds = seeds
        self._launcher = launcher
        self._rounds = rounds
        self._verbose = verbose
        self._lock = threading.Lock()

    def play(self, count: int = LANES) -> None:
        """Until there are no more seeds."""
        threads = [threading.Thread(target=self._lane) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _lane(self) -> None:
        with own_redis() as server:
            while (seed := self._next()) is not None:
                store = server if seed % 2 else None
                self._play(Schedule(seed, self._launcher, store, self._rounds))

    def _next(self) -> int | None:
        with self._lock:
            return next(self._seeds, None)

    def _play(self, schedule: Schedule) -> None:
        try:
            problems = schedule.play()
        # A schedule that cannot be played to its end is a finding like any other.
        except Exception as error:  # noqa: BLE001
            problems = [f"seed {schedule.seed}: {type(error).__name__}: {error}"]
        with self._lock:
            self.schedules += 1
            self.runs += schedule.runs
            if problems or self._verbose:
                self.problems += problems
                print("\n".join([*schedule.log, *problems]), file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--count", type=int, help="schedules instead of minutes")
    parser.add_argument("--lanes", type=int, default=LANES)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    end = time.monotonic() + options.minutes * 60
    seeds: Iterator[int] = itertools.islice(itertools.count(options.seed), options.count)
    if options.count is None:
        seeds = itertools.takewhile(lambda seed: time.monotonic() < end, seeds)
    with Launcher() as launcher:
        lanes = Lanes(seeds, launcher, rounds=options.rounds, verbose=options.verbose)
        lanes.play(options.lanes)
    print(f"{lanes.schedules} schedules, {lanes.runs} runs, {len(lanes.problems)} problems")
    return 1 if lanes.problems else 0


if __name__ == "__main__":
    sys.exit(main())
