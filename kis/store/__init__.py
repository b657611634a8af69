"""What the program remembers: one memory, kept in Redis or in one SQLite file."""

from pathlib import Path

from kis.store.keyring import KeyRing
from kis.store.memory import Memory
from kis.store.shelves import Shelves


def open_shelves(redis_url: str, state_file: Path) -> Shelves:
    """Redis where there is a URL, else the SQLite file; only the one in use is imported."""
    if redis_url:
        from kis.store.redis import RedisShelves

        return RedisShelves(redis_url)
    from kis.store.sqlite import SqliteShelves

    return SqliteShelves(state_file)


__all__ = ["KeyRing", "Memory", "Shelves", "open_shelves"]
