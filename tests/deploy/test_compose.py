"""compose.yaml: one machine, the bot and its Redis."""

import re

import pytest

from kis.settings import Settings
from tests.deploy import files

SERVICES = files.compose()["services"]


def test_nothing_is_published_on_the_machine() -> None:
    for service in SERVICES.values():
        assert not service.keys() & {"ports", "network_mode", "privileged"}


def test_both_services_come_back_after_a_reboot() -> None:
    for service in SERVICES.values():
        assert service["restart"] == "unless-stopped"


def test_both_services_run_without_privileges_on_a_read_only_disk() -> None:
    for service in SERVICES.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", ["bot", "redis"])
def test_what_is_remembered_is_on_a_named_volume(name: str) -> None:
    (mount,) = SERVICES[name]["volumes"]
    volume, path = mount.split(":")
    assert path == "/data"
    assert volume in files.compose()["volumes"]


def test_the_bot_waits_for_a_redis_that_answers() -> None:
    assert SERVICES["bot"]["depends_on"] == {"redis": {"condition": "service_healthy"}}
    assert SERVICES["redis"]["healthcheck"]["test"] == ["CMD", "redis-cli", "ping"]
    assert SERVICES["bot"]["environment"]["REDIS_URL"] == "redis://redis:6379/0"


def test_settings_come_from_the_env_file_and_none_stands_in_the_file_itself() -> None:
    assert SERVICES["bot"]["env_file"] == "${ENV_FILE:-.env}"
    assert SERVICES["bot"]["environment"].keys() == {"REDIS_URL", "STATE_FILE"}


def test_both_places_run_the_same_redis() -> None:
    (stateful_set,) = files.of_kind("StatefulSet")
    (redis,) = stateful_set["spec"]["template"]["spec"]["containers"]
    assert SERVICES["redis"]["image"] == redis["image"]
    assert re.fullmatch(r"redis:\d+-alpine", redis["image"])
    assert SERVICES["redis"]["command"] == redis["args"]


def test_the_service_uses_the_state_file_of_the_image() -> None:
    dockerfile = (files.ROOT / "Dockerfile").read_text()
    state_file = SERVICES["bot"]["environment"]["STATE_FILE"]
    assert f"STATE_FILE={state_file} " in dockerfile
    assert "VOLUME /data" in dockerfile


def test_the_image_keeps_its_state_in_the_volume_also_when_state_file_is_left_empty() -> None:
    """`--env-file .env` with an empty STATE_FILE= takes the image's variable away."""
    dockerfile = (files.ROOT / "Dockerfile").read_text()
    name = Settings.model_fields["state_file"].default
    assert f"STATE_FILE=/data/{name} " in dockerfile
    assert "WORKDIR /data\n" in dockerfile
