"""The files a deployment is made of, read the way their readers read them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
MANIFESTS = sorted((ROOT / "k8s").iterdir())

Object = dict[str, Any]

_VARIABLE = re.compile(r"(\w+)=(.+)")
_JOB = re.compile(r"#?((?:[\d*,/-]+\s+){5})(\S.*)")


@dataclass(frozen=True, slots=True)
class Line:
    """One job of the crontab; `is_on` is False for a line that is ready but commented out."""

    schedule: str
    words: list[str]
    is_on: bool

    @property
    def command(self) -> str:
        return self.words[self.words.index("/app/run.py") + 1]

    @property
    def seconds(self) -> tuple[int, int]:
        """When `timeout` asks the job to end, and how much later it kills it."""
        name, option, kill, term = self.words[:4]
        assert (name, option) == ("timeout", "-k")
        return int(term), int(kill)


def crontab_lines(text: str) -> Iterator[Line]:
    for line in text.splitlines():
        if job := _JOB.fullmatch(line):
            yield Line(" ".join(job[1].split()), shlex.split(job[2]), not line.startswith("#"))


def crontab_variables(text: str) -> dict[str, str]:
    matches = map(_VARIABLE.fullmatch, text.splitlines())
    return {match[1]: match[2] for match in matches if match}


def crontab() -> str:
    return (ROOT / "crontab").read_text()


def objects(path: Path) -> list[Object]:
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def all_objects() -> list[Object]:
    return [found for path in MANIFESTS for found in objects(path)]


def of_kind(kind: str) -> list[Object]:
    return [found for found in all_objects() if found["kind"] == kind]


def pod_of(cron_job: Object) -> Object:
    pod: Object = cron_job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return pod


def command_of(cron_job: Object) -> str:
    (command,) = pod_of(cron_job)["containers"][0]["args"]
    return str(command)


def name_of(found: Object) -> str:
    return str(found["metadata"]["name"])


def is_suspended(cron_job: Object) -> bool:
    return bool(cron_job["spec"].get("suspend", False))


def compose() -> Object:
    services: Object = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return services


def stop_grace_seconds() -> int:
    return int(compose()["services"]["bot"]["stop_grace_period"].removesuffix("s"))
