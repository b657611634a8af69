"""The servers as servers: keep-alive, quick ends, the heartbeat, the command line."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import pytest
import requests

from tests.simulator import Answer, Discord, Fault, Heartbeat, Kis
from tests.simulator_test.asking import Asker

ROOT = Path(__file__).resolve().parents[2]


def test_a_session_keeps_its_connection(kis: Kis) -> None:
    with requests.Session() as session:
        for _ in range(3):
            reply = session.get(kis.url + "/uapi/nothing", timeout=5)
            assert "Connection" not in reply.headers


def test_a_stalled_kis_stops_at_once() -> None:
    with Kis() as kis:
        asker = Asker(kis)
        kis.fail("inquire-balance", Fault.stall(60))
        thread = threading.Thread(target=_swallow, args=(asker,))
        thread.start()
        while not kis.calls:
            time.sleep(0.01)
        start = time.monotonic()
    assert time.monotonic() - start < 0.3
    thread.join(1)
    assert not thread.is_alive()


def _swallow(asker: Asker) -> None:
    with pytest.raises(requests.ConnectionError):
        asker.balance()


def test_a_stalled_discord_stops_at_once() -> None:
    with Discord() as discord:
        discord.answer(Answer.stored_then_stall(60))
        with pytest.raises(requests.Timeout):
            requests.post(discord.webhook_url, json={"content": "x"}, timeout=0.1)
        start = time.monotonic()
    assert time.monotonic() - start < 0.3
    assert discord.contents == ["x"]


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Kis(now=datetime(2026, 11, 23, 9, 30))  # noqa: DTZ001


def test_a_heartbeat_records_its_pings() -> None:
    with Heartbeat() as heartbeat:
        requests.get(heartbeat.url, timeout=5)
        heartbeat.status = 503
        assert requests.get(heartbeat.url + "/fail", timeout=5).status_code == 503
        assert heartbeat.paths == ["/", "/fail"]


def test_the_command_prints_the_settings_and_serves() -> None:
    command = [sys.executable, "-m", "tests.simulator", "--environment", "paper"]
    command += ["--now", "2026-11-23T09:30"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(7)]
        settings = dict(line.removeprefix("export ").split("=", 1) for line in lines[:6])
        reply = requests.get(settings["DISCORD_WEBHOOK_URL"], timeout=5)
        process.kill()
    assert reply.ok
    assert settings["KIS_ENV"] == "paper"
    assert set(settings) == {
        "KIS_ENV",
        "KIS_BASE_URL",
        "KIS_APP_KEY",
        "KIS_APP_SECRET",
        "KIS_ACCOUNT_NO",
        "DISCORD_WEBHOOK_URL",
    }
    assert lines[6] == "# simulated time 2026-11-23 09:30:00 KST, market open"
