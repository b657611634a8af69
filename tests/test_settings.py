"""Every setting: its good and bad forms, where it comes from, and that no secret shows."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kis.errors import SettingsError
from kis.settings import Settings, load_settings

KEY, SECRET = "PSexampleAppKey0000000000000000000", "secretSECRETsecret+/=" * 8
ACCOUNT = "12345678-01"
WEBHOOK = "https://discord.com/api/webhooks/1234567890/tokenTOKENtoken-_"
REQUIRED = {
    "KIS_APP_KEY": KEY,
    "KIS_APP_SECRET": SECRET,
    "KIS_ACCOUNT_NO": ACCOUNT,
    "DISCORD_WEBHOOK_URL": WEBHOOK,
}
Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Settings from exactly these variables, in a folder of their own; "" takes one away."""
    monkeypatch.chdir(tmp_path)

    def load_from(env_file: Path | None = None, **variables: str) -> Settings:
        for name in list(os.environ):
            if name.startswith(("KIS_", "DISCORD_", "REDIS_", "STATE_", "LOG_", "HEARTBEAT_")):
                monkeypatch.delenv(name)
        for name, value in {**REQUIRED, **variables}.items():
            if value or name not in REQUIRED:
                monkeypatch.setenv(name, value)
        return load_settings(env_file)

    return load_from


