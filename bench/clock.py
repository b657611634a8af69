"""Whole processes by hyperfine: one run at a time, the cases in turn, so load hits all alike."""

import json
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shlex import join

from bench.places import HYPERFINE

METRICS = "time_wall_clock,time_cpu,memory_peak_resident"


@dataclass(frozen=True)
class Sample:
    """One run: seconds, seconds of all cores, peak resident bytes."""

    wall: float
    cpu: float
    peak: float


@dataclass
class Case:
    """A command, and the seconds that its runs are apart at least (as limits demand)."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    apart: float = 0.0
    before: Callable[[], object] = lambda: None
    samples: list[Sample] = field(default_factory=list)
    _free_at: float = 0.0

    def run(self) -> Sample:
        """Wait for the turn, run once, keep the sample."""
        self.before()
        time.sleep(max(0.0, self._free_at - time.monotonic()))
        sample = run_once(self.command, self.environment, self.folder)
        self._free_at = time.monotonic() + self.apart
        self.samples.append(sample)
        return sample


def in_turn(cases: Sequence[Case], repeats: int) -> None:
    """One unmeasured round for warm caches, then `repeats` rounds, each in an order of its own.

    The orders are the same every time; what matters is that no case always follows the same one.
    """
    shuffled = random.Random(len(cases))
    for number in range(repeats + 1):
        for case in shuffled.sample(cases, len(cases)):
            case.run()
            if number == 0:
                case.samples.clear()


def run_once(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Sample:
    """One run by hyperfine; RuntimeError when the command fails."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "out.json")
        words = [str(HYPERFINE), "--shell=none", "--runs=1", "--warmup=0", "--style=none"]
        words += ["--output=inherit", "--metrics", METRICS, "--export-json", str(out)]
        done = subprocess.run(
            [*words, join(command)],
            env=dict(environment),
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{join(command)} failed\n{done.stdout}{done.stderr}")
        (measured,) = json.loads(out.read_text())["results"][0]["measurements"]
    wall, cpu, peak = (float(measured[name]["value"]) for name in METRICS.split(","))
    return Sample(wall, cpu, peak)
