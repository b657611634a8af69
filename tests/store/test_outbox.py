"""The outbox on either store: in order, one delivery at a time, nothing dropped by accident."""

import time
from dataclasses import replace
from datetime import date

import pytest

from kis.core.models import Message
from kis.errors import LeaseLost
from kis.ports import ChannelState, Lease, Step, Waiting
from kis.store import Memory
from tests.store.conftest import Backend, Remember

MONDAY = date(2026, 11, 23)


def stage(memory: Memory, *texts: str) -> None:
    opening = memory.begin("fills", 30, MONDAY)
    assert opening
    assert opening.lease
    memory.stage(opening.lease, Step(MONDAY, [Message(text, text) for text in texts]))
    memory.finish(opening.lease, good=True)


def open_outbox(memory: Memory, seconds: float = 20) -> tuple[Lease, ChannelState, list[Waiting]]:
    opened = memory.open_outbox(seconds)
    assert opened
    return opened


def texts(memory: Memory) -> list[str]:
    lease, _, outbox = open_outbox(memory)
    memory.settle(lease, release=True)
    return [waiting.message.text for waiting in outbox]


def test_messages_wait_in_the_order_they_were_staged(remember: Remember) -> None:
    memory = remember()
    stage(memory, *(f"a{number}" for number in range(12)))
    stage(memory, *(f"b{number}" for number in range(12)))
    expected = [f"a{number}" for number in range(12)] + [f"b{number}" for number in range(12)]
    assert texts(memory) == expected


def test_one_delivery_at_a_time(remember: Remember) -> None:
    one, other = remember(), remember()
    lease, _, _ = open_outbox(one)
    assert other.open_outbox(20) is None
    one.settle(lease, release=True)
    assert other.open_outbox(20)


def test_runs_stage_while_another_delivers(remember: Remember) -> None:
    one, other = remember(), remember()
    stage(one, "first")
    lease, _, [waiting] = open_outbox(one)
    stage(other, "second")
    one.settle(lease, done=waiting, release=True)
    assert texts(one) == ["second"]


def test_a_message_is_kept_as_it_stands(remember: Remember) -> None:
    memory = remember()
    stage(memory, "first")
    lease, _, [waiting] = open_outbox(memory)
    kept = replace(waiting, sending=True, repeated=True, plain=True)
    lease = memory.settle(lease, keep=kept)
    memory.settle(lease, release=True)
    assert open_outbox(remember())[2] == [kept]


def test_a_done_message_is_gone_and_the_others_wait(remember: Remember) -> None:
    memory = remember()
    stage(memory, "first", "second")
    lease, _, outbox = open_outbox(memory)
    lease = memory.settle(lease, done=outbox[0])
    memory.settle(lease, done=outbox[0], release=True)
    assert texts(memory) == ["second"]


def test_a_message_set_aside_stays_in_the_store_and_its_notice_goes_to_the_end(
    remember: Remember, backend: Backend
) -> None:
    memory = remember()
    stage(memory, "bad", "good")
    lease, _, outbox = open_outbox(memory)
    notice = Message("refused:bad", "notice")
    lease = memory.settle(lease, aside=outbox[0], notice=notice)
    memory.settle(lease, aside=outbox[0], notice=notice, release=True)
    assert texts(memory) == ["good", "notice"]
    aside = [
        value
        for fields in backend.peek().values()
        for name, value in fields.items()
        if name.startswith("aside:")
    ]
    assert len(aside) == 1
    assert "bad" in aside[0]


def test_a_message_can_be_set_aside_without_a_notice(remember: Remember, backend: Backend) -> None:
    memory = remember()
    stage(memory, "bad")
    lease, _, [waiting] = open_outbox(memory)
    memory.settle(lease, aside=waiting, release=True)
    assert texts(memory) == []
    assert "aside:" in str(backend.peek())


def test_the_channels_state_is_kept_over_runs(remember: Remember) -> None:
    memory = remember()
    lease, state, _ = open_outbox(memory)
    assert state == ChannelState()
    told = ChannelState(noted_at=1234.5, wait=60.25, gone_address="hash")
    memory.settle(lease, channel=told, release=True)
    other = remember()
    assert open_outbox(other)[1] == told
    assert other.look(MONDAY).gone_address == "hash"


def test_a_delivery_paused_past_its_lease_changes_nothing(remember: Remember) -> None:
    memory = remember()
    stage(memory, "first")
    lease, _, [waiting] = open_outbox(memory, seconds=0.1)
    time.sleep(0.2)
    with pytest.raises(LeaseLost):
        memory.settle(lease, done=waiting)
    assert texts(remember()) == ["first"]


def test_a_delivery_goes_on_as_long_as_it_renews(remember: Remember) -> None:
    memory, other = remember(), remember()
    stage(memory, "first")
    lease, _, [waiting] = open_outbox(memory, seconds=1.0)
    for _ in range(3):
        time.sleep(0.4)
        assert other.open_outbox(20) is None
        lease = memory.settle(lease, keep=waiting, seconds=1.0)
    memory.settle(lease, done=waiting, release=True)
    assert texts(other) == []


def test_settling_does_not_prolong_a_lease_by_itself(remember: Remember) -> None:
    memory = remember()
    stage(memory, "first")
    lease, _, [waiting] = open_outbox(memory, seconds=0.3)
    assert memory.settle(lease, keep=waiting).ends_at == pytest.approx(lease.ends_at, abs=0.01)
    time.sleep(0.4)
    assert remember().open_outbox(20)
