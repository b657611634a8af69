"""Settings: where they come from, and what is said when one is wrong."""

from pathlib import Path

import pytest

from tests.end_to_end.steps import ORDERS, bought, lines, run
from tests.world import World, free_port

REQUIRED = ("KIS_APP_KEY", "KIS_APP_SECRET", "KIS_ACCOUNT_NO", "DISCORD_WEBHOOK_URL")

WRONG = [
    ("KIS_APP_KEY", "PSWRONG KEY", "앱키"),
    ("KIS_APP_SECRET", "비밀번호입니다", "앱시크릿"),
    ("KIS_ACCOUNT_NO", "8765432101", "12345678-01"),
    ("KIS_ENV", "production", "real"),
    ("KIS_BASE_URL", "http://kis.example.com:9443", "https"),
    ("DISCORD_WEBHOOK_URL", "http://discord.example.com/api/webhooks/1/wrongtoken", "https"),
    ("HEARTBEAT_URL", "http://ping.example.com/wrongtoken", "https"),
    ("REDIS_URL", "wronghost:6379", "redis://"),
    ("RUN_TIMEOUT", "fortnight", "초"),
    ("LOG_FORMAT", "yamlish", "json"),
]


@pytest.mark.parametrize("name,value,form", WRONG)
def test_a_wrong_setting_is_named_with_its_form_and_without_its_value(
    quick_world: World, name: str, value: str, form: str
) -> None:
    result = run(quick_world, "fills", code=2, **{name: value})
    assert len(lines(result.err)) <= 3
    assert name in result.err
    assert form in result.err
    everything = result.err + result.out + "".join(quick_world.contents)
    assert value not in everything
    assert quick_world.kis.calls == []


def test_a_missing_setting_is_named_with_its_form(quick_world: World) -> None:
    del quick_world.environment["KIS_ACCOUNT_NO"]
    result = run(quick_world, "report", code=2)
    assert len(lines(result.err)) <= 3
    assert "KIS_ACCOUNT_NO" in result.err
    assert "12345678-01" in result.err
    assert quick_world.kis.calls == []


def test_all_settings_missing_are_three_lines_at_most(quick_world: World) -> None:
    for name in REQUIRED:
        del quick_world.environment[name]
    result = run(quick_world, "fills", code=2)
    assert len(lines(result.err)) <= 3
    assert [name for name in REQUIRED if name not in result.err] == []


def test_settings_are_read_from_env_in_the_working_directory(quick_world: World) -> None:
    world = quick_world
    moved = {name: world.environment.pop(name) for name in REQUIRED}
    _write(world.folder / ".env", moved)
    bought(world)
    run(world, "fills")
    assert len(world.contents) == 1


def test_a_setting_can_be_given_as_a_file(quick_world: World) -> None:
    """Also with a line end after it, as editors and Kubernetes leave one."""
    world = quick_world
    for name in REQUIRED:
        path = world.folder / name.lower()
        path.write_text(f"{world.environment.pop(name)}\n")
        world.environment[f"{name}_FILE"] = str(path)
    bought(world)
    run(world, "fills")
    assert len(world.contents) == 1


def test_a_setting_s_file_that_is_not_there_is_a_settings_error(quick_world: World) -> None:
    del quick_world.environment["KIS_APP_SECRET"]
    result = run(quick_world, "fills", code=2, KIS_APP_SECRET_FILE="/nowhere/secret")
    assert "KIS_APP_SECRET_FILE" in result.err
    assert quick_world.kis.calls == []


def test_https_to_anywhere_is_no_settings_error(quick_world: World) -> None:
    url = f"https://127.0.0.1:{free_port()}"
    result = run(
        quick_world,
        "start",
        KIS_BASE_URL=url,
        DISCORD_WEBHOOK_URL=f"{url}/api/webhooks/1/x",
        code=1,
    )
    assert "DISCORD_WEBHOOK_URL" not in result.err


def test_wrong_settings_are_told_at_once_once_and_over(world: World) -> None:
    """Where webhook and store are right: ❌, silence while it lasts, ✅ 복구."""
    for _ in range(2):
        run(world, "fills", code=2, KIS_ENV="production")
        world.next_minute()
    [told] = world.contents
    assert told.startswith("❌ 알림 봇 실행 중 예외 발생: ")
    assert "KIS_ENV" in told.replace("\\", "")
    run(world, "fills")
    assert len(world.contents) == 2
    assert world.contents[1].startswith("✅ 복구")


def test_the_base_url_is_where_kis_is_asked(quick_world: World) -> None:
    """Also when it ends with a slash."""
    run(quick_world, "fills", KIS_BASE_URL=f"{quick_world.kis.url}/")
    assert len(quick_world.kis.calls_to(ORDERS)) == 1


def _write(path: Path, variables: dict[str, str]) -> None:
    path.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
