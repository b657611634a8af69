"""Every code of the fact sheet and every broken answer, on the first page and on a later one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from tests.reliability.passing import minutes_pass
from tests.reliability.runs import Launcher
from tests.reliability.slots import quick_world, side_by_side
from tests.reliability.witness import Script, Witness
from tests.simulator import Fault
from tests.world import RedisServer

CODES = (
    *("EGW00201", "EGW00215", "EGW00316", "EGW00001", "EGW00002", "EGW00202", "EGW00203"),
    *("EGW00300", "EGW00301", "EGW00302", "EGW00303"),
    *("OPSQ0003", "OPSQ0008", "OPSQ0009", "OPSQ0010", "OPSQ0011", "OPSQ1002"),
    *("SYDB0050", "APBK1350", "EGW00133", "EGW00121", "EGW00122", "EGW00123"),
    *("EGW00101", "EGW00102", "EGW00103", "EGW00104", "EGW00105", "EGW00304"),
    *("EGW00003", "EGW00004", "EGW00206", "EGW00205", "EGW00213", "EGW02004"),
    *("EGW00207", "EGW00208", "OPSQ0002", "OPSQ2000", "OPSQ2001", "OPSQ2002", "OPSQ2003"),
    *("OPSQ3001", "OPSQ9995", "OPSQ9999", "KIER2570", "APAC0489", "40910000", "90000000"),
    *("ZZZZ9999", ""),
)
BROKEN = {
    "HTML": Fault.html(502),
    "HTML with 200": Fault.html(200),
    "maintenance": Fault.raw("<html>시스템 점검 중입니다</html>", 503, "text/html"),
    "plain text": Fault.raw("Service Unavailable", 503, "text/plain"),
    "truncated": Fault.truncated(),
    "reset": Fault.reset(),
    "stall": Fault.stall(60),
    "drip": Fault.drip(60),
    "nothing": Fault.raw(b""),
    "null": Fault.raw("null"),
    "list": Fault.raw("[]"),
}

NewStore = Callable[[], RedisServer | None]


def fails_whole_and_loses_nothing(
    fault: Fault, page: int, launcher: Launcher, server: RedisServer | None
) -> None:
    """A run that meets the fault on every try tells nothing; later all is told, and only once."""
    with quick_world(server, "paper") as world:
        script = Script(world)
        witness = Witness(world, script)
        for number in range(16):  # A page of paper has 15 rows.
            script.fill(script.order(), 4, 1000 + number)
        world.kis.fail("inquire-daily-ccld", fault, page=page, times=None)
        run = launcher.run(world, "fills", extra={"RUN_TIMEOUT": "4"})
        witness.look()
        assert run.code in (1, 2), run
        assert run.seconds < 5, run
        assert run.err.count("ERROR") == 1, run
        assert "Traceback" not in run.err, run
        assert "내부 오류" not in run.err, run
        assert not any("체결 알림" in content for content in world.contents), run
        world.kis.heal()
        minutes_pass(world, 3)
        assert launcher.run(world, "fills").code == 0
        assert witness.problems() == [], run


@pytest.mark.parametrize("parity", [0, 1])
def test_no_code_with_any_status_is_read_as_no_fills(parity: int, launcher: Launcher) -> None:
    """Each code with both statuses, on the first page and on a later one."""

    def play(_: int, code: str) -> None:
        for page, status in product((1, 2), (500, 200)):
            fault = Fault.code(code, status=status, message=f"오류 {code}", return_code="1")
            fails_whole_and_loses_nothing(fault, page, launcher, None)

    side_by_side(play, CODES[parity::2], lanes=8)


@pytest.mark.parametrize("page", [1, 2])
def test_no_broken_answer_is_read_as_no_fills(
    page: int, launcher: Launcher, new_store: NewStore
) -> None:
    def play(number: int, fault: Fault) -> None:
        fails_whole_and_loses_nothing(fault, page, launcher, new_store())

    side_by_side(play, list(BROKEN.values()), lanes=8)


def test_nothing_broken_is_read_as_no_holdings(launcher: Launcher) -> None:
    """A report that cannot be made says why, at once, and never that nothing is held."""

    def play(number: int, fault: Fault) -> None:
        with quick_world(None) as world:
            world.kis.market.hold("000900", "보유종목", 10, 900, 1000)
            world.kis.fail("inquire-balance", fault, times=None)
            run = launcher.run(world, "report", extra={"REPORT_TIMEOUT": "5"})
            assert run.code in (1, 2), run
            assert "Traceback" not in run.err, run
            assert not any("📊" in content for content in world.contents)
            world.kis.heal()
            minutes_pass(world, 3)
            assert launcher.run(world, "report").code == 0
            assert sum("📊" in content for content in world.contents) == 1
            assert all("보유 종목이 없습니다" not in content for content in world.contents)

    faults = [*BROKEN.values(), *(Fault.code(code, return_code="1") for code in CODES)]
    side_by_side(play, faults, lanes=8)
