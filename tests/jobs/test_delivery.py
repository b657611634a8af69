"""Delivery, decision by decision: order, marks, waits, refusals; on either store."""

import threading
import time
from dataclasses import replace

import pytest

from kis.core.messages import RESENT_NOTE
from kis.errors import LeaseLost
from kis.ports import ChannelState
from tests.jobs.conftest import Office
from tests.simulator import Answer

GONE_FOR_A_WHILE = Answer.status(503)


def test_all_that_waits_is_posted_oldest_first(office: Office) -> None:
    office.stage("1", "2", "3")
    office.stage("4")
    delivery = office.deliver()
    assert office.contents == ["1", "2", "3", "4"]
    assert (delivery.posted, delivery.waiting) == (4, 0)


def test_an_empty_outbox_is_no_trouble(office: Office) -> None:
    delivery = office.deliver()
    assert (delivery.posted, delivery.waiting, delivery.trouble) == (0, 0, "")
    assert office.discord.attempts == []


@pytest.mark.parametrize(
    ("answer", "is_marked"),
    [
        (Answer.status(503), False),
        (Answer.status(403), False),
        (Answer.rate_limited(3600), False),
        (Answer.status(500), True),
        (Answer.status(504), True),
        (Answer.reset(), True),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_message_not_posted_ends_the_delivery_and_goes_first_the_next_time(
    office: Office, answer: Answer, is_marked: bool
) -> None:
    office.stage("1", "2", "3")
    office.discord.answer(Answer.ok())
    office.discord.answer(answer)
    first = office.deliver()
    assert (first.posted, first.waiting) == (1, 2)
    assert office.contents == ["1"]
    office.forget("channel:")  # The time the channel asked for is over.
    assert office.deliver().posted == 2
    assert office.contents == ["1", f"2\n{RESENT_NOTE}" if is_marked else "2", "3"]


def test_a_repetition_is_marked_once_however_often_it_is_tried(office: Office) -> None:
    office.stage("1")
    for answer in (Answer.stored_then_500(), Answer.status(503), Answer.stored_then_reset()):
        office.discord.answer(answer)
        assert office.deliver().waiting == 1
    assert office.deliver().posted == 1
    assert office.contents == ["1", f"1\n{RESENT_NOTE}", f"1\n{RESENT_NOTE}"]


def test_a_message_found_in_the_middle_of_sending_is_marked(office: Office) -> None:
    office.stage("1", "2")
    memory = office.memory()
    opened = memory.open_outbox(20)
    assert opened
    lease, _, outbox = opened
    memory.settle(lease, keep=replace(outbox[0], sending=True), release=True)
    office.deliver()
    assert office.contents == [f"1\n{RESENT_NOTE}", "2"]


def test_a_wait_that_fits_is_waited_out(office: Office) -> None:
    office.stage("1", "2")
    office.discord.answer(Answer.rate_limited(0.6))
    begun = time.monotonic()
    delivery = office.deliver()
    assert time.monotonic() - begun >= 0.6
    assert (delivery.posted, delivery.waiting) == (2, 0)
    assert office.contents == ["1", "2"]


def test_a_wait_that_does_not_fit_is_kept_over_runs(office: Office) -> None:
    office.stage("1")
    office.discord.answer(Answer.rate_limited(600))
    for _ in range(3):
        assert office.deliver(seconds=3).waiting == 1
    assert len(office.discord.attempts) == 1
    memory = office.memory()
    opened = memory.open_outbox(20)
    assert opened
    lease, state, _ = opened
    assert state.wait == 600
    over = ChannelState(noted_at=state.noted_at - 601, wait=state.wait)
    memory.settle(lease, channel=over, release=True)
    assert office.deliver().posted == 1
    assert office.contents == ["1"]


def test_a_wait_noted_before_the_clock_was_set_back_is_over(office: Office) -> None:
    office.stage("1")
    memory = office.memory()
    opened = memory.open_outbox(20)
    assert opened
    ahead = ChannelState(noted_at=time.time() + 3600, wait=600)
    memory.settle(opened[0], channel=ahead, release=True)
    assert office.deliver(seconds=3).posted == 1


def test_an_emptied_bucket_is_waited_for_by_the_next_run(office: Office) -> None:
    office.discord.limits = True
    office.stage(*map(str, range(7)))
    delivery = office.deliver()
    assert delivery.posted == 7
    assert {attempt.status for attempt in office.discord.attempts} == {200}


def test_a_refused_message_goes_out_plain(office: Office) -> None:
    office.stage("1", "2")
    office.discord.answer(Answer.status(400))
    delivery = office.deliver()
    assert (delivery.posted, delivery.refused, delivery.waiting) == (2, 0, 0)
    assert [len(message.embeds) for message in office.discord.messages] == [0, 1]


def test_a_message_refused_twice_is_set_aside_and_told_once_at_the_end(office: Office) -> None:
    office.stage("[매수 체결 알림]\n종목명: 1", "2", "3")
    office.discord.answer(Answer.status(400), times=2)
    delivery = office.deliver()
    assert (delivery.posted, delivery.refused, delivery.waiting) == (3, 1, 0)
    assert office.contents[:2] == ["2", "3"]
    assert office.contents[2].startswith("❌ 알림 봇 실행 중 예외 발생: ")
    assert "[매수 체결 알림]" in office.contents[2]
    assert office.deliver().posted == 0
    assert len(office.contents) == 3


def test_of_a_refused_notice_no_notice_is_made(office: Office) -> None:
    office.stage("1")
    office.discord.answer(Answer.status(400), times=4)
    delivery = office.deliver()
    assert (delivery.posted, delivery.refused, delivery.waiting) == (0, 2, 0)
    assert office.deliver().waiting == 0
    assert len(office.discord.attempts) == 4


def test_a_plain_attempt_that_failed_stays_plain(office: Office) -> None:
    office.stage("1")
    office.discord.answer(Answer.status(400))
    office.discord.answer(GONE_FOR_A_WHILE)
    assert office.deliver().waiting == 1
    assert office.deliver().posted == 1
    assert office.discord.messages[0].embeds == []
    assert office.contents == ["1"]


def test_a_webhook_that_is_gone_is_not_asked_again_until_it_is_another(office: Office) -> None:
    office.stage("1", "2")
    office.discord.answer(Answer.status(404))
    first = office.deliver()
    assert (first.gone, first.waiting) == (True, 2)
    for _ in range(2):
        assert office.deliver().gone
    assert len(office.discord.attempts) == 1
    office.discord.replace_webhook()
    delivery = office.deliver()
    assert (delivery.gone, delivery.posted) == (False, 2)
    assert office.contents == ["1", "2"]


def test_whoever_comes_second_waits_for_the_first(office: Office) -> None:
    office.stage("1")
    memory = office.memory()
    opened = memory.open_outbox(20)
    assert opened
    threading.Timer(0.5, lambda: memory.settle(opened[0], release=True)).start()
    begun = time.monotonic()
    assert office.deliver().posted == 1
    assert time.monotonic() - begun >= 0.5


def test_waiting_for_ones_turn_ends_with_the_runs_time(office: Office) -> None:
    office.stage("1")
    assert office.memory().open_outbox(20)
    begun = time.monotonic()
    delivery = office.deliver(seconds=1.5)
    assert time.monotonic() - begun < 1.5
    assert (delivery.posted, delivery.waiting) == (0, 1)
    assert delivery.trouble


def test_a_delivery_that_lost_its_turn_posts_nothing_more(office: Office) -> None:
    office.stage("1", "2", "3")
    office.discord.answer(Answer.slow(1.0))
    other = office.memory()

    def take_over() -> None:
        time.sleep(0.4)
        office.forget("lease:channel:")
        assert other.open_outbox(20)

    thread = threading.Thread(target=take_over)
    thread.start()
    with pytest.raises(LeaseLost):
        office.deliver()
    thread.join()
    assert office.contents == ["1"]


def test_no_post_is_begun_with_hardly_any_time_left(office: Office) -> None:
    office.stage("1")
    delivery = office.deliver(seconds=1, spent=0.85)
    assert (delivery.posted, delivery.waiting) == (0, 1)
    assert office.discord.attempts == []
