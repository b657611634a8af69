"""The time a run has, how it is ended in time, and when it must not be interrupted."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from kis.errors import AlertError, Interrupted, OutOfTime

#: Shorter than the 10 s that a container gets by default.
TERMINATION_GRACE = 9.0
#: A run's lease outlives the run by this much, so that no second run begins beside it.
LEASE_MARGIN = 5.0


class Deadline:
    """Counts down from `seconds` on the machine's own clock, whatever the calendar says."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
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


class Timer:
    """Ends a run in time: it is asked to end shortly before `seconds`, and made to then.

    SIGTERM asks it to end at once. A message in flight is seen through either way.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.lease_seconds = seconds + LEASE_MARGIN
        self._margin = min(2.0, seconds * 0.2)
        self.deadline = Deadline(seconds - self._margin)
        # Fetching leaves time to deliver, at least the news that it failed.
        self.for_gathering = Deadline(seconds - self._margin - min(6.0, seconds * 0.2))
        self._exit_code = 1
        self._asked = False
        self._done = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_terminate)
        signal.signal(signal.SIGALRM, self._on_alarm)
        signal.setitimer(signal.ITIMER_REAL, seconds - self._margin)

    def settle(self, exit_code: int) -> None:
        """The work is done: from here on a signal just ends the process."""
        self._exit_code = exit_code
        self._done = True

    def _on_terminate(self, number: int, frame: FrameType | None) -> None:
        if self._done:
            os._exit(self._exit_code)
        self._asked = True
        signal.setitimer(signal.ITIMER_REAL, TERMINATION_GRACE)
        self.deadline.interrupt(Interrupted("종료 요청을 받았습니다. 다음 실행이 이어서 합니다"))

    def _on_alarm(self, number: int, frame: FrameType | None) -> None:
        if self._asked or self._done:
            os._exit(self._exit_code)
        self._asked = True
        signal.setitimer(signal.ITIMER_REAL, self._margin * 0.75)
        self.deadline.interrupt(OutOfTime(f"{self.seconds:g}초 안에 마치지 못했습니다"))
