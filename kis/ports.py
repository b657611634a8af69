"""What the jobs need from outside, declared by those who need it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from kis.core.models import Calendar, Filled, Incident, Message, Order, OrderKey

if TYPE_CHECKING:
    from kis.core.holdings import DailyFlow, FlowEstimate, Position, Totals

Marks = Mapping[OrderKey, Filled]


class Market(Protocol):
    """One market of one account. Every fetch raises BrokerError, and never reads it as empty."""

    name: str

    @property
    def calls(self) -> int:
        """Requests made so far."""

    def authenticate(self) -> datetime:
        """Make sure of the right to ask; when it ends."""

    def fetch_orders(self, day: date) -> list[Order]:
        """All orders of `day`, filled or not."""

    def fetch_positions(self) -> list["Position"]:
        """All rows held; several rows of one stock are possible."""

    def fetch_daily_flows(self, symbol: str, name: str) -> list["DailyFlow"]:
        """Confirmed net buying, newest day first; empty when the market has none for it."""

    def fetch_flow_estimates(self, symbol: str) -> list["FlowEstimate"]:
        """Today's running estimates; UnsupportedQuery where there are none at all."""

    def calendar(self, day: date, *, ask: bool = True) -> Calendar:
        """What is known of open days around `day`; asks the market at most once a day."""


class Outcome(StrEnum):
    """What became of one attempt to deliver."""

    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    NOT_STORED = "not stored"
    REFUSED = "refused"
    GONE = "gone"


class Answer(NamedTuple):
    """Outcome, why in one safe phrase, and seconds until the channel takes the next message."""

    outcome: Outcome
    reason: str = ""
    wait: float = 0.0


class Channel(Protocol):
    """Where messages go. `address` is a hash: it changes when the destination does."""

    name: str
    address: str
    room: int

    def send(self, message: Message, *, plain: bool, timeout: float, until: float) -> Answer:
        """Deliver once; never raises for what the other side does.

        Nothing is written later than `until` (time.monotonic()): the lease may be another's then.
        """

    def check(self) -> str:
        """The destination in a phrase, posting nothing. Raises ChannelError, AddressGone."""


class Lease(NamedTuple):
    """The right to write until `ends_at` (time.monotonic())."""

    name: str
    owner: str
    ends_at: float


@dataclass(frozen=True, slots=True)
class Opening:
    """What a run knows when it begins; `lease` is None for a look without the right to write.

    `marks` are today's, None if today was never polled. `told` are those asked-for keys that were
    staged before. `settings_untold`: people know that the settings are wrong, or have to be told.
    """

    lease: Lease | None
    last_polled: date | None
    marks: Marks | None
    incidents: Mapping[str, Incident]
    waiting: int
    gone_address: str
    told: frozenset[str]
    settings_untold: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One atomic step: the advance of the state together with the messages that tell of it.

    `marks` are all marks of each day that changed, not only the new ones; a day polled without a
    fill has empty marks, not none. `polled` is the day of the last complete poll.
    """

    day: date
    messages: Sequence[Message] = ()
    marks: Mapping[date, Marks] = field(default_factory=dict)
    polled: date | None = None
    incidents: Mapping[str, Incident | None] = field(default_factory=dict)
    snapshot: "Totals | None" = None

    @property
    def is_empty(self) -> bool:
        """Nothing new: an idle run writes nothing."""
        told = self.messages or self.marks or self.polled
        return not (told or self.incidents or self.snapshot)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message in the outbox: `sending` when an attempt was begun, `repeated` when one may have
    arrived, `plain` when the channel refused its embed."""

    place: str
    message: Message
    sending: bool = False
    repeated: bool = False
    plain: bool = False


@dataclass(frozen=True, slots=True)
class ChannelState:
    """The channel takes nothing until `wait` seconds after `noted_at` (epoch seconds); and an
    address known to be gone."""

    noted_at: float = 0.0
    wait: float = 0.0
    gone_address: str = ""


class Store(Protocol):
    """What the program remembers of one account. Raises StoreUnavailable, LeaseLost."""

    def begin(
        self, command: str, seconds: float, day: date, told: Sequence[str] = ()
    ) -> Opening | None:
        """Take the command's lease and read; None while another run holds it."""

    def look(self, day: date, told: Sequence[str] = ()) -> Opening:
        """Read without a lease."""

    def marks(self, days: Sequence[date]) -> dict[date, Marks | None]:
        """What was announced of these days; None for a day never polled."""

    def stage(self, lease: Lease, step: Step) -> None:
        """Apply the step as a whole; applying it twice is harmless."""

    def finish(self, lease: Lease, *, good: bool) -> None:
        """End the run: note when it was good, give the lease back."""

    def waiting(self) -> list[Waiting]:
        """The outbox, oldest first, without a lease."""

    def check(self) -> None:
        """Read and write once, changing nothing of what is remembered."""

    def open_outbox(self, seconds: float) -> tuple[Lease, ChannelState, list[Waiting]] | None:
        """Take the channel's lease and read what waits, oldest first; None while another has it."""

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
        """Change the outbox in one step: keep a message as it now stands, drop one that is done,
        or set one aside and queue a notice of it. The lease renewed for `seconds`."""


class KeyStore(Protocol):
    """What all runs of one app key share."""

    def token(self, *, fresh: bool = False) -> str:
        """The sealed token or ""; `fresh` looks again."""

    def replace_token(self, old: str, new: str) -> bool:
        """False if it is not `old` any more."""

    def calendar(self, *, fresh: bool = False) -> Calendar: ...

    def keep_calendar(self, calendar: Calendar) -> None: ...

    def reserve(self, name: str, interval: float, within: float) -> float | None:
        """The next free slot for a call: seconds until it comes; None if that is over `within`."""

    def claim(self, name: str, seconds: float) -> bool:
        """Become the one who does `name`; False while another is."""

    def release(self, name: str) -> None: ...
