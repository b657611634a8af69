"""Shelves in one SQLite file: for one machine, without a server."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from kis.errors import AlertError, StateFileError, StoreUnavailable
from kis.store.shelves import (
    CLOCK_SLACK,
    DAYS_KEPT,
    Change,
    Claim,
    Place,
    Want,
    day_shelf,
    is_day_shelf,
)

#: How long another process's step is waited for. SQLite itself waits only `BUSY_SLICE` at a time:
#: inside it no signal gets through, and the run's alarm is one.
BUSY_TIMEOUT = 5.0
BUSY_SLICE = 0.1

_TABLE = """
CREATE TABLE IF NOT EXISTS shelves (
    shelf TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (shelf, field)
) WITHOUT ROWID
"""
_PREPARE = (
    "PRAGMA journal_mode=WAL",
    # An acknowledged step outlives a power cut.
    "PRAGMA synchronous=FULL",
    # 256 KiB: a heavy day's step goes to the log as it grows, and not into memory first.
    "PRAGMA cache_size=-256",
    _TABLE,
)
_PUT = "INSERT INTO shelves VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
_PUT_NEW = "INSERT INTO shelves VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_GET = "SELECT value FROM shelves WHERE shelf = ? AND field = ?"
_DROP = "DELETE FROM shelves WHERE shelf = ? AND field = ?"


class SqliteShelves:
    """`path` is made with its folder when missing, readable by its owner only."""

    kind = "SQLite"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.is_new = not path.exists()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # The file holds the sealed token: nobody else may read it.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StateFileError(
                f"STATE_FILE: {path} 파일에 쓸 수 없습니다 ({error.strerror})"
            ) from None
        with self._named_errors():
            # Absolute: ":memory:" alone would be no file at all.
            self._database = sqlite3.connect(
                path.absolute(), timeout=BUSY_SLICE, isolation_level=None, check_same_thread=False
            )
            for statement in _PREPARE:
                self._execute_patiently(statement)

    def read(
        self, wants: Sequence[Want], claim: Claim | None = None
    ) -> tuple[bool, list[dict[str, str]]]:
        with self._transaction():
            taken = True
            if claim:
                owner, valid, _ = self._holder(claim)
                taken = not valid or owner == claim.owner
                if taken:
                    self._take(claim)
            return taken, [self._fields(want) for want in wants]

    def write(self, claim: Claim, change: Change) -> bool:
        with self._transaction():
            owner, valid, released = self._holder(claim)
            if owner == claim.owner and released:
                return True
            if not valid or owner != claim.owner:
                return False
            run = self._database.execute
            for place, value in change.put:
                run(_PUT, (*place, value))
            for place in change.drop:
                run(_DROP, place)
            sequence = Place(claim.shelf, "sequence")
            number = int(self._get(sequence) or 0) if change.queue else 0
            for entry in change.queue:
                if run(_PUT_NEW, (*entry.once, entry.mark)).rowcount:
                    number += 1
                    run(_PUT, (claim.shelf, f"{change.queue_prefix}{number:012d}", entry.text))
            if change.queue:
                run(_PUT, (*sequence, str(number)))
            touched = {place.shelf for place, _ in change.put} | {
                e.once.shelf for e in change.queue
            }
            self._forget_old_days(claim.shelf, max(filter(is_day_shelf, touched), default=""))
            self._take(claim, released=change.release)
            return True

    def reserve(self, place: Place, interval: float, within: float) -> float | None:
        with self._transaction():
            now = time.time()
            noted = (self._get(place) or "0").split()
            free = float(noted[0])
            if free < now or float(noted[-1]) > now + CLOCK_SLACK:  # The clock was set back.
                free = now
            if free - now > within:
                return None
            self._database.execute(_PUT, (*place, f"{free + interval:.6f} {now:.6f}"))
            return free - now

    def swap(self, place: Place, old: str, new: str) -> bool:
        with self._transaction():
            current = self._get(place) or ""
            if current not in (old, new):
                return False
            if new:
                self._database.execute(_PUT, (*place, new))
            else:
                self._database.execute(_DROP, place)
            return True

    def close(self) -> None:
        self._database.close()

    def _get(self, place: Place) -> str | None:
        row = self._database.execute(_GET, place).fetchone()
        return row[0] if row else None

    def _fields(self, want: Want) -> dict[str, str]:
        if want.fields:
            found = ((name, self._get(Place(want.shelf, name))) for name in want.fields)
            return {name: value for name, value in found if value is not None}
        query = "SELECT field, value FROM shelves WHERE shelf = ?"
        return dict(self._database.execute(query, (want.shelf,)))

    def _holder(self, claim: Claim) -> tuple[str, bool, bool]:
        """The lease's last owner, whether it still holds, whether it was given back."""
        value = self._get(Place(claim.shelf, f"lease:{claim.name}"))
        if value is None:
            return "", False, False
        taken, seconds, owner = value.split()
        age = time.time() - float(taken)
        return owner, -CLOCK_SLACK < age < float(seconds), float(taken) == 0

    def _take(self, claim: Claim, *, released: bool = False) -> None:
        taken, seconds = (0.0, 0.0) if released else (time.time(), claim.seconds)
        value = f"{taken:.3f} {seconds:.3f} {claim.owner}"
        self._database.execute(_PUT, (claim.shelf, f"lease:{claim.name}", value))

    def _forget_old_days(self, shelf: str, newest: str) -> None:
        if not newest:
            return
        day = date.fromisoformat(newest.rpartition(":")[2])
        oldest = day_shelf(shelf, (day - timedelta(days=DAYS_KEPT)).isoformat())
        self._database.execute(
            "DELETE FROM shelves WHERE shelf >= ? AND shelf < ?", (day_shelf(shelf, ""), oldest)
        )

    def _set_aside(self) -> StateFileError:
        """Move the damaged file away as it is, with what SQLite keeps beside it."""
        aside = self._path.with_name(f"{self._path.name}.damaged-{time.time():.0f}")
        damaged = f"STATE_FILE: {self._path} 파일이 손상되었습니다."
        try:
            for ending in ("", "-wal", "-shm"):
                part = Path(f"{self._path}{ending}")
                if part.exists():
                    part.rename(f"{aside}{ending}")
        except OSError:
            return StateFileError(f"{damaged} 다른 곳으로 옮겨 주세요")
        return StateFileError(
            f"{damaged} {aside.name}(으)로 옮겼고, 다음 실행은 새 파일로 시작합니다 (최초 실행)"
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        # The connection as a context commits, or rolls back on an exception.
        with self._lock, self._named_errors(), self._database:
            self._execute_patiently("BEGIN IMMEDIATE")
            yield

    def _execute_patiently(self, statement: str) -> None:
        end = time.monotonic() + BUSY_TIMEOUT
        while True:
            try:
                self._database.execute(statement)
            except sqlite3.OperationalError as error:
                if _primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
            else:
                return

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._error(error) from None

    def _error(self, error: sqlite3.Error) -> AlertError:
        code = _primary_code(error)
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return self._set_aside()
        if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
            return StateFileError(f"STATE_FILE: {self._path} 파일에 쓸 수 없습니다")
        if code == sqlite3.SQLITE_FULL:
            return StoreUnavailable(f"STATE_FILE: {self._path} 파일이 있는 디스크가 가득 찼습니다")
        return StoreUnavailable(
            f"STATE_FILE: {self._path} 파일을 쓸 수 없습니다 ({type(error).__name__})"
        )


def _primary_code(error: sqlite3.Error) -> int:
    """Extended codes carry the primary one in their low byte."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
