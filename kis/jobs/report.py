"""Report the holdings: value, profit, return, and who bought and sold them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from kis.core.calendar import in_regular_session
from kis.core.holdings import FlowEstimate, InvestorFlow, Position
from kis.core.investors import choose_flow, is_final, latest_estimate, newest_confirmed
from kis.core.portfolio import merge_rows, totals
from kis.core.report_messages import report_messages
from kis.errors import BrokerError, KeyRefused, OutOfTime
from kis.jobs.frame import Job, Parts, Result
from kis.ports import Market, Opening, Step

#: Calls in flight at once; how many start in a second is the client's pacing.
WORKERS = 16

FLOW_ERRORS = (BrokerError, KeyRefused, OutOfTime)


def report_key(now: datetime) -> str:
    """Once an hour."""
    return f"report:{now:%Y-%m-%dT%H}"


def report_holdings(parts: Parts, opening: Opening, result: Result) -> Step:
    positions = merge_rows(parts.market.fetch_positions())
    flows = fetch_flows(parts.market, positions, parts.now)
    total = totals(positions)
    failed = sum(isinstance(flow, Exception) for flow in flows)
    result.found = {"holdings": len(positions), "failed_flows": failed}
    key = report_key(parts.now)
    if opening.told:  # Forced: this hour's own key is taken.
        key = f"{key}:{parts.now:%M%S%f}"
    messages = report_messages(positions, flows, total, parts.now, parts.channel.room, key)
    return Step(parts.now.date(), messages, snapshot=total)


def fetch_flows(
    market: Market, positions: Sequence[Position], now: datetime
) -> list[InvestorFlow | Exception | None]:
    """The flow of each position, or the error that stays with it."""

    def fetch(position: Position) -> InvestorFlow | Exception | None:
        try:
            return fetch_flow(market, position, now)
        except FLOW_ERRORS as error:
            return error

    pool = ThreadPoolExecutor(WORKERS)
    try:
        return list(pool.map(fetch, positions))
    finally:
        # An interrupted run does not wait for answers on their way.
        pool.shutdown(wait=False, cancel_futures=True)


def fetch_flow(market: Market, position: Position, now: datetime) -> InvestorFlow | None:
    """Ask for the confirmed days, and in session for the estimate where today is not counted."""
    confirmed, failure = None, None
    try:
        confirmed = newest_confirmed(market.fetch_daily_flows(position.symbol, position.name))
    except FLOW_ERRORS as error:
        failure = error
    estimate = None
    if in_regular_session(now) and not is_final(confirmed, now.date()):
        estimate = _estimate(market, position)
    flow = choose_flow(confirmed, estimate, now.date())
    if flow is None and failure:
        raise failure
    return flow


def _estimate(market: Market, position: Position) -> FlowEstimate | None:
    try:
        return latest_estimate(market.fetch_flow_estimates(position.symbol))
    except FLOW_ERRORS:
        return None


REPORT = Job("report", report_holdings, done_key=report_key, asks_ledger=True)
