"""What we ship to run the program on many hosts says the same in both forms, and what is true."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click
import psycopg
import pytest
import yaml
from cli_tools import ROOT
from obstore.store import S3Store
from test_operations import instructions

from feeds.cli import main
from feeds.config import parse_configuration

DEPLOY = ROOT / "deploy"
ROLES = ("builder", "worker", "server")
LOCAL, CONFIGURED = "/srv/feeds/local", "/etc/feeds"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))

Said = dict[str, Any]


def loaded(name: str) -> Any:  # noqa: ANN401 - YAML
    return yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))


def services() -> Said:
    found: Said = loaded("compose.yaml")["services"]
    return found


def objects(kind: str) -> list[Said]:
    """Give all that Kubernetes is told of a kind."""
    texts = [file.read_text(encoding="utf-8") for file in MANIFESTS]
    found = [each for text in texts for each in yaml.safe_load_all(text)]
    return [each for each in found if each["kind"] == kind]


def deployment(role: str) -> Said:
    (found,) = [
        each for each in objects("Deployment") if each["metadata"]["labels"]["role"] == role
    ]
    return found


def pod(role: str) -> Said:
    found: Said = deployment(role)["spec"]["template"]["spec"]
    return found


def container(role: str) -> Said:
    (found,) = pod(role)["containers"]
    assert isinstance(found, dict)
    return found


def port_of(words: list[str]) -> int:
    return int(words[words.index("--port") + 1])


@pytest.mark.parametrize("role", ROLES)
def test_both_forms_say_the_same(role: str) -> None:
    """A role runs the same command in as many copies, of one image, with one configuration."""
    service = services()[role]
    assert container(role)["args"] == service["command"]
    assert deployment(role)["spec"]["replicas"] == service["deploy"]["replicas"]
    assert container(role)["image"] == service["image"] == "feeds"
    assert container(role)["envFrom"] == [{"secretRef": {"name": "feeds"}}]
    assert service["env_file"] == ["environment"]
    assert service["volumes"] == [f"./feeds.yaml:{CONFIGURED}/feeds.yaml:ro"]
    generated = loaded("kustomization.yaml")["configMapGenerator"]
    assert generated == [{"name": "feeds", "files": ["feeds.yaml"]}]


@pytest.mark.parametrize("role", ROLES)
def test_a_command_is_one_of_ours(role: str) -> None:
    """The program takes the arguments of each role, and each finds the configuration there."""
    name, *options = services()[role]["command"]
    command = main.get_command(click.Context(main), name)
    assert command
    # That there is no such directory here is all that may be wrong with them.
    options = [str(DEPLOY) if word == CONFIGURED else word for word in options]
    with command.make_context(name, options) as context:
        assert context.params["config"] == DEPLOY


@pytest.mark.parametrize("role", ROLES)
def test_nothing_may_be_written_but_what_a_host_keeps(role: str) -> None:
    """Nobody is root, no right is left, and what the configuration calls local can be written."""
    (user, group) = map(int, services()[role]["user"].split(":"))
    assert dict(instructions(-1))["USER"] == f"{user}:{group}"
    context = pod(role)["securityContext"]
    assert (context["runAsNonRoot"], context["runAsUser"], context["runAsGroup"]) == (
        True,
        user,
        group,
    )
    assert container(role)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    service = services()[role]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    mounts = {each["name"]: each for each in container(role)["volumeMounts"]}
    volumes = {each["name"]: each for each in pod(role)["volumes"]}
    assert mounts.keys() == volumes.keys()
    written = {each["mountPath"] for each in mounts.values() if not each.get("readOnly")}
    assert written == {each.partition(":")[0] for each in service["tmpfs"]} == {LOCAL, "/tmp"}  # noqa: S108 - it is not ours
    assert mounts["configuration"]["mountPath"] == CONFIGURED
    assert volumes["configuration"]["configMap"] == {"name": "feeds"}
    limited = container(role)["resources"]["limits"]["memory"]
    assert limited == service["mem_limit"].replace("g", "Gi")


@pytest.mark.parametrize("role", ["builder", "server"])
def test_who_answers_is_asked_where_it_listens(role: str) -> None:
    """Probes, ports and the proxy before the servers agree with the command."""
    port = port_of(container(role)["args"])
    assert container(role)["ports"] == [{"name": "http", "containerPort": port}]
    probes = {
        name: container(role)[f"{name}Probe"]["httpGet"] for name in ("readiness", "liveness")
    }
    assert probes == {
        "readiness": {"path": "/readyz", "port": "http"},
        "liveness": {"path": "/healthz", "port": "http"},
    }
    answered = (ROOT / "docs/reference/http.md").read_text(encoding="utf-8")
    for probe in probes.values():
        assert f"`GET {probe['path']}` | 200;" in answered
    assert f"http://127.0.0.1:{port}/readyz" in services()[role]["healthcheck"]["test"][-1]
    assert f"server server:{port};" in (DEPLOY / "nginx.conf").read_text(encoding="utf-8")


def test_who_listens_to_nobody_is_not_asked() -> None:
    """Workers have no port, and the check of the image, which asks one, is not theirs."""
    assert services()["worker"]["healthcheck"] == {"disable": True}
    assert not {"ports", "readinessProbe", "livenessProbe"} & container("worker").keys()


def test_what_selects_finds_what_is_there() -> None:
    """A deployment finds its own, the service the servers, and every budget one deployment."""
    labelled = {role: deployment(role)["spec"]["template"]["metadata"]["labels"] for role in ROLES}
    for role in ROLES:
        spec = deployment(role)["spec"]
        assert spec["selector"]["matchLabels"] == labelled[role]
        (spread,) = pod(role)["topologySpreadConstraints"]
        assert spread["labelSelector"]["matchLabels"] == labelled[role]
    (service,) = objects("Service")
    assert service["spec"]["selector"] == labelled["server"]
    assert service["spec"]["ports"] == [{"name": "http", "port": 80, "targetPort": "http"}]
    budgets = [each["spec"] for each in objects("PodDisruptionBudget")]
    assert [each["selector"]["matchLabels"] for each in budgets] == [
        labelled["builder"],
        labelled["server"],
    ]
    assert all(each["maxUnavailable"] == 1 for each in budgets)


def test_every_manifest_is_applied() -> None:
    """What is there is listed, in one namespace, and the image gets a name to be pulled by."""
    said = loaded("kustomization.yaml")
    listed = [DEPLOY / name for name in said["resources"]]
    assert sorted(listed) == MANIFESTS
    assert [each["name"] for each in said["images"]] == ["feeds"]
    versions = {"Deployment": "apps/v1", "Service": "v1", "PodDisruptionBudget": "policy/v1"}
    texts = [file.read_text(encoding="utf-8") for file in MANIFESTS]
    for each in (each for text in texts for each in yaml.safe_load_all(text)):
        assert each["apiVersion"] == versions[each["kind"]]
        assert "namespace" not in each["metadata"]


def test_the_image_has_what_it_takes() -> None:
    """It is built from the root of a clone, of the lock that has the extras."""
    for role in ROLES:
        built = services()[role]["build"]
        assert (DEPLOY / built["context"] / built["dockerfile"]).resolve() == ROOT / "Containerfile"
        lock = ROOT / built["args"]["LOCK"]
        assert ("ARG", "LOCK=requirements.lock") in instructions(0)
        text = lock.read_text(encoding="utf-8")
        assert all(f"\n{name}==" in text for name in ("obstore", "procrastinate", "psycopg"))
        assert f"!{lock.name}" in (ROOT / ".dockerignore").read_text(encoding="utf-8").split()


def test_the_configuration_is_the_four_lines() -> None:
    """It is one that the program takes, names no password, and keeps on a host what may be lost."""
    text = (DEPLOY / "feeds.yaml").read_text(encoding="utf-8")
    configuration = parse_configuration(text, origin="feeds.yaml", folder=DEPLOY)
    assert str(configuration.local) == LOCAL
    assert configuration.reading == "workers"
    (corpus,) = configuration.corpus
    addresses = (str(corpus.path), str(configuration.state), str(configuration.output))
    assert addresses == tuple(loaded("feeds.yaml")[name] for name in ("corpus", "state", "output"))
    assert not any(re.search(r":[^/@]+@", address) for address in addresses)


def test_the_page_shows_the_four_lines() -> None:
    """What docs/scale.md shows of the configuration is in the one that is shipped."""
    page = (ROOT / "docs/scale.md").read_text(encoding="utf-8")
    shown = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])
    assert shown.keys() == {"corpus", "state", "output", "reading"}
    assert shown.items() <= loaded("feeds.yaml").items()
    for name in re.findall(r"--(?:env-)?file (\S+)|--from-env-file (\S+)|--kustomize (\S+)", page):
        place = ROOT / "".join(name)
        assert place.exists() or place == DEPLOY / "environment"


def test_the_environment_has_names_that_are_known() -> None:
    """Each name is one of PostgreSQL's own or one that the store's library takes."""
    text = (DEPLOY / "environment.example").read_text(encoding="utf-8")
    names = re.findall(r"^([A-Z_]+)=", text, re.MULTILINE)
    of_postgresql = {each.envvar for each in psycopg.pq.Conninfo.get_defaults() if each.envvar}
    of_stores = [name for name in names if name.encode() not in of_postgresql]
    # It raises an error where a name is none of its own.
    assert S3Store("bucket", config=dict.fromkeys(map(str.lower, of_stores), "x"))  # type: ignore[arg-type]
    assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD"} <= set(names)
    assert "/deploy/environment" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()


def test_the_proxy_is_that_of_the_recipe() -> None:
    """What is before the servers is what behind-nginx.md explains, for several and another port."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    page = (ROOT / "docs/recipes/behind-nginx.md").read_text(encoding="utf-8")
    shown = page.partition("```nginx\n")[2].partition("```")[0]
    lines = [line for line in text.splitlines() if line not in shown.splitlines()]
    assert [line.strip() for line in lines if not line.strip().startswith("#")] == [
        "hash $feeds_path;",
        "server server:8000;",
        "listen 8080;",
    ]
    removed = [line.strip() for line in shown.splitlines() if line not in text.splitlines()]
    assert removed == ["server 127.0.0.1:8000;", "listen 80;"]
    assert services()["cache"]["ports"] == ["127.0.0.1:8080:8080"]


def test_compose_itself_takes_it(tmp_path: Path) -> None:
    """Where there is Compose, it reads the file, and has as many services as we say."""
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:  # noqa: PLW1510 - what it says does not matter
        pytest.skip("there is no docker compose")
    folder = tmp_path / "deploy"
    shutil.copytree(DEPLOY, folder)
    shutil.copy(folder / "environment.example", folder / "environment")
    run = subprocess.run(
        [docker, "compose", "--file", folder / "compose.yaml", "config", "--format", "json"],
        capture_output=True,
        check=True,
    )
    assert json.loads(run.stdout)["services"].keys() == {*ROLES, "cache"}
