"""Fills, holdings, status -> messages: every word a reader sees is here."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from kis.core.models import (
    DailyFlow,
    Fill,
    FlowEstimate,
    Incident,
    InvestorFlow,
    Message,
    OrderKey,
    Position,
    Side,
    Tone,
    Totals,
)
from kis.core.portfolio import return_percent
from kis.core.text import GAP, escape, number, pack, percent, shares, short_name, signed, won

#: Up to this many fills of one run get a message each; more are packed into as few as fit.
SINGLE_FILLS = 5
_LONGEST_QUOTE = 1500

FIRST_RUN_NOTE = "※ 최초 실행: 이전 기록이 없어 오늘 체결된 내역을 모두 알립니다"
RESENT_NOTE = "※ 재전송 (이미 받으셨을 수 있습니다)"
STARTED = "✅ 디스코드 체결/수익률 알림 봇이 시작되었습니다."
STOPPED = "🛑 디스코드 체결/수익률 알림 봇이 종료되었습니다."
REPORT_TITLE = "📊 [보유 종목 수익률 + 수급 요약 보고]"
NO_HOLDINGS = "보유 종목이 없습니다."
NOT_COUNTED = "미집계"
LOOKUP_FAILED = "조회 실패"

COMMAND_NAMES = {"fills": "체결 조회", "report": "보고", "start": "시작 알림", "stop": "종료 알림"}
SETTINGS_NAME = "설정·키·계좌"
SIDE_NAMES = {Side.BUY: "매수", Side.SELL: "매도"}
SIDE_TONES = {Side.BUY: Tone.BUY, Side.SELL: Tone.SELL}


# Fills


def fill_key(fill: Fill) -> str:
    day, branch, order_number = fill.order.key
    return f"fill:{day:%Y%m%d}-{branch}-{order_number}:{fill.order.filled.quantity:f}"


def fill_text(fill: Fill, note: str = "") -> str:
    order = fill.order
    lines = [
        f"[{SIDE_NAMES[order.side]} 체결 알림]",
        f"종목명: {short_name(order.name)}",
        f"수량: {shares(fill.quantity)}",
        f"단가: {won(fill.price)}",
    ]
    if fill.quantity != order.quantity:
        lines.append(f"체결: {number(order.filled.quantity)}/{shares(order.quantity)} (누적)")
    if note:
        lines.append(note)
    return "\n".join(lines)


def fill_detail(fill: Fill) -> str:
    order = fill.order
    lines = [
        f"체결금액 {won(fill.amount)}",
        f"주문 {order.ordered_at:%m/%d %H:%M:%S} · {escape(order.venue)}",
    ]
    if fill.quantity != order.quantity:
        lines.append(f"누적 {won(order.filled.amount)}")
    return "\n".join(lines)


def fill_line(fill: Fill) -> str:
    order = fill.order
    return (
        f"{SIDE_NAMES[order.side]} {short_name(order.name)} {won(fill.amount)}"
        f" · 주문 {order.ordered_at:%m/%d %H:%M:%S} · {escape(order.venue)}"
    )


def fill_messages(
    fills: Sequence[Fill], room: int, notes: Mapping[OrderKey, str], run_id: str
) -> list[Message]:
    """One message each for a few fills, else packed; oldest first, none dropped.

    `notes` are of those orders whose fills carry one. The keys of noted fills are this run's own:
    they are told although an earlier, forgotten run may have told them.
    """

    def note(fill: Fill) -> str:
        return notes.get(fill.order.key, "")

    def key(fill: Fill) -> str:
        return f"{fill_key(fill)}:{run_id}" if note(fill) else fill_key(fill)

    if len(fills) <= SINGLE_FILLS:
        return [
            Message(
                key(fill),
                fill_text(fill, note(fill)),
                SIDE_TONES[fill.order.side],
                fill_detail(fill),
            )
            for fill in fills
        ]
    messages = []
    left = list(fills)
    for texts in pack([fill_text(fill, note(fill)) for fill in fills], room):
        packed, left = left[: len(texts)], left[len(texts) :]
        messages.append(
            Message(
                f"{key(packed[0])}+{len(packed) - 1}",
                GAP.join(texts),
                detail="\n".join(map(fill_line, packed)),
            )
        )
    return messages


# Report


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


# Status


def status_message(command: str, now: datetime, account_kind: str) -> Message:
    text = {"start": STARTED, "stop": STOPPED}[command]
    return Message(status_key(command), f"{text}\n{account_kind} · {now:%Y-%m-%d %H:%M} (KST)")


def status_key(command: str) -> str:
    return f"status:{command}"


def failure_message(reason: str, name: str) -> Message:
    """One message per incident: its key stays taken until the recovery."""
    return Message(
        f"incident:{name}",
        f"❌ 알림 봇 실행 중 예외 발생: {escape(reason)}",
        Tone.BAD,
    )


def recovery_message(incident: Incident, name: str, now: datetime) -> Message:
    minutes = max(1, round((now - incident.since).total_seconds() / 60))
    lasted = f"{minutes // 60}시간 {minutes % 60}분" if minutes >= 60 else f"{minutes}분"
    what = COMMAND_NAMES.get(name, SETTINGS_NAME)
    return Message(
        f"recovery:{name}:{incident.since:%Y%m%d%H%M%S}:{incident.failures}",
        f"✅ 복구: {what} 정상\n"
        f"{incident.since:%m/%d %H:%M}부터 {lasted} 동안 {incident.failures}회 실패했습니다.",
        Tone.GOOD,
    )


def refused_message(key: str, text: str) -> Message:
    """Tell that the channel would not take a message; never about such a notice itself."""
    return Message(
        f"refused:{key}",
        "❌ 알림 봇 실행 중 예외 발생: 디스코드가 메시지 1건을 거절했습니다. 거절된 내용:\n"
        f"{text[:_LONGEST_QUOTE]}",
        Tone.BAD,
    )
