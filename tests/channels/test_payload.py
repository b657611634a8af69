"""What is sent to Discord: within its limits, pinging nobody, the line that matters as content."""

from hypothesis import given
from hypothesis import strategies as st

from kis.channels.discord import COLOURS, CONTENT_LIMIT, Discord, render_payload
from kis.core.messages import RESENT_NOTE
from kis.core.models import Message, Tone
from tests.simulator.discord_rules import refused_payload, would_ping

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50)
lengths = st.integers(1, 300)


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """Of any length, far beyond the limits too."""
    text = (draw(texts) * draw(lengths)) or "x"
    return Message("key", f"x{text}", draw(st.sampled_from(Tone)), draw(texts) * draw(lengths))


@given(messages(), st.booleans())
def test_discord_takes_every_payload_and_nobody_is_pinged(message: Message, plain: bool) -> None:
    payload = render_payload(message, plain=plain)
    assert refused_payload(payload) is None
    assert not would_ping(payload)
    assert payload["allowed_mentions"] == {"parse": []}
    assert len(payload["content"]) <= CONTENT_LIMIT


@given(messages())
def test_the_text_is_the_content_and_the_detail_an_embed(message: Message) -> None:
    payload = render_payload(message)
    assert payload["content"] == message.text[:2000]
    if message.detail:
        assert payload["embeds"][0]["description"] == message.detail[:4096]
        assert payload["embeds"][0]["color"] == COLOURS[message.tone]


def test_plain_leaves_out_all_that_could_be_refused() -> None:
    message = Message("key", "text", Tone.BUY, "detail")
    assert set(render_payload(message, plain=True)) == {"content", "allowed_mentions"}
    assert set(render_payload(Message("key", "text"))) == {"content", "allowed_mentions"}


def test_a_mention_in_a_name_stays_a_text() -> None:
    assert not would_ping(render_payload(Message("key", "@everyone <@1> <@&2>")))


def test_red_is_bought_and_blue_is_sold() -> None:
    buy, sell = (COLOURS[tone].to_bytes(3, "big") for tone in (Tone.BUY, Tone.SELL))
    assert buy[0] == max(buy)
    assert sell[2] == max(sell)
    assert set(COLOURS) == set(Tone)


def test_a_full_message_still_has_room_for_the_mark_of_a_repetition() -> None:
    assert Discord.room + 1 + len(RESENT_NOTE) <= CONTENT_LIMIT
    assert "재전송" in RESENT_NOTE


def test_an_address_is_a_hash_that_changes_with_the_webhook() -> None:
    url = "https://discord.com/api/webhooks/1/token"
    assert Discord(url).address == Discord(url).address
    assert Discord(url).address != Discord(f"{url}2").address
    assert "token" not in Discord(url).address
