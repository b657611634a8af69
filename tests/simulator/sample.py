"""A small market to look at by hand: three orders, three holdings, flows of two days."""

from __future__ import annotations

from datetime import timedelta

from tests.simulator.kis import Kis


def add_sample_market(kis: Kis) -> None:
    """Fills go on during the next two minutes of `kis.now`."""
    market, now = kis.market, kis.now
    earlier = now - timedelta(minutes=5)
    samsung = market.order("buy", quantity=10, price=72000, at=earlier)
    samsung.fill(6, 71900, at=earlier)
    samsung.fill(4, 72000, at=now + timedelta(minutes=1))
    venue = "KRX" if kis.environment == "paper" else "SOR"
    hynix = market.order("sell", "000660", "SK하이닉스", 3, 0, earlier, venue, order_type="01")
    hynix.fill(3, 185_200, at=earlier)
    kodex = market.order("buy", "069500", "KODEX 200", 5, 36500, at=now + timedelta(minutes=2))
    kodex.fill(5, 36500, at=now + timedelta(minutes=2))
    market.hold("005930", "삼성전자", 10, 72000, 74500)
    market.hold("000660", "SK하이닉스", 0, 0, 185_000)
    market.hold("069500", "KODEX 200", 25, "36100.4", 36500)
    today, previous = market.trading_days(now.date(), 2)
    for symbol, foreign, institution in (("005930", 15000, -3200), ("069500", -8000, 12000)):
        market.flow(symbol, today, foreign=foreign, institution=institution)
        market.flow(symbol, previous, foreign=-foreign, institution=institution)
        for slot in range(1, 6):
            market.estimate(
                symbol,
                slot,
                foreign=foreign * slot // 5,
                institution=institution * (slot - 1) // 4,
            )
