"""Bad bodies through the real parsers, judged by a reading of the body that knows nothing of them.

What comes back is AlertError or records. A record must stand in the body, digit by digit, and
"nothing" must be what the body says: an empty list, or the code for no data.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, cast

from kis.broker.client import Client
from kis.broker.domestic import DomesticMarket
from kis.broker.token import parse_token
from kis.broker.wire import Envelope, error_of, parse_body, parse_envelope
from kis.core.fills import new_fills
from kis.core.messages import fill_messages
from kis.errors import AlertError
from kis.ports import KeyStore
from tests.reliability.mangle import mangled, surroundings

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
DAY = date(2026, 11, 23)
NO_DATA = ("KIOK0560", "70070000")


@dataclass
class OneAnswer:
    """A client whose every query has this one answer."""

    content: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = ()  # type: ignore[assignment]

    def pages(self, *query: object) -> list[object]:
        *_, read = query
        assert callable(read)
        return [read(self.get())]

    def get(self, *query: object) -> Envelope:
        return parse_envelope(self.status, self.headers, self.content)


class Fuzz:
    """Feeds one endpoint at a time; raises AssertionError for what must not be."""

    def __init__(self) -> None:
        self.answer = OneAnswer()
        client = cast(Client, self.answer)
        self.market = DomesticMarket(client, cast(KeyStore, None), "1", "01", is_paper=False)
        self.tried = self.accepted = 0

    def feed(self, name: str, content: bytes, status: int, headers: Mapping[str, str]) -> None:
        self.answer.content, self.answer.status, self.answer.headers = content, status, headers
        self.tried += 1
        try:
            ENDPOINTS[name](self)
        except AlertError as error:
            said = str(error)
            assert "\n" not in said
            assert said.encode()
            return
        self.accepted += 1

    def orders(self) -> None:
        orders = self.market.fetch_orders(DAY)
        rows = self._rows(len(orders))
        # The amount of an order without a fill is not read.
        said = [(_number(row["tot_ccld_qty"]), row.get("tot_ccld_amt") or "0") for row in rows]
        assert [order.filled for order in orders if order.filled.quantity] == [
            (quantity, _number(amount)) for quantity, amount in said if quantity
        ]
        if not orders:
            self._nothing_is_said("tot_ccld_qty")
        fill_messages(new_fills(orders, {}).fills, 1940, {}, "run")

    def positions(self) -> None:
        rows = self.market.fetch_positions()
        said = self._rows(len(rows))
        assert [row.quantity for row in rows] == [_number(row["hldg_qty"]) for row in said]
        if not rows:
            self._nothing_is_said("scts_evlu_amt")

    def flows(self) -> None:
        for flow in self.market.fetch_daily_flows("005930", "삼성전자"):
            assert flow.foreign is None or str(abs(flow.foreign)) in self.text
            assert flow.institution is None or str(abs(flow.institution)) in self.text

    def estimates(self) -> None:
        for estimate in self.market.fetch_flow_estimates("005930"):
            assert estimate.foreign is None or str(abs(estimate.foreign)) in self.text

    def token(self) -> None:
        body = parse_body(self.answer.status, self.answer.content)
        if self.answer.status != 200 or "access_token" not in body:
            raise error_of(self.answer.status, body)
        token = parse_token(body)
        assert token.value in self.text

    @property
    def text(self) -> str:
        """The body as it says itself, whatever way it is escaped."""
        return json.dumps(json.loads(self.answer.content), ensure_ascii=False)

    def _said(self, name: str) -> Any:
        body = json.loads(self.answer.content)
        return next((value for key, value in body.items() if key.lower() == name), None)

    def _rows(self, count: int) -> list[dict[str, str]]:
        """The body's own rows, as many as were made records of."""
        rows = self._said("output1")
        if rows is None or not isinstance(rows, list):
            assert self._said("msg_cd").strip() in NO_DATA
            rows = []
        assert len(rows) == count
        return [{key.lower(): value for key, value in row.items()} for row in rows]

    def _nothing_is_said(self, total: str) -> None:
        assert str(self._said("rt_cd")) == "0" or self._said("msg_cd").strip() == "KIOK0560"
        summary = self._said("output2")
        summary = summary[0] if isinstance(summary, list) and summary else summary
        if isinstance(summary, dict):
            assert not _number(str(summary.get(total) or "0"))


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.strip(" \x00\r\n\t") or "0")
    except InvalidOperation:
        return Decimal(0)


ENDPOINTS: dict[str, Callable[[Fuzz], None]] = {
    "daily_orders": Fuzz.orders,
    "balance": Fuzz.positions,
    "daily_flows": Fuzz.flows,
    "flow_estimates": Fuzz.estimates,
    "token": Fuzz.token,
}


def run(name: str, count: int, seed: int) -> Fuzz:
    """Feed `count` mangled bodies of one endpoint."""
    body, dice, fuzz = (SAMPLES / f"{name}.json").read_bytes(), random.Random(seed), Fuzz()
    body = json.dumps(json.loads(body)).encode()
    for _ in range(count):
        content, (status, headers) = mangled(dice, body), surroundings(dice)
        try:
            fuzz.feed(name, content, status, headers)
        except Exception as error:
            error.add_note(f"{name} {status} {headers} {content!r}")
            raise
    return fuzz
