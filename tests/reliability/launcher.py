"""Starts `run.py` by forking an interpreter that has everything imported already.

The child runs `run.py` itself, on its own sockets and files; only the imports and the
interpreter's tidying up are saved, so that thousands of runs fit in a test. Without threads
before the fork, a child is as good as a new process. Jobs come in as JSON lines, and what became
of each goes out as JSON lines.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import selectors
import signal
import sys
import threading
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NoReturn

from tests.reliability import steps

RUN = str(Path(__file__).resolve().parents[2] / "run.py")


@dataclass(frozen=True)
class Job:
    """One run. `clock` is what the machine's clock is off by, in seconds."""

    id: int
    argv: list[str]
    environment: dict[str, str]
    folder: str
    out: str
    err: str
    steps: str
    trap: tuple[int, str, str] | None = None
    clock: float = 0.0
    user: int | None = None
    limits: dict[int, int] = field(default_factory=dict)

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


def preload() -> None:
    """Import all that any run imports."""
    import kis

    for module in pkgutil.walk_packages(kis.__path__, "kis."):
        importlib.import_module(module.name)
    for name in ("tenacity", "nacl.secret"):
        importlib.import_module(name)
    gc.freeze()


def become(job: Job) -> None:
    """Turn a fresh fork into the process that the job describes."""
    for number, path in ((0, os.devnull), (1, job.out), (2, job.err)):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND if number else os.O_RDONLY
        handle = os.open(path, flags, 0o666)
        os.dup2(handle, number)
        os.close(handle)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(job.environment)
    os.chdir(job.folder)
    time.tzset()
    if job.limits:
        import resource

        for limit, value in job.limits.items():
            resource.setrlimit(int(limit), (value, value))
    if job.user is not None:
        os.setgid(job.user)
        os.setuid(job.user)
    if job.clock:
        right = time.time
        time.time = lambda: right() + job.clock
    steps.install(job.steps, steps.Trap(*job.trap) if job.trap else None)


def end(argv: list[str]) -> NoReturn:
    """Be `python run.py ARGV`, then do what an interpreter does at its end that could take time."""
    sys.argv = [RUN, *argv]
    code = 0
    try:
        runpy.run_path(RUN, run_name="__main__")
    except SystemExit as request:
        code = request.code if isinstance(request.code, int) else int(request.code is not None)
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def serve() -> None:
    """Fork for each job until there are no more."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    selector = selectors.DefaultSelector()
    selector.register(0, selectors.EVENT_READ)
    selector.register(reading, selectors.EVENT_READ)
    running: dict[int, tuple[int, float]] = {}
    buffer = b""
    while True:
        for key, _ in selector.select():
            if key.fd == reading:
                os.read(reading, 4096)
                _reap(running)
                continue
            received = os.read(0, 1 << 20)
            if not received:
                return
            *lines, buffer = (buffer + received).split(b"\n")
            for line in lines:
                job = Job(**json.loads(line))
                child = os.fork()
                if child == 0:
                    become(job)
                    end(job.argv)
                running[child] = (job.id, time.monotonic())
                _say({"id": job.id, "pid": child})


def _reap(running: dict[int, tuple[int, float]]) -> None:
    while running:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            return
        number, started = running.pop(child)
        code = os.waitstatus_to_exitcode(status)
        _say({"id": number, "code": code, "seconds": time.monotonic() - started})


def _say(fact: dict[str, float]) -> None:
    os.write(1, json.dumps(fact).encode() + b"\n")


if __name__ == "__main__":
    preload()
    serve()
