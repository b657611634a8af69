"""Serves a KIS and a Discord with a sample market until killed: python -m tests.simulator.

Prints the environment variables that point the notifier at them, then each message posted.
The simulated clock starts at --now (default: the real time) and runs.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from datetime import datetime, timedelta

from tests.simulator import KST, Discord, Kis
from tests.simulator.sample import add_sample_market


def main(arguments: list[str]) -> int:
    """Runs both servers; Ctrl-C or SIGTERM ends them."""
    options = _parser().parse_args(arguments)
    now = datetime.fromisoformat(options.now) if options.now else datetime.now(KST)
    now = now if now.tzinfo else now.replace(tzinfo=KST)
    with (
        Kis(options.environment, now=now, port=options.port, host=options.host) as kis,
        Discord(port=options.discord_port, host=options.host) as discord,
    ):
        add_sample_market(kis)
        _show(kis, discord)
        with contextlib.suppress(KeyboardInterrupt):
            _run(kis, discord)
    return 0


def _run(kis: Kis, discord: Discord) -> None:
    start, origin, shown = kis.now, time.monotonic(), 0
    while True:
        time.sleep(0.2)
        kis.now = start + timedelta(seconds=time.monotonic() - origin)
        for message in discord.messages[shown:]:
            shown += 1
            print(f"--- message {message.id}\n{message.content}", flush=True)


def _show(kis: Kis, discord: Discord) -> None:
    settings = {
        "KIS_ENV": kis.environment,
        "KIS_BASE_URL": kis.url,
        "KIS_APP_KEY": kis.app_key,
        "KIS_APP_SECRET": kis.app_secret,
        "KIS_ACCOUNT_NO": kis.account,
        "DISCORD_WEBHOOK_URL": discord.webhook_url,
    }
    for name, value in settings.items():
        print(f"export {name}={value}")
    state = "open" if kis.market.is_open(kis.now.date()) else "closed"
    print(f"# simulated time {kis.now:%Y-%m-%d %H:%M:%S} KST, market {state}")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--environment", choices=("real", "paper"), default="real")
    parser.add_argument("--now", help="the simulated moment, e.g. 2026-11-23T09:30 (KST)")
    parser.add_argument("--port", type=int, default=0, help="port of the KIS (default: any)")
    parser.add_argument("--discord-port", type=int, default=0)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
