"""Holdings: rows of one stock become one position; positions become totals."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from kis.core.holdings import Position, Totals
from kis.core.text import HUNDREDTH

ZERO = Decimal(0)


def merge_rows(rows: Iterable[Position]) -> list[Position]:
    """Sum the rows of each stock, in the order the stocks first appear; drop what is not held.

    Quantity, cost, value and profit are sums; average and rate follow from them.
    """
    merged: dict[tuple[str, str], Position] = {}
    for row in rows:
        if row.quantity == 0:
            continue
        held = merged.get((row.market, row.symbol))
        merged[row.market, row.symbol] = (
            row
            if held is None
            else replace(
                held,
                quantity=held.quantity + row.quantity,
                cost=held.cost + row.cost,
                market_value=held.market_value + row.market_value,
                unrealized_pnl=held.unrealized_pnl + row.unrealized_pnl,
            )
        )
    return list(merged.values())


def totals(positions: Iterable[Position], currency: str = "KRW") -> Totals:
    """Sums over the positions of one currency: securities only, no cash."""
    of_currency = [position for position in positions if position.currency == currency]
    return Totals(
        cost=sum((position.cost for position in of_currency), ZERO),
        market_value=sum((position.market_value for position in of_currency), ZERO),
        unrealized_pnl=sum((position.unrealized_pnl for position in of_currency), ZERO),
        currency=currency,
    )


def return_percent(unrealized_pnl: Decimal, cost: Decimal) -> Decimal | None:
    """Profit over cost in percent, two decimals; None where nothing was paid."""
    if cost == 0:
        return None
    # Adding zero turns -0.00 into 0.00.
    return (unrealized_pnl / cost * 100).quantize(HUNDREDTH, ROUND_HALF_UP) + 0
