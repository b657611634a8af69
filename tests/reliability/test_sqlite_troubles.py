"""The SQLite file under force: many processes, no room, no right, damage."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Self

import pytest

from tests.reliability.passing import minutes_pass
from tests.reliability.runs import Launcher
from tests.reliability.slots import quick_world, side_by_side
from tests.reliability.witness import Script, Witness, announcements, outbox
from tests.world import ROOT, World

NOBODY = 65534
COMMANDS = ("fills", "report", "start", "stop")


def test_processes_at_once_each_do_their_work_once(launcher: Launcher) -> None:
    """Ten times eight processes: two of each command, on one file."""

    def play(number: int, seed: int) -> None:
        with quick_world(None) as world:
            script = Script(world)
            witness = Witness(world, script)
            world.kis.market.hold("000900", "보유종목", 10, 900, 1000)
            for price in (1000, 1100):
                script.fill(script.order(), 4, price)
            running = [launcher.start(world, command) for command in COMMANDS * 2]
            runs = [one.wait() for one in running]
            assert {run.code for run in runs} <= {0, 1}, runs
            assert not any("Traceback" in run.err for run in runs), runs
            minutes_pass(world, 3)
            assert launcher.run(world, "fills").code == 0
            assert witness.problems() == []
            assert len(world.contents) == 5, world.contents

    side_by_side(play, range(10), lanes=2)


def test_no_room_for_the_file_to_grow_loses_nothing(launcher: Launcher) -> None:
    """A limit on the size of files, from none at all upwards, makes every write fail in turn."""
    with quick_world(None) as world:
        script = Script(world)
        witness = Witness(world, script)
        script.fill(script.order(), 4, 1000)
        failed = 0
        for limit in range(512, 90_000, 3072):
            minutes_pass(world) if (world.folder / "state.db").exists() else None
            run = launcher.run(world, "fills", limits={resource.RLIMIT_FSIZE: limit})
            assert run.code in (0, 1, 2), run
            assert "Traceback" not in run.err, run
            assert "STATE_FILE" in run.err or run.code == 0, run
            failed += run.code != 0
            if run.code == 0:
                script.fill(script.order(), 4, 1000 + limit)
        assert failed > 3
        minutes_pass(world)
        assert launcher.run(world, "fills").code == 0
        assert witness.problems() == []


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    """A disk of 1 MB, in a mount namespace of its own."""
    with quick_world(None) as world, SmallDisk(world, tmp_path) as disk:
        script = Script(world)
        for _ in range(2):
            script.fill(script.order(), 4, 1000)
            assert disk.run() == 0, disk.output
            script.fill(script.order(), 6, 1100)
            disk.say("dd if=/dev/zero of=$DISK/ballast bs=1k 2>/dev/null")
            assert disk.run() == 1
            assert "디스크가 가득" in disk.output
            disk.say("rm $DISK/ballast")
            assert disk.run() == 0, disk.output
        assert "Traceback" not in disk.output
        told = [one.shares for text in world.contents for one in announcements(text, script)]
        assert told == [(name, 0, script.filled(name)) for name in script.orders]


class SmallDisk:
    """A shell in a mount namespace with a small disk; the file of the state is on it."""

    def __init__(self, world: World, folder: Path) -> None:
        self.output = ""
        self._world = world
        # Without root's rights a namespace gives them; where that is forbidden the test fails.
        rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        self._shell = subprocess.Popen(
            ["unshare", "--mount", *rights, "bash"],
            env={
                **world.environment,
                "STATE_FILE": str(folder / "state.db"),
                "DISK": str(folder),
                "RUN": f"{sys.executable} {ROOT / 'run.py'}",
            },
            cwd=world.folder,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def __enter__(self) -> Self:
        assert self.say("mount -t tmpfs -o size=1m none $DISK") == 0, self.output
        return self

    def __exit__(self, *ignored: object) -> None:
        self._shell.communicate("exit\n", timeout=10)

    def run(self) -> int:
        """The exit status of a run of fills, half a minute after the last one."""
        time.sleep(1.2)  # KIS's pacing is in the file that only the shell can see.
        self._world.later(minutes=1)
        return self.say(f"$RUN fills --at {self._world.kis.now.isoformat()}")

    def say(self, command: str) -> int:
        """The exit status of a command."""
        assert self._shell.stdin
        assert self._shell.stdout
        self._shell.stdin.write(f"{command}; echo ended $?\n")
        self._shell.stdin.flush()
        for line in self._shell.stdout:
            if line.startswith("ended "):
                return int(line.split()[1])
            self.output += line
        raise AssertionError(self.output)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_file_that_may_not_be_written_is_exit_2_and_named(what: str, launcher: Launcher) -> None:
    with quick_world(None) as world:
        script = Script(world)
        witness = Witness(world, script)
        script.fill(script.order(), 4, 1000)
        assert launcher.run(world, "fills").code == 0
        minutes_pass(world)
        script.fill(script.order(), 4, 1100)
        forbid(world, what)
        run = launcher.run(world, "fills", user=NOBODY if os.geteuid() == 0 else None)
        assert run.code == 2, run
        assert "state.db" in run.err
        assert "Traceback" not in run.err
        assert len(world.contents) == 1
        for path, mode in ((world.folder, 0o755), (world.folder / "state.db", 0o600)):
            path.chmod(mode)
        assert launcher.run(world, "fills").code == 0
        assert witness.problems() == []


def forbid(world: World, what: str) -> None:
    """The file, or making files beside it, is not allowed."""
    (world.folder / "state.db").chmod(0o444 if what == "file" else 0o666)
    world.folder.chmod(0o755 if what == "file" and os.geteuid() == 0 else 0o555)


def rubbish(content: bytes) -> bytes:
    return b"This is no database. " * (len(content) // 21)


def torn(content: bytes) -> bytes:
    return content[: len(content) // 2 + 100]


def scratched(content: bytes) -> bytes:
    return content[:4096] + b"\xa5" * (len(content) - 4096)


def headless(content: bytes) -> bytes:
    return b"\x00" * 100 + content[100:]


@pytest.mark.parametrize("damage", [rubbish, torn, scratched, headless])
def test_a_damaged_file_is_set_aside_untouched_and_the_next_run_starts_anew(
    damage: Callable[[bytes], bytes], launcher: Launcher
) -> None:
    with quick_world(None) as world:
        script = Script(world)
        witness = Witness(world, script, forgets=True)
        for number in range(60):
            script.fill(script.order(), 4, 1000 + number)
        assert launcher.run(world, "fills").code == 0
        minutes_pass(world)
        path = world.folder / "state.db"
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        bad = damage(path.read_bytes())
        path.write_bytes(bad)
        run = launcher.run(world, "fills")
        assert run.code == 2, run
        assert "손상" in run.err
        assert "Traceback" not in run.err
        aside = [one for one in world.folder.iterdir() if "damaged" in one.name]
        assert bad in [one.read_bytes() for one in aside]
        assert not path.exists()
        assert launcher.run(world, "fills").code == 0
        assert "최초 실행" in world.contents[-1]
        assert witness.problems() == []
        assert outbox(world) == []
