"""KIS's envelopes and texts: what an answer looks like on the wire (fact sheet 9.2, 9.3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Body = dict[str, Any]

TEXTS: Mapping[str, str] = {
    "EGW00001": "일시적 오류가 발생했습니다.",
    "EGW00002": "서버 에러가 발생했습니다.",
    "EGW00003": "접근이 거부되었습니다.",
    "EGW00004": "권한을 부여받지 않은 고객입니다.",
    "EGW00101": "유효하지 않은 요청입니다.",
    "EGW00102": "AppKey는 필수입니다.",
    "EGW00103": "유효하지 않은 AppKey입니다.",
    "EGW00104": "AppSecret은 필수입니다.",
    "EGW00105": "유효하지 않은 AppSecret입니다.",
    "EGW00121": "유효하지 않은 token 입니다.",
    "EGW00122": "token을 찾을 수 없습니다.",
    "EGW00123": "기간이 만료된 token 입니다.",
    "EGW00132": "Content-Type이 유효하지 않습니다.",
    "EGW00133": "접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)",
    "EGW00201": "초당 거래건수를 초과하였습니다.",
    "EGW00202": "GW라우팅 중 오류가 발생했습니다.",
    "EGW00203": "OPS라우팅 중 오류가 발생했습니다.",
    "EGW00205": "credentials_type이 유효하지 않습니다.(Bearer)",
    "EGW00206": "API 사용 권한이 없습니다.",
    "EGW00207": "IP 주소가 없거나 유효하지 않습니다.",
    "EGW00208": "고객유형(custtype)이 유효하지 않습니다.",
    "EGW00213": "모의투자 TR 이 아닙니다.",
    "EGW00215": "원장에서 허용 가능한 초당 거래건수를 초과하였습니다.",
    "EGW00300": "라우팅 처리 중 오류가 발생했습니다.",
    "EGW00301": "접속 중 시간이 초과되었습니다.",
    "EGW00302": "거래시간이 초과되었습니다.",
    "EGW00303": "API 처리 중 오류가 발생했습니다.",
    "EGW00304": "고객식별키가 유효하지 않습니다.",
    "EGW00316": "조회 처리 중 오류가 발생하였습니다. 다시 조회하시기 바랍니다.",
    "EGW02004": "실전투자 TR 이 아닙니다.",
    "OPSQ0002": "없는 서비스 코드 입니다",
    "OPSQ0003": "서비스 처리 중 오류가 발생하였습니다.",
    "OPSQ2000": "ERROR : INPUT INVALID_CHECK_ACNO",
    "OPSQ2001": "ERROR INPUT FIELD NOT FOUND",
    "OPSQ2002": "ERROR INPUT FIELD SIZE",
    "SYDB0050": "조회이후에 자료가 변경되었습니다.(다시 조회하세요)",
    "APBK1350": "조회 오류입니다. 다시 조회 하세요",
    "KIER2570": "조회일자를 확인하십시오",
    "APAC0489": "위탁계좌만 가능합니다.",
    "40910000": "모의투자에서는 제공되지 않습니다.",
    "90000000": "모의투자에서는 해당업무가 제공되지 않습니다.",
    "KIOK0460": "조회 되었습니다. (마지막 자료)",
    "KIOK0500": "조회가 계속됩니다.",
    "KIOK0510": "조회가 완료되었습니다",
    "KIOK0560": "조회할 내용이 없습니다",
    "20310000": "모의투자 조회가 완료되었습니다.",
    "70070000": "모의투자 조회할 내역(자료)이 없습니다.",
    "MCA00000": "정상처리 되었습니다.",
}

_RETURN_CODES: Mapping[str, str] = {
    "OPSQ2000": "2",
    "OPSQ2001": "2",
    "OPSQ2002": "2",
    "SYDB0050": "7",
    "APBK1350": "7",
    "KIER2570": "7",
    "APAC0489": "7",
    "KIOK0460": "0",
    "KIOK0500": "0",
    "KIOK0510": "0",
    "KIOK0560": "0",
    "20310000": "0",
    "70070000": "0",
    "MCA00000": "0",
}

JSON_TYPE = "application/json;charset=UTF-8"
TOKEN_ENDPOINTS = ("tokenP", "revokeP")


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer before it is written; `code` is what the call log shows."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    succeeded: bool = False

    def with_headers(self, more: Mapping[str, str]) -> Reply:
        """The same answer with `more` headers over its own."""
        return replace(self, headers={**self.headers, **more})


def padded(text: str, width: int = 80) -> str:
    """`msg1` as recorded: spaces up to 80 bytes of EUC-KR, where Hangul counts two (9.2)."""
    return text + " " * max(0, width - len(text.encode("euc-kr", "replace")))


def json_reply(status: int, body: Body, code: str, *, succeeded: bool = False) -> Reply:
    """A JSON answer, Korean unescaped."""
    data = json.dumps(body, ensure_ascii=False).encode()
    return Reply(status, data, {"Content-Type": JSON_TYPE}, code, succeeded)


def success(
    body: Body, code: str, *, continuation: str = "", message: str | None = None, pad: bool = True
) -> Reply:
    """`rt_cd` "0" with the response header `tr_cont` (9.2, 2.6)."""
    text = TEXTS[code] if message is None else message
    envelope = {"rt_cd": "0", "msg_cd": code, "msg1": padded(text) if pad else text}
    reply = json_reply(200, {**body, **envelope}, code, succeeded=True)
    return reply.with_headers({"tr_cont": continuation})


def refusal(
    code: str,
    *,
    message: str | None = None,
    status: int | None = None,
    return_code: str | None = None,
    body: Body | None = None,
) -> Reply:
    """A refused call: gateway codes (EGW…) come with HTTP 500, the rest with 200 (9.2).

    `return_code` defaults to the one the fact sheet shows with the code (9.3), else "1".
    """
    text = TEXTS.get(code, "") if message is None else message
    envelope = {
        "rt_cd": _RETURN_CODES.get(code, "1") if return_code is None else return_code,
        "msg_cd": code,
        "msg1": text if code.startswith(("EGW", "OPSQ")) else padded(text),
    }
    if status is None:
        status = 500 if code.startswith("EGW") else 200
    return json_reply(status, {**(body or {}), **envelope}, code)


def token_refusal(code: str, *, message: str | None = None, status: int | None = None) -> Reply:
    """The token endpoint's own envelope: `error_code`, `error_description`, HTTP 403 (1.3)."""
    text = TEXTS.get(code, "") if message is None else message
    body = {"error_description": text, "error_code": code}
    return json_reply(403 if status is None else status, body, code)


def html_page(status: int) -> Reply:
    """A gateway's error page instead of JSON (9.2)."""
    page = (
        "<!DOCTYPE HTML><html><head><title>Error</title></head>"
        f"<body><h1>{status} Service Temporarily Unavailable</h1></body></html>"
    )
    return Reply(status, page.encode(), {"Content-Type": "text/html; charset=UTF-8"}, "")
