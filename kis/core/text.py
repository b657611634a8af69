"""Numbers and names as people read them, and texts that fit in a message."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

_MARKDOWN = re.compile(r"([\\*_~`|>#@<\[])")
_LONGEST_NAME = 80

HUNDREDTH = Decimal("0.01")


def escape(text: str) -> str:
    """Keep Discord from reading a name as markdown or a mention."""
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


def short_name(text: str) -> str:
    return escape(text[:_LONGEST_NAME])


GAP = "\n\n"


def pack(blocks: Iterable[str], room: int) -> list[list[str]]:
    """Spread blocks over as few texts as fit in `room` characters, in order, none cut."""
    texts: list[list[str]] = [[]]
    used = 0
    for block in blocks:
        if texts[-1] and used + len(block) > room:
            texts.append([])
            used = 0
        texts[-1].append(block)
        used += len(block) + len(GAP)
    return texts
