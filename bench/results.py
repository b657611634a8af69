"""Spreads, goals and tables; RESULTS.md from all sections measured so far."""

import json
import os
import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from bench.clock import Sample
from bench.places import BENCH, HOME

RESULTS = BENCH / "RESULTS.md"
MEBIBYTE = 2.0**20


@dataclass(frozen=True)
class Spread:
    """Median, least and most of some values."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        return cls(statistics.median(values), min(values), max(values))

    def show(self, digits: int = 2, factor: float = 1.0) -> str:
        median, low, high = (value * factor for value in (self.median, self.low, self.high))
        return f"{median:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def ratio(ours: Sequence[Sample], floor: Sequence[Sample], what: str) -> Spread:
    """Round by round, so that both sides of each ratio had the same load."""
    pairs = zip(ours, floor, strict=True)
    return Spread.of([getattr(our, what) / getattr(base, what) for our, base in pairs])


def spread(samples: Sequence[Sample], what: str) -> Spread:
    return Spread.of([getattr(sample, what) for sample in samples])


@dataclass
class Goal:
    """What was wanted, what came out, and whether that holds."""

    what: str
    wanted: str
    measured: str
    holds: bool


@dataclass
class Section:
    """What one part of the suite has to tell."""

    title: str
    text: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    measured_on: str = ""
    machine: str = ""
    load: float = 0.0

    def goal(self, what: str, wanted: str, measured: str, holds: bool) -> None:
        self.goals.append(Goal(what, wanted, measured, holds))


def keep(name: str, section: Section) -> None:
    """Store a section beside the environments; RESULTS.md is written from all of them."""
    section.measured_on = f"{datetime.now(UTC):%Y-%m-%d}"
    section.machine = _machine()
    section.load = os.getloadavg()[1]
    folder = HOME / "sections"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(asdict(section), ensure_ascii=False))


def write(names: Sequence[str]) -> None:
    """RESULTS.md, with the sections in the order of `names`."""
    files = [HOME / "sections" / f"{name}.json" for name in names]
    sections = [_load(path) for path in files if path.exists()]
    parts = [(BENCH / "INTRODUCTION.md").read_text().rstrip(), _conditions(sections)]
    parts += [_goals(sections), *map(_show, sections), (BENCH / "TRIED.md").read_text().rstrip()]
    RESULTS.write_text("\n\n".join(parts) + "\n")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _load(path: Path) -> Section:
    fields = json.loads(path.read_text())
    fields["goals"] = [Goal(**goal) for goal in fields["goals"]]
    return Section(**fields)


def _conditions(sections: Sequence[Section]) -> str:
    def all_of(read: Callable[[Section], str]) -> str:
        return ", ".join(dict.fromkeys(map(read, sections)))

    loads = Spread.of([section.load for section in sections])
    return (
        f"Measured on {all_of(lambda section: section.measured_on)}:"
        f" {all_of(lambda section: section.machine)}; load {loads.low:.1f}–{loads.high:.1f}"
        " over the last five minutes of each part (2 would be both cores busy)."
    )


def _machine() -> str:
    """The machine in words; no name of it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"a virtual machine with {os.cpu_count()} cores of {platform.machine()} and {memory:.0f}"
        f" GiB, {platform.system()}, Python {platform.python_version()}"
    )


def _goals(sections: Sequence[Section]) -> str:
    rows = [
        [goal.what, goal.wanted, goal.measured, "yes" if goal.holds else "**no**"]
        for section in sections
        for goal in section.goals
    ]
    return "## Goals\n\n" + table(["what", "goal", "measured", "holds"], rows)


def _show(section: Section) -> str:
    parts = [f"## {section.title}", *section.text]
    if section.rows:
        parts.append(table(section.head, section.rows))
    if section.notes:
        parts.append("\n".join(f"- {note}" for note in section.notes))
    return "\n\n".join(parts)
