"""Rate limits in real time, as the gateway and the ledger count them (fact sheet 9.1)."""

from __future__ import annotations

import time
from collections import defaultdict, deque

LEDGER_GAP = 1.0


class Pace:
    """Counts calls per app key in a sliding second, and ledger calls per account.

    A refused call does not count: the sheet does not say, and python-kis, which repeats every
    0.1 s until it gets through, could not work otherwise.
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
        previous = self._last_ledger.get(account or "", now - LEDGER_GAP)
        if self.enabled and len(calls) >= self.calls_per_second:
            return "EGW00201"
        if self.enabled and account is not None and now - previous < LEDGER_GAP:
            return "EGW00215"
        calls.append(now)
        if account is not None:
            self._last_ledger[account] = now
        return ""

    def forget(self) -> None:
        """Counts afresh, as after a pause."""
        self._calls.clear()
        self._last_ledger.clear()
