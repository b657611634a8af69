"""The time a run has, and the moments in which it must not be interrupted."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from kis.errors import AlertError, OutOfTime


class Deadline:
    """Counts down from `seconds` on the machine's own clock, whatever the calendar says."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds
        self._shielded = False
        self._interruption: AlertError | None = None

    def remaining(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self._ends_at - time.monotonic())

    def within(self, seconds: float) -> float:
        """`seconds`, or what is left of the run when that is less. OutOfTime when nothing is."""
        left = self.remaining()
        if left <= 0:
            raise OutOfTime("실행 시간이 끝났습니다")
        return min(seconds, left)

    def sleep(self, seconds: float) -> None:
        """Wait; OutOfTime at once when the wait would outlast the run."""
        if seconds >= self.remaining():
            raise OutOfTime("남은 실행 시간 안에 마칠 수 없습니다")
        time.sleep(max(0.0, seconds))

    def pause(self, seconds: float) -> None:
        """Wait, or until the run's time is over."""
        time.sleep(min(max(0.0, seconds), self.remaining()))

    @contextmanager
    def shield(self) -> Iterator[None]:
        """Hold an interruption back until the block is left: what is in flight is seen through."""
        self._shielded = True
        try:
            yield
        finally:
            self._shielded = False
        if self._interruption:
            raise self._interruption

    def interrupt(self, error: AlertError) -> None:
        """End the run here and now, or right after the shielded block (from a signal handler)."""
        self._ends_at = min(self._ends_at, time.monotonic())
        if self._shielded:
            self._interruption = error
        else:
            raise error
