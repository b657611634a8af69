"""One log line a run, as text or JSON, on stderr; with every secret blotted out."""

import json
import logging
import re
import sys
from collections.abc import Collection
from datetime import datetime
from urllib.parse import quote

from kis.core.calendar import SEOUL
from kis.errors import describe_bug

HIDDEN = "***"


class Blotter(logging.Formatter):
    """The last line of defence: no secret gets out, whoever put it into a text."""

    def __init__(self, secrets: Collection[str], *, as_json: bool) -> None:
        super().__init__()
        self._secrets = sorted({*secrets, *map(quote, secrets)} - {""}, key=len, reverse=True)
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, SEOUL).isoformat(timespec="seconds")
        facts = getattr(record, "facts", {})
        if self._as_json:
            fields = {"time": when, "level": record.levelname, "message": record.getMessage()}
            # Before quoting, which would change a secret with a quote in it.
            clean = {
                name: self.blot(value) if isinstance(value, str) else value
                for name, value in (fields | facts).items()
            }
            return json.dumps(clean, ensure_ascii=False)
        pairs = "".join(f" {name}={_word(self.blot(str(value)))}" for name, value in facts.items())
        return f"{when} {record.levelname} {self.blot(record.getMessage())}{pairs}"

    def blot(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


def configure(level: str, form: str, secrets: Collection[str]) -> None:
    """Only our own lines: libraries' debug lines hold URLs with account numbers in them."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Blotter(secrets, as_json=form == "json"))
    ours = logging.getLogger("kis")
    ours.handlers = [handler]
    ours.setLevel(level)
    ours.propagate = False
    # Without any handler at the root, Python prints other libraries' warnings itself.
    logging.getLogger().addHandler(logging.NullHandler())


def report_crash(_: type[BaseException], error: BaseException, __: object) -> None:
    """The `sys.excepthook`: one line in place of a traceback."""
    print(f"내부 오류 ({describe_bug(error)})", file=sys.stderr)


def _word(text: str) -> str:
    """Quoted where it is not one plain word."""
    return text if re.fullmatch(r"[^\s\"\\]+", text) else json.dumps(text, ensure_ascii=False)
