"""An answer is judged by its message code first, its HTTP status second."""

import pytest

from kis.broker.wire import error_of, parse_body
from kis.errors import (
    AccountRefused,
    AlertError,
    BrokerError,
    BrokerUnavailable,
    KeyRefused,
    MalformedAnswer,
    QueryChanged,
    TokenRejected,
    UnsupportedQuery,
)
from tests.broker.replies import envelope, refusal, sample

#: The table of codes (fact sheet 9.3): what each one stands for.
CODES: dict[type[AlertError], str] = {
    BrokerUnavailable: "EGW00201 EGW00215 EGW00316 EGW00001 EGW00002 EGW00300 EGW00301 EGW00302"
    " EGW00303 EGW00202 EGW00203 OPSQ0003 OPSQ0008 OPSQ0009 OPSQ0010 OPSQ0011 OPSQ1002 APBK1350",
    QueryChanged: "SYDB0050",
    TokenRejected: "EGW00121 EGW00122 EGW00123",
    KeyRefused: "EGW00101 EGW00102 EGW00103 EGW00104 EGW00105 EGW00304 EGW00003 EGW00004 EGW00206"
    " EGW00205 EGW00213 EGW02004 EGW00207 EGW00208",
    AccountRefused: "OPSQ2000 APAC0489",
    UnsupportedQuery: "OPSQ0002",
    BrokerError: "EGW00133 OPSQ2001 OPSQ2002 OPSQ2003 OPSQ3001 OPSQ9995 OPSQ9999 KIER2570 APBK0919",
}
TABLE = [(code, kind) for kind, codes in CODES.items() for code in codes.split()]


def error(body: object, status: int = 200, *, first: bool = True) -> AlertError:
    with pytest.raises(AlertError) as caught:
        envelope(body, status=status, first=first)
    return caught.value


@pytest.mark.parametrize("status", [200, 401, 403, 500])
@pytest.mark.parametrize(("code", "kind"), TABLE)
def test_a_code_means_the_same_with_every_status(
    code: str, kind: type[AlertError], status: int
) -> None:
    found = error(refusal(code, "왜"), status)
    assert type(found) is kind
    assert found.code == code
    assert str(found).startswith("KIS 오류: 왜")


@pytest.mark.parametrize(("code", "kind"), TABLE)
def test_a_code_means_the_same_in_the_token_endpoints_envelope(
    code: str, kind: type[AlertError]
) -> None:
    found = error_of(403, {"error_code": code, "error_description": "왜"})
    assert type(found) is kind
    assert (found.code, found.reason.partition(" →")[0]) == (code, "KIS 오류: 왜")


@pytest.mark.parametrize(("code", "kind"), TABLE)
def test_what_the_user_must_mend_ends_with_advice_and_exit_two(
    code: str, kind: type[AlertError]
) -> None:
    found = error(refusal(code))
    assert found.needs_user == issubclass(kind, KeyRefused)
    assert found.exit_code == (2 if found.needs_user else 1)
    if found.needs_user and code != "EGW00208":
        assert "→" in found.reason


@pytest.mark.parametrize("code", ["KIOK0460", "KIOK0500", "KIOK0510", "MCA00000", "20310000", ""])
def test_a_return_code_of_zero_is_a_success(code: str) -> None:
    for return_code in ("0", 0):
        found = envelope({**sample("daily_orders"), "rt_cd": return_code, "msg_cd": code})
        assert not found.is_empty
        assert len(found.rows("output1")) == 3


@pytest.mark.parametrize("return_code", ["1", "2", "7", "00", "", "x", 1, None, 0.0, False, [], {}])
def test_any_other_return_code_is_a_failure(return_code: object) -> None:
    assert isinstance(error({**sample("daily_orders"), "rt_cd": return_code}), BrokerError)


def test_nothing_to_show_is_empty_whatever_the_return_code_on_the_first_page() -> None:
    for return_code in ("0", "7"):
        found = envelope(refusal("KIOK0560", return_code=return_code))
        assert found.is_empty
        assert found.rows("output1") == []
    assert isinstance(error(refusal("KIOK0560", return_code="7"), first=False), BrokerError)


