"""Fills and status -> messages; with `report_messages.py`, every word a reader sees."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice

from kis.core.models import Fill, Incident, Message, Order, OrderKey, Side, Tone
from kis.core.text import GAP, day_and_time, escape, number, pack, shares, short_name, won

#: Up to this many fills of one run get a message each; more are packed into as few as fit.
SINGLE_FILLS = 5
_LONGEST_QUOTE = 1500

FIRST_RUN_NOTE = "※ 최초 실행: 이전 기록이 없어 오늘 체결된 내역을 모두 알립니다"
RESENT_NOTE = "※ 재전송 (이미 받으셨을 수 있습니다)"
STARTED = "✅ 디스코드 체결/수익률 알림 봇이 시작되었습니다."
STOPPED = "🛑 디스코드 체결/수익률 알림 봇이 종료되었습니다."

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


def order_text(order: Order) -> str:
    return f"주문 {day_and_time(order.ordered_at)} · {escape(order.venue)}"


def fill_detail(fill: Fill) -> str:
    order = fill.order
    lines = [f"체결금액 {won(fill.amount)}", order_text(order)]
    if fill.quantity != order.quantity:
        lines.append(f"누적 {won(order.filled.amount)}")
    return "\n".join(lines)


def fill_line(fill: Fill) -> str:
    order = fill.order
    return (
        f"{SIDE_NAMES[order.side]} {short_name(order.name)} {won(fill.amount)}"
        f" · {order_text(order)}"
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
    left = iter(fills)
    for texts in pack((fill_text(fill, note(fill)) for fill in fills), room):
        packed = list(islice(left, len(texts)))
        messages.append(
            Message(
                f"{key(packed[0])}+{len(packed) - 1}",
                GAP.join(texts),
                detail="\n".join(map(fill_line, packed)),
            )
        )
    return messages


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
