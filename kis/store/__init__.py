"""What the program remembers: one memory, kept in Redis or in one SQLite file."""

from typing import TYPE_CHECKING

from kis.store.keyring import KeyRing
from kis.store.memory import Memory
from kis.store.shelves import Shelves

if TYPE_CHECKING:
    from kis.settings import DeliverySettings


def open_shelves(settings: "DeliverySettings") -> Shelves:
    """Redis where REDIS_URL is set, else the SQLite file; only the one in use is imported."""
    if settings.redis_url:
        from kis.store.redis import RedisShelves

        return RedisShelves(settings.redis_url.get_secret_value())
    from kis.store.sqlite import SqliteShelves

    return SqliteShelves(settings.state_file)


__all__ = ["KeyRing", "Memory", "Shelves", "open_shelves"]
