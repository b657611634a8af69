"""What stops the build."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.image import docker

BROKEN = "kis-discord-alert:broken"


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    "old, new",
    [
        ("CRON_TZ=Asia/Seoul", "CRON_TZ=Asia/Soul"),
        ("* * 1-5  timeout -k 3 55 python /app/run.py start", "start"),
        ("*    8-15     * * 1-5", "*    8-25     * * 1-5"),
    ],
    ids=["unknown zone", "no schedule", "hour 25"],
)
def test_a_crontab_that_cannot_run_stops_the_build(
    image: str, context: Path, old: str, new: str
) -> None:
    """After `image`, so that only the last steps are built."""
    rewrite(context / "crontab", old, new)
    done = docker.build(context, BROKEN)
    assert done.returncode != 0
    assert "supercronic -test" in done.stdout + done.stderr


def test_a_package_with_another_hash_stops_the_build(image: str, context: Path) -> None:
    pins = context / "requirements.txt"
    text = pins.read_text()
    pins.write_text(re.sub(r"(requests==\S+ \\\n( +--hash=sha256:)\S+)", _zeroed, text))
    assert pins.read_text() != text
    done = docker.build(context, BROKEN)
    assert done.returncode != 0
    assert "HASH" in (done.stdout + done.stderr).upper()


def _zeroed(found: "re.Match[str]") -> str:
    return re.sub(r"[0-9a-f]{64}", "0" * 64, found[0])


def test_linter_has_nothing_to_say() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, docker.ROOT / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
