"""What must hold whatever happened: every share announced, none twice unmarked, all in order.

The market's own script is the truth; the messages that Discord stored and the outbox are the
evidence. A `Witness` looks after every run and says at the end what was broken.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from tests.reliability.passing import remembered
from tests.simulator import Order
from tests.world import World

FILL = re.compile(
    r"\[(매수|매도) 체결 알림\]\n종목명: (?P<name>.+)\n수량: (?P<quantity>[\d,]+)주\n"
    r"단가: (?P<price>[\d,.]+)원(\n체결: (?P<total>[\d,]+)/[\d,]+주 \(누적\))?"
    r"(?P<noted>\n※ 최초 실행[^\n]*)?"
)
JUDGED_APART = re.compile(r"❌|✅ 복구|\[(매수|매도) 체결 알림\]")
RESENT = re.compile(r"\n[^\n]*재전송[^\n]*\Z")


class Script:
    """Orders with a name of their own each, and every cumulative total they went through."""

    def __init__(self, world: World) -> None:
        self.orders: dict[str, Order] = {}
        self.totals: dict[str, dict[int, int]] = {}
        self._world = world

    def order(self, quantity: int = 10, side: str = "buy") -> str:
        """A new order; its name."""
        name = f"종목{len(self.orders) + 1:03d}"
        symbol = f"{len(self.orders) + 1:06d}"
        market = self._world.kis.market
        self.orders[name] = market.order(side, symbol, name, quantity, 1000)
        self.totals[name] = {0: 0}
        return name

    def fill(self, name: str, quantity: int, price: int) -> None:
        """Let an order grow."""
        order = self.orders[name].fill(quantity, price)
        self.totals[name].update([order.filled(self._world.kis.now)])

    def filled(self, name: str) -> int:
        return max(self.totals[name])

    def price(self, name: str, start: int, end: int) -> Decimal | None:
        """The right price of the shares after `start` up to `end`; None if never so seen."""
        totals = self.totals[name]
        if start not in totals or end not in totals:
            return None
        exact = Decimal(totals[end] - totals[start]) / (end - start)
        return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Told:
    """Shares of an order after `start` up to `end`, as one message announces them."""

    name: str
    start: int
    end: int
    price: Decimal
    noted: bool
    marked: bool

    @property
    def shares(self) -> tuple[str, int, int]:
        return self.name, self.start, self.end


def announcements(content: str, script: Script) -> list[Told]:
    """The fills that a message tells of."""
    marked = is_marked(content)
    found = []
    for match in FILL.finditer(content):
        quantity = _count(match["quantity"])
        name = match["name"]
        end = _count(match["total"] or str(script.orders[name].quantity))
        price = Decimal(match["price"].replace(",", ""))
        found.append(Told(name, end - quantity, end, price, bool(match["noted"]), marked))
    return found


def is_marked(content: str) -> bool:
    """Whether it says that it may be a repetition."""
    return bool(RESENT.search(content))


def unmarked(content: str) -> str:
    """The message without its mark."""
    return RESENT.sub("", content)


def outbox(world: World) -> list[str]:
    """The texts that wait, oldest first."""
    return [
        json.loads(value)["message"]["text"]
        for fields in remembered(world).values()
        for name, value in sorted(fields.items())
        if name.startswith("outbox:")
    ]


@dataclass
class Witness:
    """Looks after every run; `problems` is empty while all holds.

    Where memory was lost on purpose, `forgets` allows what is noted as a first run's to be told
    again.
    """

    world: World
    script: Script
    forgets: bool = False
    _staged_in: dict[tuple[str, int, int], int] = field(default_factory=dict)
    _queues: list[list[str]] = field(default_factory=list)
    _looks: int = 0

    def look(self) -> None:
        """Note what is staged and in which order it waits. Not while a run is alive."""
        waiting = outbox(self.world)
        self._looks += 1
        self._queues.append(waiting)
        for content in [*self.world.discord.contents, *waiting]:
            for told in announcements(content, self.script):
                self._staged_in.setdefault(told.shares, self._looks)

    def unannounced(self) -> list[str]:
        """Orders with shares that were neither posted nor wait to be."""
        told = self._told([*self.world.discord.contents, *outbox(self.world)])
        return [name for name in self.script.orders if not self._covers(name, told[name])]

    def problems(self) -> list[str]:
        """Everything that is broken, once the world is well again."""
        self.look()
        told = self._told(self.world.discord.contents)
        found = [f"lost: {name}" for name in self.unannounced()]
        for announced in told.values():
            found += self._repeated(announced) + self._mispriced(announced)
        found += self._out_of_order()
        found += [f"still waiting: {text!r}" for text in self._queues[-1]]
        found += self._repeated_texts()
        return found

    def _told(self, contents: list[str]) -> dict[str, list[Told]]:
        told: dict[str, list[Told]] = defaultdict(list)
        for content in contents:
            for one in announcements(content, self.script):
                told[one.name].append(one)
        return told

    def _covers(self, name: str, told: list[Told]) -> bool:
        shares = {share for one in told for share in range(one.start, one.end)}
        return shares >= set(range(self.script.filled(name)))

    def _repeated(self, told: list[Told]) -> list[str]:
        """Shares told before must be marked when told again."""
        found, seen = [], set[int]()
        for one in told:
            shares = set(range(one.start, one.end))
            if shares & seen and not (one.marked or (one.noted and self.forgets)):
                found.append(f"repeated unmarked: {one}")
            seen |= shares
        return found

    def _mispriced(self, told: list[Told]) -> list[str]:
        return [
            f"wrong price or shares: {one}"
            for one in told
            if self.script.price(one.name, one.start, one.end) != one.price
        ]

    def _out_of_order(self) -> list[str]:
        """First postings come in the order of staging; within a run, oldest order first."""
        first: dict[tuple[str, int, int], None] = {}
        for content in self.world.discord.contents:
            first.update(dict.fromkeys(one.shares for one in announcements(content, self.script)))
        posted = list(first)
        right = sorted(posted, key=lambda shares: (self._staged_in[shares], shares[0], shares[1]))
        found = [f"out of order: {posted}, staged {right}"] if posted != right else []
        places: dict[str, int] = {}
        for place, content in enumerate(self.world.discord.contents):
            places.setdefault(unmarked(content), place)
        for queue in self._queues:
            order = [places[text] for text in queue if text in places]
            if len(set(queue)) == len(queue) and order != sorted(order):
                found.append(f"out of order: {queue}")
        return found

    def _repeated_texts(self) -> list[str]:
        """No text goes out twice unmarked; incidents may read alike, fills are judged apart."""
        contents = self.world.discord.contents
        plain = [text for text in contents if not is_marked(text) and not JUDGED_APART.match(text)]
        return [f"posted twice: {text!r}" for text in {*plain} if plain.count(text) > 1]


def _count(text: str) -> int:
    return int(text.replace(",", ""))
