"""Environment -> frozen Settings: every name, default and check."""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from kis.core.identity import fingerprint, without_account
from kis.environment import FromEnvironment, UnreadLines
from kis.errors import SettingsError

HOSTS = {
    "real": "https://openapi.koreainvestment.com:9443",
    "paper": "https://openapivts.koreainvestment.com:29443",
}
#: Quotations a second that KIS lets through with a margin.
QUOTE_RATES = {"real": 15.0, "paper": 0.9}

LOOPBACK = ("localhost", "127.0.0.1", "::1")

#: The form of each variable, for the error that says it has not got it.
FORMS = {
    "kis_app_key": "KIS Developers가 준 앱키 (공백 없는 영문·숫자)",
    "kis_app_secret": "KIS Developers가 준 앱시크릿 (공백 없는 영문·숫자)",
    "kis_account_no": "12345678-01 (계좌번호 8자리-상품코드 2자리)",
    "kis_env": "real 또는 paper",
    "kis_base_url": "https://호스트[:포트] (http는 이 컴퓨터 주소만)",
    "kis_quote_rate": "0보다 크고 20 이하인 초당 시세 조회 수",
    "discord_webhook_url": "https://discord.com/api/webhooks/… (http는 이 컴퓨터 주소만)",
    "heartbeat_url": "https:// 주소 (http는 이 컴퓨터 주소만)",
    "redis_url": "redis://호스트:6379/0, rediss://… 또는 unix://…",
    "state_file": "SQLite 파일의 경로",
    "run_timeout": "1 이상 600 이하인 초",
    "report_timeout": "1 이상 3600 이하인 초",
    "log_level": "DEBUG, INFO, WARNING 또는 ERROR",
    "log_format": "text 또는 json",
}

S = TypeVar("S", bound=FromEnvironment)


def _check_url(url: str) -> None:
    """https with a host, or http to this machine; ValueError otherwise."""
    parts = urlsplit(url)
    if not re.fullmatch(r"[!-~]+", url) or not parts.hostname or parts.fragment or parts.username:
        raise ValueError
    _ = parts.port
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError


def _checked(url: SecretStr) -> SecretStr:
    _check_url(url.get_secret_value())
    return url


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


SafeUrl = Annotated[SecretStr, AfterValidator(_checked)]
BlankIsNone = BeforeValidator(_blank_is_none)


class HeartbeatSettings(FromEnvironment):
    """What it takes to tell the dead-man's switch that the other settings are wrong."""

    heartbeat_url: Annotated[SafeUrl | None, BlankIsNone] = None


class DeliverySettings(FromEnvironment):
    """What it takes to tell the user that the other settings are wrong."""

    discord_webhook_url: SafeUrl
    redis_url: Annotated[SecretStr | None, BlankIsNone] = None
    state_file: Path = Path("kis-discord-alert.db")
    # As they are given, right or wrong: by them the trouble is remembered.
    kis_app_key: SecretStr | None = None
    kis_account_no: SecretStr | None = None

    @property
    def incident_names(self) -> list[str]:
        """The names of a trouble with settings, key or account: one a thing it can be known by."""
        known_by = {"key": self.kis_app_key, "account": self.kis_account_no}
        return [
            f"settings:{kind}:{fingerprint(value.get_secret_value().strip())}"
            for kind, value in known_by.items()
            if value
        ]

    @property
    def store_location(self) -> tuple[str, Path]:
        """Redis URL ("" for none) and SQLite file, one of which is the store."""
        return (self.redis_url.get_secret_value() if self.redis_url else ""), self.state_file

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value:
            parts = urlsplit(value.get_secret_value())
            where = parts.path if parts.scheme == "unix" else parts.hostname
            if parts.scheme not in ("redis", "rediss", "unix") or not where:
                raise ValueError
            if parts.scheme != "unix" and not re.fullmatch(r"(/[0-9]*)?", parts.path):
                raise ValueError
            _ = parts.port  # Raises ValueError when it is not a number.
        return value


