"""A KIS over real HTTP: token, orders, balance, flows, holidays, and what it refuses."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from tests.simulator.desk import Desk
from tests.simulator.faults import Exchange, Fault, Faults
from tests.simulator.gate import default_app_key, default_app_secret
from tests.simulator.market import Market
from tests.simulator.moments import KST, aware
from tests.simulator.pace import Pace
from tests.simulator.replies import Reply
from tests.simulator.state import State
from tests.simulator.wire import LocalServer, Request, Wire

CALLS_PER_SECOND = {"real": 20, "paper": 1}


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was answered; status 0 means it got no answer. `page` starts at 1."""

    at_monotonic: float
    moment: datetime
    endpoint: str
    tr_id: str
    query: dict[str, str]
    headers: dict[str, str]
    page: int
    status: int
    code: str


class Kis(LocalServer):
    """One app key, one account, one environment (fact sheet 1.1), on a loopback port.

    `now` is frozen and decides what is visible; tests move it. Rate limits run in real time,
    and `limits = False` lifts them; the token's one issue a minute counts by `now` and stays.

    `strict` asks what the fact sheet asks (1.2). Public clients leave out `custtype` and
    `content-type` and write parameter names in lower case, and the real KIS lets them;
    `strict=False` does too.
    """

    def __init__(
        self,
        environment: str = "real",
        account: str = "12345678-01",
        now: datetime | None = None,
        port: int = 0,
        *,
        app_key: str | None = None,
        app_secret: str | None = None,
        strict: bool = True,
        host: str = "127.0.0.1",
    ) -> None:
        if environment not in CALLS_PER_SECOND:
            raise ValueError("environment is real or paper")
        self.state = State(
            environment=environment,
            account=account,
            app_key=default_app_key(environment) if app_key is None else app_key,
            app_secret=default_app_secret(environment) if app_secret is None else app_secret,
            moment=datetime(2026, 11, 23, 9, 30, tzinfo=KST) if now is None else now,
            strict=strict,
        )
        # The port is taken last, so that a refused argument leaves no socket behind.
        super().__init__(port, host)
        self.pace = Pace(CALLS_PER_SECOND[environment])
        self.desk = Desk(self.state, self.pace)
        self.latency = 0.0
        self.calls: list[Call] = []
        self._faults = Faults()
        self._lock = threading.RLock()

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://{self.host}:{self.port}"

    @property
    def environment(self) -> str:
        """real or paper."""
        return self.state.environment

    @property
    def account(self) -> str:
        """The account of the key, 12345678-01."""
        return self.state.account

    @property
    def app_key(self) -> str:
        """The 36-character key."""
        return self.state.app_key

    @property
    def app_secret(self) -> str:
        """The 180-character secret."""
        return self.state.app_secret

    @property
    def market(self) -> Market:
        """The scripted market."""
        return self.state.market

    @property
    def now(self) -> datetime:
        """The moment this KIS believes it is, in KST; settable."""
        return self.state.moment

    @now.setter
    def now(self, moment: datetime) -> None:
        self.state.moment = aware(moment)

    @property
    def limits(self) -> bool:
        """Whether rate limits are on (9.1); settable."""
        return self.pace.enabled

    @limits.setter
    def limits(self, enabled: bool) -> None:
        self.pace.enabled = enabled

    @property
    def calls_per_second(self) -> int:
        """Calls per app key in a second: 20 real, 1 paper; 3 makes a new customer (9.1)."""
        return self.pace.calls_per_second

    @calls_per_second.setter
    def calls_per_second(self, count: int) -> None:
        self.pace.calls_per_second = count

    @property
    def flows_final_at(self) -> time:
        """From when today's investor figures are filled (4.1); settable."""
        return self.state.flows_final_at

    @flows_final_at.setter
    def flows_final_at(self, moment: time) -> None:
        self.state.flows_final_at = moment

    def issue_token(self) -> str:
        """A valid token without a call, for tests that start with one."""
        with self._lock:
            return self.desk.tokens.grant(self.now)

    def expire_tokens(self) -> None:
        """Every issued token answers EGW00123 from now on; the next issue gives a new one."""
        with self._lock:
            self.desk.tokens.expire_all()

    def change_between_pages(self) -> None:
        """The next continuation answers SYDB0050, whatever its order (2.6)."""
        self.state.change_pending = True

    def fail(
        self, endpoint: str, fault: Fault, page: int | None = None, times: int | None = 1
    ) -> None:
        """Scripts a fault for an endpoint, named by the last part of its path, or "tokenP"."""
        with self._lock:
            self._faults.plan(endpoint, fault, page, times)

    def heal(self) -> None:
        """Drops all scripted faults."""
        with self._lock:
            self._faults.clear()

    def rest(self) -> None:
        """The rate limits count afresh, as after a pause that nobody had to wait for."""
        with self._lock:
            self.pace.forget()

    def calls_to(self, endpoint: str) -> list[Call]:
        """The calls of one endpoint, in order."""
        return [call for call in list(self.calls) if call.endpoint == endpoint]

    def holiday_calls(self, day: date) -> int:
        """How many chk-holiday calls a day has seen, failed or not; KIS asks for one (6)."""
        return sum(call.moment.date() == day for call in self.calls_to("chk-holiday"))

    def respond(self, request: Request, wire: Wire) -> None:
        """Charges the call, then lets it meet its fault or its right answer."""
        endpoint = request.path.rsplit("/", 1)[-1]
        if not self.state.strict:
            upper = {name.upper(): value for name, value in request.query.items()}
            request = replace(request, query=upper)
        with self._lock:
            page = self.state.page_of(request)
            moment = self.now
            exceeded = self.desk.charge(request)
            answers: list[Reply] = []

            def right() -> Reply:
                with self._lock:
                    if not answers:
                        answers.append(self.desk.answer(request, exceeded))
                return answers[0]

            def note(status: int, code: str) -> None:
                tr_id = request.headers.get("tr_id", "")
                self.calls.append(
                    Call(
                        request.at_monotonic,
                        moment,
                        endpoint,
                        tr_id,
                        request.query,
                        request.headers,
                        page,
                        status,
                        code,
                    )
                )

            exchange = Exchange(request, wire, endpoint, right, note)
            fault = self._faults.take(endpoint, page, lambda: right().succeeded)
            if fault is None:
                right()
        if wire.pause(self.latency):
            return
        if fault is None:
            exchange.send(right())
        else:
            fault.play(exchange)
