"""KIS wire rules with no I/O: an answer -> an envelope or an error; a row -> values.

Fact: gateway errors come as HTTP 500 with a JSON body, token errors under other names, and
"no data" is a success. So the message code decides, and the HTTP status only where there is none.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeGuard

from kis.core.calendar import SEOUL
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

Json = dict[str, Any]

#: "Nothing to show", a legitimate empty result: real accounts, paper accounts.
NO_DATA_CODES = frozenset({"KIOK0560", "70070000"})

_PASSING = frozenset(
    {
        *("EGW00201", "EGW00215"),  # per-second limits
        *("EGW00001", "EGW00002", "EGW00202", "EGW00203", "EGW00316"),
        *("EGW00300", "EGW00301", "EGW00302", "EGW00303"),
        *("OPSQ0003", "OPSQ0008", "OPSQ0009", "OPSQ0010", "OPSQ0011", "OPSQ1002"),
        "APBK1350",
    }
)
_KEY = ("EGW00101", "EGW00102", "EGW00103", "EGW00104", "EGW00105", "EGW00304")
_RIGHTS = ("EGW00003", "EGW00004", "EGW00206", "EGW00208")
_ENVIRONMENT = ("EGW00205", "EGW00213", "EGW02004")
TOO_SOON = "EGW00133"

#: What to do about a code, in the reader's words.
ADVICE = {
    **dict.fromkeys(_KEY, "KIS_APP_KEY와 KIS_APP_SECRET을 확인하세요"),
    **dict.fromkeys(_RIGHTS, "KIS Developers에서 이 앱키의 API 사용 권한을 확인하세요"),
    **dict.fromkeys(_ENVIRONMENT, "KIS_ENV(real/paper)와 앱키의 종류가 맞는지 확인하세요"),
    "EGW00207": "KIS Developers에 등록한 허용 IP를 확인하세요",
    "OPSQ2000": "KIS_ACCOUNT_NO가 이 앱키의 계좌인지, KIS_ENV가 맞는지 확인하세요",
    "APAC0489": "위탁계좌만 조회할 수 있습니다. KIS_ACCOUNT_NO를 확인하세요",
    TOO_SOON: "토큰 발급은 1분에 한 번입니다. 다음 실행에서 다시 시도합니다",
    "EGW00201": "초당 호출 한도를 넘었습니다. 같은 앱키를 쓰는 다른 프로그램이 있는지 확인하세요",
    "EGW00215": "원장 호출 한도를 넘었습니다. 같은 계좌를 조회하는 프로그램이 있는지 확인하세요",
}

_ERRORS: dict[str, type[BrokerError] | type[KeyRefused]] = {
    **dict.fromkeys(_PASSING, BrokerUnavailable),
    **dict.fromkeys((*_KEY, *_RIGHTS, *_ENVIRONMENT, "EGW00207"), KeyRefused),
    **dict.fromkeys(("OPSQ2000", "APAC0489"), AccountRefused),
    **dict.fromkeys(("EGW00121", "EGW00122", "EGW00123"), TokenRejected),
    "SYDB0050": QueryChanged,
    "OPSQ0002": UnsupportedQuery,
}

#: Asking again gets the same answer: too soon for a token, our input, the query's date.
_FINAL = (TOO_SOON, "OPSQ2001", "OPSQ2002", "OPSQ2003", "OPSQ3", "OPSQ999", "KIER2570", "APBK0919")

# What KIS says may quote the account, a phone or an address.
_PRIVATE = re.compile(
    r"eyJ[\w.-]+|\d{1,3}(\.\d{1,3}){3}|([0-9a-fA-F]{0,4}:){3,7}[0-9a-fA-F]{0,4}"
    r"|\d{2,4}[-. ]\d{3,4}[-. ]\d{4}|\d{4,8}-\d{2}\b|[0-9A-Za-z+/=_-]{20,}|\d{7,}"
)
_NUMBER = re.compile(r"[+-]?[0-9]{1,24}(\.[0-9]{1,12})?")
_DAY = re.compile(r"[0-9]{8}")
_TIME = re.compile(r"[0-9]{6}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def mask(text: str) -> str:
    """A text of KIS's, one short line, with all that could identify somebody blotted out."""
    printable = _CONTROL.sub(" ", text.encode(errors="replace").decode())
    return _PRIVATE.sub("***", printable).strip()[:120]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A successful answer. `has_more` and `cursor` (filter, page key, verbatim) serve paging;
    `is_last` is what KIS says of the last page, and does not always say.

    Names in `body` are in lower case: KIS was seen to change them (`Output1`).
    """

    body: Json
    code: str
    has_more: bool
    is_last: bool
    cursor: tuple[str, str]

    @property
    def is_empty(self) -> bool:
        return self.code in NO_DATA_CODES

    def rows(self, name: str) -> list["Row"]:
        """The rows of a list. Blanks in the place of a list are allowed with "no data" only."""
        value = self.body.get(name)
        if self.is_empty and not isinstance(value, list):
            return []
        if not isinstance(value, list):
            raise MalformedAnswer(f"KIS 응답의 {name}이(가) 목록이 아닙니다")
        return [Row(row, f"{name}[{index}]") for index, row in enumerate(value)]


class Row:
    """One object of an answer; every reader raises MalformedAnswer, naming the field only."""

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise MalformedAnswer(f"KIS 응답의 {where}이(가) 객체가 아닙니다")
        self._fields: Json = value
        self._where = where

    def text(self, name: str) -> str:
        """A string without padding and control characters; "" for a blank one."""
        value = self._fields.get(name)
        if not _is_text(value):
            raise self._bad(name)
        return _CONTROL.sub(" ", value).strip()

    def filled_text(self, name: str) -> str:
        return self.text(name) or self._raise(name)

    def optional_number(self, name: str) -> Decimal | None:
        """A number, padded or signed; None for a blank, which is never 0."""
        text = self.text(name)
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise self._bad(name)
        return Decimal(text)

    def number(self, name: str) -> Decimal:
        value = self.optional_number(name)
        return self._raise(name) if value is None else value

    def count(self, name: str) -> Decimal:
        """A number that cannot be below zero."""
        value = self.number(name)
        return self._raise(name) if value < 0 else value

    def optional_text(self, name: str, default: str) -> str:
        """Like `text`, with a default for a field that is absent or blank."""
        return (self.text(name) if name in self._fields else "") or default

    def day(self, name: str) -> date:
        """A date, YYYYMMDD."""
        return self.moment(name).date()

    def moment(self, day_name: str, time_name: str = "") -> datetime:
        """An aware moment: KIS's clock is KST. The day is YYYYMMDD, the time HHMMSS."""
        day, time = self.text(day_name), self.text(time_name) if time_name else "000000"
        if not (_DAY.fullmatch(day) and _TIME.fullmatch(time)):
            raise self._bad(time_name if _DAY.fullmatch(day) else day_name)
        try:
            return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=SEOUL)
        except ValueError:
            raise self._bad(day_name) from None

    def _bad(self, name: str) -> MalformedAnswer:
        return MalformedAnswer(f"KIS 응답의 {self._where}.{name} 값이 올바르지 않습니다")

    def _raise(self, name: str) -> Any:
        raise self._bad(name)


