"""The outbox to the channel, oldest first: pending -> sending -> sent.

A message found in `sending` has an unknown fate: a run died, or its write was not acknowledged.
It goes out once more, marked. One that could not be posted ends the delivery of this run.
"""

import time
from dataclasses import dataclass, replace

from kis.core.messages import RESENT_NOTE, refused_message
from kis.core.models import Message
from kis.deadline import Deadline
from kis.errors import Interrupted, OutOfTime
from kis.ports import Answer, Channel, ChannelState, Lease, Outcome, Store, Waiting

#: Renewed with every message; long enough for one post with its timeouts.
CHANNEL_LEASE = 20.0
TURN_INTERVAL = 0.2
#: A post is not begun with less than this left, or than this share of a very short run.
POST_TIME = 1.0
POST_SHARE = 0.2

GONE_BEFORE = (
    "디스코드 웹훅이 지워진 것으로 기록되어 보내지 않습니다. DISCORD_WEBHOOK_URL을 바꾸세요"
)
CLOCK_SLACK = 5.0


@dataclass
class Delivery:
    """What became of the outbox: posted, still waiting, refused by the channel, address gone."""

    posted: int = 0
    waiting: int = 0
    refused: int = 0
    gone: bool = False
    trouble: str = ""

    def __add__(self, other: "Delivery") -> "Delivery":
        return Delivery(
            self.posted + other.posted,
            self.waiting + other.waiting,
            self.refused + other.refused,
            self.gone or other.gone,
            self.trouble or other.trouble,
        )


def deliver(store: Store, channel: Channel, deadline: Deadline, waiting: int) -> Delivery:
    """Post all that waits, or as much as the run's time and the channel allow.

    `waiting` is how many are known to wait; 0 still has a look.
    """
    result = Delivery(waiting=waiting)
    while deadline.remaining() > _post_time(deadline):
        opened = store.open_outbox(CHANNEL_LEASE)
        if opened is None:
            result.trouble = "다른 실행이 전송 중입니다"
            deadline.pause(TURN_INTERVAL)
            continue
        lease, state, outbox = opened
        result.waiting = len(outbox)
        result.gone = state.gone_address == channel.address
        if result.gone:
            result.trouble = GONE_BEFORE
        pause = _pause(state)
        if outbox and not result.gone and pause <= 0:
            if not _drain(store, channel, deadline, lease, outbox, result):
                break
            continue
        store.settle(lease, release=True)
        if not outbox or result.gone or pause > deadline.remaining() - _post_time(deadline):
            break
        deadline.pause(pause)
    return result


def _drain(
    store: Store,
    channel: Channel,
    deadline: Deadline,
    lease: Lease,
    outbox: list[Waiting],
    result: Delivery,
) -> bool:
    """Post message after message and give the lease back; whether it is worth another look."""
    again = False
    for waiting in outbox:
        if deadline.remaining() <= _post_time(deadline):
            break
        attempt = replace(waiting, sending=True, repeated=waiting.repeated or waiting.sending)
        try:
            with deadline.shield():
                lease = store.settle(lease, keep=attempt, seconds=CHANNEL_LEASE)
                answer = _post(channel, attempt, lease, deadline)
                if answer.outcome is Outcome.REFUSED and not attempt.plain:
                    attempt = replace(attempt, plain=True)
                    lease = store.settle(lease, keep=attempt, seconds=CHANNEL_LEASE)
                    answer = _post(channel, attempt, lease, deadline)
                state = _state_after(answer, channel)
                lease = _record(store, lease, attempt, answer, state, result)
        except (Interrupted, OutOfTime):
            store.settle(lease, release=True)
            raise
        if answer.outcome is Outcome.REFUSED:
            again = True  # The notice of it waits at the end of the outbox.
        elif answer.outcome is not Outcome.DELIVERED or state:
            again = state is not None and not result.gone
            break
    store.settle(lease, release=True)
    return again


def _record(
    store: Store,
    lease: Lease,
    attempt: Waiting,
    answer: Answer,
    state: ChannelState | None,
    result: Delivery,
) -> Lease:
    """Remember what became of one attempt."""
    result.trouble = answer.reason
    match answer.outcome:
        case Outcome.DELIVERED:
            result.posted += 1
            result.waiting -= 1
            return store.settle(lease, done=attempt, channel=state)
        case Outcome.REFUSED:
            result.refused += 1
            result.waiting -= 1
            return store.settle(lease, aside=attempt, notice=_notice(attempt))
        case outcome:
            result.gone = outcome is Outcome.GONE
            repeated = attempt.repeated or outcome is Outcome.UNKNOWN
            kept = replace(attempt, sending=False, repeated=repeated)
            return store.settle(lease, keep=kept, channel=state)


def _post(channel: Channel, attempt: Waiting, lease: Lease, deadline: Deadline) -> Answer:
    message = attempt.message
    if attempt.repeated:
        message = replace(message, text=f"{message.text}\n{RESENT_NOTE}")
    timeout = min(CHANNEL_LEASE / 2, deadline.remaining())
    if timeout <= 0:
        return Answer(Outcome.NOT_STORED, "실행 시간이 끝났습니다")
    return channel.send(message, plain=attempt.plain, timeout=timeout, until=lease.ends_at)


def _post_time(deadline: Deadline) -> float:
    return min(POST_TIME, deadline.seconds * POST_SHARE)


def _state_after(answer: Answer, channel: Channel) -> ChannelState | None:
    """What later runs have to know of the channel, if anything."""
    if answer.outcome is Outcome.GONE:
        return ChannelState(gone_address=channel.address)
    if answer.wait > 0:
        return ChannelState(noted_at=time.time(), wait=answer.wait)
    return None


def _notice(refused: Waiting) -> Message | None:
    """Tell of a message set aside, but never of such a notice itself."""
    if refused.message.key.startswith("refused:"):
        return None
    return refused_message(refused.message.key, refused.message.text)


def _pause(state: ChannelState) -> float:
    """Seconds the channel asked us to stay away; none if the clock was set back since."""
    age = time.time() - state.noted_at
    return state.wait - age if age > -CLOCK_SLACK else 0.0
