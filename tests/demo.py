"""`make demo`: the real program through a short trading day, against a simulated KIS and Discord.

Needs no account, no key and no server: the state is a SQLite file in a temporary folder.
"""

import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path

from tests.simulator import KST
from tests.world import World, make_world

DAY = date(2026, 11, 23)


class Demo:
    """Runs commands at moments of the day, and prints what arrives at Discord."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._shown = 0

    def at(self, hour: int, minute: int, command: str, story: str) -> None:
        moment = datetime(DAY.year, DAY.month, DAY.day, hour, minute, tzinfo=KST)
        self._world.kis.now = moment
        print(f"\n── {moment:%H:%M}  run.py {command}  ({story})", flush=True)
        run = self._world.run(command)
        if run.code:
            sys.exit(f"run.py {command}: exit {run.code}\n{run.err}")
        new = self._world.contents[self._shown :]
        self._shown += len(new)
        for content in new or ["(보낼 메시지 없음)"]:
            print("\n".join(f"    │ {line}" for line in content.splitlines()), flush=True)


def main() -> None:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, make_world(Path(folder), None) as world:
        trade(world)
    print(f"\n끝났습니다: {time.monotonic() - begun:.0f}초. 실제로 쓰려면 README의 설정을 보세요.")


def trade(world: World) -> None:
    """A short day: a partial fill, a sell-out, a report."""
    demo, market = Demo(world), world.kis.market
    market.flow("005930", date(2026, 11, 20), foreign=-2104533, institution=251904)
    demo.at(8, 0, "start", "장 시작")
    demo.at(9, 1, "fills", "아직 체결 없음")

    samsung = market.order("buy", "005930", "삼성전자", 10, 72000)
    samsung.fill(6, 71900)
    demo.at(9, 2, "fills", "10주 주문 가운데 6주 체결")
    samsung.fill(4, 72000)
    demo.at(9, 3, "fills", "나머지 4주 체결")
    demo.at(9, 4, "fills", "새 체결 없음: 아무것도 보내지 않음")

    market.order("sell", "000660", "SK하이닉스", 3, 185500).fill(3, 185500)
    market.hold("000660", "SK하이닉스", 0, 0, 185500)
    market.hold("005930", "삼성전자", 10, 71940, 74500)
    market.estimate("005930", slot=3, foreign=15000, institution=-3200)
    demo.at(10, 15, "fills", "보유 종목 전량 매도")
    demo.at(12, 0, "report", "보유 종목 보고")
    demo.at(16, 5, "stop", "장 종료")


if __name__ == "__main__":
    main()
