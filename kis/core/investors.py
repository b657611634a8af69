"""Which figure of foreign and institutional net buying a report shows."""

from collections.abc import Sequence
from datetime import date

from kis.core.holdings import DailyFlow, FlowEstimate, InvestorFlow


def newest_confirmed(flows: Sequence[DailyFlow]) -> DailyFlow | None:
    """The newest day that has been counted; today's row stays blank until after the close."""
    counted = [flow for flow in flows if flow.foreign is not None or flow.institution is not None]
    return max(counted, key=lambda flow: flow.day, default=None)


def is_final(flow: DailyFlow | None, today: date) -> bool:
    """Whether an estimate could add anything to the newest confirmed flow."""
    return flow is not None and flow.day == today


def latest_estimate(estimates: Sequence[FlowEstimate]) -> FlowEstimate | None:
    """The newest one with a figure in it."""
    counted = [one for one in estimates if one.foreign is not None or one.institution is not None]
    return max(counted, key=lambda estimate: estimate.at, default=None)


def choose_flow(
    confirmed: DailyFlow | None, estimate: FlowEstimate | None, today: date
) -> InvestorFlow | None:
    """Today's confirmed figures, else the estimate, else the newest confirmed day, else nothing."""
    if is_final(confirmed, today):
        return confirmed
    return estimate or confirmed
