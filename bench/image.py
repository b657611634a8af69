"""The image: a cold `docker run IMAGE fills`, and what its scheduler holds between the runs.

Beside it the usual alternative: a resident Python process with `schedule` and the same packages.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.clock import Case, in_turn
from bench.idle import APART
from bench.places import BENCH, OTHER_PYTHON, ROOT
from bench.results import MEBIBYTE, Section, Spread, ratio, spread
from bench.scene import environment_of, make_scene
from tests.image import docker
from tests.world import World

TAG = "kis-discord-alert:bench"
#: Until a process has come to rest.
SETTLE = 2.0
FLOOR = "`docker run IMAGE`, Python that does nothing"
OURS = "`docker run IMAGE fills`, idle, SQLite in a volume"


def measure(folder: Path, repeats: int) -> Section:
    if subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
        return Section("The image", ["Not measured: no container engine answers here."])
    done = docker.build(ROOT, TAG)
    assert done.returncode == 0, done.stdout + done.stderr
    section = Section(
        "The image",
        [
            "A fresh container for each run. The floor is the same image with a Python that does"
            f" nothing: what the engine itself takes. {repeats} rounds. CPU is the docker client's"
            " only, so it is left out.",
        ],
        ["case", "wall, s", "less the engine's, ms"],
    )
    with make_scene(folder) as scene, docker.volume() as volume:
        cases = _cases(scene.worlds["SQLite"], volume)
        cases[1].run()  # Issues a token and asks for the calendar.
        cases[1].samples.clear()
        in_turn(cases, repeats)
    _cold(section, cases)
    _idle(section, repeats)
    return section


def _cases(world: World, volume: str) -> list[Case]:
    world.kis.limits = False
    host = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    left_out = ("PATH", "HOME", "STATE_FILE")
    variables = [
        f"--env={name}={value}"
        for name, value in environment_of(world).items()
        if name not in left_out
    ]
    run = ["docker", "run", "--rm", *docker.HARDENED, f"--volume={volume}:/data", *variables]
    moment = world.kis.now.isoformat()
    return [
        Case(FLOOR, [*run, "--entrypoint=python", TAG, "-c", "pass"], host, ROOT),
        Case(OURS, [*run, TAG, "fills", "--at", moment], host, ROOT, APART),
    ]


def _cold(section: Section, cases: list[Case]) -> None:
    floor, ours = (case.samples for case in cases)
    differences = [our.wall - base.wall for our, base in zip(ours, floor, strict=True)]
    section.rows = [
        [FLOOR, spread(floor, "wall").show(), "–"],
        [OURS, spread(ours, "wall").show(), Spread.of(differences).show(0, 1000)],
    ]
    section.notes.append(f"`fills` takes {ratio(ours, floor, 'wall').show()} x the empty container")


def _idle(section: Section, repeats: int) -> None:
    """Resident memory between two runs, of the processes that stay."""
    pairs = [(_scheduler(), _resident()) for _ in range(repeats)]
    scheduler = Spread.of([ours for ours, _ in pairs])
    resident = Spread.of([theirs for _, theirs in pairs])
    share = Spread.of([ours / theirs for ours, theirs in pairs])
    section.notes += [
        f"idle memory of the scheduling container (supercronic): {scheduler.show(1)} MiB",
        f"of the resident Python with `schedule`: {resident.show(1)} MiB;"
        f" ours is {share.show()} x that",
        "while a run lasts, its own peak (see the first table) comes on top of ours",
    ]
    section.goal(
        "idle memory of the container",
        "< a resident Python with `schedule`",
        f"{share.show()} x",
        share.median < 1,
    )


def _scheduler() -> float:
    with docker.started(TAG) as container:
        time.sleep(SETTLE)
        return _resident_memory(int(container.state()["Pid"]))


def _resident() -> float:
    with _started(BENCH / "others" / "resident.py") as process:
        time.sleep(SETTLE)
        return _resident_memory(process.pid)


@contextmanager
def _started(script: Path) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([str(OTHER_PYTHON), str(script)], stdout=subprocess.PIPE)
    try:
        assert process.stdout
        assert process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def _resident_memory(pid: int) -> float:
    """MiB of a process, as the kernel counts its resident pages."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / MEBIBYTE
    raise LookupError(pid)
