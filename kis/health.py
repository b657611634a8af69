"""`python -m kis.health`: exit 0 while fills are watched, 1 when no run has done well lately.

For a container's HEALTHCHECK. Outside session hours there is nothing to watch.
"""

import sys
import time
from datetime import datetime, timedelta
from datetime import time as clock

from kis.core.calendar import SEOUL, is_weekday
from kis.core.identity import fingerprint
from kis.errors import AlertError
from kis.settings import load_settings
from kis.store import KeyRing, Memory, open_shelves

SESSION = (clock(8, 5), clock(16, 0))
LONGEST_SILENCE = timedelta(minutes=5)


def is_healthy(last_good: float | None, now: datetime) -> bool:
    """Whether a good `fills` run at `last_good` (epoch seconds) is recent enough at `now`."""
    opens, closes = SESSION
    if not is_weekday(now.date()) or not opens <= now.time() < closes:
        return True
    return last_good is not None and now.timestamp() - last_good < LONGEST_SILENCE.total_seconds()


def main() -> int:
    try:
        settings = load_settings()
        shelves = open_shelves(*settings.store_location)
        account = fingerprint(settings.kis_env, *settings.account)
        last_good = Memory(shelves, account, KeyRing(shelves, "")).last_good("fills")
    except AlertError as error:
        print(error.reason, file=sys.stderr)
        return 1
    return 0 if is_healthy(last_good, datetime.fromtimestamp(time.time(), SEOUL)) else 1


if __name__ == "__main__":
    sys.exit(main())
