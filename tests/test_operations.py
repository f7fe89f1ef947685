"""What we ship to run the program with gives it as few rights as the documentation says."""

import json
import re
import shlex
import tomllib
from configparser import RawConfigParser
from pathlib import Path

import pytest
import yaml
from casebook import cases
from cli_tools import ROOT

RECIPE = (ROOT / "docs/recipes/container.md").read_text(encoding="utf-8")
LOCKS = ("requirements.lock", "requirements-scale.lock")
SERVICES = sorted((ROOT / "docs/systemd").glob("*.service"))
# What the system and SQLite say.
OF_OTHERS = {"Permission denied", "database is locked"}
DIRECTIVES = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "StateDirectoryMode": "0700",
    "MemoryDenyWriteExecute": "yes",
    "IPAddressDeny": "any",
    "MemoryMax": "1G",
    "LimitNOFILE": "65536",
}


def instructions(stage: int) -> list[tuple[str, str]]:
    """Give the instructions of a stage of the image, the last being -1, with what they say."""
    text = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    stages = re.split(r"\n(?=FROM )", "\n".join(lines))
    found = [line.partition(" ") for line in stages[stage].splitlines()]
    return [(name, said.strip()) for name, _, said in found]


# --- The image ---------------------------------------------------------------------------


@pytest.mark.case(75)
def test_the_image_is_of_a_user_with_a_number() -> None:
    """It ends with the numbers of a user and a group that are not root's, and starts no shell."""
    said = dict(instructions(-1))
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", said["USER"])
    names = [name for name, _ in instructions(-1)]
    assert not {"RUN", "COPY", "ADD"} & set(names[names.index("USER") :])
    for name in ("ENTRYPOINT", "CMD"):
        assert all(isinstance(word, str) for word in json.loads(said[name]))
    assert json.loads(said["ENTRYPOINT"])[-2:] == ["-m", "feeds"]


@pytest.mark.case(74, 75)
def test_what_is_in_the_image_is_locked() -> None:
    """All that is installed is installed by its digest, and nothing that installs is left."""
    first = " ".join(said for _, said in instructions(0))
    assert "--require-hashes" in first
    assert "-r /requirements.lock" in first
    assert "uninstall --quiet --yes pip" in first
    assert not [said for name, said in (*instructions(0), *instructions(-1)) if name == "ADD"]
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    locks = [f"!{name}" for name in LOCKS]
    assert ignored == ["*", "!feeds", *locks, "**/__pycache__"]


@pytest.mark.case(74)
def test_what_extras_bring_is_locked_as_it_is_tried() -> None:
    """The lock of an image with extras has all of the other one, in the versions of the tests."""
    plain, extended, tried = (pinned(name) for name in (*LOCKS, "requirements-dev.lock"))
    assert plain < extended < tried
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    brought = {re.match("[a-z-]+", name)[0] for name in said["optional-dependencies"]["scale"]}  # type: ignore[index]
    assert brought <= {name for name, _ in extended}
    assert not brought & {name for name, _ in plain}


def pinned(name: str) -> set[tuple[str, str]]:
    """Give what a lock has, by name and version."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^ ;]+)", text, re.MULTILINE))


@pytest.mark.case(75)
def test_a_container_is_run_with_next_to_nothing() -> None:
    """On the command line and for Compose: nothing can be written, no capability, no new rights."""
    line = RECIPE.partition("docker run")[2].partition("```")[0].replace("\\\n", " ")
    words = shlex.split(line)
    assert {"--read-only", "--cap-drop=ALL", "--user", "10001:10001"} <= set(words)
    assert words[words.index("--security-opt") + 1] == "no-new-privileges"
    service = yaml.safe_load(RECIPE.partition("```yaml\n")[2].partition("```")[0])["services"][
        "feeds"
    ]
    assert (service["read_only"], service["cap_drop"], service["user"]) == (
        True,
        ["ALL"],
        "10001:10001",
    )
    assert service["security_opt"] == ["no-new-privileges:true"]
    mounted = [words[n + 1] for n, word in enumerate(words) if word == "--volume"]
    assert mounted == service["volumes"]
    written = [volume for volume in mounted if not volume.endswith(":ro")]
    assert written == ["output:/srv/feeds/output", "state:/srv/feeds/state"]
    ports = [words[n + 1] for n, word in enumerate(words) if word == "--publish"]
    assert ports == service["ports"]
    assert all(port.startswith("127.0.0.1:") for port in ports)


# --- The units ---------------------------------------------------------------------------


@pytest.mark.case(75)
@pytest.mark.parametrize("file", SERVICES, ids=lambda file: file.name)
def test_a_unit_takes_rights_away(file: Path) -> None:
    """Each service has what keeps it from all but its own directories, and bounds what it takes."""
    unit = RawConfigParser(strict=False)
    # Names of directives are told apart by case.
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(file, encoding="utf-8")
    service = unit["Service"]
    assert {name: service.get(name) for name in DIRECTIVES} == DIRECTIVES
    assert service["ReadOnlyPaths"] == "/etc/feeds /srv/feeds/corpus"
    assert service.get("DynamicUser") == "yes" or service["User"] != "root"
    text = file.read_text(encoding="utf-8")
    assert "\nSystemCallFilter=@system-service\n" in text
    assert "AF_NETLINK" not in text


# --- What is written of it ---------------------------------------------------------------


def test_messages_that_operations_explains_are_said() -> None:
    """What its table quotes of the program is in the program, number and name left aside."""
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| (.*?) \|", page.partition("## When something is wrong")[2], re.MULTILINE
    )
    quoted = [text for row in rows for text in re.findall("`([^`]+)`", row)]
    program = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "feeds").rglob("*.py"))
    assert len(quoted) > 10
    for message in quoted:
        for piece in re.split(r"…|\bN\b|:L:C:|-?\d+|[:;]", message):
            assert piece.strip() in program or piece.strip() in OF_OTHERS, message


def test_threats_name_cases_that_there_are() -> None:
    """Each case that the page of threats names is one that tests try, or have a reason not to."""
    page = (ROOT / "docs/threats.md").read_text(encoding="utf-8")
    named: set[int] = set()
    for row in re.findall(r"\| ([0-9, to]+) \|$", page, re.MULTILINE):
        for part in row.split(", "):
            first, _, last = part.partition(" to ")
            named |= set(range(int(first), int(last or first) + 1))
    assert len(named) > 50
    # Those up to 75 are of a list that many tests try; those above are our own.
    assert named <= {*range(1, 76), *cases()}


# --- What is locked ----------------------------------------------------------------------


@pytest.mark.case(74)
def test_what_answers_requests_is_not_older_than_its_mended_faults() -> None:
    """The parts that take requests are locked at versions in which known holes are closed."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9-]+)==([0-9.]+)", text, re.MULTILINE))
    for name, least in {"starlette": (1, 3, 1), "uvicorn": (0, 11, 7), "h11": (0, 16, 0)}.items():
        assert tuple(map(int, locked[name].split("."))) >= least, name


@pytest.mark.case(74)
def test_whoever_installs_asks_for_digests() -> None:
    """Environments are made of what is locked, each file by its digest."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if "pip install" in line and ".lock" in line]
    assert lines
    asked = re.compile(r" --require-hashes -r requirements-(?:dev|docs)\.lock$")
    assert all(asked.search(line) for line in lines)
