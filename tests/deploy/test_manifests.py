"""What the API server, Pod Security and the network plugin will say about k8s/."""

import copy
import re
from zoneinfo import available_timezones

import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from tests.deploy import files
from tests.deploy.files import Object

#: podFailurePolicy is stable since 1.31; the newest is the newest whose schema is known here.
OLDEST, NEWEST = "1.31", kubernetes_validate.latest_version()

RUN_KINDS = {"fills", "report", "start", "stop"}
IN_SESSION = {"fills", "fills-close", "report", "start", "stop"}
AFTER_MARKET = {"fills-after-market", "fills-after-market-close"}

BOT = {"app.kubernetes.io/name": "kis-discord-alert"}
REDIS = {"app.kubernetes.io/name": "redis", "app.kubernetes.io/part-of": "kis-discord-alert"}

EVERY_OBJECT = [
    pytest.param(found, id=f"{found['kind']}/{files.name_of(found)}")
    for found in files.all_objects()
]
CRON_JOBS = files.of_kind("CronJob")
EVERY_CRON_JOB = [pytest.param(job, id=files.name_of(job)) for job in CRON_JOBS]


def pods() -> list[tuple[str, Object]]:
    """Every pod a manifest makes, by the name of its maker, with its labels under "labels"."""
    templates = [(job, job["spec"]["jobTemplate"]["spec"]["template"]) for job in CRON_JOBS]
    templates += [(found, found["spec"]["template"]) for found in files.of_kind("StatefulSet")]
    return [
        (files.name_of(maker), {**template["spec"], "labels": template["metadata"]["labels"]})
        for maker, template in templates
    ]


EVERY_POD = [pytest.param(pod, id=name) for name, pod in pods()]


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("found", EVERY_OBJECT)
def test_object_fits_the_schema_and_has_no_unknown_field(found: Object, version: str) -> None:
    kubernetes_validate.validate(found, version, strict=True)


def test_strict_validation_finds_a_misspelt_field() -> None:
    broken = copy.deepcopy(CRON_JOBS[0])
    broken["spec"]["timezone"] = broken["spec"].pop("timeZone")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, NEWEST, strict=True)


def test_folder_holds_only_numbered_manifests() -> None:
    """`kubectl apply -f k8s/` reads them in this order, and a kustomization would stop it."""
    for path in files.MANIFESTS:
        assert re.fullmatch(r"\d\d-[a-z-]+\.yaml", path.name)


def test_no_secret_is_applied_over_the_real_one() -> None:
    assert files.of_kind("Secret") == []


@pytest.mark.parametrize("found", EVERY_OBJECT)
def test_object_can_be_applied_once_per_namespace(found: Object) -> None:
    assert found["kind"] not in {"Namespace", "ClusterRole", "PersistentVolume", "List"}
    assert "namespace" not in found["metadata"]


@pytest.mark.parametrize("found", EVERY_OBJECT)
def test_name_is_a_dns_label_and_leaves_room_for_the_names_made_from_it(found: Object) -> None:
    longest = 52 if found["kind"] in {"CronJob", "StatefulSet"} else 63
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", files.name_of(found))
    assert len(files.name_of(found)) <= longest


