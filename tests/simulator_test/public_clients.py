"""Runs public KIS clients against the simulator: python -m tests.simulator_test.public_clients.

Not part of the test run: it makes an environment of its own and installs python-kis and mojito2
from the package index. What was seen is in public_clients.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from datetime import datetime, timedelta
from pathlib import Path

from tests.simulator import KST, Kis
from tests.simulator.sample import add_sample_market

PACKAGES = {"python-kis": "python-kis==2.1.6", "mojito2": "mojito2==0.1.6"}
# Enough for a second page of a real account (fact sheet 2.6).
ORDERS = 120
# Both forget to say that they need these.
UNDECLARED = ("typing_extensions", "pandas")
DRIVER = Path(__file__).with_name("public_client_calls.py")


def main(arguments: list[str]) -> int:
    """Prints each client's calls on a real and a paper account."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environment-directory", type=Path, help="kept and used again")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        python = _environment(options.environment_directory or Path(scratch, "clients"))
        for client in PACKAGES:
            for environment in ("real", "paper"):
                print(f"\n{client}, {environment}")
                _run(python, client, environment, scratch)
    return 0


def _environment(directory: Path) -> Path:
    python = directory / "bin" / "python"
    if not python.exists():
        venv.create(directory, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet"]
        install += [*PACKAGES.values(), *UNDECLARED]
        subprocess.run(install, check=True)
    return python


def _run(python: Path, client: str, environment: str, scratch: str) -> None:
    now = datetime(2026, 11, 23, 9, 30, tzinfo=KST)
    # The real KIS lets these clients go without custtype and content-type; so do these. Neither
    # client knows the ledger's limit, so limits are off.
    with Kis("real", now=now, strict=False) as real, Kis("paper", now=now, strict=False) as paper:
        for kis in (real, paper):
            for minutes in range(ORDERS):
                kis.market.order("buy", at=now - timedelta(minutes=minutes / 10))
            add_sample_market(kis)
            kis.now += timedelta(minutes=3)
            kis.limits = False
        hosts = json.dumps({kis.environment: _host(kis) for kis in (real, paper)})
        # A directory of its own: mojito2 writes its token where it runs.
        with tempfile.TemporaryDirectory(dir=scratch) as here:
            done = subprocess.run(
                [str(python), str(DRIVER), client, environment, hosts],
                cwd=here,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        print(done.stdout.replace("\t", "  "), done.stderr if done.returncode else "", sep="")
        for kis in (real, paper):
            for call in kis.calls:
                print(f"    {kis.environment:6} {call.endpoint:20} {call.tr_id:14} {call.code}")


def _host(kis: Kis) -> dict[str, str]:
    return {
        "url": kis.url,
        "key": kis.app_key,
        "secret": kis.app_secret,
        "account": kis.account,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
