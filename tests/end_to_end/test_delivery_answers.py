"""What Discord answers, and what becomes of the message (operations facts 1)."""

import pytest

from tests.end_to_end.steps import announced, bought, lines, run
from tests.simulator import Answer, Discord
from tests.world import World, free_port

UNKNOWN = [
    Answer.stored_then_500(),
    Answer.status(504),
    Answer.reset(),
    Answer.stored_then_stall(30),
]
NOT_STORED = [
    Answer.status(502, "<html>Bad Gateway</html>"),
    Answer.status(403, "error code: 1010"),
]
FIRST, SECOND = announced("삼성전자", "1", "72,000"), announced("삼성전자", "2", "72,000")


def test_a_post_asks_for_an_answer_pings_nobody_and_says_who_it_is(quick_world: World) -> None:
    bought(quick_world)
    run(quick_world, "fills")
    [attempt] = quick_world.discord.attempts
    assert attempt.waited
    assert attempt.payload is not None
    assert attempt.payload["allowed_mentions"] == {"parse": []}
    agent = attempt.headers["user-agent"]
    assert agent
    assert not agent.lower().startswith(("python", "mozilla", "curl"))


@pytest.mark.parametrize("answer", UNKNOWN, ids=lambda answer: answer.name)
def test_an_unknown_outcome_is_posted_again_once_and_marked(
    quick_polled_world: World, answer: Answer
) -> None:
    """Order is kept: nothing newer is posted before it, in this run or the next."""
    world = quick_polled_world
    bought(world, 1)
    bought(world, 2)
    world.discord.answer(answer)
    run(world, "fills", code=1, RUN_TIMEOUT="4")
    assert len(world.discord.attempts) == 1
    stored = len(world.contents)
    world.next_minute()
    run(world, "fills")
    repeated, second = world.contents[stored:]
    assert lines(repeated)[:4] == lines(FIRST)
    assert "재전송" in lines(repeated)[-1]
    assert second == SECOND


@pytest.mark.parametrize("answer", NOT_STORED, ids=lambda answer: answer.name)
def test_what_was_certainly_not_stored_is_posted_again_unmarked(
    quick_polled_world: World, answer: Answer
) -> None:
    world = quick_polled_world
    bought(world, 1)
    bought(world, 2)
    world.discord.answer(answer)
    run(world, "fills", code=1)
    assert len(world.discord.attempts) == 1
    world.next_minute()
    run(world, "fills")
    assert world.contents == [FIRST, SECOND]


def test_a_refused_connection_is_posted_again_unmarked(quick_polled_world: World) -> None:
    world = quick_polled_world
    port = free_port()
    url = world.discord.webhook_url.replace(f":{world.discord.port}/", f":{port}/")
    bought(world, 1)
    run(world, "fills", code=1, DISCORD_WEBHOOK_URL=url)
    world.next_minute()
    with Discord(port) as back:
        run(world, "fills", DISCORD_WEBHOOK_URL=url)
        assert back.contents == [FIRST]


def test_a_repeat_with_an_unknown_fate_stays_marked(quick_world: World) -> None:
    """One mark, however often it is repeated; and the second fate known, it is over."""
    world = quick_world
    bought(world, 1)
    for answer in (Answer.stored_then_500(), Answer.status(503), Answer.stored_then_500()):
        world.discord.answer(answer)
        run(world, "fills", code=1)
        world.next_minute()
    run(world, "fills")
    assert [content.count("재전송") for content in world.contents] == [0, 1, 1]


@pytest.mark.parametrize("status", [201, 204])
def test_any_2xx_is_stored(quick_world: World, status: int) -> None:
    quick_world.discord.answer(Answer.status(status, "" if status == 204 else "{}"))
    run(quick_world, "start")
    run(quick_world, "start")
    assert len(quick_world.discord.attempts) == 1


def test_a_refused_payload_goes_out_once_more_as_plain_text(world: World) -> None:
    """400: without anything but the text, in the same run."""
    bought(world, 1)
    world.discord.answer(Answer.status(400))
    run(world, "fills")
    first, second = world.discord.attempts
    assert first.payload is not None
    assert second.payload is not None
    assert first.payload["embeds"]
    assert "embeds" not in second.payload
    assert first.payload["content"] == second.payload["content"]
    assert second.payload["allowed_mentions"] == {"parse": []}
    assert len(world.contents) == 1


def test_a_payload_refused_twice_is_set_aside_and_blocks_no_other(world: World) -> None:
    """With an error; and no later run tries it again."""
    bought(world, 1)
    bought(world, 2)
    world.discord.answer(Answer.status(400), times=2)
    result = run(world, "fills", code=1)
    assert "ERROR" in result.err
    world.next_minute()
    run(world, "fills")
    texts = [text for text in world.contents if text.startswith("[")]
    assert [lines(text)[2] for text in texts] == ["수량: 2주"]


def test_a_webhook_that_is_gone_is_left_alone_until_it_changes(world: World) -> None:
    """404: exit 2, and 2 again without a post; all messages go, unmarked, to the new one."""
    bought(world, 1)
    world.discord.delete_webhook()
    run(world, "fills", code=2)
    bought(world, 2)
    world.next_minute()
    run(world, "fills", code=2)
    run(world, "stop", code=2)
    assert len(world.discord.attempts) == 1
    url = world.discord.replace_webhook()
    world.next_minute()
    run(world, "fills", DISCORD_WEBHOOK_URL=url)
    assert [lines(text)[2] for text in world.contents[:2]] == ["수량: 1주", "수량: 2주"]
    assert world.contents[2].startswith("🛑")
    assert "재전송" not in "".join(world.contents)


def test_a_webhook_whose_token_is_wrong_is_gone_as_well(quick_world: World) -> None:
    """401."""
    url = f"{quick_world.discord.webhook_url}x"
    run(quick_world, "start", code=2, DISCORD_WEBHOOK_URL=url)
    run(quick_world, "stop", code=2, DISCORD_WEBHOOK_URL=url)
    assert [attempt.status for attempt in quick_world.discord.attempts] == [401]
