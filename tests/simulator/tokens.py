"""Access tokens: issue, repeat, expiry and revocation (fact sheet 1.3 to 1.5)."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.simulator.moments import stamp_text
from tests.simulator.replies import Body, Reply, json_reply, token_refusal

VALIDITY = timedelta(days=1)
SAME_TOKEN = timedelta(hours=6)
ISSUE_GAP = timedelta(minutes=1)


@dataclass(slots=True)
class _Issued:
    token: str
    issued_at: datetime
    expires_at: datetime
    refused_with: str = ""


class TokenDesk:
    """Issues tokens for one app key and judges the ones that come back.

    After a new issue past six hours the old token answers EGW00121: the fact sheet leaves its
    fate open and calls this the safe reading (1.3); `old_tokens_live` switches to the other.
    """

    def __init__(self) -> None:
        self.old_tokens_live = False
        self._issued: list[_Issued] = []
        self._last_grant: datetime | None = None
        self._fresh_wanted = False

    def request(self, now: datetime) -> Reply:
        """An issue through HTTP: at most one a minute, the same token within six hours (1.3)."""
        if self._last_grant is not None and abs(now - self._last_grant) < ISSUE_GAP:
            return token_refusal("EGW00133")
        self._last_grant = now
        return json_reply(200, self._envelope(self._current(now)), "", succeeded=True)

    def grant(self, now: datetime) -> str:
        """A valid token without the limit, for tests that start with one."""
        return self._current(now).token

    def verdict(self, token: str, now: datetime) -> str:
        """The refusing code for a token, or "" when it is good (1.5)."""
        for issued in self._issued:
            if issued.token == token:
                return issued.refused_with or ("EGW00123" if now >= issued.expires_at else "")
        return "EGW00121"

    def expire_all(self) -> None:
        """Every token so far answers EGW00123; the next issue gives a new one."""
        for issued in self._issued:
            issued.refused_with = "EGW00123"
        self._fresh_wanted = True

    def revoke(self, token: str) -> Reply:
        """The token answers EGW00121 from now on; `code` is an integer (1.4, 10.17)."""
        known = [issued for issued in self._issued if issued.token == token]
        if not known:
            return token_refusal("EGW00121")
        known[0].refused_with = "EGW00121"
        self._fresh_wanted = True
        body: Body = {"code": 200, "message": "접근토큰 폐기에 성공하였습니다"}
        return json_reply(200, body, "", succeeded=True)

    def _current(self, now: datetime) -> _Issued:
        last = self._issued[-1] if self._issued else None
        if last is not None and not self._fresh_wanted and now - last.issued_at < SAME_TOKEN:
            return last
        if last is not None and not last.refused_with and not self.old_tokens_live:
            last.refused_with = "EGW00121"
        issued = _Issued(_new_token(len(self._issued) + 1), now, now + VALIDITY)
        self._issued.append(issued)
        self._fresh_wanted = False
        return issued

    def _envelope(self, issued: _Issued) -> Body:
        return {
            "access_token": issued.token,
            "access_token_token_expired": stamp_text(issued.expires_at),
            "token_type": "Bearer",
            # A repeated token was seen with the full validity again, so only the stamp counts.
            "expires_in": int(VALIDITY.total_seconds()),
        }


def _new_token(count: int) -> str:
    head = _base64({"typ": "JWT", "alg": "HS512"})
    claims = _base64({"sub": "token", "aud": "kis-simulator", "jti": f"simulated-{count}"})
    return f"{head}.{claims}.SIMULATED{secrets.token_hex(32)}"


def _base64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
