"""Every setting is explained to everyone who has to make it, and nothing else is."""

import re

import pytest

from kis.settings import Settings
from tests.deploy import files

NAMES = {name.upper() for name in Settings.model_fields}


def test_example_file_names_every_setting_once() -> None:
    text = (files.ROOT / ".env.example").read_text()
    named = re.findall(r"^#? ?([A-Z][A-Z_]+)=", text, re.MULTILINE)
    assert sorted(named) == sorted(NAMES)


def test_example_file_is_read_alike_by_docker_kubectl_and_us() -> None:
    """Docker and kubectl take a value as it stands: no quotes, no `export`, no comment after it."""
    text = (files.ROOT / ".env.example").read_text()
    for line in text.splitlines():
        if line and not line.startswith("#"):
            assert re.fullmatch(r"[A-Z_]+=[^\s\"'#]*", line), line


def test_readme_explains_every_setting_in_its_table() -> None:
    text = (files.ROOT / "README.md").read_text()
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", text, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)]
    assert sorted(named) == sorted(NAMES)


def test_cluster_sets_or_names_every_setting() -> None:
    text = (files.ROOT / "k8s" / "10-config.yaml").read_text()
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", text))
    assert named == NAMES


def test_no_secret_is_among_the_settings_of_the_cluster() -> None:
    (config,) = files.of_kind("ConfigMap")
    secrets = {
        name.upper()
        for name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation)
    }
    # A Redis inside the namespace has no password; one outside goes into the Secret.
    assert config["data"].keys() & secrets == {"REDIS_URL"}


@pytest.mark.parametrize("name", ["Dockerfile", "crontab", "compose.yaml"])
def test_deployment_files_name_no_setting_that_does_not_exist(name: str) -> None:
    text = (files.ROOT / name).read_text()
    named = set(re.findall(r"\b(?:KIS|DISCORD|REDIS|STATE|RUN|REPORT|LOG)_[A-Z_]+\b", text))
    assert named <= NAMES
