"""What every endpoint of the simulated KIS shares: identity, moment, market, cursors."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time

from tests.simulator.market import Market
from tests.simulator.moments import aware
from tests.simulator.wire import Request


@dataclass(frozen=True, slots=True)
class Asked:
    """One call that passed the gate: which TR, with which parameters, first page or not."""

    endpoint: str
    tr_id: str
    query: dict[str, str]
    is_continued: bool


@dataclass(frozen=True, slots=True)
class Continuation:
    """What a pair of cursors stands for: the page after `last_key` of one query."""

    page: int
    last_key: str
    keys: tuple[str, ...]
    query: tuple[tuple[str, str], ...]


@dataclass
class State:
    """The moment is frozen until a test moves it; it must be aware."""

    environment: str
    account: str
    app_key: str
    app_secret: str
    moment: datetime
    strict: bool = True
    flows_final_at: time = time(15, 40)
    market: Market = field(init=False)
    continuations: dict[tuple[str, str], Continuation] = field(default_factory=dict)
    change_pending: bool = False

    def __post_init__(self) -> None:
        self.moment = aware(self.moment)
        self.market = Market(lambda: self.moment, only_krx=self.is_paper)

    @property
    def is_paper(self) -> bool:
        """Whether this is the paper host (모의투자)."""
        return self.environment == "paper"

    def page_of(self, request: Request) -> int:
        """The page a request asks for: 1, or what its cursors stand for."""
        if request.headers.get("tr_cont") != "N":
            return 1
        known = self.continuations.get(cursors(request.query))
        return known.page if known else 1


def cursors(query: dict[str, str]) -> tuple[str, str]:
    """The pair (CTX_AREA_FK100, CTX_AREA_NK100) of a query."""
    return query.get("CTX_AREA_FK100", ""), query.get("CTX_AREA_NK100", "")
