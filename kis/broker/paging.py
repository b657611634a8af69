"""All pages of a query: the cursor is echoed verbatim until KIS says that no page follows."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from kis.broker.wire import Envelope
from kis.errors import MalformedAnswer, QueryChanged

#: How often a query whose data changed between two pages is started over, and seconds before it.
RESTARTS = 2
RESTART_WAIT = 1.0
PAGE_CAP = 500

T = TypeVar("T")


class GetPage(Protocol):
    """Asks for the page at a cursor; `first` is false where a page came before it."""

    def __call__(self, cursor: Mapping[str, str], *, first: bool) -> Envelope: ...


def read_pages(
    get: GetPage, read: Callable[[Envelope], T], sleep: Callable[[float], None]
) -> list[T]:
    """What `read` makes of each page; started over when the data changed in between.

    No page outlives its reading: on a heavy day the raw pages would be most of a run's memory.
    """
    for _ in range(RESTARTS):
        try:
            return _read_pages(get, read)
        except QueryChanged:
            sleep(RESTART_WAIT)
    return _read_pages(get, read)


def _read_pages(get: GetPage, read: Callable[[Envelope], T]) -> list[T]:
    found: list[T] = []
    cursor = ("", "")
    seen = {cursor}
    while len(found) < PAGE_CAP:
        keys = {"CTX_AREA_FK100": cursor[0], "CTX_AREA_NK100": cursor[1]}
        page = get(keys, first=not found)
        found.append(read(page))
        has_more, cursor = page.has_more, page.cursor
        del page
        if not has_more:
            return found
        if cursor in seen:
            raise MalformedAnswer("KIS가 같은 연속조회 키를 되풀이했습니다")
        seen.add(cursor)
    raise MalformedAnswer(f"KIS 응답이 {PAGE_CAP}쪽을 넘습니다")
