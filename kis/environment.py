"""Where settings come from: the environment, an env file, and files that X_FILE names."""

import logging
from pathlib import Path
from typing import Any, Self

from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from kis.errors import SettingsError


class FromEnvironment(BaseSettings):
    """The sources in their order; no error shows a value."""

    model_config = SettingsConfigDict(
        # When first used: a run uses one of the classes made of this one.
        defer_build=True,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (
            _FileSource(settings_cls, env_settings),
            env_settings,
            _FileSource(settings_cls, dotenv_settings),
            dotenv_settings,
        )


class UnreadLines(logging.Handler):
    """While it is open: the numbers of an env file's lines that nothing could be made of."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[int] = []

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.args, tuple):
            self.numbers += [number for number in record.args if isinstance(number, int)]

    def __enter__(self) -> Self:
        logging.getLogger("dotenv").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("dotenv").removeHandler(self)


class _FileSource(PydanticBaseSettingsSource):
    """X from the file that X_FILE names, in the environment or in the env file."""

    def __init__(self, settings_cls: type[BaseSettings], beside: PydanticBaseSettingsSource):
        super().__init__(settings_cls)
        self._variables = beside.env_vars if isinstance(beside, EnvSettingsSource) else {}

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        path = self._variables.get(f"{field_name}_file")
        if not path:
            return None, field_name, False
        if self._variables.get(field_name):
            raise SettingsError(
                f"{field_name.upper()}와 {field_name.upper()}_FILE 가운데 하나만 쓰세요"
            )
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            value = ""
        if not value:
            raise SettingsError(
                f"{field_name.upper()}_FILE: 값이 든, 읽을 수 있는 파일의 경로여야 합니다"
            )
        return value, field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in values.items() if value}
