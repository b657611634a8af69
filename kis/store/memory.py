"""What is remembered, by name: the Store of the jobs and the shared state of the broker.

Shelves, each under a hash of the account or of the app key (never the thing itself):

    kis:{account}              leases, outbox, incidents, last polled day, channel, last good runs
    kis:{account}:day:DAY      announced quantities of that day and what was told; expires
    kis:{account}:snapshots    the portfolio's totals, one a day; stays
    kis:{app key}              sealed token, calendar, pacing: shared by all runs of one key
"""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from kis.core.models import Message
from kis.errors import LeaseLost
from kis.ports import ChannelState, Lease, Marks, Opening, Step, Waiting
from kis.store.forms import read_incident, read_marks, read_waiting, write_marks, write_waiting
from kis.store.keyring import KeyRing
from kis.store.shelves import Change, Claim, Entry, Place, Shelves, Want, day_shelf


class Memory:
    """One account's memory on one market and one channel.

    `settings` is where trouble with settings, keys and accounts is remembered, by any of
    `settings_names`.
    """

    def __init__(
        self,
        shelves: Shelves,
        account: str,
        keyring: KeyRing,
        *,
        settings: str = "",
        settings_names: Sequence[str] = (),
        market: str = "KRX",
        channel: str = "discord",
    ) -> None:
        self._settings_shelf = f"kis:{{{settings}}}"
        self._settings_names = settings_names
        self._keyring = keyring
        self._shelves = shelves
        self._shelf = f"kis:{{{account}}}"
        self._market = market
        self._outbox = f"outbox:{channel}:"
        self._aside = f"aside:{channel}:"
        self._channel = f"channel:{channel}"
        self._owner = os.urandom(12).hex()

    # Runs

    def begin(
        self, command: str, seconds: float, day: date, told: Sequence[str] = ()
    ) -> Opening | None:
        claim = Claim(self._shelf, command, self._owner, seconds)
        ends_at = time.monotonic() + seconds
        taken, found = self._shelves.read(self._opening_wants(day, told), claim)
        if not taken:
            return None
        return self._opening(found, Lease(command, self._owner, ends_at))

    def look(self, day: date, told: Sequence[str] = ()) -> Opening:
        _, found = self._shelves.read(self._opening_wants(day, told))
        return self._opening(found, None)

    def marks(self, days: Sequence[date]) -> dict[date, Marks | None]:
        wants = [Want(self._day(day), (f"announced:{self._market}",)) for day in days]
        _, found = self._shelves.read(wants)
        return {
            day: read_marks(fields.get(f"announced:{self._market}"))
            for day, fields in zip(days, found, strict=True)
        }

    def stage(self, lease: Lease, step: Step) -> None:
        put = [
            (Place(self._day(day), f"announced:{self._market}"), write_marks(marks))
            for day, marks in step.marks.items()
        ]
        if step.polled:
            put.append((Place(self._shelf, f"polled:{self._market}"), step.polled.isoformat()))
        if step.snapshot:
            place = Place(f"{self._shelf}:snapshots", step.day.isoformat())
            put.append((place, json.dumps(asdict(step.snapshot), default=str)))
        drop = []
        for name, incident in step.incidents.items():
            if incident:
                text = json.dumps(asdict(incident), default=str, ensure_ascii=False)
                put.append((Place(self._shelf, f"incident:{name}"), text))
            else:
                drop += [
                    Place(self._shelf, f"incident:{name}"),
                    Place(self._shelf, f"told:incident:{name}"),
                ]
        queue = [self._entry(message, step.day) for message in step.messages]
        self._write(lease, Change(put, drop, queue, self._outbox))

    def finish(self, lease: Lease, *, good: bool) -> None:
        put = [(Place(self._shelf, f"good:{lease.name}"), f"{time.time():.0f}")] if good else []
        self._write(lease, Change(put, release=True))

    def last_good(self, command: str) -> float | None:
        """When the command last did well, in epoch seconds."""
        _, [found] = self._shelves.read([Want(self._shelf, (f"good:{command}",))])
        return float(found[f"good:{command}"]) if found else None

    def waiting(self) -> list[Waiting]:
        _, [fields] = self._shelves.read([Want(self._shelf)])
        return self._read_outbox(fields)

    def check(self) -> None:
        claim = Claim(self._shelf, "check", self._owner, 1)
        self._shelves.read([], claim)
        self._shelves.write(claim, Change(release=True))

    # Delivery

    def open_outbox(self, seconds: float) -> tuple[Lease, ChannelState, list[Waiting]] | None:
        claim = Claim(self._shelf, self._channel, self._owner, seconds)
        ends_at = time.monotonic() + seconds
        taken, [fields] = self._shelves.read([Want(self._shelf)], claim)
        if not taken:
            return None
        waiting = self._read_outbox(fields)
        state = ChannelState(**json.loads(fields.get(self._channel, "{}")))
        return Lease(self._channel, self._owner, ends_at), state, waiting

    def settle(
        self,
        lease: Lease,
        *,
        keep: Waiting | None = None,
        done: Waiting | None = None,
        aside: Waiting | None = None,
        notice: Message | None = None,
        channel: ChannelState | None = None,
        seconds: float = 0.0,
        release: bool = False,
    ) -> Lease:
        put, drop, queue = [], [], []
        if keep:
            put.append((Place(self._shelf, keep.place), write_waiting(keep)))
        if done:
            drop.append(Place(self._shelf, done.place))
        if aside:
            drop.append(Place(self._shelf, aside.place))
            place = Place(self._shelf, aside.place.replace(self._outbox, self._aside))
            if notice:
                text = write_waiting(Waiting("", notice))
                queue.append(Entry(place, write_waiting(aside), text))
            else:
                put.append((place, write_waiting(aside)))
        if channel:
            put.append((Place(self._shelf, self._channel), json.dumps(asdict(channel))))
        return self._write(lease, Change(put, drop, queue, self._outbox, release), seconds)

    # Inside

    def _day(self, day: date) -> str:
        return day_shelf(self._shelf, day.isoformat())

    def _entry(self, message: Message, day: date) -> Entry:
        # An incident is told once for as long as it lasts, everything else once in its day.
        lasting = message.key.startswith("incident:")
        once = Place(self._shelf if lasting else self._day(day), f"told:{message.key}")
        return Entry(once, "1", write_waiting(Waiting("", message)))

    def _read_outbox(self, fields: dict[str, str]) -> list[Waiting]:
        places = sorted(place for place in fields if place.startswith(self._outbox))
        # Not both forms of all of them at once: after a heavy day that is a megabyte.
        return [read_waiting(place, fields.pop(place)) for place in places]

    def _opening_wants(self, day: date, told: Sequence[str]) -> list[Want]:
        asked = (f"announced:{self._market}", *(f"told:{key}" for key in told))
        return [
            Want(self._shelf),
            Want(self._day(day), asked),
            Want(self._keyring.shelf),
            Want(self._settings_shelf),
        ]

    def _opening(self, found: list[dict[str, str]], lease: Lease | None) -> Opening:
        lasting, today, shared, settings = found
        self._keyring.accept(shared)
        polled = lasting.get(f"polled:{self._market}")
        return Opening(
            lease=lease,
            last_polled=date.fromisoformat(polled) if polled else None,
            marks=read_marks(today.get(f"announced:{self._market}")),
            incidents={
                name.removeprefix("incident:"): read_incident(text)
                for name, text in lasting.items()
                if name.startswith("incident:")
            },
            waiting=sum(place.startswith(self._outbox) for place in lasting),
            gone_address=json.loads(lasting.get(self._channel, "{}")).get("gone_address", ""),
            settings_untold=any(
                name.startswith(self._outbox)
                or name.removeprefix("incident:") in self._settings_names
                for name in settings
            ),
            told=frozenset(name.removeprefix("told:") for name in today if name[:5] == "told:"),
        )

    def _write(self, lease: Lease, change: Change, seconds: float = 0.0) -> Lease:
        """Write under the lease, which keeps its end unless `seconds` says how long it goes on."""
        now = time.monotonic()
        seconds = seconds or lease.ends_at - now
        claim = Claim(self._shelf, lease.name, lease.owner, max(seconds, 0.0))
        if lease.ends_at <= now or not self._shelves.write(claim, change):
            raise LeaseLost("이 실행이 너무 오래 멈춰 있어 다른 실행에 자리를 내줬습니다")
        return lease._replace(ends_at=now + seconds)
