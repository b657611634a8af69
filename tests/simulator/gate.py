"""The gate before every call: headers, token, TR id, account and parameters (fact sheet 1, 2.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tests.simulator.replies import Reply, html_page, refusal, token_refusal
from tests.simulator.services import SERVICES, Service
from tests.simulator.state import Asked, State
from tests.simulator.tokens import TokenDesk
from tests.simulator.wire import Request

CUSTOMER_TYPES = ("P", "B")


def default_app_key(environment: str) -> str:
    """36 characters that say what they are (1.1)."""
    return f"PSSIMULATOR{environment.upper()}KEY".ljust(36, "0")


def default_app_secret(environment: str) -> str:
    """180 characters that say what they are (1.1)."""
    return (f"SimulatedAppSecretOf{environment.title()}" * 9)[:179] + "="


def refused_token_request(state: State, request: Request) -> Reply | None:
    """The refusal of a token request, in the token endpoint's envelope (1.3), or None."""
    try:
        asked = json.loads(request.body)
    except ValueError:
        return token_refusal("EGW00101")
    if not isinstance(asked, dict) or not _is_json(request.headers.get("content-type", "")):
        return token_refusal("EGW00101")
    if not asked.get("appkey"):
        return token_refusal("EGW00102")
    keys = {state.app_key: state.app_secret}
    other = _other_environment(state)
    # A key of the other environment gets its token and is refused on the first call.
    keys.setdefault(default_app_key(other), default_app_secret(other))
    if asked["appkey"] not in keys:
        return token_refusal("EGW00103")
    if not asked.get("appsecret"):
        return token_refusal("EGW00104")
    if asked["appsecret"] != keys[asked["appkey"]]:
        return token_refusal("EGW00105")
    if request.path.endswith("/tokenP") and asked.get("grant_type") != "client_credentials":
        return token_refusal("EGW00101")
    return None


def refused_headers(state: State, tokens: TokenDesk, request: Request) -> Reply | None:
    """The refusal of a call's headers (1.2, 1.5), or None.

    A strict KIS refuses a missing `custtype` or `content-type`, as the sheet asks to send them;
    the real one lets public clients go without.
    """
    code = next(_header_codes(state, tokens, request), "")
    return refusal(code) if code else None


def _header_codes(state: State, tokens: TokenDesk, request: Request) -> Iterator[str]:
    headers = request.headers
    app_key, app_secret = headers.get("appkey", ""), headers.get("appsecret", "")
    if not app_key:
        yield "EGW00102"
    elif app_key != state.app_key:
        yield _unknown_key_code(state, app_key)
    elif app_secret != state.app_secret:
        yield "EGW00105" if app_secret else "EGW00104"
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if not token:
        yield "EGW00122"
    elif scheme != "Bearer":
        yield "EGW00205"
    elif code := tokens.verdict(token, state.moment):
        yield code
    if headers.get("custtype", "" if state.strict else "P") not in CUSTOMER_TYPES:
        yield "EGW00208"
    default_type = "" if state.strict else "application/json"
    if not _is_json(headers.get("content-type", default_type)):
        yield "EGW00132"


def refused_parameters(state: State, service: Service, asked: Asked) -> Reply | None:
    """The refusal of the TR id, the account or a parameter (0.2, 1.1, 1.2), or None."""
    if reply := _refused_tr(state, service, asked.tr_id):
        return reply
    if set(asked.query) - set(service.parameters):
        return html_page(500)
    optional = service.optional_for(asked.tr_id)
    for name, pattern in service.parameters.items():
        if name not in asked.query and name not in optional:
            return refusal("OPSQ2001", message=f"ERROR INPUT FIELD NOT FOUND [{name}]")
        if name in asked.query and not re.fullmatch(pattern, asked.query[name]):
            return _refused_value(service, name, pattern)
    number, _, product = state.account.partition("-")
    own = {"CANO": number, "ACNT_PRDT_CD": product}
    if any(asked.query.get(name, value) != value for name, value in own.items()):
        return refusal("OPSQ2000")
    return None


def _refused_value(service: Service, name: str, pattern: str) -> Reply:
    """OPSQ2002 for a wrong length, OPSQ2001 for a value that is none of the documented ones."""
    if "{" in pattern:
        return refusal("OPSQ2002", message=f"ERROR INPUT FIELD SIZE [{name}]")
    text = f"ERROR : INPUT INVALID_CHECK_{name}" if service.is_ledger else f"ERROR INVALID {name}"
    return refusal("OPSQ2001", message=text)


def _refused_tr(state: State, service: Service, tr_id: str) -> Reply | None:
    """A TR of the other environment is EGW02004, one the endpoint has not is OPSQ0002 (0.2)."""
    ours = service.paper_ids if state.is_paper else service.real_ids
    others = service.real_ids if state.is_paper else service.paper_ids
    if tr_id in ours:
        return None
    if tr_id in others and ours:
        text = "모의투자 TR 이 아닙니다." if state.is_paper else "실전투자 TR 이 아닙니다."
        return refusal("EGW02004", message=text)
    return refusal("OPSQ0002")


def service_of(path: str) -> Service | None:
    """The endpoint at a path."""
    return SERVICES.get(path)


def _unknown_key_code(state: State, app_key: str) -> str:
    foreign = app_key == default_app_key(_other_environment(state))
    return "EGW02004" if foreign else "EGW00103"


def _other_environment(state: State) -> str:
    return "real" if state.is_paper else "paper"


def _is_json(content_type: str) -> bool:
    return content_type.lower().startswith("application/json")