def problem(load: Load, **variables: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(**variables)
    assert len(caught.value.reason.splitlines()) <= 3
    assert caught.value.exit_code == 2
    for value in variables.values():
        assert len(value) < 10 or value not in str(caught.value)
    return caught.value.reason


def test_the_defaults_are_those_of_the_contract(load: Load) -> None:
    settings = load()
    assert (settings.kis_env, settings.is_paper) == ("real", False)
    assert settings.base_url == "https://openapi.koreainvestment.com:9443"
    assert (settings.run_timeout, settings.report_timeout) == (50, 170)
    assert settings.quote_rate == 15
    assert (settings.log_level, settings.log_format) == ("INFO", "text")
    assert settings.heartbeat_url is settings.redis_url is None
    assert settings.account == ("12345678", "01")


def test_paper_has_its_own_host_and_rate(load: Load) -> None:
    settings = load(KIS_ENV="paper")
    assert settings.is_paper
    assert settings.base_url == "https://openapivts.koreainvestment.com:29443"
    assert settings.quote_rate == 0.9
    assert load(KIS_ENV="paper", KIS_QUOTE_RATE="0.5").quote_rate == 0.5


GOOD = [
    ("KIS_APP_KEY", f" {KEY} "),
    ("KIS_APP_SECRET", "!~[]\"\\'"),
    ("KIS_ACCOUNT_NO", "00000000-99"),
    ("KIS_BASE_URL", "http://127.0.0.1:9999"),
    ("KIS_BASE_URL", "http://[::1]:9999/"),
    ("KIS_BASE_URL", "http://localhost"),
    ("KIS_QUOTE_RATE", "20"),
    ("DISCORD_WEBHOOK_URL", f"{WEBHOOK}?thread_id=1"),
    ("DISCORD_WEBHOOK_URL", "http://127.0.0.1:1/api/webhooks/1/x"),
    ("HEARTBEAT_URL", "https://hc-ping.com/1234"),
    ("HEARTBEAT_URL", " "),
    ("REDIS_URL", " "),
    ("REDIS_URL", "redis://localhost:6379/15"),
    ("REDIS_URL", "redis://localhost:6379/0"),
    ("REDIS_URL", "rediss://user:password@redis.example:6380/1"),
    ("REDIS_URL", "unix:///run/redis.sock?db=1"),
    ("STATE_FILE", "/var/lib/kis/state.db"),
    ("RUN_TIMEOUT", "1"),
    ("REPORT_TIMEOUT", "3600"),
    ("LOG_LEVEL", "debug"),
    ("LOG_FORMAT", "json"),
]
BAD = [
    ("KIS_APP_KEY", "two words"),
    ("KIS_APP_KEY", "한글키한글키"),
    ("KIS_APP_SECRET", "new\nline"),
    ("KIS_ACCOUNT_NO", "1234567801"),
    ("KIS_ACCOUNT_NO", "12345678-1"),
    ("KIS_ACCOUNT_NO", "１２３４５６７８-01"),
    ("KIS_ACCOUNT_NO", "12345678-01x"),
    ("KIS_ENV", "REAL"),
    ("KIS_BASE_URL", "http://example.com"),
    ("KIS_BASE_URL", "ftp://127.0.0.1"),
    ("KIS_BASE_URL", "https://"),
    ("KIS_BASE_URL", "https://host:port"),
    ("KIS_BASE_URL", "https://host/?query"),
    ("KIS_BASE_URL", "https://user:password@host"),
    ("KIS_QUOTE_RATE", "0"),
    ("KIS_QUOTE_RATE", "20.1"),
    ("KIS_QUOTE_RATE", "nan"),
    ("KIS_QUOTE_RATE", "inf"),
    ("DISCORD_WEBHOOK_URL", "http://discord.com/api/webhooks/1/x"),
    ("DISCORD_WEBHOOK_URL", "discord.com/api/webhooks/1/x"),
    ("DISCORD_WEBHOOK_URL", "http://127.0.0.1.example.com/x"),
    ("DISCORD_WEBHOOK_URL", "https://dis cord.com/x"),
    ("HEARTBEAT_URL", "http://hc-ping.com/1234"),
    ("DISCORD_WEBHOOK_URL", " "),
    ("REDIS_URL", "redis://localhost:6379/abc"),
    ("REDIS_URL", "redis://localhost:6379/1/2"),
    ("REDIS_URL", "localhost:6379"),
    ("REDIS_URL", "redis://"),
    ("REDIS_URL", "redis://host:port/0"),
    ("REDIS_URL", "unix://"),
    ("RUN_TIMEOUT", "0"),
    ("RUN_TIMEOUT", "601"),
    ("RUN_TIMEOUT", "nan"),
    ("REPORT_TIMEOUT", "0.5"),
    ("LOG_LEVEL", "LOUD"),
    ("LOG_FORMAT", "xml"),
]


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_a_good_form_is_taken(load: Load, name: str, value: str) -> None:
    assert load(**{name: value})


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_form_names_the_variable_and_the_form(load: Load, name: str, value: str) -> None:
    reason = problem(load, **{name: value})
    assert reason.startswith(f"{name}: 형식이 잘못되었습니다. 형식: ")


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_variable_is_named(load: Load, name: str) -> None:
    assert problem(load, **{name: ""}).startswith(f"{name}: 값이 없습니다. 형식: ")


def test_many_problems_are_three_lines_that_name_all(load: Load) -> None:
    bad = {**dict.fromkeys(REQUIRED, ""), **dict(BAD[3:]), "KIS_ACCOUNT_NO": ""}
    reason = problem(load, **bad)
    assert len(reason.splitlines()) == 3
    assert all(name in reason for name in bad if bad[name] or name in REQUIRED)


def test_an_empty_variable_is_an_absent_one(load: Load) -> None:
    settings = load(KIS_ENV="", REDIS_URL="", STATE_FILE="", RUN_TIMEOUT="", HEARTBEAT_URL="")
    assert settings.kis_env == "real"
    assert settings.redis_url is None
    assert settings.run_timeout == 50
    assert settings.state_file.name


def test_any_variable_can_be_a_file(load: Load, tmp_path: Path) -> None:
    for name, value in {**REQUIRED, "REDIS_URL": "redis://h", "RUN_TIMEOUT": "7"}.items():
        (tmp_path / name).write_text(f"{value}\n")
        settings = load(**{name: "", f"{name}_FILE": str(tmp_path / name)})
        found = getattr(settings, name.lower())
        assert str(getattr(found, "get_secret_value", lambda f=found: f"{f:g}")()) == value


def test_a_variable_and_its_file_at_once_are_an_error(load: Load, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY)
    reason = problem(load, KIS_APP_KEY_FILE=str(tmp_path / "key"))
    assert "KIS_APP_KEY" in reason
    assert "KIS_APP_KEY_FILE" in reason


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe\x00"])
def test_a_file_that_gives_no_value_is_an_error(
    load: Load, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "redis"
    if content is not None:
        path.write_bytes(content)
    assert problem(load, REDIS_URL_FILE=str(path)).startswith("REDIS_URL_FILE: ")


def test_the_environment_wins_over_the_env_file(load: Load, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("KIS_ENV=paper\nRUN_TIMEOUT=30\nLOG_FORMAT=json\n")
    settings = load(KIS_ENV="real")
    assert settings.kis_env == "real"
    assert (settings.run_timeout, settings.log_format) == (30, "json")


def test_a_file_named_in_the_env_file_gives_way_to_the_environment(
    load: Load, tmp_path: Path
) -> None:
    (tmp_path / "url").write_text("redis://from-file")
    (tmp_path / ".env").write_text(f"REDIS_URL_FILE={tmp_path / 'url'}\n")
    found = load().redis_url
    assert found
    assert found.get_secret_value() == "redis://from-file"
    found = load(REDIS_URL="redis://from-environment").redis_url
    assert found
    assert found.get_secret_value() == "redis://from-environment"


def test_a_named_env_file_replaces_the_default_one(load: Load, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RUN_TIMEOUT=30\nREPORT_TIMEOUT=60\n")
    named = tmp_path / "account-b.env"
    named.write_text("RUN_TIMEOUT=40\n")
    settings = load(named)
    assert (settings.run_timeout, settings.report_timeout) == (40, 170)


def test_an_env_file_that_cannot_be_read_is_an_error(load: Load, tmp_path: Path) -> None:
    (tmp_path / "latin.env").write_bytes(b"KIS_ENV=\xff")
    for path in (tmp_path / "missing.env", tmp_path, tmp_path / "latin.env"):
        with pytest.raises(SettingsError) as caught:
            load(path)
        assert str(path) in caught.value.reason


def test_no_secret_shows(load: Load) -> None:
    settings = load(
        REDIS_URL="redis://user:p%40ssword@host/0", HEARTBEAT_URL="https://hc-ping.com/uuid-1234"
    )
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    for secret in settings.secrets:
        assert secret not in shown


def test_the_list_of_secrets_has_every_part_that_gives_one_away(load: Load) -> None:
    settings = load(
        REDIS_URL="redis://user:p%40ssword@host/0",
        HEARTBEAT_URL="https://hc-ping.com/uuid-1234?create=1",
        DISCORD_WEBHOOK_URL=f"{WEBHOOK}?thread_id=987654321",
    )
    for part in (
        KEY,
        SECRET,
        ACCOUNT,
        "12345678",
        f"{WEBHOOK}?thread_id=987654321",
        "tokenTOKENtoken-_",
        "thread_id=987654321",
        "p%40ssword",
        "p@ssword",
        "redis://user:p%40ssword@host/0",
        "uuid-1234",
    ):
        assert part in settings.secrets