class Settings(DeliverySettings):
    """What the user decides. Each X can be given as a file through X_FILE."""

    kis_app_key: SecretStr
    kis_app_secret: SecretStr
    kis_account_no: SecretStr
    kis_env: Literal["real", "paper"] = "real"
    kis_base_url: str = ""
    kis_quote_rate: float | None = Field(None, gt=0, le=20, allow_inf_nan=False)
    heartbeat_url: Annotated[SafeUrl | None, BlankIsNone] = None
    run_timeout: float = Field(50, ge=1, le=600, allow_inf_nan=False)
    report_timeout: float = Field(170, ge=1, le=3600, allow_inf_nan=False)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"

    @field_validator("kis_app_key", "kis_app_secret")
    @classmethod
    def _fits_a_header(cls, value: SecretStr) -> SecretStr:
        return _matching(value, r"[!-~]+")

    @field_validator("kis_account_no")
    @classmethod
    def _is_an_account(cls, value: SecretStr) -> SecretStr:
        return _matching(value, r"[0-9]{8}-[0-9]{2}")

    @field_validator("kis_base_url")
    @classmethod
    def _is_a_host(cls, value: str) -> str:
        if value:
            _check_url(value)
            if urlsplit(value).query:
                raise ValueError
        return value.rstrip("/")

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, value: Any) -> Any:
        return value.strip().upper() if isinstance(value, str) else value

    @property
    def is_paper(self) -> bool:
        return self.kis_env == "paper"

    @property
    def base_url(self) -> str:
        return self.kis_base_url or HOSTS[self.kis_env]

    @property
    def quote_rate(self) -> float:
        return self.kis_quote_rate or QUOTE_RATES[self.kis_env]

    @property
    def account(self) -> tuple[str, str]:
        """Number and product code."""
        number, _, product_code = self.kis_account_no.get_secret_value().partition("-")
        return number, product_code

    @property
    def secrets(self) -> list[str]:
        """All that must never be shown, whole or in part."""
        keys = (self.kis_app_key, self.kis_app_secret, self.kis_account_no)
        hidden = (*keys, self.discord_webhook_url, self.heartbeat_url, self.redis_url)
        found = [secret.get_secret_value() for secret in hidden if secret]
        for url in [text for text in found if "://" in text]:
            parts = urlsplit(url)
            pieces = [*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query))]
            found += [parts.password or "", parts.query, *pieces]
        found += [unquote(text) for text in found] + [self.account[0]]
        return [text for text in found if len(text) > 5 and text != "webhooks"]


def load_settings(env_file: Path | None = None) -> Settings:
    """Settings from the environment and `env_file` (or `.env` in the working directory).

    SettingsError names each bad variable and the form it must have, never its value.
    """
    return _load(Settings, env_file)


def load_delivery_settings(env_file: Path | None = None) -> DeliverySettings:
    """Only what it takes to tell of a SettingsError; SettingsError where that is wrong too."""
    return _load(DeliverySettings, env_file)


def load_heartbeat_settings(env_file: Path | None = None) -> HeartbeatSettings:
    """Only HEARTBEAT_URL; SettingsError where that is wrong too."""
    return _load(HeartbeatSettings, env_file)


def _load(kind: type[S], env_file: Path | None) -> S:
    path = env_file or Path(".env")
    shown = without_account(str(path))
    if (env_file or path.exists()) and not (path.is_file() and os.access(path, os.R_OK)):
        raise SettingsError(f"{shown}: 읽을 수 있는 설정 파일이 아닙니다")
    problems: dict[str, str] = {}
    with UnreadLines() as unread:
        try:
            settings = kind(_env_file=path)  # type: ignore[call-arg]
        except ValidationError as error:
            problems = {str(problem["loc"][0]): problem["type"] for problem in error.errors()}
        except UnicodeDecodeError:
            raise SettingsError(f"{shown}: UTF-8 파일이어야 합니다") from None
    if unread.numbers:
        raise SettingsError(
            f"{shown}: {unread.numbers[0]}번째 줄을 읽을 수 없습니다. 형식: 이름=값"
        )
    if not problems:
        return settings
    lines = [_problem(name, problem == "missing") for name, problem in problems.items()]
    if len(lines) > 3:
        rest = ", ".join(name.upper() for name in list(problems)[2:])
        lines = [*lines[:2], f"{rest}: 없거나 형식이 잘못되었습니다 (.env.example 참고)"]
    raise SettingsError("\n".join(lines))


def _problem(name: str, is_missing: bool) -> str:
    trouble = "값이 없습니다" if is_missing else "형식이 잘못되었습니다"
    return f"{name.upper()}: {trouble}. 형식: {FORMS[name]}"


def _matching(value: SecretStr, pattern: str) -> SecretStr:
    text = value.get_secret_value().strip()
    if not re.fullmatch(pattern, text):
        raise ValueError
    return SecretStr(text)
