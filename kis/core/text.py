"""Numbers and names as people read them, and texts that fit in a message."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_MARKDOWN = re.compile(r"([\\*_~`|>#@<\[])")
_LONGEST_NAME = 80

HUNDREDTH = Decimal("0.01")


def escape(text: str) -> str:
    """Keep Discord from reading a name as markdown or a mention."""
    return _escaped(text)


@lru_cache
def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def number(value: Decimal) -> str:
    """Thousands separated, up to two decimals, trailing zeros dropped."""
    text = f"{value.quantize(HUNDREDTH, ROUND_HALF_UP) + 0:,f}"
    return text.rstrip("0").rstrip(".")


def won(amount: Decimal) -> str:
    return f"{number(amount)}원"


def shares(quantity: Decimal) -> str:
    return f"{number(quantity)}주"


def signed(value: Decimal) -> str:
    """Like `number`, with a plus before a gain; zero has no sign."""
    text = number(value)
    return f"+{text}" if value > 0 and text != "0" else text


def percent(value: Decimal | None) -> str:
    return "-" if value is None else f"{value}%"


def day_and_time(moment: datetime) -> str:
    """11/23 09:30:00; by hand, as strftime takes eight times as long and a heavy day has many."""
    return moment.isoformat(" ", "seconds")[5:19].replace("-", "/")


def short_name(text: str) -> str:
    return escape(text[:_LONGEST_NAME])


GAP = "\n\n"


def pack(blocks: Iterable[str], room: int) -> Iterator[list[str]]:
    """Spread blocks over as few texts as fit in `room` characters, in order, none cut."""
    text: list[str] = []
    used = 0
    for block in blocks:
        if text and used + len(block) > room:
            yield text
            text, used = [], 0
        text.append(block)
        used += len(block) + len(GAP)
    if text:
        yield text
