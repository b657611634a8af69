"""The report job: what it remembers, and how often it asks; on either store."""

import json
import time
from datetime import timedelta
from decimal import Decimal

from kis.jobs.report import REPORT
from kis.jobs.status import START
from kis.store.shelves import Want
from tests.jobs.conftest import SHELF, Office
from tests.simulator import Fault

BALANCE = "inquire-balance"


def hold(office: Office, count: int = 1) -> None:
    for number in range(count):
        office.kis.market.hold(f"00593{number}", f"삼성{number}", 10, 72_000, 74_500)


def test_the_totals_of_each_day_are_kept_for_later(office: Office) -> None:
    hold(office, 2)
    assert office.run(REPORT).exit_code == 0
    office.kis.now += timedelta(hours=1)
    office.kis.market.holdings[0].price = 80_000
    assert office.run(REPORT).exit_code == 0
    _, [days] = office.shelves().read([Want(f"{SHELF}:snapshots")])
    [(day, text)] = days.items()
    assert day == "2026-11-23"
    kept = json.loads(text)
    assert Decimal(kept["cost"]) == 1_440_000
    assert Decimal(kept["market_value"]) == 1_545_000
    assert Decimal(kept["unrealized_pnl"]) == 105_000
    assert kept["currency"] == "KRW"


def test_an_hour_already_reported_asks_nothing(office: Office) -> None:
    hold(office)
    assert office.run(REPORT).outcome == "ok"
    calls = len(office.kis.calls)
    assert office.run(REPORT).outcome == "done before"
    assert len(office.kis.calls) == calls
    assert office.run(REPORT, force=True).outcome == "ok"
    assert len(office.contents) == 2


def test_a_failed_report_does_not_use_up_the_hour(office: Office) -> None:
    hold(office)
    office.kis.fail(BALANCE, Fault.code("KIER2570"))
    assert office.run(REPORT).outcome == "failed"
    assert office.run(REPORT).outcome == "ok"
    texts = [content.split()[0] for content in office.contents]
    assert texts == ["❌", "✅", "📊"]
    _, [fields] = office.shelves().read([Want(SHELF)])
    assert not [name for name in fields if name.startswith("incident:")]


def test_the_holdings_are_asked_about_side_by_side(office: Office) -> None:
    hold(office, 8)
    office.run(START)  # Token and calendar are there.
    office.kis.latency = 0.5
    begun = time.monotonic()
    result = office.run(REPORT)
    assert result.found == {"holdings": 8, "failed_flows": 0}
    # Seventeen calls of half a second each, one after another, would take over eight.
    assert time.monotonic() - begun < 5


def test_one_run_tells_the_start_of_a_day(office: Office) -> None:
    assert office.run(START).outcome == "ok"
    assert office.run(START).outcome == "done before"
    office.kis.now += timedelta(days=1)
    assert office.run(START).outcome == "ok"
    assert len(office.contents) == 2
    assert BALANCE not in {call.endpoint for call in office.kis.calls}
