"""The crontab and the CronJobs are two spellings of one timetable."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from kis.settings import Settings
from tests.deploy import files

SEOUL = ZoneInfo("Asia/Seoul")
MONDAY = datetime(2026, 11, 23, tzinfo=SEOUL)
WEEK_END = MONDAY + timedelta(days=7)

FIELD_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))

Firing = tuple[datetime, str]


def firings(schedules: Iterable[tuple[str, str]]) -> set[Firing]:
    """Every (minute, command) of the sample week."""
    found = set()
    for schedule, command in schedules:
        for moment in CronSim(schedule, MONDAY - timedelta(minutes=1)):
            if moment >= WEEK_END:
                break
            found.add((moment, command))
    return found


def crontab_firings(*, after_market: bool) -> set[Firing]:
    lines = files.crontab_lines(files.crontab())
    chosen = [line for line in lines if line.is_on or (after_market and line.command == "fills")]
    return firings((line.schedule, line.command) for line in chosen)


def cluster_firings(*, after_market: bool) -> set[Firing]:
    jobs = [job for job in files.of_kind("CronJob") if after_market or not files.is_suspended(job)]
    return firings((job["spec"]["schedule"], files.command_of(job)) for job in jobs)


def minutes(day: datetime, first: str, last: str) -> Iterable[datetime]:
    """Every minute of `day` from `first` to `last`, both "HH:MM" and both included."""
    at, end = (
        day + timedelta(hours=int(text[:2]), minutes=int(text[3:])) for text in (first, last)
    )
    while at <= end:
        yield at
        at += timedelta(minutes=1)


def promised_firings() -> set[Firing]:
    """The timetable of the behaviour contract, minute by minute and without a cron library."""
    found = set()
    for day in (MONDAY + timedelta(days=number) for number in range(5)):
        found |= {(at, "fills") for at in minutes(day, "08:00", "16:00")}
        found |= {(day + timedelta(hours=hour), "report") for hour in (9, 12, 16)}
        found.add((day + timedelta(hours=8), "start"))
        found.add((day + timedelta(hours=16, minutes=5), "stop"))
    return found


def test_crontab_fires_in_the_promised_minutes_of_a_week() -> None:
    assert crontab_firings(after_market=False) == promised_firings()


def test_cluster_fires_in_the_promised_minutes_of_a_week() -> None:
    assert cluster_firings(after_market=False) == promised_firings()


def test_after_market_lines_and_jobs_fire_in_the_same_minutes() -> None:
    assert crontab_firings(after_market=True) == cluster_firings(after_market=True)


def test_after_market_covers_every_minute_until_eight_and_a_late_look() -> None:
    friday = MONDAY + timedelta(days=4)
    evening = {
        at
        for at, command in crontab_firings(after_market=True)
        if command == "fills" and at > friday + timedelta(hours=16)
    }
    late_look = friday + timedelta(hours=20, minutes=10)
    assert evening == {*minutes(friday, "16:01", "20:00"), late_look}


def test_stop_comes_after_the_longest_of_the_runs_before_it() -> None:
    stop = MONDAY + timedelta(hours=16, minutes=5)
    for line in files.crontab_lines(files.crontab()):
        if line.is_on and line.command != "stop":
            for at, _ in firings([(line.schedule, line.command)]):
                ended = at + timedelta(seconds=sum(line.seconds))
                assert at.date() != stop.date() or ended <= stop, line.command


def test_later_stop_of_the_after_market_comes_after_its_last_look() -> None:
    ready = [line for line in files.crontab_lines(files.crontab()) if not line.is_on]
    (stop,) = (line for line in ready if line.command == "stop")
    looks = firings((line.schedule, line.command) for line in ready if line.command == "fills")
    stops = firings([(stop.schedule, "stop")])
    for day in range(5):
        last = max(at for at, _ in looks if at.date() == (MONDAY + timedelta(days=day)).date())
        assert any(last < at < last + timedelta(minutes=15) for at, _ in stops)


def test_crontab_names_the_zone_for_its_schedule_and_for_its_jobs() -> None:
    variables = files.crontab_variables(files.crontab())
    assert variables == {"CRON_TZ": "Asia/Seoul", "TZ": "Asia/Seoul"}


def test_every_cron_job_names_the_zone_and_none_hides_one_in_its_schedule() -> None:
    for job in files.of_kind("CronJob"):
        assert job["spec"]["timeZone"] == "Asia/Seoul"
        assert "TZ" not in job["spec"]["schedule"]


def all_schedules() -> list[str]:
    lines = [line.schedule for line in files.crontab_lines(files.crontab())]
    return lines + [job["spec"]["schedule"] for job in files.of_kind("CronJob")]


@pytest.mark.parametrize("schedule", sorted(set(all_schedules())))
def test_a_schedule_uses_only_what_every_cron_reads_alike(schedule: str) -> None:
    """Five fields of numbers, lists and ranges: no names, steps, L, W, # or a sixth field."""
    fields = schedule.split(" ")
    assert len(fields) == 5
    for field, (lowest, highest) in zip(fields, FIELD_RANGES, strict=True):
        assert re.fullmatch(r"\*|\d+(-\d+)?(,\d+(-\d+)?)*", field), field
        for number in re.findall(r"\d+", field):
            assert lowest <= int(number) <= highest, field
    assert fields[2:4] == ["*", "*"], "a day of month would be joined to the weekday by OR"


def test_no_line_of_the_crontab_is_lost_on_the_way_to_these_tests() -> None:
    """A line that no pattern here reads would be a job that no test here sees."""
    text = files.crontab()
    assert text.count("run.py ") == len(list(files.crontab_lines(text)))
    unread = [
        line
        for line in text.splitlines()
        if line and not line.startswith("#") and "=" not in line and "run.py " not in line
    ]
    assert unread == []


def test_every_job_ends_within_the_stop_grace_period() -> None:
    for line in files.crontab_lines(files.crontab()):
        assert sum(line.seconds) < files.stop_grace_seconds(), line.command


def test_a_run_each_minute_ends_before_the_next() -> None:
    for line in files.crontab_lines(files.crontab()):
        if line.command == "fills":
            assert sum(line.seconds) < 60
    for job in files.of_kind("CronJob"):
        if files.command_of(job) == "fills":
            assert job["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"] < 60


def timeout_of(command: str) -> float:
    """The seconds after which a run of the command ends by itself, if nothing is set."""
    name = "report_timeout" if command == "report" else "run_timeout"
    return float(Settings.model_fields[name].default)


def test_a_run_ends_by_itself_before_it_is_ended() -> None:
    for line in files.crontab_lines(files.crontab()):
        assert timeout_of(line.command) < line.seconds[0], line.command
    (config,) = files.of_kind("ConfigMap")
    for job in files.of_kind("CronJob"):
        command = files.command_of(job)
        name = "REPORT_TIMEOUT" if command == "report" else "RUN_TIMEOUT"
        assert float(config["data"][name]) == timeout_of(command)
        deadline = job["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"]
        assert timeout_of(command) < deadline
