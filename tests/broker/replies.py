"""Recorded bodies, and answers made of them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kis.broker.wire import Envelope, Json, parse_envelope

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def sample(name: str) -> Json:
    """A recorded body, fresh each time."""
    body: Json = json.loads((SAMPLES / f"{name}.json").read_text())
    return body


def envelope(
    body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None, first: bool = True
) -> Envelope:
    """What the broker makes of a body."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parse_envelope(status, headers or {}, content, first=first)


def refusal(code: str, message: str = "", return_code: object = "1") -> Json:
    """A refused call's body."""
    return {"rt_cd": return_code, "msg_cd": code, "msg1": message}
