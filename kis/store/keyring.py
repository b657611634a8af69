"""What all runs of one app key share: the sealed token, the market calendar, the pacing."""

import json
import os
from collections.abc import Mapping
from datetime import date

from kis.core.models import Calendar
from kis.store.shelves import Change, Claim, Place, Shelves, Want


class KeyRing:
    """The KeyStore of the broker. What a run's opening already read is not read again."""

    def __init__(self, shelves: Shelves, app_key: str) -> None:
        self._shelves = shelves
        self.shelf = f"kis:{{{app_key}}}"
        self._owner = os.urandom(12).hex()
        self._known: Mapping[str, str] | None = None

    def accept(self, fields: Mapping[str, str]) -> None:
        """Take over what was read in the same round trip as the run's opening."""
        self._known = fields

    def token(self, *, fresh: bool = False) -> str:
        return self._fields(fresh).get("token", "")

    def replace_token(self, old: str, new: str) -> bool:
        replaced = self._shelves.swap(Place(self.shelf, "token"), old, new)
        self._known = None
        return replaced

    def calendar(self, *, fresh: bool = False) -> Calendar:
        text = self._fields(fresh).get("calendar")
        if not text:
            return Calendar()
        fields = json.loads(text)
        return Calendar(
            date.fromisoformat(fields["asked_on"]),
            {date.fromisoformat(day): is_open for day, is_open in fields["open_days"].items()},
        )

    def keep_calendar(self, calendar: Calendar) -> None:
        """Under the claim "calendar"."""
        days = {day.isoformat(): is_open for day, is_open in calendar.open_days.items()}
        text = json.dumps({"asked_on": str(calendar.asked_on), "open_days": days})
        put = [(Place(self.shelf, "calendar"), text)]
        self._shelves.write(self._claim("calendar", 30), Change(put))
        self._known = None

    def reserve(self, name: str, interval: float, within: float) -> float | None:
        return self._shelves.reserve(Place(self.shelf, f"pace:{name}"), interval, within)

    def claim(self, name: str, seconds: float) -> bool:
        taken, _ = self._shelves.read([], self._claim(name, seconds))
        return taken

    def release(self, name: str) -> None:
        self._shelves.write(self._claim(name, 0), Change(release=True))

    def _claim(self, name: str, seconds: float) -> Claim:
        return Claim(self.shelf, name, self._owner, seconds)

    def _fields(self, fresh: bool) -> Mapping[str, str]:
        if fresh or self._known is None:
            _, [self._known] = self._shelves.read([Want(self.shelf)])
        return self._known
