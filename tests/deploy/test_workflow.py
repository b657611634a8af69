"""The public CI cannot run here, so what it would do is asserted instead."""

import re
import subprocess
import sys

import pytest
import yaml

from tests.deploy import files
from tests.deploy.files import Object

WORKFLOW = files.ROOT / ".github" / "workflows" / "ci.yml"

TEXT = WORKFLOW.read_text()
# YAML 1.1 reads the bare key `on` as true; GitHub does not.
TRIGGERS: Object = yaml.safe_load(TEXT)[True]
JOBS: Object = yaml.safe_load(TEXT)["jobs"]


def steps_using(action: str) -> list[tuple[str, Object]]:
    """Every use of the action, as (job, its inputs)."""
    return [
        (name, step["with"])
        for name, job in JOBS.items()
        for step in job["steps"]
        if step.get("uses", "").startswith(f"{action}@")
    ]


@pytest.mark.parametrize(
    ("schema", "path"),
    [("github-workflows", "workflows/ci.yml"), ("dependabot", "dependabot.yml")],
)
def test_file_fits_the_published_schema(schema: str, path: str) -> None:
    command = ["-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    check = subprocess.run(
        [sys.executable, *command, files.ROOT / ".github" / path], capture_output=True, text=True
    )
    assert check.returncode == 0, check.stdout + check.stderr


def test_the_checks_are_those_of_every_other_machine() -> None:
    assert any(step.get("run") == "bash .ci/run" for step in JOBS["check"]["steps"])


def test_actions_are_pinned_by_commit_and_say_their_version() -> None:
    uses = re.findall(r"uses: (.+)", TEXT)
    assert len(uses) == sum("uses" in step for job in JOBS.values() for step in job["steps"])
    for use in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use)


def test_one_action_has_one_version() -> None:
    uses = set(re.findall(r"uses: (.+)", TEXT))
    assert len(uses) == len({use.partition("@")[0] for use in uses})


def test_only_the_publishing_job_may_write_and_only_packages() -> None:
    assert yaml.safe_load(TEXT)["permissions"] == {}
    rights = {name: job["permissions"] for name, job in JOBS.items()}
    assert rights.pop("publish") == {"contents": "read", "packages": "write"}
    assert set(map(str, rights.values())) == {"{'contents': 'read'}"}


def test_only_a_tag_publishes_and_only_after_the_checks() -> None:
    pushing = [name for name, inputs in steps_using("docker/build-push-action") if inputs["push"]]
    assert pushing == ["publish"]
    assert JOBS["publish"]["if"] == "github.ref_type == 'tag'"
    assert JOBS["publish"]["needs"] == "check"
    assert TRIGGERS["push"]["tags"] == ["v*.*.*"]
    assert "pull_request_target" not in TRIGGERS


def test_both_architectures_are_built_with_sbom_and_provenance() -> None:
    builds = steps_using("docker/build-push-action")
    assert [name for name, _ in builds] == ["image", "publish"]
    for _, inputs in builds:
        assert inputs["platforms"] == "linux/amd64,linux/arm64"
        assert inputs["sbom"] is True
        assert inputs["provenance"] == "mode=max"


def test_no_expression_is_pasted_into_a_shell_script() -> None:
    """A branch's or tag's name in a script would be run by the shell."""
    for job in JOBS.values():
        assert all("${{" not in step.get("run", "") for step in job["steps"])
