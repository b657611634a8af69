"""What the tests do again and again: run to the end, read what came of it."""

from datetime import date

from tests.simulator import Order
from tests.world import Run, World

FRIDAY = date(2026, 11, 20)
MONDAY = date(2026, 11, 23)

ORDERS = "inquire-daily-ccld"
BALANCE = "inquire-balance"
INVESTOR = "inquire-investor"
ESTIMATE = "investor-trend-estimate"
HOLIDAYS = "chk-holiday"
TOKEN = "tokenP"

#: What a busy machine may take to start and end a process.
SLACK = 3.0


def run(world: World, *arguments: str, code: int = 0, **extra: str) -> Run:
    """Run to the end: with the exit status as said, and never a traceback."""
    result = world.run(*arguments, timeout=120, **extra)
    assert "Traceback" not in result.err + result.out, result.err
    assert result.code == code, f"exit {result.code}: {result.err}{result.out}"
    return result


def bought(world: World, quantity: int = 10, price: int = 72000, name: str = "삼성전자") -> Order:
    """An order to buy that is filled as a whole, now."""
    return world.kis.market.order("buy", "005930", name, quantity, price).fill(quantity, price)


def announced(name: str, quantity: str, price: str, side: str = "매수") -> str:
    """The four lines that every announcement of a fill begins with."""
    return f"[{side} 체결 알림]\n종목명: {name}\n수량: {quantity}주\n단가: {price}원"


def lines(text: str) -> list[str]:
    """The lines of a text, blank ones left out."""
    return [line for line in text.splitlines() if line.strip()]


def asked_days(world: World) -> list[str]:
    """The days whose orders KIS was asked for, in order."""
    return [call.query["INQR_STRT_DT"] for call in world.kis.calls_to(ORDERS)]
