"""Nothing secret in anything the program ever shows or keeps in the clear."""

import base64
import json
from urllib.parse import quote

import pytest

from tests.end_to_end.steps import BALANCE, HOLIDAYS, INVESTOR, ORDERS, TOKEN, bought
from tests.simulator import Answer, Fault, Heartbeat
from tests.simulator.endpoints.daily_orders import ADDRESS, PHONE
from tests.world import World, free_port


def shown_by(world: World, *arguments: str, **extra: str) -> str:
    """All that a run with LOG_LEVEL=DEBUG prints."""
    result = world.run(*arguments, timeout=120, **{"LOG_LEVEL": "DEBUG", **extra})
    assert "Traceback" not in result.err
    return result.out + result.err


def posted(world: World) -> str:
    """All that was ever posted, embeds and all."""
    return json.dumps([attempt.payload for attempt in world.discord.attempts], ensure_ascii=False)


def secrets_of(world: World) -> dict[str, str]:
    """What must not be seen anywhere, by name."""
    return {
        "app key": world.kis.app_key,
        "app secret": world.kis.app_secret,
        "part of the app secret": world.kis.app_secret[:40],
        "access token": world.kis.issue_token(),
        "account": world.kis.account,
        "account number": world.kis.account.partition("-")[0],
        "webhook": world.discord.webhook_url,
        "webhook token": world.discord.webhook_url.rpartition("/")[2],
        "heartbeat": "heartbeat-token",
        "redis password": "redis-password",
        "phone": PHONE,
        "address": ADDRESS,
    }


def assert_hidden(world: World, text: str) -> None:
    for name, secret in secrets_of(world).items():
        encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
        for form in (secret, quote(secret, safe=""), encoded):
            assert form not in text, f"{name} is shown"


def test_good_runs_and_bad_ones_show_no_secret(redis_world: World) -> None:
    """Every command, in both log formats, with KIS, Discord, heartbeat and settings in trouble."""
    world = redis_world
    # Not the account that shows the form of one.
    world.kis.state.account = world.environment["KIS_ACCOUNT_NO"] = "50987654-01"
    bought(world)
    world.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    shown = []
    with Heartbeat() as heart:
        extra = {"HEARTBEAT_URL": f"{heart.url}/heartbeat-token?key=heartbeat-token"}
        for command in ("check", "fills", "report"):
            shown.append(shown_by(world, command, **extra))
            world.next_minute()
        for endpoint in (ORDERS, BALANCE, INVESTOR, HOLIDAYS):
            world.kis.fail(endpoint, Fault.reset(), times=None)
        world.discord.answer(Answer.status(500, world.discord.webhook_url), times=None)
        shown += [
            shown_by(world, "fills", "--force", RUN_TIMEOUT="3", LOG_FORMAT="json", **extra),
            shown_by(world, "report", "--force", REPORT_TIMEOUT="3", **extra),
        ]
    world.kis.expire_tokens()
    world.kis.fail(TOKEN, Fault.html(500), times=None)
    closed = f"http://127.0.0.1:{free_port()}"
    redis_url = f"redis://:redis-password@127.0.0.1:{free_port()}/0"
    shown += [
        shown_by(world, "check"),
        shown_by(world, "check", KIS_BASE_URL=closed, HEARTBEAT_URL=f"{closed}/heartbeat-token"),
        shown_by(world, "fills", REDIS_URL=redis_url),
        shown_by(world, "fills", KIS_ACCOUNT_NO=world.kis.account.replace("-", "")),
        shown_by(world, "stop"),
    ]
    kept = json.dumps(world.memory(), ensure_ascii=False)
    assert_hidden(world, "\n".join((*shown, posted(world), kept)))


@pytest.mark.parametrize("endpoint,commands", [(ORDERS, ["fills"] * 3), (BALANCE, ["report"])])
def test_what_kis_says_is_masked_before_it_is_shown(
    quick_world: World, endpoint: str, commands: list[str]
) -> None:
    """It may quote the account, a token, a phone or an address in its message."""
    world = quick_world
    token = world.kis.issue_token()
    number = world.kis.account.partition("-")[0]
    said = (
        f"계좌 {world.kis.account} {number} {world.kis.account.replace('-', '')} token {token} "
        f"연락처 {PHONE} 010-1234-5678 {ADDRESS} appkey {world.kis.app_key}"
    )
    world.kis.fail(endpoint, Fault.code("APBK9999", message=said, return_code="7"), times=None)
    shown = [shown_by(world, command) for command in commands]
    world.kis.expire_tokens()
    world.kis.fail(TOKEN, Fault.code("EGW99999", message=said))
    world.next_minute()
    shown.append(shown_by(world, "check"))
    everything = "\n".join((*shown, posted(world), json.dumps(world.memory())))
    assert "계좌" in everything
    assert_hidden(world, everything)
    assert world.kis.account.replace("-", "") not in everything
    assert "010-1234-5678" not in everything


def test_an_order_s_phone_and_address_are_shown_nowhere(quick_world: World) -> None:
    """Neither by a dry run, nor by an answer of which they are part and that is malformed."""
    world = quick_world
    bought(world)
    shown = [shown_by(world, "fills", "--dry-run")]

    def misplace(body: dict[str, list[dict[str, str]]]) -> None:
        body["output1"][0]["tot_ccld_qty"] = PHONE + "x"
        body["output1"][0]["ord_tmd"] = ADDRESS

    world.next_minute()
    world.kis.fail(ORDERS, Fault.edit(misplace))
    shown.append(shown_by(world, "fills"))
    world.next_minute()
    shown.append(shown_by(world, "fills"))
    assert len(world.contents) == 1
    assert_hidden(world, "\n".join((*shown, posted(world))))


def test_a_settings_error_does_not_show_the_other_settings(quick_world: World) -> None:
    shown = shown_by(quick_world, "fills", KIS_ENV="production", LOG_LEVEL="DEBUG")
    assert_hidden(quick_world, shown + posted(quick_world))
