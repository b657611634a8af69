"""The image in numbers: `python -m tests.image.measure [IMAGE]` (docker, redis-server)."""

import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.image import docker
from tests.image.conftest import AT, Outside, Place
from tests.image.test_cron import scheduled
from tests.simulator import Discord, Kis
from tests.world import MONDAY, RedisServer

RUNS = 15
TICK_SECONDS = 5
LINE = (
    f"*/{TICK_SECONDS} * * * * * * timeout -k 3 55 python /app/run.py fills {' '.join(AT)};"
    " date +ended:%s.%N"
)


def sizes(image: str) -> None:
    layers = docker.docker("history", "--format", "{{.Size}} {{.CreatedBy}}", image).stdout
    base, ours = (
        docker.inspect("image", name)["Size"] / 1e6 for name in ("python:3.13-slim", image)
    )
    print(f"image {ours:.1f} MB, its base {base:.1f} MB, added {ours - base:.1f} MB")
    for line in layers.splitlines():
        if "COPY" in line:
            print("  ", line[:80])


def idle_memory(image: str) -> None:
    with docker.started(image) as container:
        time.sleep(5)
        status = container.execute("cat", "/proc/1/status").stdout
    for name, kilobytes in re.findall(r"^(VmRSS|RssAnon):\s+(\d+) kB", status, re.MULTILINE):
        print(f"scheduling container, idle: {name} {int(kilobytes) / 1024:.1f} MiB")


def tick_to_exit(image: str, name: str, place: Place) -> None:
    """From the second the schedule names to the end of an idle run's process."""
    with (
        Kis(now=MONDAY) as kis,
        Discord() as discord,
        tempfile.TemporaryDirectory() as folder,
        scheduled(image, Path(folder), Outside(kis, discord), place, LINE) as container,
    ):
        time.sleep((RUNS + 2) * TICK_SECONDS)
        ended = re.findall(r"^ended:(\d+\.\d+)$", container.logs(), re.MULTILINE)
    # The first one is the first ever: it fetches a token and makes the state.
    took = sorted(float(moment) % TICK_SECONDS for moment in ended[1:])
    middle, count = statistics.median(took), len(took)
    print(f"tick to exit, {name}: median {middle:.2f} s, {took[0]:.2f}-{took[-1]:.2f} ({count})")


def main(image: str) -> None:
    sizes(image)
    idle_memory(image)
    with docker.volume() as volume:
        tick_to_exit(image, "volume", Place({}, ("--volume", f"{volume}:/data")))
    with tempfile.TemporaryDirectory() as folder:
        server = RedisServer(Path(folder))
        server.start()
        try:
            tick_to_exit(image, "Redis", Place({"REDIS_URL": server.url}, ()))
        finally:
            server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:] or ["kis-discord-alert:image-test"])