@pytest.mark.parametrize("code", ["KIOK0560", "70070000"])
@pytest.mark.parametrize("blanks", [{}, {"a": ""}, "", None, 0])
def test_blanks_in_the_place_of_a_list_are_empty_only_with_a_code_that_says_so(
    code: str, blanks: object
) -> None:
    body = {"rt_cd": "0", "output1": blanks}
    assert envelope({**body, "msg_cd": code}).rows("output1") == []
    found = envelope({**body, "msg_cd": "KIOK0510"})
    with pytest.raises(MalformedAnswer):
        found.rows("output1")


def test_an_error_code_is_never_an_empty_list() -> None:
    found = envelope(refusal("EGW00201", return_code="0"))
    with pytest.raises(MalformedAnswer):
        found.rows("output1")
    assert type(error(refusal("70070000"))) is BrokerError


def test_a_success_with_a_bad_status_is_not_believed() -> None:
    for status, kind in (
        (500, BrokerUnavailable),
        (503, BrokerUnavailable),
        (302, MalformedAnswer),
    ):
        assert type(error(sample("no_balance"), status)) is kind


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"null", b"[]", b'"x"', b"1", b"\xff\xfe"])
def test_what_is_no_object_is_malformed_or_a_server_in_trouble(body: bytes) -> None:
    for status, kind in ((200, MalformedAnswer), (404, MalformedAnswer), (429, BrokerUnavailable)):
        assert type(error(body, status)) is kind
    for status in (500, 502, 503, 504):
        assert type(error(body, status)) is BrokerUnavailable


def test_an_unknown_code_is_final_unless_the_server_is_in_trouble() -> None:
    assert type(error(refusal("NEWS0001"))) is BrokerError
    assert type(error(refusal("NEWS0001"), 500)) is BrokerUnavailable
    assert type(error({}, 200)) is MalformedAnswer
    assert type(error({}, 502)) is BrokerUnavailable


def test_padding_of_a_message_is_dropped_and_line_breaks_too() -> None:
    found = error(refusal("NEWS0001", "조회\n오류\r\n입니다.   " + " " * 60))
    assert str(found) == "KIS 오류: 조회 오류 입니다. [NEWS0001]"


@pytest.mark.parametrize("message", [None, 1, ["x"], {"a": "b"}])
def test_a_message_that_is_no_text_is_left_out(message: object) -> None:
    assert str(error({**refusal("NEWS0001"), "msg1": message})) == "KIS 오류 [NEWS0001]"


@pytest.mark.parametrize(
    ("flag", "has_more"),
    [
        ("F", True),
        ("M", True),
        ("D", False),
        ("E", False),
        ("", False),
        (" ", False),
        (None, False),
    ],
)
def test_the_response_header_says_whether_more_follows(flag: str | None, has_more: bool) -> None:
    headers = {} if flag is None else {"tr_cont": flag}
    found = envelope(sample("daily_orders"), headers=headers)
    assert found.has_more == has_more


def test_an_unknown_continuation_flag_is_malformed() -> None:
    with pytest.raises(MalformedAnswer):
        envelope(sample("daily_orders"), headers={"tr_cont": "X"})


def test_cursors_are_kept_verbatim() -> None:
    body = sample("daily_orders")
    found = envelope(body, headers={"tr_cont": "F"})
    assert found.cursor == (body["ctx_area_fk100"], body["ctx_area_nk100"])
    assert len(found.cursor[1]) == 100


@pytest.mark.parametrize("cursor", [None, 1, [], "\ud800"])
def test_a_cursor_that_cannot_be_echoed_is_malformed(cursor: object) -> None:
    with pytest.raises(MalformedAnswer):
        envelope({**sample("daily_orders"), "ctx_area_nk100": cursor}, headers={"tr_cont": "F"})


def test_a_body_that_nests_for_ever_is_malformed() -> None:
    with pytest.raises(MalformedAnswer):
        parse_body(200, b"[" * 200_000)
