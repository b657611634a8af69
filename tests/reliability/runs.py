"""The tests' side of the launcher: start runs of a world, wait for them, count their steps."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.reliability.launcher import Job
from tests.reliability.steps import Trap
from tests.world import ROOT, Run, World


@dataclass
class Running:
    """A run on its way."""

    id: int
    folder: Path
    pid: int = 0
    code: int = 0
    seconds: float = 0.0
    started: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def send(self, number: int) -> None:
        """A signal."""
        assert self.started.wait(10), "the run never started"
        os.kill(self.pid, number)

    def wait(self, timeout: float = 90) -> Run:
        """What the run left; code -9 when it was killed."""
        if not self.ended.wait(timeout):
            self.send(signal.SIGKILL)
            raise AssertionError(f"still running after {timeout} s")
        out, err = (self._read(name) for name in ("out", "err"))
        return Run(self.code, out, err, self.seconds)

    @property
    def steps(self) -> list[str]:
        """The steps taken so far."""
        return self._read("steps").splitlines()

    def _read(self, name: str) -> str:
        path = self.folder / f"{self.id}.{name}"
        return path.read_text() if path.exists() else ""


class Launcher:
    """Many runs from one preloaded interpreter."""

    def __init__(self) -> None:
        self._scratch = tempfile.TemporaryDirectory()
        self._folder = Path(self._scratch.name)
        self._folder.chmod(0o777)
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.reliability.launcher"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOME": self._scratch.name},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._numbers = itertools.count(1)
        self._runs: dict[int, Running] = {}
        self._lock = threading.Lock()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ignored: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._listener.join()
        self._process.stdout.close()
        self._scratch.cleanup()

    def start(
        self,
        world: World,
        *arguments: str,
        trap: Trap | None = None,
        clock: float = 0.0,
        user: int | None = None,
        limits: Mapping[int, int] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> Running:
        """Start `run.py` with these arguments; `extra` are more environment variables."""
        number = next(self._numbers)
        base = self._folder / str(number)
        job = Job(
            number,
            [*arguments, "--at", world.kis.now.isoformat()],
            {**world.environment, **(extra or {})},
            str(world.folder),
            f"{base}.out",
            f"{base}.err",
            f"{base}.steps",
            (trap.number, trap.moment, trap.action) if trap else None,
            clock,
            user,
            dict(limits or {}),
        )
        running = Running(number, self._folder)
        with self._lock:
            self._runs[number] = running
            assert self._process.stdin
            self._process.stdin.write(job.line())
            self._process.stdin.flush()
        return running

    def run(
        self,
        world: World,
        *arguments: str,
        trap: Trap | None = None,
        clock: float = 0.0,
        user: int | None = None,
        limits: Mapping[int, int] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> Run:
        """Run `run.py` to its end, however it comes."""
        running = self.start(
            world, *arguments, trap=trap, clock=clock, user=user, limits=limits, extra=extra
        )
        run = running.wait()
        world.emitted += [run.out, run.err]
        return run

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            fact = json.loads(line)
            running = self._runs[fact["id"]]
            if "pid" in fact:
                running.pid = fact["pid"]
                running.started.set()
            else:
                del self._runs[fact["id"]]
                running.code, running.seconds = fact["code"], fact["seconds"]
                running.ended.set()
