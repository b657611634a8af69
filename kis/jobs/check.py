"""Is everything set up right: one line a part, with what to do where it fails; posts nothing."""

from collections.abc import Callable, Iterator

from kis.core.calendar import is_open_day
from kis.errors import AddressGone, AlertError
from kis.jobs.delivery import GONE_BEFORE
from kis.jobs.frame import Parts


def probe(name: str, look: Callable[[], str]) -> tuple[str, int]:
    """A line and an exit status: what `look` found, or why it failed."""
    try:
        return f"✔ {name}: {look()}", 0
    except AlertError as error:
        return f"✘ {name}: {error}", error.exit_code


def check_parts(parts: Parts, store_kind: str) -> Iterator[tuple[str, int]]:
    """The lines of every part that stands outside this program."""

    def store() -> str:
        parts.store.check()
        return store_kind

    def account() -> str:
        rows = parts.market.fetch_positions()
        held = len({row.symbol for row in rows if row.quantity})
        return f"{parts.account_kind}, 보유 {held}종목"

    def calendar() -> str:
        today = parts.now.date()
        known = parts.market.calendar(today)
        kind = "개장일" if is_open_day(today, known) else "휴장일"
        source = "거래소 일정" if today in known.open_days else "일정을 몰라 평일로 판단"
        return f"{today:%Y-%m-%d} {kind} ({source})"

    yield probe("저장소", store)
    yield probe("토큰", lambda: f"{parts.market.authenticate():%Y-%m-%d %H:%M} (KST)까지")
    yield probe("계좌", account)
    yield probe("휴장일", calendar)

    def channel() -> str:
        found = parts.channel.check()
        opening = parts.store.look(parts.now.date())
        if opening.gone_address == parts.channel.address:
            raise AddressGone(GONE_BEFORE)
        return f"{found}, 보낼 메시지 {opening.waiting}건" if opening.waiting else found

    yield probe("웹훅", channel)
