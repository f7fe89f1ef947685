"""What docs/push.md shows does what it says, asked of a service that stands for the real ones."""

import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_tools import PATIENCE, ROOT
from conftest import NOW, Workshop
from hub import listening
from walking import blocks

from feeds.config import parse_configuration
from feeds.formats import feed_formats
from feeds.model import Published
from feeds.publish.manifest import entity_tag
from feeds.publish.policy import Policy
from feeds.push.pusher import Pusher
from feeds.push.talk import Moment

SHOWN = [*blocks((ROOT / "docs/push.md").read_text(encoding="utf-8"))]
URLS = ["https://feeds.example.org/all.atom", "https://feeds.example.org/topics/a/"]
# Stands for curl, which need not be installed: notes what it is asked for, and may fail.
CURL = """#!/bin/sh
for each in "$@"; do printf '%s\\n' "$each"; done >> asked
exec test ! -e failing
"""


def shown(language: str, begin: str) -> str:
    """Give the block of the page that has a text."""
    (found,) = (each.text for each in SHOWN if each.language == language and begin in each.text)
    return found


def test_two_keys_say_who_is_told() -> None:
    """The first block is a configuration with a hub and a command."""
    text = shown("yaml", "command: ")
    configuration = parse_configuration(text, origin="push.md", folder=Path("/srv"))
    assert configuration.is_pushed
    assert configuration.site.hubs == ("https://hub.example.org/",)
    assert configuration.purge.command == ("./tell-cdn.sh",)


@pytest.mark.parametrize(
    ("begin", "path", "key", "field"),
    [
        ("batch: 30", "/client/v4/zones/ZONE/purge_cache", "files", ("authorization", "Bearer x")),
        ("sends: tags", "/client/v4/zones/ZONE/purge_cache", "tags", ("authorization", "Bearer x")),
        ("FASTLY_TOKEN", "/service/SERVICE/purge", "surrogate_keys", ("fastly-key", "x")),
    ],
)
def test_a_service_is_sent_a_list(
    workshop: Workshop, begin: str, path: str, key: str, field: tuple[str, str]
) -> None:
    """At its path, with the token of the environment, under the key that it wants."""
    text = shown("yaml", begin)
    with listening() as service:
        workshop.configure(re.sub(r"https://api\.[a-z.]+/", service.url, text))
        workshop.news("a.md")
        workshop.build()
        environment = {"CLOUDFLARE_TOKEN": "x", "FASTLY_TOKEN": "x"}
        moment = Moment(lambda: NOW, lambda: 0.0)
        pusher = Pusher(workshop.configuration, workshop.root, environment, moment)
        pusher.look()
        workshop.edit("a.md", title="Other")
        workshop.build()
        pusher.look()
        pusher.work()
        [told, *_] = service.told
    assert pusher.is_done
    assert (told.path, told.headers[field[0]]) == (path, field[1])
    root = workshop.configuration.site.root
    assert f"{root}/all.atom" in told.json[key] if key == "files" else "all" in told.json[key]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Bunny", [f"url={url}" for url in URLS]),
        ("Varnish", ["http://127.0.0.1:6081/all.atom", "http://127.0.0.1:6081/topics/a/"]),
    ],
)
def test_a_script_asks_for_each_url(tmp_path: Path, name: str, asked: list[str]) -> None:
    """In the order in which it reads them; where one fails it ends, so that all is tried again."""
    (tmp_path / "curl").write_text(CURL, encoding="utf-8")
    (tmp_path / "tell-cdn.sh").write_text(shown("sh", f"# {name}"), encoding="utf-8")
    for script in ("curl", "tell-cdn.sh"):
        (tmp_path / script).chmod(0o755)

    def run() -> list[str]:
        (tmp_path / "asked").unlink(missing_ok=True)
        ended.append(
            subprocess.run(
                [tmp_path / "tell-cdn.sh"],
                cwd=tmp_path,
                env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "BUNNY_KEY": "secret"},
                input="".join(f"{url}\n" for url in URLS),
                encoding="utf-8",
                timeout=PATIENCE,
                check=False,
            ).returncode
        )
        lines = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line in asked]

    ended = list[int]()
    assert run() == asked
    (tmp_path / "failing").touch()
    assert run() == asked[:1]
    assert ended == [0, 1]


def test_answers_carry_the_fields_that_are_shown() -> None:
    """Their names and values are those of a feed of that topic."""
    configuration = parse_configuration("purge: {tags: true}", origin="", folder=Path("/srv"))
    media_type = "application/atom+xml; charset=utf-8"
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    entry = Published("topics/robotics.atom", media_type, "0" * 64, 0, entity_tag("0" * 64), moment)
    fields = Policy(configuration, feed_formats()).said(entry, moment).lasting_fields
    for line in shown("text", "Cache-Tag").splitlines():
        name, _, value = line.partition(": ")
        assert fields[name.lower()] == value
