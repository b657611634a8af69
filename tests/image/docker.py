"""The docker command line, with what every container here is started with."""

import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

#: All that the image must do with. The simulators listen on the host's loopback.
HARDENED = (
    *("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
    *("--network", "host"),
)

Finished = subprocess.CompletedProcess[str]


def docker(*arguments: str, timeout: float = 120, check: bool = True) -> Finished:
    """Run docker to its end; its output is in the error when it fails."""
    done = subprocess.run(
        ["docker", *arguments], capture_output=True, text=True, timeout=timeout, env=_environment()
    )
    assert done.returncode == 0 or not check, f"docker {arguments}\n{done.stdout}{done.stderr}"
    return done


def _environment() -> dict[str, str]:
    """BuildKit where the client has it; the older builder otherwise."""
    return {**os.environ, "DOCKER_BUILDKIT": "1" if _has_buildx() else "0"}


@cache
def _has_buildx() -> bool:
    return subprocess.run(["docker", "buildx", "version"], capture_output=True).returncode == 0


def build(context: Path, tag: str) -> Finished:
    """Build what is in `context`; the caller looks at the exit status."""
    return docker("build", "-t", tag, str(context), timeout=900, check=False)


def copy_context(folder: Path) -> Path:
    """What `docker build .` sees in the checkout, in a folder that may be changed."""
    context = folder / "context"
    left_out = shutil.ignore_patterns(".*_cache", "__pycache__", ".git", ".venv", ".hypothesis")
    shutil.copytree(ROOT, context, ignore=left_out)
    return context


def inspect(kind: str, name: str) -> dict[str, Any]:
    (found,) = json.loads(docker(kind, "inspect", name).stdout)
    return dict(found)


def run(
    image: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    options: tuple[str, ...] = (),
) -> Finished:
    """One hardened container, run to its end and removed."""
    variables = [f"--env={name}={value}" for name, value in (environment or {}).items()]
    words = ["run", "--rm", *HARDENED, *variables, *options, image, *arguments]
    return docker(*words, check=False)


def python(image: str, code: str) -> str:
    """What `code` prints inside the image."""
    done = run(image, "-c", code, options=("--entrypoint", "python"))
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True, slots=True)
class Container:
    """A running container."""

    name: str

    def logs(self) -> str:
        done = docker("logs", self.name)
        return done.stdout + done.stderr

    def execute(self, *command: str) -> Finished:
        return docker("exec", self.name, *command, check=False)

    def stop(self, seconds: int) -> float:
        """`docker stop` with that grace period; how long it took."""
        begun = time.monotonic()
        docker("stop", "-t", str(seconds), self.name, timeout=seconds + 60)
        return time.monotonic() - begun

    def state(self) -> dict[str, Any]:
        return dict(inspect("container", self.name)["State"])


@contextmanager
def started(
    image: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    options: tuple[str, ...] = (),
) -> Iterator[Container]:
    """A hardened container in the background, removed with its volumes in the end."""
    container = Container(f"kis-discord-alert-test-{secrets.token_hex(4)}")
    variables = [f"--env={name}={value}" for name, value in (environment or {}).items()]
    docker(
        *("run", "--detach", "--name", container.name, *HARDENED),
        *(*variables, *options, image, *arguments),
    )
    try:
        yield container
    finally:
        docker("rm", "--force", "--volumes", container.name)


@contextmanager
def volume() -> Iterator[str]:
    """A named volume."""
    name = docker("volume", "create").stdout.strip()
    try:
        yield name
    finally:
        docker("volume", "rm", "--force", name)


@dataclass(frozen=True, slots=True)
class Compose:
    """One compose project, by whichever compose this machine has."""

    project: str
    folder: Path
    variables: Mapping[str, str]

    def __call__(self, *arguments: str, check: bool = True) -> Finished:
        done = subprocess.run(
            [*_compose(), "-p", self.project, "-f", "compose.yaml", "-f", "test.yaml", *arguments],
            cwd=self.folder,
            env={**os.environ, **self.variables},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done

    def container(self, service: str) -> Container:
        return Container(self("ps", "-q", service).stdout.strip())


@cache
def _compose() -> list[str]:
    plugin = ["docker", "compose"]
    has_plugin = subprocess.run([*plugin, "version"], capture_output=True).returncode == 0
    return plugin if has_plugin else ["docker-compose"]
