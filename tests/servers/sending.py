"""What is sent to a bucket is what changed, however much is published there.

`DOCUMENTS=100000` tries it with so many; figures are printed with `-s`.
"""

import os
import subprocess
from collections import Counter
from pathlib import Path
from uuid import uuid4

from bench.corpus import Corpus, write
from bench.editing import edit, newest
from cli_tools import ENVIRONMENT, command
from proxies import Asked, Counting
from stores import Ceph

DOCUMENTS = int(os.environ.get("DOCUMENTS", "1000"))
CONFIGURATION = """\
site: {title: Many, base_url: https://feeds.example.org, id_authority: 'feeds.example.org,2026'}
corpus: corpus
state: state
"""
NOW = "2026-11-01T00:00:00Z"
LATER = "2026-11-01T00:01:00Z"
# A listing has so many objects in an answer.
LISTED = 1_000
# What each publication asks for besides, whatever it publishes: the probe, the record, what is left
# undone, the manifest and the register, and what notes all that.
BESIDES = 32


def build(folder: Path, address: str, environment: dict[str, str], now: str) -> None:
    """Have the program build and publish, in a process of its own."""
    options = ("--config", folder, "--output", address, "--now", now)
    subprocess.run(command("build", *options), env=ENVIRONMENT | environment, check=True)


def keys(asked: list[Asked], address: str, method: str) -> set[str]:
    """Give the keys of the objects for readers that were asked for by a method."""
    folder = f"/{address.removeprefix('s3://')}/"
    found = {each.path.removeprefix(folder) for each in asked if each.method == method}
    return {key for key in found if not key.startswith(("/", ".feeds/"))}


def test_an_edit_among_many_sends_what_changed(ceph: Ceph, tmp_path: Path) -> None:
    """One edited document costs three requests at most for an object that changed, and few besides.

    Its entries are read where they are as before; it is kept for who has the manifest before; and
    it is written.
    """
    write(Corpus(DOCUMENTS), tmp_path / "corpus")
    (tmp_path / "feeds.yaml").write_text(CONFIGURATION, encoding="utf-8")
    address = f"s3://feeds/{uuid4().hex}"
    with Counting(tmp_path / "counting", ceph.url) as proxy:
        environment = ceph.environment(proxy.url)
        build(tmp_path, address, environment, NOW)
        first = proxy.asked()
        edit(newest(tmp_path / "corpus"), "One")
        build(tmp_path, address, environment, LATER)
        second = proxy.asked()
        build(tmp_path, address, environment, LATER)
        third = proxy.asked()
    published, sent = keys(first, address, "PUT"), keys(second, address, "PUT")
    listings = len(published) // LISTED + 1
    tell("first", first, published)
    tell("edit", second, sent)
    tell("nothing", third, set())
    assert "manifest.json" in sent
    assert len(sent) < len(published) / 4
    assert len(second) <= 3 * len(sent) + listings + BESIDES
    assert keys(third, address, "PUT") == set()
    assert len(third) <= listings + BESIDES


def tell(name: str, asked: list[Asked], sent: set[str]) -> None:
    """Say what was asked for."""
    methods = Counter(each.method for each in asked)
    received = sum(each.received for each in asked)
    counts = ", ".join(f"{count} {method}" for method, count in sorted(methods.items()))
    print(f"{DOCUMENTS} documents, {name}: {len(sent)} objects, {counts}, {received} bytes")  # noqa: T201 - it is asked for
