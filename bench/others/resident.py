"""The usual alternative: a Python process that stays, with `schedule` and the same packages."""

import time

import nacl.secret  # noqa: F401
import pydantic_settings  # noqa: F401
import redis  # noqa: F401
import requests  # noqa: F401
import schedule
import tenacity  # noqa: F401


def poll() -> None:
    """Would ask KIS."""


schedule.every(1).minutes.do(poll)
print("ready", flush=True)
while True:
    schedule.run_pending()
    time.sleep(1)
