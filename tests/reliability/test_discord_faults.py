"""Every answer of Discord to every kind of message, and two hundred fills under its limits."""

from __future__ import annotations

from itertools import product

import pytest

from tests.reliability.passing import minutes_pass
from tests.reliability.runs import Launcher
from tests.reliability.slots import quick_world, side_by_side
from tests.reliability.witness import Script, Witness, announcements, is_marked, outbox, unmarked
from tests.simulator import Answer, Fault, Heartbeat
from tests.world import World

#: Answer, and whether the repetition is marked; None where there is no repetition.
ANSWERS: tuple[tuple[Answer, bool | None], ...] = (
    (Answer.rate_limited(300), False),
    (Answer.rate_limited_html(), False),
    (Answer.status(502), False),
    (Answer.status(503), False),
    (Answer.status(403), False),
    (Answer.status(500), True),
    (Answer.status(504), True),
    (Answer.status(520), True),
    (Answer.status(524), True),
    (Answer.reset(), True),
    (Answer.stored_then_500(), True),
    (Answer.stored_then_status(504), True),
    (Answer.stored_then_reset(), True),
    (Answer.stored_then_stall(30), True),
    (Answer.status(400), None),
)
KINDS = ("fill", "report", "start", "stop", "incident", "recovery")


def tell(kind: str, world: World, script: Script, launcher: Launcher) -> str:
    """Bring the world to where one run of the returned command sends one message of that kind."""
    if kind == "fill":
        script.fill(script.order(), 4, 1000)
    if kind == "report":
        world.kis.market.hold("000900", "보유종목", 10, 900, 1000)
    if kind in ("incident", "recovery"):
        world.kis.fail("inquire-balance", Fault.code("APBK9999"), times=1)
    if kind == "recovery":
        assert launcher.run(world, "report").code == 1
        minutes_pass(world)
        world.kis.market.holdings.clear()
    return {"fill": "fills", "incident": "report", "recovery": "report"}.get(kind, kind)


def test_every_answer_to_every_kind_of_message_keeps_it_and_marks_it_rightly(
    launcher: Launcher,
) -> None:
    def play(number: int, case: tuple[tuple[Answer, bool | None], str]) -> None:
        (answer, marked), kind = case
        with quick_world(None) as world:
            script = Script(world)
            command = tell(kind, world, script, launcher)
            before = len(world.contents)
            world.discord.answer(answer)
            run = launcher.run(world, command, extra={"RUN_TIMEOUT": "4", "REPORT_TIMEOUT": "4"})
            assert "Traceback" not in run.err, (case, run)
            assert run.code == (0 if marked is None and kind != "incident" else 1), (case, run)
            world.discord.heal()
            minutes_pass(world, 6)
            run = launcher.run(world, command)
            assert run.code == 0, (case, run)
            assert outbox(world) == []
            told = world.contents[before:]
            first = unmarked(told[0])
            same = [content for content in told if unmarked(content) == first]
            stored = answer.name.startswith("stored")
            assert [is_marked(content) for content in same] == (
                [False, True] if stored else [bool(marked)]
            ), (case, told)

    side_by_side(play, list(product(ANSWERS, KINDS)), lanes=8)


def test_a_long_wait_is_kept_over_runs_and_nothing_is_sent_before_its_end(
    launcher: Launcher,
) -> None:
    with quick_world(None) as world:
        script = Script(world)
        witness = Witness(world, script)
        script.fill(script.order(), 4, 1000)
        world.discord.answer(Answer.rate_limited(1800))
        for _ in range(5):
            assert launcher.run(world, "fills").code == 1
            minutes_pass(world, 5)
        assert len(world.discord.attempts) == 1
        minutes_pass(world, 6)
        assert launcher.run(world, "fills").code == 0
        assert witness.problems() == []
        assert not is_marked(world.contents[0])


@pytest.mark.parametrize("status", [401, 404])
def test_what_waits_goes_unmarked_and_in_order_to_the_new_webhook(
    status: int, launcher: Launcher
) -> None:
    with quick_world(None) as world:
        script = Script(world)
        witness = Witness(world, script)
        world.discord.answer(Answer.status(status))
        for number in range(3):
            script.fill(script.order(), 4, 1000 + number)
            assert launcher.run(world, "fills").code == 2
            witness.look()
            minutes_pass(world)
        assert len(world.discord.attempts) == 1
        world.discord.heal()
        world.environment["DISCORD_WEBHOOK_URL"] = world.discord.replace_webhook()
        assert launcher.run(world, "fills").code == 0
        assert witness.problems() == []
        assert len(world.contents) == 3
        assert not any(map(is_marked, world.contents))


def test_two_hundred_fills_arrive_in_order_in_as_few_messages_as_fit(launcher: Launcher) -> None:
    with quick_world(None) as world:
        world.discord.limits = True
        script = Script(world)
        witness = Witness(world, script)
        for number in range(200):
            script.fill(script.order(), 4, 1000 + number)
        run = launcher.run(world, "fills")
        assert run.code == 0, run
        assert witness.problems() == []
        told = [one.name for content in world.contents for one in announcements(content, script)]
        assert told == list(script.orders)
        lengths = [len(content) for content in world.contents]
        assert all(length <= 2000 for length in lengths)
        # No message would have had room for the first fill of the next one.
        for content, following in zip(world.contents, world.contents[1:], strict=False):
            block = following.split("\n\n")[0]
            assert len(content) + len(block) + 2 > 2000 - 60


def test_seventy_messages_arrive_under_a_limit_of_thirty_a_minute(launcher: Launcher) -> None:
    """Five fills a run, each a message of its own, while Discord takes none; then it takes them."""
    with quick_world(None) as world:
        script = Script(world)
        witness = Witness(world, script)
        world.discord.answer(Answer.status(503), times=None)
        for run in range(14):
            for number in range(5):
                script.fill(script.order(), 4, 1000 + 5 * run + number)
            assert launcher.run(world, "fills").code == 1
            minutes_pass(world)
        world.discord.heal()
        assert len(outbox(world)) == 70
        full, busy = Answer.rate_limited(3600, scope="shared"), 0
        for _ in range(3):
            world.discord.answer(Answer.ok(), times=30)
            world.discord.answer(full)
            busy += launcher.run(world, "fills").code
            witness.look()
            minutes_pass(world, 61)
            world.discord.heal()
        assert busy == 2
        assert witness.problems() == []
        assert len(world.contents) == 70
        assert not any(map(is_marked, world.contents))


def test_an_incident_is_told_once_and_its_end_with_duration_and_count(launcher: Launcher) -> None:
    """Twelve failed runs over an hour, Discord down for the first six of them; then all is well."""
    with quick_world(None) as world, Heartbeat() as heart:
        world.environment["HEARTBEAT_URL"] = heart.url
        world.kis.fail("inquire-daily-ccld", Fault.code("OPSQ2002"), times=None)
        world.discord.answer(Answer.status(503), times=None)
        for number in range(12):
            if number == 6:
                assert world.contents == []
                world.discord.heal()
            assert launcher.run(world, "fills").code == 1
            minutes_pass(world, 5)
        world.kis.heal()
        for _ in range(3):
            assert launcher.run(world, "fills").code == 0
            minutes_pass(world)
        failure, recovery = world.contents
        assert failure.startswith("❌ 알림 봇 실행 중 예외 발생: ")
        assert recovery.startswith("✅ 복구")
        assert "1시간 0분" in recovery
        assert "12회" in recovery
        assert heart.paths == ["/fail"] * 12 + ["/"] * 3
