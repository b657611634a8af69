"""Holdings -> messages."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from kis.core.holdings import DailyFlow, FlowEstimate, InvestorFlow, Position, Totals
from kis.core.models import Message
from kis.core.portfolio import return_percent
from kis.core.text import GAP, pack, percent, shares, short_name, signed, won

REPORT_TITLE = "📊 [보유 종목 수익률 + 수급 요약 보고]"
NO_HOLDINGS = "보유 종목이 없습니다."
NOT_COUNTED = "미집계"
LOOKUP_FAILED = "조회 실패"


def flow_line(flow: InvestorFlow | None, today: date) -> str:
    """Net buying with its basis: today's confirmed, an estimate's time, or an older day."""

    def figure(value: Decimal | None) -> str:
        return NOT_COUNTED if value is None else f"{signed(value)}주"

    match flow:
        case None:
            return f"외국인 순매수: {NOT_COUNTED} | 기관 순매수: {NOT_COUNTED}"
        case FlowEstimate(at=at):
            basis = f" ({at:%H:%M} 잠정)"
        case DailyFlow(day=day) if day != today:
            basis = f" ({day:%m/%d} 기준)"
        case _:
            basis = ""
    return f"외국인 순매수: {figure(flow.foreign)} | 기관 순매수: {figure(flow.institution)}{basis}"


def position_text(position: Position, flow: str) -> str:
    rate = percent(return_percent(position.unrealized_pnl, position.cost))
    return "\n".join(
        (
            f"📌 {short_name(position.name)}",
            f"┗ 수량: {shares(position.quantity)} | 평균단가: {won(position.average_cost)}"
            f" | 현재가: {won(position.market_price)}",
            f"┗ 평가금액: {won(position.market_value)}"
            f" | 수익금: {signed(position.unrealized_pnl)}원 | 수익률: {rate}",
            f"┗ {flow}",
        )
    )


def totals_text(total: Totals) -> str:
    return "\n".join(
        (
            f"📈 총 평가금액: {won(total.market_value)}",
            f"💰 총 수익금: {signed(total.unrealized_pnl)}원",
            f"📉 총 수익률: {percent(return_percent(total.unrealized_pnl, total.cost))}",
        )
    )


def report_messages(
    positions: Sequence[Position],
    flows: Sequence[InvestorFlow | BaseException | None],
    total: Totals,
    now: datetime,
    room: int,
    key: str,
) -> list[Message]:
    """The report; `flows` go with `positions`, a failed lookup in place of its figures."""
    if not positions:
        return [Message(key, f"{REPORT_TITLE}\n{NO_HOLDINGS}", detail=f"{now:%m/%d %H:%M} 기준")]
    failed = f"외국인 순매수: {LOOKUP_FAILED} | 기관 순매수: {LOOKUP_FAILED}"
    blocks = [
        position_text(
            position,
            failed if isinstance(flow, BaseException) else flow_line(flow, now.date()),
        )
        for position, flow in zip(positions, flows, strict=True)
    ]
    blocks[0] = f"{REPORT_TITLE}\n{blocks[0]}"
    return [
        Message(f"{key}:{index}" if index else key, GAP.join(texts))
        for index, texts in enumerate(pack([*blocks, totals_text(total)], room))
    ]
