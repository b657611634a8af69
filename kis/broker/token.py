"""The access token: its shape on the wire, and its sealed form in the store.

Reading the store must not give the power to trade: the token is encrypted with a key derived from
the app secret, which the store never sees.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kis.broker.wire import Json, Row
from kis.core.calendar import SEOUL
from kis.errors import MalformedAnswer

if TYPE_CHECKING:
    from nacl.secret import SecretBox

#: A token this close to its end is replaced.
EARLY = timedelta(minutes=5)

_TOKEN = re.compile(r"[!-~]{1,1000}")
_END = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    value: str
    expires_at: datetime

    def is_fresh(self, now: datetime) -> bool:
        return now < self.expires_at - EARLY


def parse_token(body: Json) -> Token:
    """Judge the end by `access_token_token_expired` (KST): `expires_in` drifts."""
    row = Row(body, "token")
    value = row.filled_text("access_token")
    end = row.text("access_token_token_expired")
    if not _TOKEN.fullmatch(value) or not _END.fullmatch(end):
        raise MalformedAnswer("KIS 토큰 응답의 형식이 올바르지 않습니다")
    try:
        return Token(value, datetime.fromisoformat(end).replace(tzinfo=SEOUL))
    except ValueError:
        raise MalformedAnswer("KIS 토큰의 만료 시각이 올바르지 않습니다") from None


def seal(token: Token, secret: str) -> str:
    text = json.dumps([token.value, token.expires_at.isoformat()]).encode()
    return base64.b64encode(_box(secret).encrypt(text)).decode()


def unseal(sealed: str, secret: str) -> Token | None:
    """None for what was not sealed with this secret: it is as good as no token."""
    from nacl.exceptions import CryptoError

    try:
        value, expires_at = json.loads(_box(secret).decrypt(base64.b64decode(sealed)))
        return Token(value, datetime.fromisoformat(expires_at))
    except (CryptoError, ValueError):
        return None


def _box(secret: str) -> "SecretBox":
    """XSalsa20-Poly1305; the app secret is long and random, so that one hash makes a key of it."""
    from nacl.secret import SecretBox

    key = hashlib.blake2b(secret.encode(), digest_size=32, person=b"kis token")
    return SecretBox(key.digest())
