"""Numbers as people read them; names that stay names."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kis.core.text import escape, number, pack, percent, short_name, signed
from tests.core.making import names

amounts = st.decimals(-(10**15), 10**15, places=4, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("-0.001", "0"),
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("0.004999", "0"),
        ("2.675", "2.68"),
        ("1000", "1,000"),
        ("1234567.10", "1,234,567.1"),
        ("-1234567.125", "-1,234,567.13"),
        ("100", "100"),
        ("1E+3", "1,000"),
        ("999999999999999999999999", "999,999,999,999,999,999,999,999"),
    ],
)
def test_a_number_has_separators_and_up_to_two_decimals(value: str, text: str) -> None:
    assert number(Decimal(value)) == text


@given(amounts)
def test_a_number_read_back_is_the_rounded_value(value: Decimal) -> None:
    text = number(value)
    assert abs(Decimal(text.replace(",", "")) - value) <= Decimal("0.005")
    assert text not in ("-0", "-0.00", "")
    assert not text.endswith(".")
    assert "." not in text or not text.endswith("0")


@given(amounts)
def test_only_a_gain_that_shows_has_a_plus(value: Decimal) -> None:
    text = signed(value)
    assert text.startswith("+") == (value > 0 and number(value) != "0")
    assert text.lstrip("+") == number(value)


def test_a_missing_rate_is_a_dash() -> None:
    assert percent(None) == "-"
    assert percent(Decimal("3.47")) == "3.47%"


@given(st.text())
def test_escaping_leaves_no_character_discord_would_read(text: str) -> None:
    escaped = escape(text)
    rest = escaped.replace("\\\\", "")
    for character in "*_~`|>#@<":
        assert rest.count(character) == rest.count(f"\\{character}") == text.count(character)


@given(names)
def test_a_name_is_shortened_before_it_is_escaped(name: str) -> None:
    assert short_name(name) == escape(name[:80])


@example(["x" * 50] * 10, 120)
@given(st.lists(st.text(min_size=1, max_size=50), max_size=40), st.integers(50, 200))
def test_packing_keeps_every_block_in_order(blocks: list[str], room: int) -> None:
    texts = list(pack(blocks, room))
    assert [block for text in texts for block in text] == blocks
    assert all(len("\n\n".join(text)) <= room for text in texts)
