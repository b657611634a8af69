"""Serves a KIS to each of so many accounts until its input ends: python -m bench.many_accounts N.

Prints the environment of each account's runs, one JSON object a line.
"""

import json
import sys
from contextlib import ExitStack

from tests.simulator import Discord, Kis
from tests.world import MONDAY


def main(count: int) -> None:
    with ExitStack() as stack:
        discord = stack.enter_context(Discord())
        for number in range(count):
            key = f"PSBENCH{number:05}".ljust(36, "0")
            account = f"{10_000_000 + number}-01"
            kis = stack.enter_context(Kis(account=account, now=MONDAY, app_key=key))
            settings = {
                "KIS_BASE_URL": kis.url,
                "KIS_APP_KEY": kis.app_key,
                "KIS_APP_SECRET": kis.app_secret,
                "KIS_ACCOUNT_NO": kis.account,
                "DISCORD_WEBHOOK_URL": discord.webhook_url,
            }
            print(json.dumps(settings), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]))
