"""What KIS says is masked before anybody sees it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kis.broker.wire import error_of, mask

PRIVATE = [
    "12345678-01",
    "1234567801",
    "12345678",
    "010-1234-5678",
    "01012345678",
    "02-123-4567",
    "203.0.113.7",
    "2001:db8:0:0:0:0:2:1",
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.PAYLOAD.SIGNATURE",
    "PSabcdefghijklmnopqrstuvwxyz0123456789",
    "abcdefghij+/KLMNOPQRST0123456789==",
    "１２３４５６７８",
]

around = st.text(st.characters(exclude_categories=["Cs", "Nd"]), max_size=30)


@pytest.mark.parametrize("secret", PRIVATE)
@pytest.mark.parametrize(
    "form", ["{}", "계좌 {} 오류", "[{}]", "({})입니다", "{}입니다", "ACNO={};", "오류:{}"]
)
def test_what_identifies_somebody_is_blotted_out(secret: str, form: str) -> None:
    masked = mask(form.format(secret))
    assert secret not in masked
    assert "***" in masked
    assert max(map(len, "".join(c if c.isdigit() else " " for c in masked).split()), default=0) < 5


@given(around, st.sampled_from(PRIVATE), around)
def test_nothing_around_it_hides_a_secret(before: str, secret: str, after: str) -> None:
    assert secret not in mask(before + secret + after)


@pytest.mark.parametrize(
    "text",
    [
        "초당 거래건수를 초과하였습니다.",
        "ERROR INPUT FIELD NOT FOUND [CANO]",
        "TIME LIMIT 00:00 ~ 15:40",
    ],
)
def test_what_is_harmless_is_shown(text: str) -> None:
    assert mask(text) == text


@example("a\x85b\x9bc\u2028d\x0be")
@given(st.text())
def test_a_masked_text_is_one_short_line_that_can_be_written_down(text: str) -> None:
    masked = mask(text)
    assert len(masked) <= 120
    assert len(masked.splitlines()) <= 1
    assert masked.encode().decode() == masked


@pytest.mark.parametrize("field", ["msg1", "msg_cd"])
def test_an_error_shows_no_secret_from_any_field(field: str) -> None:
    for secret in PRIVATE:
        body = {"rt_cd": "1", "msg_cd": "OPSQ2000", "msg1": "왜", field: f"x {secret} y"}
        found = error_of(200, body)
        assert secret not in f"{found} {found.reason} {found.code} {found!r}"
