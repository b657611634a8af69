"""The records of a report; a run for fills does without them.

Quantities are shares, amounts and values are totals in `currency`, prices are per share.
"""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Position:
    """One stock held: rows of it (cash, credit, loan days) already summed."""

    symbol: str
    name: str
    quantity: Decimal
    cost: Decimal
    market_price: Decimal
    market_value: Decimal
    unrealized_pnl: Decimal
    market: str
    currency: str

    @property
    def average_cost(self) -> Decimal:
        return self.cost / self.quantity


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all positions of one currency."""

    cost: Decimal
    market_value: Decimal
    unrealized_pnl: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class DailyFlow:
    """Net buying of one stock on one day, in shares; None where KIS has not counted yet."""

    day: date
    foreign: Decimal | None
    institution: Decimal | None


@dataclass(frozen=True, slots=True)
class FlowEstimate:
    """Running net buying of today as of `at` (the broker's staff enter it a few times a day)."""

    at: time
    foreign: Decimal | None
    institution: Decimal | None


InvestorFlow = DailyFlow | FlowEstimate
