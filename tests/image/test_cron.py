"""`docker run IMAGE`: real supercronic keeps the schedule, each run is a process of its own."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from kis.core.calendar import SEOUL
from kis.health import is_healthy
from tests.image import docker
from tests.image.conftest import AT, Outside, Place
from tests.image.docker import Container
from tests.simulator import Answer
from tests.world import wait_for

HEAD = "CRON_TZ=Asia/Seoul\nTZ=Asia/Seoul\n"
#: Seven fields: seconds in front.
EVERY_SECOND = "* * * * * * *"

GRACE = 30

#: For jobs that remember nothing.
NOWHERE = Place({}, ())


@contextmanager
def scheduled(
    image: str, folder: Path, outside: Outside, place: Place, *lines: str
) -> Iterator[Container]:
    """The image's default command on a crontab of these lines."""
    crontab = folder / "crontab"
    crontab.write_text(HEAD + "".join(f"{line}\n" for line in lines))
    with docker.started(
        image,
        environment=outside.environment | place.environment,
        options=(*place.options, "--volume", f"{crontab}:/app/crontab:ro"),
    ) as container:
        yield container


def fills_line() -> str:
    return f"{EVERY_SECOND} timeout -k 3 55 python /app/run.py fills {' '.join(AT)}"


def test_default_command_fires_the_jobs_of_the_crontab(
    image: str, outside: Outside, place: Place, tmp_path: Path
) -> None:
    with scheduled(image, tmp_path, outside, place, fills_line()):
        outside.buy()
        wait_for(lambda: len(outside.discord.contents) == 1, 30)
        outside.buy()
        wait_for(lambda: len(outside.discord.contents) == 2, 30)


def test_supercronic_is_the_first_process_on_the_image_s_own_crontab(image: str) -> None:
    with docker.started(image) as container:
        wait_for(lambda: "read crontab: /app/crontab" in container.logs(), 10)
        comm = container.execute("cat", "/proc/1/comm").stdout
        assert comm == "supercronic\n"
        assert container.execute("id", "-u").stdout == "10001\n"
        assert "Asia/Seoul" in container.logs()


def test_the_scheduling_container_is_small_in_memory(image: str) -> None:
    with docker.started(image) as container:
        wait_for(lambda: "read crontab" in container.logs(), 10)
        status = container.execute("cat", "/proc/1/status").stdout
        (resident,) = re.findall(r"^RssAnon:\s+(\d+) kB", status, re.MULTILINE)
        assert int(resident) < 16_000


def test_docker_asks_for_health_and_hears_how_the_last_run_went(
    image: str, outside: Outside, place: Place
) -> None:
    """Nothing has run yet, so the answer depends on the hour."""
    environment = outside.environment | place.environment
    expected = "healthy" if is_healthy(None, datetime.now(SEOUL)) else "unhealthy"
    with docker.started(image, environment=environment, options=asked_often(place)) as container:
        assert health_of(container) == expected


def test_a_container_without_settings_is_unhealthy(image: str) -> None:
    with docker.started(image, options=asked_often(NOWHERE)) as container:
        assert health_of(container) == "unhealthy"


def asked_often(place: Place) -> tuple[str, ...]:
    """The image's own question, asked at once and often."""
    often = ("--health-interval", "1s", "--health-retries", "1", "--health-start-period", "1ms")
    return (*place.options, *often)


def health_of(container: Container) -> str:
    wait_for(lambda: container.state()["Health"]["Status"] != "starting", 30)
    health = container.state()["Health"]
    assert "Traceback" not in str(health)
    return str(health["Status"])


def test_a_line_has_one_instance_at_a_time(image: str, outside: Outside, tmp_path: Path) -> None:
    line = f"{EVERY_SECOND} echo begun; sleep 1.5; echo ended"
    with scheduled(image, tmp_path, outside, NOWHERE, line) as container:
        wait_for(lambda: words_of(container).count("ended") >= 3, 30)
        assert words_of(container)[:6] == ["begun", "ended"] * 3


def words_of(container: Container) -> list[str]:
    """What jobs wrote, without what supercronic writes about them."""
    return re.findall(r"^(begun|ended)$", container.logs(), re.MULTILINE)


def test_stopping_lets_the_running_job_end_and_starts_no_other(
    image: str, outside: Outside, place: Place, tmp_path: Path
) -> None:
    """The message in flight is posted once, and the container exits 0 within the grace period."""
    outside.discord.answer(Answer.slow(4))
    with scheduled(image, tmp_path, outside, place, fills_line()) as container:
        outside.buy()
        wait_for(lambda: outside.discord.messages, 30)
        took = container.stop(GRACE)
        assert took < GRACE
        state, log = container.state(), container.logs()
    assert state["ExitCode"] == 0, log
    (attempt,) = outside.discord.attempts
    assert attempt.status == 200
    asked = len(outside.kis.calls)
    time.sleep(1.5)
    assert len(outside.kis.calls) == asked

    done = docker.run(
        *(image, "fills", *AT),
        environment=outside.environment | place.environment,
        options=place.options,
    )
    assert done.returncode == 0, done.stderr
    assert len(outside.discord.contents) == 1, "told as delivered, so not repeated"


def test_a_job_that_hangs_is_ended_by_its_bound(
    image: str, outside: Outside, tmp_path: Path
) -> None:
    line = f"{EVERY_SECOND} timeout -k 1 2 sh -c 'trap \"\" TERM; sleep 600' || echo ended"
    with scheduled(image, tmp_path, outside, NOWHERE, line) as container:
        wait_for(lambda: words_of(container), 30)
        assert container.stop(GRACE) < 10
        assert container.state()["ExitCode"] == 0
