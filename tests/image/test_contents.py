"""What is in the image, and what is not."""

import gzip
import io
import json
import re
import subprocess
import tarfile
from collections.abc import Iterator

import holidays
import pytest

from tests.image import docker
from tests.image.conftest import CANARY

BASE = "python:3.13-slim"
LARGEST_ADDITION = 36_000_000


def config_of(image: str) -> dict[str, object]:
    return dict(docker.inspect("image", image)["Config"])


def test_layers_over_the_base_are_small(image: str) -> None:
    ours, base = docker.inspect("image", image), docker.inspect("image", BASE)
    base_layers = base["RootFS"]["Layers"]
    assert ours["RootFS"]["Layers"][: len(base_layers)] == base_layers
    assert ours["Size"] - base["Size"] <= LARGEST_ADDITION


def test_image_runs_as_a_numbered_user(image: str) -> None:
    assert config_of(image)["User"] == "10001:10001"
    done = docker.run(image, "-u", options=("--entrypoint", "id"))
    assert done.stdout == "10001\n"


def test_arguments_are_commands_and_none_means_the_schedule(image: str) -> None:
    config = config_of(image)
    assert config["Entrypoint"] == ["python", "/app/run.py"]
    assert config["Cmd"] == ["cron"]


def test_health_is_asked_without_a_shell(image: str) -> None:
    health = config_of(image)["Healthcheck"]
    assert isinstance(health, dict)
    assert health["Test"] == ["CMD", "python", "-m", "kis.health"]


def test_state_is_on_a_volume_unless_told_otherwise(image: str) -> None:
    config = config_of(image)
    assert config["Volumes"] == {"/data": {}}
    assert "STATE_FILE=/data/kis-discord-alert.db" in config["Env"]  # type: ignore[operator]


def test_labels_say_what_the_image_is(image: str) -> None:
    labels = config_of(image)["Labels"]
    assert isinstance(labels, dict)
    names = {name.removeprefix("org.opencontainers.image.") for name in labels}
    assert {"title", "description", "licenses", "version", "revision"} <= names
    assert all(labels.values())


def blobs(image: str) -> Iterator[tuple[str, bytes]]:
    """Every file of the saved image: manifests, configuration, layers as plain tar."""
    saved = subprocess.run(["docker", "save", image], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(saved)) as archive:
        for member in archive:
            if member.isfile():
                data = archive.extractfile(member).read()  # type: ignore[union-attr]
                yield member.name, gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def test_no_secret_of_the_checkout_is_in_a_layer_or_a_label(image: str) -> None:
    read = 0
    for name, data in blobs(image):
        read += len(data)
        assert CANARY.encode() not in data, name
    assert read > docker.inspect("image", image)["Size"] * 0.9, "the layers were not read"


def test_no_setting_is_baked_in(image: str) -> None:
    config = json.dumps(docker.inspect("image", image))
    for word in ("KIS_", "DISCORD_", "REDIS_", "discord.com"):
        assert word not in config


def test_history_holds_no_pip_index(image: str) -> None:
    history = docker.docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", image).stdout
    ours, found, _ = history.partition("ENV PATH=/usr/local/bin")
    assert found
    assert not re.search(r"https?://", ours)


def test_installed_packages_are_exactly_the_pinned_ones(image: str) -> None:
    code = (
        "from importlib.metadata import distributions\n"
        "for found in distributions(path=['/venv/lib/python3.13/site-packages']):\n"
        "    print(f'{found.name}=={found.version}'.lower().replace('_', '-'))"
    )
    installed = set(docker.python(image, code).split())
    pinned = re.findall(
        r"^(\S+==\S+)(?: ; (.*))? \\$", (docker.ROOT / "requirements.txt").read_text(), re.M
    )
    # The one pin for older Pythons only.
    expected = {pin for pin, marker in pinned if "python_full_version < '3.11.3'" not in marker}
    assert installed == expected


def test_environment_has_no_pip_no_tests_and_only_byte_code(image: str) -> None:
    code = (
        "from pathlib import Path\n"
        "packages = Path('/venv/lib/python3.13/site-packages')\n"
        "print(*(p for p in packages.rglob('*') if p.suffix == '.py'))\n"
        "print(*(p for p in packages.iterdir() if p.name.lower().startswith(('pip', 'setupt'))))"
    )
    assert docker.python(image, code).split() == []


def test_every_module_of_ours_and_of_others_is_loaded_from_byte_code(image: str) -> None:
    """On a read-only disk a missing .pyc is compiled anew on every run."""
    code = (
        "import importlib, os, pkgutil, sys, kis\n"
        "for found in pkgutil.walk_packages(kis.__path__, 'kis.'):\n"
        "    importlib.import_module(found.name)\n"
        "for name, module in sorted(sys.modules.items()):\n"
        "    path = getattr(module, '__file__', None) or ''\n"
        "    if path.startswith(('/app', '/venv')) and not path.endswith('.so'):\n"
        "        compiled = path if path.endswith('.pyc') else module.__cached__\n"
        "        print(name, os.path.exists(compiled))"
    )
    loaded = dict(line.split() for line in docker.python(image, code).splitlines())
    assert {"kis.settings", "requests", "redis", "pydantic_settings"} <= loaded.keys()
    assert set(loaded.values()) == {"True"}


def test_calendar_is_that_of_the_whole_package(image: str) -> None:
    """The image keeps one calendar of the package: it has to be the right one, and complete."""
    years = range(2020, 2031)
    code = (
        "import holidays\n"
        f"days = holidays.financial_holidays('XKRX', years=range({years[0]}, {years[-1] + 1}))\n"
        "print(*sorted(map(str, days)))"
    )
    whole = holidays.financial_holidays("XKRX", years=years)
    assert docker.python(image, code).split() == sorted(map(str, whole))


def test_seoul_is_known(image: str) -> None:
    code = (
        "from datetime import datetime\n"
        "from zoneinfo import ZoneInfo\n"
        "print(datetime(2026, 11, 23, tzinfo=ZoneInfo('Asia/Seoul')).utcoffset())"
    )
    assert docker.python(image, code) == "9:00:00\n"


@pytest.mark.parametrize("path", ["/app", "/app/kis", "/venv/bin", "/usr/local/bin", "/etc"])
def test_the_user_can_change_no_file_of_the_image(image: str, path: str) -> None:
    """Also where the disk is not mounted read-only."""
    done = docker.docker(
        *("run", "--rm", "--entrypoint", "touch", image, f"{path}/crontab"), check=False
    )
    assert done.returncode != 0


def test_image_is_the_machine_s_own_architecture_and_names_none(image: str) -> None:
    """Nothing in the Dockerfile ties it to one architecture."""
    found = docker.inspect("image", image)
    assert found["Architecture"] == docker.inspect("image", BASE)["Architecture"]
    dockerfile = (docker.ROOT / "Dockerfile").read_text()
    assert not re.search(r"amd64|arm64|x86_64|aarch64|--platform", dockerfile.split("FROM", 1)[1])
