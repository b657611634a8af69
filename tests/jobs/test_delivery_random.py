"""Whatever Discord answers, in whatever order: nothing lost, repeated unmarked, or out of order."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kis.core.messages import RESENT_NOTE
from tests.jobs.conftest import Office
from tests.simulator import Answer

MARK = f"\n{RESENT_NOTE}"
UNKNOWN = ("status 500", "status 504", "reset", "stored_then_500", "stored_then_reset")

answers = st.sampled_from(
    [
        Answer.ok(),
        Answer.status(503),
        Answer.status(403),
        Answer.status(400),
        Answer.status(500),
        Answer.status(504),
        Answer.reset(),
        Answer.stored_then_500(),
        Answer.stored_then_reset(),
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.integers(1, 4), st.lists(answers, max_size=9))
def test_nothing_is_lost_repeated_unmarked_or_out_of_order(
    office: Office, count: int, script: list[Answer]
) -> None:
    begun = len(office.discord.attempts)
    texts = [f"{begun}:{number}" for number in range(count)]
    office.stage(*texts)
    for answer in script:
        office.discord.answer(answer)
    refused = 0
    for _ in range(len(script) + 3):
        delivery = office.deliver()
        refused += delivery.refused
    office.discord.heal()
    refused += office.deliver().refused
    assert office.deliver().waiting == 0

    doubted: set[str] = set()
    arrived: list[str] = []
    for attempt in office.discord.attempts[begun:]:
        content = str((attempt.payload or {})["content"])
        text = content.removesuffix(MARK)
        if text not in texts:
            continue  # A notice of a refused message.
        assert content.endswith(MARK) == (text in doubted), "marked when, and only when, in doubt"
        if attempt.answer in UNKNOWN:
            doubted.add(text)
        if attempt.stored and text not in arrived:
            arrived.append(text)
    assert arrived == sorted(arrived), "in the order they were staged"
    assert len(arrived) + refused >= count, "all arrived, or were set aside and told"
    for text in texts:
        stored = [content for content in office.contents if content == text]
        assert len(stored) <= 1, "unmarked at most once"