def test_no_two_objects_of_a_kind_share_a_name() -> None:
    names = [(found["kind"], files.name_of(found)) for found in files.all_objects()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("found", EVERY_OBJECT)
def test_labels_are_valid_and_name_the_program(found: Object) -> None:
    labels = found["metadata"]["labels"]
    for value in labels.values():
        assert re.fullmatch(r"[a-zA-Z0-9]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?", value)
    assert BOT.items() <= labels.items() or REDIS.items() <= labels.items()


def test_the_cluster_has_the_promised_jobs() -> None:
    on = {files.name_of(job) for job in CRON_JOBS if not files.is_suspended(job)}
    off = {files.name_of(job) for job in CRON_JOBS if files.is_suspended(job)}
    assert (on, off) == (IN_SESSION, AFTER_MARKET)


@pytest.mark.parametrize("job", EVERY_CRON_JOB)
def test_cron_job_keeps_to_one_run_and_gives_up_in_time(job: Object) -> None:
    spec, run = job["spec"], job["spec"]["jobTemplate"]["spec"]
    assert spec["timeZone"] in available_timezones()
    assert spec["concurrencyPolicy"] == "Forbid"
    # Below 10 s the controller, which looks every 10 s, may never start the job at all.
    assert 20 <= spec["startingDeadlineSeconds"] <= 300
    assert (spec["successfulJobsHistoryLimit"], spec["failedJobsHistoryLimit"]) == (1, 3)
    assert run["backoffLimit"] == 0
    assert run["ttlSecondsAfterFinished"] >= 60 * 60 * 24 * 3, "Friday's failure lives till Monday"


@pytest.mark.parametrize("job", EVERY_CRON_JOB)
def test_settings_error_is_told_apart_from_other_failures(job: Object) -> None:
    rules = job["spec"]["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]
    (bot,) = files.pod_of(job)["containers"]
    assert {"action": "FailJob", "onExitCodes": exit_two(bot["name"])} in rules
    for rule in rules:
        assert rule["action"] in {"FailJob", "Ignore", "Count", "FailIndex"}
        assert len(rule.keys() & {"onExitCodes", "onPodConditions"}) == 1
    # The API server refuses a podFailurePolicy with any other restart policy.
    assert files.pod_of(job)["restartPolicy"] == "Never"


def exit_two(container: str) -> Object:
    return {"containerName": container, "operator": "In", "values": [2]}


def test_cron_jobs_differ_only_in_what_they_run_and_when() -> None:
    """Seven spelled-out objects must not drift apart."""
    assert len({repr(without_differences(job)) for job in CRON_JOBS}) == 1


def without_differences(job: Object) -> Object:
    same = copy.deepcopy(job)
    run = same["spec"]["jobTemplate"]
    for owner in (same, run, run["spec"]["template"]):
        owner["metadata"].pop("name", None)
        owner["metadata"]["labels"].pop("app.kubernetes.io/component")
    for key in ("schedule", "startingDeadlineSeconds", "suspend"):
        same["spec"].pop(key, None)
    run["spec"].pop("activeDeadlineSeconds")
    files.pod_of(same)["containers"][0].pop("args")
    return same


def test_cron_job_asks_for_a_command_that_exists() -> None:
    assert {files.command_of(job) for job in CRON_JOBS} == RUN_KINDS


@pytest.mark.parametrize("pod", EVERY_POD)
def test_pod_is_admitted_under_the_restricted_standard(pod: Object) -> None:
    """Every control of Pod Security "restricted", and nothing that "baseline" forbids."""
    security = pod["securityContext"]
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] > 0
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not pod.keys() & {"hostNetwork", "hostPID", "hostIPC", "hostUsers"}
    for volume in pod.get("volumes", []):
        assert volume.keys() - {"name"} <= {"configMap", "emptyDir", "secret", "projected"}
    for container in pod["containers"] + pod.get("initContainers", []):
        own = container["securityContext"]
        assert own["allowPrivilegeEscalation"] is False
        assert own["capabilities"] == {"drop": ["ALL"]}
        assert not own.keys() & {"privileged", "procMount", "runAsUser", "seccompProfile"}
        assert all("hostPort" not in port for port in container.get("ports", []))


@pytest.mark.parametrize("pod", EVERY_POD)
def test_pod_has_a_read_only_disk_and_no_part_in_the_cluster(pod: Object) -> None:
    assert pod["automountServiceAccountToken"] is False
    # A Service named redis would otherwise put REDIS_PORT and the like into the environment.
    assert pod["enableServiceLinks"] is False
    for container in pod["containers"]:
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["resources"]["requests"].keys() == {"cpu", "memory"}
        assert "memory" in container["resources"]["limits"]


def test_pod_runs_as_the_user_of_the_image() -> None:
    (user,) = re.findall(r"^USER (\d+):(\d+)$", dockerfile(), re.MULTILINE)
    for job in CRON_JOBS:
        security = files.pod_of(job)["securityContext"]
        assert (security["runAsUser"], security["runAsGroup"]) == tuple(map(int, user))


def dockerfile() -> str:
    return (files.ROOT / "Dockerfile").read_text()


def test_settings_of_the_cluster_win_over_those_of_the_account() -> None:
    """Of two sources with one key the later wins: an empty REDIS_URL= in a .env must not."""
    for job in CRON_JOBS:
        (bot,) = files.pod_of(job)["containers"]
        first, second = bot["envFrom"]
        assert first == {"secretRef": {"name": "kis-discord-alert"}}
        assert second == {"configMapRef": {"name": "kis-discord-alert"}}
        assert "env" not in bot


def test_one_substitution_names_the_image_of_every_job() -> None:
    images = {files.pod_of(job)["containers"][0]["image"] for job in CRON_JOBS}
    assert len(images) == 1
    (image,) = images
    assert re.fullmatch(r"kis-discord-alert:\d+\.\d+\.\d+", image)


def test_services_and_policies_select_the_pods_they_mean() -> None:
    for pod in (pod for _, pod in pods()):
        assert (BOT.items() <= pod["labels"].items()) != (REDIS.items() <= pod["labels"].items())
    (service,) = files.of_kind("Service")
    (redis,) = files.of_kind("StatefulSet")
    assert service["spec"]["selector"] == redis["spec"]["selector"]["matchLabels"] == REDIS
    assert redis["spec"]["serviceName"] == files.name_of(service)
    selected = {
        files.name_of(policy): policy["spec"]["podSelector"]["matchLabels"]
        for policy in files.of_kind("NetworkPolicy")
    }
    assert selected == {"kis-discord-alert": BOT, "redis": REDIS}


def test_redis_is_reached_at_the_address_the_jobs_are_given() -> None:
    (config,) = files.of_kind("ConfigMap")
    (service,) = files.of_kind("Service")
    (port,) = service["spec"]["ports"]
    address = f"redis://{files.name_of(service)}:{port['port']}/0"
    assert config["data"]["REDIS_URL"] == address


def test_jobs_reach_only_names_redis_and_the_ports_of_kis_and_discord() -> None:
    (policy,) = (p for p in files.of_kind("NetworkPolicy") if files.name_of(p) != "redis")
    names, memory, outside = policy["spec"]["egress"]
    assert ports(names) == {("UDP", 53), ("TCP", 53)}
    assert memory["to"] == [{"podSelector": {"matchLabels": REDIS}}]
    assert ports(memory) == {("TCP", 6379)}
    assert ports(outside) == {("TCP", 443), ("TCP", 9443), ("TCP", 29443)}
    assert policy["spec"]["ingress"] == []
    assert set(policy["spec"]["policyTypes"]) == {"Ingress", "Egress"}


def test_redis_is_reached_by_the_jobs_alone_and_reaches_nothing() -> None:
    (policy,) = (p for p in files.of_kind("NetworkPolicy") if files.name_of(p) == "redis")
    (rule,) = policy["spec"]["ingress"]
    assert rule["from"] == [{"podSelector": {"matchLabels": BOT}}]
    assert ports(rule) == {("TCP", 6379)}
    assert policy["spec"]["egress"] == []
    assert set(policy["spec"]["policyTypes"]) == {"Ingress", "Egress"}


def ports(rule: Object) -> set[tuple[str, int]]:
    return {(port["protocol"], port["port"]) for port in rule["ports"]}


def test_redis_forgets_nothing_it_acknowledged_and_evicts_nothing() -> None:
    (stateful_set,) = files.of_kind("StatefulSet")
    (redis,) = stateful_set["spec"]["template"]["spec"]["containers"]
    program, *arguments = redis["args"]
    options = dict(zip(arguments[::2], arguments[1::2], strict=True))
    assert program == "redis-server"
    assert options["--appendonly"] == "yes"
    assert options["--appendfsync"] == "always"
    assert options["--maxmemory-policy"] == "noeviction"


def test_redis_keeps_its_disk_when_it_is_deleted() -> None:
    (redis,) = files.of_kind("StatefulSet")
    kept = redis["spec"]["persistentVolumeClaimRetentionPolicy"]
    assert set(kept.values()) == {"Retain"}
    (claim,) = redis["spec"]["volumeClaimTemplates"]
    (container,) = redis["spec"]["template"]["spec"]["containers"]
    assert container["volumeMounts"] == [{"name": files.name_of(claim), "mountPath": "/data"}]
    assert redis["spec"]["replicas"] == 1
