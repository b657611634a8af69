"""The records every other part speaks in.

Quantities are shares, amounts and values are totals in `currency`, prices are per share; all are
`Decimal`. A day is a date in the market's zone. What KIS leaves blank is `None`, never 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"


class OrderKey(NamedTuple):
    """The broker's own identity of an order: numbers repeat on other days and in other branches."""

    day: date
    branch: str
    number: str


class Filled(NamedTuple):
    """Cumulative fill of one order: shares, and their total amount."""

    quantity: Decimal
    amount: Decimal


NOTHING_FILLED = Filled(Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True)
class Order:
    """One order of a day with its fills so far."""

    key: OrderKey
    side: Side
    symbol: str
    name: str
    quantity: Decimal
    filled: Filled
    ordered_at: datetime
    venue: str
    market: str
    currency: str


@dataclass(frozen=True, slots=True)
class Fill:
    """The growth of one order since it was last announced."""

    order: Order
    quantity: Decimal
    amount: Decimal

    @property
    def price(self) -> Decimal:
        """Average price per share of this growth."""
        return self.amount / self.quantity


class Tone(StrEnum):
    """What a message is about; the channel picks a colour."""

    BUY = "buy"
    SELL = "sell"
    INFO = "info"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell.

    `key` names what it tells (order and cumulative quantity, report hour, incident), so that
    staging it twice is harmless. `text` is what a phone's preview shows; `detail` may be dropped.
    """

    key: str
    text: str
    tone: Tone = Tone.INFO
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """Failed runs in a row: since when (aware), how many, why, and whether people were told."""

    since: datetime
    failures: int
    reason: str
    told: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the market said of its open days, and the day it was last asked."""

    asked_on: date | None = None
    open_days: Mapping[date, bool] = field(default_factory=dict)
