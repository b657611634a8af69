"""The SQLite file in trouble: told apart, named, and never replaced by a fresh memory unsaid."""

import gc
import os
import shutil
import sqlite3
import stat
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from kis.errors import StateFileError, StoreUnavailable
from kis.store.shelves import Change, Claim, Entry, Place, Want
from kis.store.sqlite import SqliteShelves
from tests.store.work import at_once, open_new

SHELF = "kis:{a}"
MINE = Claim(SHELF, "fills", "me", 30)
NOBODY = 65534


@contextmanager
def without_privileges() -> Iterator[Path]:
    """A folder, and a user whom file modes hold back, which they do not for root."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    folder = Path(tempfile.mkdtemp())
    try:
        yield folder
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)
        if is_root:
            os.seteuid(0)


def refusal(path: Path) -> str:
    with pytest.raises(StateFileError) as caught, closing(SqliteShelves(path)) as shelves:
        shelves.read([Want(SHELF)], MINE)
    error = caught.value.with_traceback(None)
    assert error.exit_code == 2
    assert error.reason.startswith(f"STATE_FILE: {path}")
    # A refused file is not closed: closing could still write to it. The process ends instead.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        del caught
        gc.collect()
    return error.reason


def test_a_new_file_says_so_and_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "made" / "on the way" / "state.db"
    with closing(SqliteShelves(path)) as shelves:
        assert shelves.is_new
        assert shelves.read([], MINE)[0]
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with closing(SqliteShelves(path)) as shelves:
        assert not shelves.is_new


def test_a_path_that_cannot_be_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refusal(tmp_path)
    refusal(tmp_path / "file" / "state.db")
    refusal(Path("/proc/state.db"))


def test_a_file_that_may_not_be_written_is_named() -> None:
    with without_privileges() as folder:
        with closing(SqliteShelves(folder / "state.db")):
            pass
        (folder / "state.db").chmod(0o444)
        refusal(folder / "state.db")


def test_a_folder_that_may_not_be_written_is_named() -> None:
    with without_privileges() as folder:
        with closing(SqliteShelves(folder / "state.db")):
            pass
        folder.chmod(0o555)
        refusal(folder / "new.db")
        refusal(folder / "new" / "state.db")
        refusal(folder / "state.db")


def test_what_is_no_database_is_left_as_it_is_and_named(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    content = b"A file of the user's that is something else. " * 100
    path.write_bytes(content)
    reason = refusal(path)
    assert content in [file.read_bytes() for file in tmp_path.iterdir()]
    assert "손상" in reason or "아닙니다" in reason


def test_a_damaged_file_is_kept_untouched_and_named(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(SqliteShelves(path)) as shelves:
        shelves.read([], MINE)
        for number in range(40):
            change = Change([(Place(SHELF, f"field {number}"), "x" * 500)])
            assert shelves.write(MINE, change)
    damaged = bytearray(path.read_bytes())
    damaged[4096:] = b"\xde\xad" * ((len(damaged) - 4096) // 2)
    path.write_bytes(damaged)
    assert "손상" in refusal(path)
    assert bytes(damaged) in [file.read_bytes() for file in tmp_path.iterdir()]


def test_a_full_disk_is_said_to_be_full_and_nothing_is_half_written(tmp_path: Path) -> None:
    with closing(SqliteShelves(tmp_path / "state.db")) as shelves:
        shelves.read([], MINE)
        # What SQLite answers is the same as on a full disk, which only root could make.
        shelves._database.execute("PRAGMA max_page_count=4")
        once = Place(f"{SHELF}:day:2026-11-23", "told:1")
        big = Change(
            [(Place(SHELF, str(number)), "x" * 3000) for number in range(9)],
            queue=[Entry(once, "1", "text")],
            queue_prefix="outbox:",
        )
        with pytest.raises(StoreUnavailable, match="가득 찼습니다"):
            shelves.write(MINE, big)
        assert list(shelves.read([Want(SHELF)])[1][0]) == ["lease:fills"]
        shelves._database.execute("PRAGMA max_page_count=1000")
        assert shelves.write(MINE, big)


def test_a_file_locked_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(SqliteShelves(path)) as shelves, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(1) as pool:
            taken = pool.submit(shelves.read, [], MINE)
            time.sleep(0.3)
            assert not taken.done()
            other.rollback()
            assert taken.result()[0]


def test_a_file_locked_for_good_is_unavailable_and_unharmed(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(SqliteShelves(path)) as shelves, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        with pytest.raises(StoreUnavailable):
            shelves.read([], MINE)
        assert 4 < time.monotonic() - begun < 10
        other.rollback()
        assert shelves.read([], MINE)[0]


def test_processes_that_open_a_new_file_at_once_all_succeed(tmp_path: Path) -> None:
    assert at_once(4, open_new, tmp_path, 60) == [60] * 4


def test_threads_share_one_connection(tmp_path: Path) -> None:
    failures: list[BaseException] = []
    with closing(SqliteShelves(tmp_path / "state.db")) as shelves:

        def work(name: str) -> None:
            try:
                mine = MINE._replace(name=name)
                assert shelves.read([], mine)[0]
                for number in range(60):
                    place = Place(SHELF, f"{name}:{number}")
                    assert shelves.write(mine, Change([(place, name)]))
                    assert shelves.read([Want(*place[:1], (place.field,))])[1] == [
                        {place.field: name}
                    ]
                    assert shelves.reserve(Place(SHELF, "pace"), 0.001, 60) is not None
            except BaseException as failure:  # noqa: BLE001
                failures.append(failure)

        threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        _, [fields] = shelves.read([Want(SHELF)])
    assert len([name for name in fields if name[:3] in ("one", "two")]) == 120
