"""Rate limits in real time, as the gateway and the ledger count them (fact sheet 9.1)."""

from __future__ import annotations

import time
from collections import defaultdict, deque

LEDGER_GAP = 1.0


class Pace:
    """Counts calls per app key in a sliding second and ledger calls per account.

    A refused call counts too: a client that only hammers never gets through, one that waits a
    second does. The sheet does not say; this is the stricter reading.
    """

    def __init__(self, calls_per_second: int) -> None:
        self.calls_per_second = calls_per_second
        self.enabled = True
        self._calls: dict[str, deque[float]] = defaultdict(deque)
        self._last_ledger: dict[str, float] = {}

    def charge(self, app_key: str, account: str | None) -> str:
        """Counts one call arriving now; the refusing code, or "".

        `account` is set for ledger calls only: EGW00215 when they are less than a second apart.
        """
        now = time.monotonic()
        calls = self._calls[app_key]
        while calls and now - calls[0] >= 1.0:
            calls.popleft()
        calls.append(now)
        code = "EGW00201" if len(calls) > self.calls_per_second else ""
        if account is not None:
            previous = self._last_ledger.get(account)
            self._last_ledger[account] = now
            if not code and previous is not None and now - previous < LEDGER_GAP:
                code = "EGW00215"
        return code if self.enabled else ""
