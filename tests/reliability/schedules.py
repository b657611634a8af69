"""A few random days of an account: orders fill, commands run, everything fails now and then.

A schedule is played from its seed alone, so that one that breaks an invariant can be played
again: `python -m tests.reliability.soak --seed N --count 1 --verbose`.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta

from tests.reliability.passing import age, minutes_pass
from tests.reliability.runs import Launcher
from tests.reliability.slots import quick_world
from tests.reliability.troubles import Trouble, draw
from tests.reliability.witness import Script, Witness, is_marked, outbox
from tests.world import RedisServer, Run

COMMANDS = ("fills", "report", "start", "stop")
WEIGHTS = (70, 14, 8, 8)
#: Of the runs in trouble; what is allowed over it is for a machine with too much to do.
TIMEOUT = 3.0
SLACK = 1.0
CALM = {"RUN_TIMEOUT": "30", "REPORT_TIMEOUT": "30"}
HASTY = {"RUN_TIMEOUT": f"{TIMEOUT:g}", "REPORT_TIMEOUT": f"{TIMEOUT:g}"}


@dataclass
class Schedule:
    """One schedule in play; `log` tells it, `problems` what it broke."""

    seed: int
    launcher: Launcher
    server: RedisServer | None
    rounds: int = 2
    log: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    runs: int = 0
    done: set[tuple[str, str]] = field(default_factory=set)

    def play(self) -> list[str]:
        """Play it to its end and say what was broken."""
        self.dice = random.Random(self.seed)
        if self.server:
            self.server.client().flushall()
        with quick_world(self.server) as world:
            self.world = world
            self.script = Script(world)
            self.witness = Witness(world, self.script)
            self.holding = world.kis.market.hold("000900", "보유종목", 10, 900, 1000)
            for _ in range(self.rounds):
                self._trade()
                self._pass_time()
                self._act()
            self._recover()
            self.problems += self.witness.problems()
            self.problems += self._once()
        return [f"seed {self.seed}: {problem}" for problem in self.problems]

    def _trade(self) -> None:
        """New orders, and orders of today that fill further."""
        today = self.world.kis.now.date()
        for _ in range(self.dice.randint(0, 3)):
            open_orders = [
                name
                for name, order in self.script.orders.items()
                if order.day == today and self.script.filled(name) < order.quantity
            ]
            if open_orders and self.dice.random() < 0.5:
                name = self.dice.choice(open_orders)
            else:
                name = self.script.order(self.dice.choice((1, 10, 30)), "buy")
            left = self.script.orders[name].quantity - self.script.filled(name)
            price = self.dice.randint(900, 99999)
            self.script.fill(name, self.dice.randint(1, left), price)

    def _pass_time(self) -> None:
        """A minute or hours; or up to midnight, with the clock stepping over it right after.

        Not before the first complete poll ever: nothing tells of days before it.
        """
        polled = any(command == "fills" for command, _ in self.done)
        now = self.world.kis.now
        choice = self.dice.random()
        if choice < 0.1 and polled and now.day < 26:
            night = now.replace(hour=23, minute=59, second=50)
            self.world.kis.now = night + timedelta(seconds=self.dice.choice((0, 20)))
            age(self.world, 3600)
        else:
            minutes_pass(self.world, self.dice.choice((1, 1, 2, 61)) if choice < 0.9 else 1)
        now = self.world.kis.now
        self.holding.price = now.day * 100 + now.hour

    def _act(self) -> None:
        """One run with its trouble, or two at once."""
        command = self.dice.choices(COMMANDS, WEIGHTS)[0]
        trouble = draw(self.dice, self.world)
        if self.dice.random() < 0.15:
            self._overlap(command, self.dice.choice(COMMANDS), trouble)
        else:
            self._expect(self._run(command, trouble), command, calm=trouble.spares)
        self.witness.look()

    def _run(self, command: str, trouble: Trouble) -> Run:
        timeouts = CALM if trouble.spares else HASTY
        with trouble.during(self.world) as extra:
            environment = {**timeouts, **extra}
            run = self.launcher.run(self.world, command, trap=trouble.trap, extra=environment)
        self._note(command, trouble.name, run)
        return run

    def _overlap(self, first: str, second: str, trouble: Trouble) -> None:
        with ExitStack() as stack:
            extra = {**HASTY, **stack.enter_context(trouble.during(self.world))}
            one = self.launcher.start(self.world, first, trap=trouble.trap, extra=extra)
            two = self.launcher.start(self.world, second, extra=extra)
            runs = [(first, one.wait()), (second, two.wait())]
        for command, run in runs:
            self._note(command, f"overlapping, {trouble.name}", run)
            self._expect(run, command, calm=False, alone=False)

    def _note(self, command: str, name: str, run: Run) -> None:
        self.runs += 1
        now = f"{self.world.kis.now:%d %H:%M:%S}"
        said = run.err.strip().rpartition("\n")[2]
        self.log.append(f"{now} {command} [{name}] -> {run.code} in {run.seconds:.2f} s: {said}")

    def _expect(self, run: Run, command: str, *, calm: bool, alone: bool = True) -> None:
        """Exit status and time as the contract has them."""
        busy = "outcome=busy" in run.err
        bad = []
        if run.code not in (0, 1, -9) or (calm and run.code and not self._is_held(run)):
            bad.append("exit code")
        if "Traceback" in run.err:
            bad.append("traceback")
        if run.seconds > (float(CALM["RUN_TIMEOUT"]) if calm else TIMEOUT) + SLACK:
            bad.append("too long")
        if run.code == 0 and not busy:
            self.done.add((command, self._moment(command)))
            if alone and outbox(self.world):
                bad.append("exit 0 while messages wait")
            if alone and command == "fills" and self.witness.unannounced():
                bad.append("exit 0 while fills are untold")
        self.problems += [f"{what}: {self.log[-1]} {run.err}" for what in bad]

    def _is_held(self, run: Run) -> bool:
        """Whether Discord asked for a pause that goes on: then messages wait, and that is all."""
        asked = any(attempt.status == 429 for attempt in self.world.discord.attempts)
        return asked and run.code == 1 and "reason=" not in run.err

    def _recover(self) -> None:
        """The world is well: a few runs later everything is told."""
        for _ in range(3):
            minutes_pass(self.world, 3)
            run = self._run("fills", Trouble("none", spares=True))
            self._expect(run, "fills", calm=True)
            if not outbox(self.world) and not self.witness.unannounced():
                return

    def _moment(self, command: str) -> str:
        """What a command does its work once for."""
        now = self.world.kis.now
        return f"{now.day * 100 + now.hour}" if command == "report" else f"{now:%Y-%m-%d}"

    def _once(self) -> list[str]:
        """Reports once an hour, start and stop once a day: not twice unmarked, and not never."""
        told: Counter[tuple[str, str]] = Counter()
        seen = set()
        for content in self.world.contents:
            for command, pattern in (
                ("report", r"^📊.*[\s\S]*현재가: ([\d,]+)원"),
                ("start", r"^✅ 디스코드.*\n.*(\d{4}-\d\d-\d\d)"),
                ("stop", r"^🛑 디스코드.*\n.*(\d{4}-\d\d-\d\d)"),
            ):
                if match := re.match(pattern, content):
                    key = command, match[1].replace(",", "")
                    seen.add(key)
                    told[key] += not is_marked(content)
        missing = {key for key in self.done if key[0] != "fills"} - seen
        return [f"{key} told {count} times" for key, count in told.items() if count > 1] + [
            f"{key} never told" for key in missing
        ]
