"""The right answer to any request: token desk, gate, rate limits, endpoint."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field

from tests.simulator.gate import (
    refused_headers,
    refused_parameters,
    refused_token_request,
    service_of,
)
from tests.simulator.pace import Pace
from tests.simulator.replies import Reply, html_page, refusal
from tests.simulator.state import Asked, State
from tests.simulator.tokens import TokenDesk
from tests.simulator.wire import Request

TOKEN_PATHS = ("/oauth2/tokenP", "/oauth2/revokeP")


@dataclass
class Desk:
    """Answers as KIS would; charging comes first and apart, since a call that fails counts."""

    state: State
    pace: Pace
    tokens: TokenDesk = field(default_factory=TokenDesk)
    foreign_tokens: TokenDesk = field(default_factory=TokenDesk)

    def charge(self, request: Request) -> str:
        """Counts the call against the limits (9.1); the refusing code, or ""."""
        service = service_of(request.path)
        if service is None:
            return ""
        account = request.query.get("CANO", "") if service.is_ledger else None
        return self.pace.charge(request.headers.get("appkey", ""), account)

    def answer(self, request: Request, exceeded: str) -> Reply:
        """The answer to a request of which `charge` said `exceeded`."""
        if request.path in TOKEN_PATHS:
            return self._token_answer(request)
        service = service_of(request.path)
        if service is None or request.method != "GET":
            return html_page(404)
        if reply := refused_headers(self.state, self.tokens, request):
            return _stamped(reply, request)
        if exceeded:
            return _stamped(refusal(exceeded), request)
        asked = Asked(
            request.path.rsplit("/", 1)[-1],
            request.headers.get("tr_id", ""),
            request.query,
            # Only N continues (10.4): any other value is a first page again.
            request.headers.get("tr_cont") == "N",
        )
        refused = refused_parameters(self.state, service, asked)
        return _stamped(refused or service.answer(self.state, asked), request)

    def _token_answer(self, request: Request) -> Reply:
        if request.method != "POST":
            return html_page(404)
        if reply := refused_token_request(self.state, request):
            return reply
        asked = json.loads(request.body)
        desk = self.tokens if asked["appkey"] == self.state.app_key else self.foreign_tokens
        if request.path.endswith("/revokeP"):
            return desk.revoke(str(asked.get("token", "")))
        return desk.request(self.state.moment)


def _stamped(reply: Reply, request: Request) -> Reply:
    """The response headers of 1.2: tr_id, tr_cont, gt_uid."""
    headers = {"tr_id": request.headers.get("tr_id", ""), "gt_uid": secrets.token_hex(16)}
    return reply.with_headers({"tr_cont": "", **reply.headers, **headers})
