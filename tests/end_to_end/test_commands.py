"""The command line: commands, options, exit status, and the one log line of a run."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.end_to_end.steps import HOLIDAYS, ORDERS, TOKEN, announced, bought, lines, run
from tests.world import World

COMMANDS = ("fills", "report", "start", "stop", "check", "cron")
OPTIONS = ("--dry-run", "--force", "--env-file")


def test_help_names_every_command_and_option(quick_world: World) -> None:
    shown = run(quick_world, "--help").out
    assert [word for word in (*COMMANDS, *OPTIONS, "--version") if word not in shown] == []


def test_version_is_that_of_the_project(quick_world: World) -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    version = project.partition('version = "')[2].partition('"')[0]
    assert version in run(quick_world, "--version").out


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("sell",),
        ("fills", "--nonsense"),
        ("start", "--force"),
        ("fills", "--env-file", "not-there.env"),
    ],
)
def test_a_usage_error_is_exit_2_without_a_call(
    quick_world: World, arguments: tuple[str, ...]
) -> None:
    assert run(quick_world, *arguments, code=2).err
    assert (quick_world.kis.calls, quick_world.discord.attempts) == ([], [])


def test_cron_replaces_itself_with_supercronic_on_the_crontab(quick_world: World) -> None:
    folder = quick_world.folder / "bin"
    folder.mkdir()
    program = folder / "supercronic"
    program.write_text(f"#!{sys.executable}\nimport os, sys\nprint(os.getpid(), *sys.argv[1:])\n")
    program.chmod(0o755)
    path = os.pathsep.join((str(folder), quick_world.environment["PATH"]))
    process = quick_world.start("cron", PATH=path)
    out, _ = process.communicate(timeout=30)
    crontab = Path(__file__).parents[2] / "crontab"
    assert (process.returncode, out.split()[0]) == (0, str(process.pid))
    assert out.split()[-1] == str(crontab)


def test_cron_outside_the_image_says_what_is_missing(quick_world: World) -> None:
    assert "supercronic" in run(quick_world, "cron", code=2, PATH="/nowhere").err


def test_dry_run_of_fills_prints_and_changes_nothing(polled_world: World) -> None:
    world = polled_world
    bought(world)
    before = _without_pacing(world)
    shown = run(world, "fills", "--dry-run").out
    assert shown.startswith(announced("삼성전자", "10", "72,000"))
    assert (world.discord.attempts, _without_pacing(world)) == ([], before)
    world.next_minute()
    run(world, "fills")
    assert len(world.contents) == 1


def test_dry_run_of_a_report_does_not_use_up_the_hour(quick_polled_world: World) -> None:
    world = quick_polled_world
    world.kis.market.hold("005930", "삼성전자", 10, 72000, 74500)
    before = _without_pacing(world)
    shown = run(world, "report", "--dry-run").out
    assert (world.discord.attempts, _without_pacing(world)) == ([], before)
    world.kis.rest()
    world.forget("pace:")
    run(world, "report")
    [posted] = world.contents
    assert shown.strip() == posted


def test_a_dry_run_keeps_only_the_token(quick_world: World) -> None:
    """Two dry runs issue one token between them."""
    bought(quick_world)
    for _ in range(2):
        assert announced("삼성전자", "10", "72,000") in run(quick_world, "fills", "--dry-run").out
        quick_world.next_minute()
    assert len(quick_world.kis.calls_to(TOKEN)) == 1
    run(quick_world, "fills")
    [message] = quick_world.contents
    assert "최초 실행" in message


def test_a_failed_dry_run_tells_nobody(quick_world: World) -> None:
    run(quick_world, "fills", "--dry-run", code=2, KIS_ACCOUNT_NO="87654321-01")
    assert quick_world.discord.attempts == []


def test_an_idle_run_makes_one_call_to_kis_and_none_to_discord(polled_world: World) -> None:
    before = len(polled_world.kis.calls)
    run(polled_world, "fills")
    assert [call.endpoint for call in polled_world.kis.calls[before:]] == [ORDERS]
    assert polled_world.discord.attempts == []


def test_a_run_leaves_one_log_line_on_stderr(quick_polled_world: World) -> None:
    """What was asked, found, posted, how many KIS calls, how long."""
    bought(quick_polled_world)
    result = run(quick_polled_world, "fills")
    [line] = lines(result.err)
    assert result.out == ""
    assert all(word in line for word in (" fills ", "new=1", "posted=1", "kis_calls=1", "seconds="))


def test_a_log_line_can_be_json(redis_world: World) -> None:
    bought(redis_world)
    [line] = lines(run(redis_world, "fills", LOG_FORMAT="json").err)
    facts = json.loads(line)
    assert (facts["message"], facts["posted"], facts["new"]) == ("fills", 1, 1)
    assert facts["kis_calls"] == len(redis_world.kis.calls)
    [line] = lines(run(redis_world, "report", LOG_FORMAT="json", KIS_ACCOUNT_NO="1-1", code=2).err)
    assert "KIS_ACCOUNT_NO" in line


def test_one_env_file_an_account(quick_world: World) -> None:
    """`--env-file` is read instead of `.env`, which another account may have."""
    world = quick_world
    names = [name for name in world.environment if name.startswith("KIS_")]
    right = {name: world.environment.pop(name) for name in names}
    wrong = {**right, "KIS_ACCOUNT_NO": "87654321-01"}
    _write(world.folder / ".env", wrong)
    _write(world.folder / "account-b.env", right)
    run(world, "fills", "--env-file", "account-b.env")
    assert {call.query["CANO"] for call in world.kis.calls_to(ORDERS)} == {"12345678"}
    _write(world.folder / ".env", right)
    world.next_minute()
    run(world, "fills")
    assert len(world.kis.calls_to(ORDERS)) == 2


def test_two_accounts_on_one_store_do_not_mix(quick_world: World) -> None:
    """Each has its own hour, its own day and its own memory of fills."""
    bought(quick_world)
    run(quick_world, "start")
    run(quick_world, "fills")
    quick_world.kis.state.account = "87654321-01"
    quick_world.next_minute()
    run(quick_world, "start", KIS_ACCOUNT_NO="87654321-01")
    run(quick_world, "fills", KIS_ACCOUNT_NO="87654321-01")
    assert len(quick_world.contents) == 4
    assert len(quick_world.kis.calls_to(HOLIDAYS)) == 1


def _write(path: Path, variables: dict[str, str]) -> None:
    path.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))


def _without_pacing(world: World) -> dict[str, dict[str, str]]:
    """All that is remembered, but for the times of the last calls."""
    return {
        shelf: {name: value for name, value in fields.items() if not name.startswith("pace:")}
        for shelf, fields in world.memory().items()
    }
