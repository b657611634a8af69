"""Discord's rate limits in real time (operations facts 1)."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping

from tests.simulator.answers import Result, too_many

BURST, BURST_SECONDS = 5, 2.0
PER_MINUTE = 30
_BUCKET = "a1b2c3d4e5f60718293a4b5c6d7e8f90"


class Buckets:
    """Five posts in two seconds per webhook, told in headers; thirty a minute per channel, not."""

    def __init__(self) -> None:
        self._webhook: deque[float] = deque()
        self._channel: deque[float] = deque()

    def new_webhook(self) -> None:
        """A new webhook starts with a bucket of its own; the channel's goes on."""
        self._webhook.clear()

    def charge(self) -> tuple[Result | None, Mapping[str, str]]:
        """Counts one post; the 429 when a limit is reached, and the headers of the bucket."""
        now = time.monotonic()
        burst_wait = _wait(self._webhook, BURST, BURST_SECONDS, now)
        channel_wait = _wait(self._channel, PER_MINUTE, 60.0, now)
        wait = max(burst_wait, channel_wait)
        if wait <= 0:
            self._webhook.append(now)
            self._channel.append(now)
        headers = self._headers(now)
        if wait <= 0:
            return None, headers
        # The channel's limit is hidden: its 429 carries no word of the webhook's bucket.
        is_burst = burst_wait >= channel_wait
        refusal = too_many(round(wait, 3), scope="user" if is_burst else "shared")
        told = {**refusal.headers, **(headers if is_burst else {})}
        return Result(refusal.status, refusal.body, told), headers

    def _headers(self, now: float) -> Mapping[str, str]:
        oldest = self._webhook[0] if self._webhook else now
        reset_after = max(0.0, BURST_SECONDS - (now - oldest))
        return {
            "X-RateLimit-Limit": str(BURST),
            "X-RateLimit-Remaining": str(BURST - len(self._webhook)),
            "X-RateLimit-Reset": f"{time.time() + reset_after:.3f}",
            "X-RateLimit-Reset-After": f"{reset_after:.3f}",
            "X-RateLimit-Bucket": _BUCKET,
        }


def _wait(times: deque[float], count: int, seconds: float, now: float) -> float:
    while times and now - times[0] >= seconds:
        times.popleft()
    return seconds - (now - times[0]) if len(times) >= count else 0.0