def _is_text(value: Any) -> TypeGuard[str]:
    """A string that can be written down: no half of a surrogate pair in it."""
    return isinstance(value, str) and not _SURROGATE.search(value)


def parse_body(status: int, content: bytes) -> Json:
    """The JSON object of an answer; BrokerUnavailable for a 5xx or 429 without one."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        return body
    if status >= 500 or status == 429:
        raise BrokerUnavailable(f"KIS 서버 오류 (HTTP {status})")
    raise MalformedAnswer(f"KIS 응답이 JSON 객체가 아닙니다 (HTTP {status})")


def parse_envelope(
    status: int, headers: Mapping[str, str], content: bytes, *, first: bool = True
) -> Envelope:
    """Judge an answer by its message code, then by its HTTP status.

    "Nothing to show" is a success under any return code, on the first page.
    """
    body = parse_body(status, content)
    code, return_code = _codes(body)
    if return_code != "0" and not (first and code == "KIOK0560"):
        raise error_of(status, body)
    if status != 200:
        if status >= 500:
            raise BrokerUnavailable(f"KIS 서버 오류 (HTTP {status})")
        raise MalformedAnswer(f"KIS가 HTTP {status}로 답했습니다")
    more = headers.get("tr_cont", "").strip()
    if more not in ("", "F", "M", "D", "E"):
        raise MalformedAnswer("KIS 응답의 tr_cont 값이 올바르지 않습니다")
    body = {name.lower(): value for name, value in body.items()}
    cursor = (body.get("ctx_area_fk100", ""), body.get("ctx_area_nk100", ""))
    if more in ("F", "M") and not all(_is_text(part) for part in cursor):
        raise MalformedAnswer("KIS 응답의 연속조회 키가 올바르지 않습니다")
    return Envelope(body, code, more in ("F", "M"), more in ("D", "E"), cursor)


def error_of(status: int, body: Json) -> AlertError:
    """The error that a failed answer stands for."""
    code, return_code = _codes(body)
    if not code and return_code is None:
        if status >= 500:
            return BrokerUnavailable(f"KIS 서버 오류 (HTTP {status})")
        return MalformedAnswer(f"KIS 응답에 결과 코드가 없습니다 (HTTP {status})")
    default = BrokerUnavailable if status >= 500 or status == 429 else BrokerError
    said = body.get("msg1", body.get("error_description", ""))
    said = mask(said) if isinstance(said, str) else ""
    reason = f"KIS 오류: {said}" if said else "KIS 오류"
    if code in ADVICE:
        reason = f"{reason} → {ADVICE[code]}"
    safe_code = mask(code)
    kind = BrokerError if code.startswith(_FINAL) else _ERRORS.get(code, default)
    return kind(reason, code=safe_code)


def _codes(body: Json) -> tuple[str, str | None]:
    """Message code and return code; a return code was also seen as a number."""
    code = body.get("error_code", body.get("msg_cd", ""))
    return_code = body.get("rt_cd")
    if isinstance(return_code, int) and not isinstance(return_code, bool):
        return_code = str(return_code)
    return (
        code.strip() if isinstance(code, str) else "",
        return_code if isinstance(return_code, str) else None,
    )
