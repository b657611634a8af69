"""The port under the memory: shelves of named fields, changed in atomic steps under a lease.

Both adapters do exactly this and nothing more, so that what is remembered, and when, is written
once, in `memory.py`. A shelf is one Redis hash, or the rows of one name in SQLite.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

#: Shelves of a day disappear by themselves after this many days.
DAYS_KEPT = 14

#: In the name of a shelf that expires.
DAY = ":day:"

#: A lease taken "in the future" by more than this was taken before the clock was set back.
CLOCK_SLACK = 5


class Place(NamedTuple):
    shelf: str
    field: str


class Want(NamedTuple):
    """Fields to read of a shelf; all of them when none is named."""

    shelf: str
    fields: tuple[str, ...] = ()


class Claim(NamedTuple):
    """A lease as the store knows it: a name on a shelf, held by `owner` for `seconds`."""

    shelf: str
    name: str
    owner: str
    seconds: float


class Entry(NamedTuple):
    """A text for the queue, added only if `once` was empty; `once` is filled with `mark`."""

    once: Place
    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One atomic step. Doing it twice is the same as doing it once."""

    put: Sequence[tuple[Place, str]] = ()
    drop: Sequence[Place] = ()
    queue: Sequence[Entry] = ()
    queue_prefix: str = ""
    release: bool = False


class Shelves(Protocol):
    kind: str
    is_new: bool

    def read(
        self, wants: Sequence[Want], claim: Claim | None = None
    ) -> tuple[bool, list[dict[str, str]]]:
        """Take the claim, if any, and read, in one round trip.

        False when another owner holds the lease. Claiming again what one holds renews it.
        """

    def write(self, claim: Claim, change: Change) -> bool:
        """Renew the claim and apply the change, or do nothing and say False if it is not held."""

    def reserve(self, place: Place, interval: float, within: float) -> float | None:
        """Take the next free slot, `interval` after the last one: seconds until it comes.

        None, and nothing taken, when that is more than `within`.
        """

    def swap(self, place: Place, old: str, new: str) -> bool:
        """Replace `old` with `new` ("" stands for an absent field); False if it was not `old`."""

    def close(self) -> None: ...


def day_shelf(shelf: str, day: str) -> str:
    """A shelf that expires. Days sort as text."""
    return f"{shelf}{DAY}{day}"


def is_day_shelf(shelf: str) -> bool:
    return DAY in shelf
