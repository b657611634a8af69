"""Fields of a row: strict about what they are, blank is never zero, errors name the field only."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kis.broker.holding_rows import parse_daily_flow, parse_flow_estimate, parse_position
from kis.broker.rows import parse_open_day, parse_order
from kis.broker.wire import Row
from kis.core.calendar import SEOUL
from kis.errors import MalformedAnswer
from tests.broker.replies import sample

NOT_TEXT: list[Any] = [None, 1, 1.5, True, [], {}, ["1"], {"a": "1"}]


def row(value: object) -> Row:
    return Row({"field": value}, "output1[0]")


def refused(read: Callable[[Row], object], value: object) -> None:
    with pytest.raises(MalformedAnswer) as caught:
        read(row(value))
    assert "output1[0].field" in str(caught.value)
    assert not isinstance(value, str) or len(value) < 4 or value not in str(caught.value)


def number(found: Row) -> Decimal | None:
    return found.optional_number("field")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("72000", "72000"),
        ("0000100001", "100001"),
        ("-1.63", "-1.63"),
        ("+5", "5"),
        ("22975.0000", "22975"),
        ("000000000000878000", "878000"),
        ("-00000000000464000", "-464000"),
        ("  72000  ", "72000"),
        ("0.00000000", "0"),
        ("\x0072000\x00", "72000"),
        ("9" * 24, "9" * 24),
    ],
)
def test_a_number_is_exact(text: str, value: str) -> None:
    assert number(row(text)) == Decimal(value)


@pytest.mark.parametrize("blank", ["", " ", "   ", "\t", "\u3000"])
def test_a_blank_is_none_and_where_a_number_is_needed_an_error(blank: str) -> None:
    assert number(row(blank)) is None
    refused(lambda found: found.number("field"), blank)
    refused(lambda found: found.count("field"), blank)
    refused(lambda found: found.filled_text("field"), blank)


@pytest.mark.parametrize(
    "text",
    [
        *("NaN", "nan", "Infinity", "-inf", "sNaN", "1e9", "1E+9", "0x10", "1_000", "1,000"),
        *("１２", "٣", "1 2", "--1", "+-1", "-", "+", ".", "1.", ".5", "1..2", "1.2.3", "₩1"),
        *(
            "1\x002",
            "1\n2",
            "9" * 25,
            "1." + "1" * 13,
            "5주",
            "null",
            "True",
            "²",
            "\ud800",
        ),
    ],
)
def test_what_only_looks_like_a_number_is_refused(text: str) -> None:
    refused(number, text)


@pytest.mark.parametrize("value", NOT_TEXT)
def test_what_is_no_string_is_refused(value: object) -> None:
    refused(number, value)
    refused(lambda found: found.text("field"), value)
    refused(lambda found: found.optional_text("field", "default"), value)
    refused(lambda found: found.day("field"), value)


def test_an_absent_field_is_refused_unless_it_has_a_default() -> None:
    found = Row({}, "output1[0]")
    for read in (found.text, found.number, found.optional_number, found.day):
        with pytest.raises(MalformedAnswer):
            read("field")
    assert found.optional_text("field", "default") == "default"
    assert row("  ").optional_text("field", "default") == "default"


def test_a_count_is_never_below_zero() -> None:
    assert row("0").count("field") == 0
    refused(lambda found: found.count("field"), "-1")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (" 삼성전자 ", "삼성전자"),
        ("가\n나", "가 나"),
        ("\x00가\x1b[31m", "가 [31m"),
        ("가\u2028나", "가 나"),
    ],
)
def test_padding_and_control_characters_are_dropped(text: str, clean: str) -> None:
    assert row(text).text("field") == clean


@pytest.mark.parametrize("text", ["\ud800", "가\udfff나", "\udc00\ud800"])
def test_half_a_character_is_refused(text: str) -> None:
    refused(lambda found: found.text("field"), text)


def test_days_and_moments_are_in_seoul() -> None:
    found = Row({"day": "20261123", "time": "091502"}, "x")
    assert found.day("day") == date(2026, 11, 23)
    assert found.moment("day", "time") == datetime(2026, 11, 23, 9, 15, 2, tzinfo=SEOUL)


@pytest.mark.parametrize(
    "day",
    [
        "",
        "2026112",
        "202611233",
        "20261323",
        "20260230",
        "00000000",
        "2026-1-3",
        "２０２６１１２３",
        "x",
    ],
)
def test_what_is_no_day_is_refused(day: str) -> None:
    refused(lambda found: found.day("field"), day)


@pytest.mark.parametrize("clock", ["", "0915", "240000", "096000", "0915023", "09:15:02", "+91502"])
def test_what_is_no_time_is_refused(clock: str) -> None:
    with pytest.raises(MalformedAnswer):
        Row({"day": "20261123", "time": clock}, "x").moment("day", "time")


Parse = Callable[[Row], object]
ENDPOINTS: list[tuple[str, str, Parse, list[str]]] = [
    (
        "daily_orders",
        "output1",
        parse_order,
        [
            "ord_dt",
            "odno",
            "sll_buy_dvsn_cd",
            "pdno",
            "ord_qty",
            "ord_tmd",
            "tot_ccld_qty",
            "tot_ccld_amt",
        ],
    ),
    (
        "balance",
        "output1",
        parse_position,
        ["pdno", "hldg_qty", "pchs_amt", "prpr", "evlu_amt", "evlu_pfls_amt"],
    ),
    ("daily_flows", "output", parse_daily_flow, ["stck_bsop_date"]),
    ("flow_estimates", "output2", parse_flow_estimate, ["bsop_hour_gb"]),
    ("open_days", "output", parse_open_day, ["bass_dt", "opnd_yn"]),
]
NEEDED = [(name, key, parse, field) for name, key, parse, fields in ENDPOINTS for field in fields]


@pytest.mark.parametrize(("name", "key", "parse", "field"), NEEDED)
def test_a_row_without_what_it_needs_is_refused(
    name: str, key: str, parse: Parse, field: str
) -> None:
    first = sample(name)[key][0]
    assert parse(Row(first, "x"))
    for bad in ("", None, 7, [first[field]]):
        with pytest.raises(MalformedAnswer):
            parse(Row({**first, field: bad}, "x"))
    with pytest.raises(MalformedAnswer):
        parse(Row({name: value for name, value in first.items() if name != field}, "x"))


@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], ["1"], "row"])
def test_a_row_that_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(MalformedAnswer):
        Row(value, "output1[3]")


@given(st.decimals(-(10**20), 10**20, places=4), st.integers(0, 10))
def test_any_plain_number_is_read_back_exactly(value: Decimal, padding: int) -> None:
    sign, digits = ("-", f"{-value:f}") if value < 0 else ("", f"{value:f}")
    assert number(row(f" {sign}{'0' * min(padding, 3)}{digits} ")) == value
