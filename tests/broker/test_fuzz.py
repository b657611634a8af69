"""Whatever KIS sends: records or an AlertError, never another exception or a false "nothing"."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kis.broker.holding_rows import parse_daily_flow, parse_flow_estimate, parse_position
from kis.broker.rows import parse_open_day, parse_order, parse_rows
from kis.broker.token import Token, parse_token
from kis.broker.wire import NO_DATA_CODES, Envelope, Json, Row, error_of, parse_body
from kis.core.holdings import Position
from kis.core.models import Order
from kis.errors import AlertError
from tests.broker.replies import envelope, sample

Parse = Callable[[Row], object]
ENDPOINTS: list[tuple[str, str, Parse]] = [
    ("daily_orders", "output1", parse_order),
    ("balance", "output1", parse_position),
    ("daily_flows", "output", parse_daily_flow),
    ("flow_estimates", "output2", parse_flow_estimate),
    ("open_days", "output", parse_open_day),
]

#: Half characters, control characters and all.
texts = st.text(st.characters(exclude_categories=[]), max_size=12)
hostile = st.sampled_from(
    [
        "",
        " ",
        "NaN",
        "1e9",
        "-1",
        "１２",
        "\x00",
        "0" * 30,
        "9" * 5000,
        "20261332",
        "00010101",
        "\ud800",
    ]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts | hostile
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
statuses = st.sampled_from([200, 200, 200, 204, 301, 400, 403, 404, 429, 500, 502, 503, 504, 599])
flags = st.sampled_from(
    [{}, {"tr_cont": "D"}, {"tr_cont": "F"}, {"tr_cont": "M"}, {"tr_cont": "?"}]
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a body."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in entries:
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, Parse, Json]:
    """A recorded body with a few of its parts replaced or taken away."""
    name, key, parse = draw(st.sampled_from(ENDPOINTS))
    body = sample(name)
    for _ in range(draw(st.integers(1, 3))):
        container, place = draw(st.sampled_from(list(places(body))))
        if draw(st.booleans()) and isinstance(container, dict):
            container.pop(place, None)
        else:
            container[place] = draw(values)
        if not body:
            break
    return key, parse, body


def records(found: Envelope, key: str, parse: Parse) -> list[object]:
    return parse_rows(found, key, parse)


@settings(max_examples=400)
@given(damaged(), statuses, flags, st.booleans())
def test_a_damaged_body_is_records_or_an_error(
    case: tuple[str, Parse, Json], status: int, headers: dict[str, str], first: bool
) -> None:
    key, parse, body = case
    try:
        found = envelope(body, status=status, headers=headers, first=first)
        made = records(found, key, parse)
    except AlertError as error:
        str(error).encode()
        return
    assert made or found.code in NO_DATA_CODES or body[key] == []
    for record in made:
        repr(record).encode()
        if isinstance(record, Order):
            assert record.filled.quantity >= 0
            assert record.filled.amount >= 0
            assert isinstance(record.ordered_at, datetime)
        if isinstance(record, Position):
            assert record.quantity >= 0
            assert all(
                isinstance(value, Decimal) and value.is_finite()
                for value in (record.cost, record.market_price, record.unrealized_pnl)
            )


@settings(max_examples=200)
@given(st.binary(max_size=60) | values.map(lambda value: json.dumps(value).encode()), statuses)
def test_any_bytes_are_an_answer_or_an_error(content: bytes, status: int) -> None:
    try:
        found = envelope(content, status=status)
        made = [records(found, key, parse) for _, key, parse in ENDPOINTS]
    except AlertError as error:
        str(error).encode()
        return
    assert found.code in NO_DATA_CODES or any(made)


@settings(max_examples=200)
@given(
    st.dictionaries(st.sampled_from(["rt_cd", "msg_cd", "msg1", "error_code"]), values), statuses
)
def test_any_refusal_is_an_error_that_can_be_shown(body: Json, status: int) -> None:
    error = error_of(status, body)
    assert isinstance(error, AlertError)
    assert len(str(error).splitlines()) == 1
    assert len(str(error)) < 400
    str(error).encode()


@settings(max_examples=200)
@given(
    st.fixed_dictionaries(
        {}, optional={"access_token": values, "access_token_token_expired": values}
    )
)
def test_any_token_answer_is_a_token_or_an_error(body: Json) -> None:
    try:
        token = parse_token(body)
    except AlertError:
        return
    assert isinstance(token, Token)
    assert token.value.isascii()
    assert token.expires_at.tzinfo


@given(st.sampled_from(ENDPOINTS), st.integers(0, 4000))
def test_a_body_cut_anywhere_is_an_error(endpoint: tuple[str, str, Parse], length: int) -> None:
    content = json.dumps(sample(endpoint[0])).encode()
    cut = content[: min(length, len(content) - 1)]
    for status in (200, 500):
        try:
            parse_body(status, cut)
        except AlertError:
            continue
        raise AssertionError(cut)
