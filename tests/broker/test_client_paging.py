"""All pages of a query, or an error; what changed in between is asked again."""

import time
import weakref
from collections.abc import Iterator, Mapping

import pytest

from kis.broker.paging import read_pages
from kis.broker.rows import parse_order, parse_rows
from kis.broker.wire import Envelope
from kis.errors import AlertError, BrokerError, MalformedAnswer, OutOfTime, QueryChanged
from tests.broker.conftest import ORDERS, Desk, ask_all
from tests.simulator import Fault
from tests.simulator.replies import Body, Reply, success
from tests.simulator.wire import LocalServer, Request, Wire


def place_orders(desk: Desk, count: int) -> None:
    for _ in range(count):
        desk.kis.market.order("buy", quantity=1, price=1).fill(1, 1)


def numbers(desk: Desk) -> list[int]:
    pages = ask_all(desk.client())
    orders = [order for page in pages for order in parse_rows(page, "output1", parse_order)]
    return [int(order.key.number) for order in orders]


def test_all_pages_are_asked_with_the_cursors_verbatim(desk: Desk) -> None:
    place_orders(desk, 250)
    found = numbers(desk)
    assert len(found) == 250
    assert found == sorted(found)
    first, second, third = desk.kis.calls_to(ORDERS)
    assert [call.headers["tr_cont"] for call in (first, second, third)] == ["", "N", "N"]
    assert first.query["CTX_AREA_NK100"] == ""
    assert len(second.query["CTX_AREA_NK100"]) == len(third.query["CTX_AREA_FK100"]) == 100
    assert second.query["CTX_AREA_NK100"] != third.query["CTX_AREA_NK100"]


def test_a_full_page_with_a_cursor_is_the_last_when_the_header_says_so(desk: Desk) -> None:
    place_orders(desk, 100)
    assert len(numbers(desk)) == 100
    assert desk.asked(ORDERS) == 1


def test_an_absent_header_is_the_end(desk: Desk) -> None:
    place_orders(desk, 150)
    desk.kis.fail(ORDERS, Fault.headers(tr_cont=None))
    assert len(numbers(desk)) == 100


def test_what_changed_between_pages_is_asked_again_from_the_start(desk: Desk) -> None:
    place_orders(desk, 150)
    desk.kis.change_between_pages()
    begun = time.monotonic()
    assert len(numbers(desk)) == 150
    assert [call.page for call in desk.kis.calls_to(ORDERS)] == [1, 2, 1, 2]
    assert time.monotonic() - begun >= 1


def test_what_changes_again_and_again_is_an_error(desk: Desk) -> None:
    place_orders(desk, 150)
    desk.kis.fail(ORDERS, Fault.code("SYDB0050"), page=2, times=None)
    with pytest.raises(QueryChanged):
        ask_all(desk.client())
    assert [call.page for call in desk.kis.calls_to(ORDERS)] == [1, 2] * 3


def test_starting_over_needs_time(desk: Desk) -> None:
    place_orders(desk, 150)
    desk.kis.change_between_pages()
    with pytest.raises(OutOfTime):
        ask_all(desk.client(seconds=0.9))


class Page(Envelope):
    """One that can be watched."""


def test_no_page_is_kept_once_it_was_read() -> None:
    pages: list[weakref.ref[Page]] = []

    def get(cursor: Mapping[str, str], *, first: bool) -> Envelope:
        assert not any(page() for page in pages)
        assert first is not bool(pages)
        page = Page({}, "KIOK0500", len(pages) < 3, False, ("", f"{len(pages)}"))
        pages.append(weakref.ref(page))
        return page

    assert read_pages(get, lambda page: page.cursor[1], time.sleep) == ["0", "1", "2", "3"]


def test_the_last_page_seen_shows_that_one_is_missing(desk: Desk) -> None:
    place_orders(desk, 250)
    desk.kis.fail(ORDERS, Fault.edit(lambda body: {**body, "output2": {}}), page=1)
    desk.kis.fail(ORDERS, Fault.headers(tr_cont=None), page=2)
    with pytest.raises(MalformedAnswer):
        desk.market().fetch_orders(desk.kis.now.date())
    assert desk.asked(ORDERS) == 2


def test_totals_that_no_one_needs_may_be_missing(desk: Desk) -> None:
    place_orders(desk, 150)
    desk.kis.fail(ORDERS, Fault.edit(lambda body: {**body, "output2": {"other": "-"}}), page=1)
    assert len(desk.market().fetch_orders(desk.kis.now.date())) == 150


BAD_PAGES = [
    Fault.code("KIER2570", status=200),
    Fault.code("KIOK0560", status=200, return_code="7"),
    Fault.raw(b"<html>", status=200),
    Fault.truncated(),
    Fault.headers(tr_cont="?"),
    Fault.edit(lambda body: [body]),
]


@pytest.mark.parametrize("fault", BAD_PAGES, ids=lambda fault: fault.name)
def test_a_bad_later_page_fails_the_whole(desk: Desk, fault: Fault) -> None:
    place_orders(desk, 150)
    desk.kis.fail(ORDERS, fault, page=2)
    with pytest.raises(BrokerError):
        ask_all(desk.client())


class Endless(LocalServer):
    """A KIS that always has more; with a cursor that stands still, or never the same twice."""

    def __init__(self, *, stuck: bool) -> None:
        super().__init__()
        self.pages = 0
        self._stuck = stuck

    def respond(self, request: Request, wire: Wire) -> None:
        if request.path.endswith("tokenP"):
            stamp = "2026-11-24 09:00:00"
            reply = success({"access_token": "x", "access_token_token_expired": stamp}, "KIOK0500")
        else:
            self.pages += 1
            cursor = f"{2 if self._stuck else self.pages}".ljust(100)
            reply = self._page({"ctx_area_fk100": " " * 100, "ctx_area_nk100": cursor})
        wire.send(reply.status, reply.headers, reply.body)

    def _page(self, cursors: Body) -> Reply:
        return success({**cursors, "output1": []}, "KIOK0500", continuation="M")


@pytest.fixture(params=[True, False], ids=["stuck", "endless"])
def endless(request: pytest.FixtureRequest) -> Iterator[Endless]:
    with Endless(stuck=request.param) as server:
        yield server


def test_a_repeated_cursor_and_too_many_pages_are_an_error(desk: Desk, endless: Endless) -> None:
    with pytest.raises(MalformedAnswer):
        ask_all(desk.client(url=f"http://127.0.0.1:{endless.port}"))
    assert endless.pages in (2, 500)


def test_a_stuck_cursor_of_the_real_shape_is_an_error(desk: Desk) -> None:
    place_orders(desk, 350)
    first: dict[str, str] = {}

    def remember(body: Body) -> None:
        first.update({name: body[name] for name in ("ctx_area_fk100", "ctx_area_nk100")})

    desk.kis.fail(ORDERS, Fault.edit(remember), page=1)
    desk.kis.fail(ORDERS, Fault.edit(lambda body: {**body, **first}), page=2)
    with pytest.raises(AlertError):
        ask_all(desk.client())
    assert desk.asked(ORDERS) == 2
