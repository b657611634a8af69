"""One fill from KIS through the store to Discord, by the real program."""

from tests.world import World


def test_a_fill_is_announced_once(world: World) -> None:
    world.kis.market.order("buy", "005930", "삼성전자", 10, 72000).fill(10, 72000)
    assert world.run("fills").code == 0
    assert world.run("fills").code == 0
    [message] = world.contents
    assert message.startswith("[매수 체결 알림]\n종목명: 삼성전자\n수량: 10주\n단가: 72,000원")
