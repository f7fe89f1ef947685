"""Whatever happened to a corpus, what is published is what a first build of it would publish."""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from conftest import Workshop, files_of
from hypothesis import HealthCheck, given, settings, strategies as st

from feeds.publish.directory import DirectoryDestination

# More for a night: HISTORIES=2000 pytest tests/test_refresh_history.py
EXAMPLES = int(os.environ.get("HISTORIES", "40"))

CLOCKS = [datetime(2026, 10, day, 12, tzinfo=UTC) for day in (10, 20, 30)]
CONFIGURATIONS = [
    "",
    "limit: 2\n",
    "topics: {energy: {label: ENERGY!, aliases: [Energy]}, wind: {label: Wind, parent: energy}}\n",
    "topics: {renewables: {label: Renewables, aliases: [energy, Wind]}}\n",
    "topics: {c-sharp: {label: 'C#', parent: c}, c: {label: C}}\nlimit: 3\n",
    "providers: {a.example: {name: Configured, language: de}}\n",
    "feeds: {best: {title: Best, where: {quality: {min: 50}}, limit: 2}}\n",
    (
        "feeds: {best: {title: Wind, where: {topic: wind, heat: {min: 1}}},"
        " bee: {title: Bee, where: {heat: {min: 5}, provider: b.example}}}\n"
    ),
    "site: {title: Renamed, base_url: https://feeds.example, language: en}\n",
]
# A date of modification goes with a title; one that moves alone is, rightly, not taken over, so
# that a first build, which knows no better, says otherwise.
TITLES = {"Plain": None, "Changed <b>&amp;": "2026-10-08T00:00:00Z", "Ahead": "2026-10-25"}
PROVIDERS = [("a.example", "Alpha"), ("a.example", "Beta"), ("b.example", "Bee"), ("b.example", "")]
TOPICS = ["Energy", "energy", "ENERGY", "Wind", "C", "C++", "C#", "\U0001f4a8"]


class Put(NamedTuple):
    """A document is written; those from 5 on have ids of their own, and may be duplicates."""

    number: int
    title: str
    day: int
    topics: list[str]
    provider: tuple[str, str]
    related: tuple[str, str]
    published: bool
    heat: int
    noise: int
    strays: bool

    def do(self, workshop: Workshop) -> None:
        """Write the document, in one of two dialects and with one of two addresses."""
        domain, name = self.provider
        date, modified = f"2026-10-{self.day:02}T08:00:00Z", TITLES[self.title]
        if self.strays:
            modified = f"2026-10-{self.day + self.noise:02}T09:00:00Z"
        address = f"{self.number}-{self.noise % 2}"
        fields: dict[str, Any] = {
            "title": f"{self.title} {self.number}",
            "published": self.published,
            "secured": f"{self.noise:08}",
        }
        if self.number >= 5:
            fields["guid"] = f"urn:example:{(self.number + self.noise) % 2}"
            address = ["shared", str(self.number)][self.heat > 0]
        if self.number % 2:
            link = {"brand": name, "domain": domain, "href": f"https://{domain}/{address}"}
            fields |= {"date": date, "lastMod": modified or date, "link": link}
            workshop.curated(self.path, categoryLabel=self.topics, **fields)
            return
        other, named = self.related
        coverage = {"title": "Coverage", "webUrl": f"https://{other}/coverage"}
        fields |= {
            "related": [coverage | {"provider": {"name": named or other, "domain": other}}],
            "heat": self.heat,
            "quality": self.heat * 10,
        }
        workshop.news(
            self.path,
            **fields,
            publishedDateTime=date,
            modifiedDateTime=modified or date,
            webUrl=f"https://{domain}/{address}",
            provider={"name": name, "domain": domain} if name else domain,
            topics=self.topics,
        )

    @property
    def path(self) -> str:
        """Where the document is."""
        return f"{self.number}.md"


class Do(NamedTuple):
    """Something happens to a document, or, whatever its number, to all."""

    what: str
    number: int

    def do(self, workshop: Workshop) -> None:
        """Let it happen, where there is such a document."""
        if self.what == "configure":
            workshop.configure(CONFIGURATIONS[self.number % len(CONFIGURATIONS)])
        elif self.what == "program":
            workshop.revision = f"{self.number}"
        elif self.what == "lose":
            workshop.catalog.unlink(missing_ok=True)
        elif self.what == "truncate" and workshop.catalog.exists():
            os.truncate(workshop.catalog, workshop.catalog.stat().st_size * self.number // 10)
        else:
            self._do_to(workshop, workshop.corpus / f"{self.number}.md")

    def _do_to(self, workshop: Workshop, file: Path) -> None:
        moved = workshop.corpus / "moved" / file.name
        if self.what == "return" and moved.exists():
            moved.rename(file)
        elif not file.exists():
            return
        elif self.what == "delete":
            file.unlink()
        elif self.what == "touch":
            workshop.touch(file.name)
        elif self.what == "break":
            workshop.write(file.name, "---\ntitle: [\n---\n")
        elif self.what == "move" and self.number >= 5:
            moved.parent.mkdir(exist_ok=True)
            file.rename(moved)


PUT = st.builds(
    Put,
    number=st.integers(0, 8),
    title=st.sampled_from(list(TITLES)),
    day=st.sampled_from([2, 2, 2, 5, 15, 27]),
    topics=st.lists(st.sampled_from(TOPICS), max_size=3),
    provider=st.sampled_from(PROVIDERS),
    related=st.sampled_from(PROVIDERS),
    published=st.sampled_from([True, True, True, False]),
    heat=st.sampled_from([-1, 1, 9]),
    noise=st.integers(0, 3),
    strays=st.sampled_from([False] * 15 + [True]),
)
WHATS = ["configure"] * 3 + ["delete"] * 2
WHATS += ["touch", "break", "move", "return", "program", "lose", "truncate"]
DO = st.builds(Do, st.sampled_from(WHATS), st.integers(0, 8))
CYCLE = st.tuples(st.sampled_from(CLOCKS), st.lists(PUT | DO, max_size=4))
BEGINNING = st.lists(PUT, min_size=3, max_size=9)


def check_afresh(workshop: Workshop, files: dict[str, bytes], now: datetime) -> None:
    """See that an empty catalog would publish the same."""
    fresh = timeless(workshop.afresh(now))
    # What was a feed once is one for ever: the lists of feeds then name more than they would,
    # and a feed that has emptied knows when it last had an entry.
    spared = {"manifest.json", "feeds.opml", "index.html"} if files.keys() > fresh.keys() else set()
    spared |= emptied(files)
    if spared & fresh.keys():
        spared.add("manifest.json")
    assert files.keys() >= fresh.keys()
    assert {path: files[path] for path in fresh if path not in spared} == {
        path: body for path, body in fresh.items() if path not in spared
    }


@contextmanager
def new_workshop() -> Iterator[Workshop]:
    """Give a workshop of its own to each history."""
    with TemporaryDirectory() as folder:
        yield Workshop(Path(folder, "workshop"))


def timeless(files: dict[str, bytes]) -> dict[str, bytes]:
    """Give files with a manifest that does not say when its resources first appeared."""
    manifest = json.loads(files["manifest.json"])
    for resource in manifest["resources"]:
        del resource["last_modified"]
    return files | {"manifest.json": json.dumps(manifest).encode()}


def with_the_same_ledger(workshop: Workshop, now: datetime) -> dict[str, bytes]:
    """Give what is published by a catalog that has only the ledgers of this one."""
    number = len(list(workshop.root.glob("ledger-*")))
    state = workshop.root / f"ledger-{number}"
    shutil.copytree(workshop.state, state)
    connection = sqlite3.connect(state / "catalog.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    output = state / "output"
    workshop.build(now, destination=DirectoryDestination(output), state=state, force=True)
    return files_of(output)


def emptied(files: dict[str, bytes]) -> set[str]:
    """Give the paths of feeds that have no entry."""
    stems = [
        path.removesuffix("json")
        for path, body in files.items()
        if path.endswith(".json") and json.loads(body).get("items") == []
    ]
    return {f"{stem}{suffix}" for stem in stems for suffix in ("atom", "rss", "json")}


def check(workshop: Workshop, now: datetime, *, strays: bool) -> None:
    """See that what is published depends on nothing but corpus, configuration and clock.

    Where dates strayed it depends on the ledger too.
    """
    files, before = timeless(workshop.files()), workshop.stamps()
    for resource in workshop.manifest().values():
        body = files[resource["path"]]
        assert (len(body), sha256(body).hexdigest()) == (resource["size"], resource["sha256"])
    assert files == timeless(with_the_same_ledger(workshop, now))
    if not strays:
        check_afresh(workshop, files, now)
    report = workshop.build(now, force=True)
    assert (report.read, report.bytes_written) == (0, 0)
    assert workshop.stamps() == before


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES == 40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(BEGINNING, st.lists(CYCLE, min_size=1, max_size=4))
def test_a_history_ends_where_a_first_build_does(
    beginning: list[Put], cycles: list[tuple[datetime, list[Put | Do]]]
) -> None:
    """After any edits, moves, settings and accidents the bytes are those of a first build."""
    with new_workshop() as workshop:
        for change in beginning:
            change.do(workshop)
        workshop.build(CLOCKS[1], force=True)
        done: list[Put | Do] = list(beginning)
        for now, changes in cycles:
            for change in changes:
                change.do(workshop)
            workshop.build(now, force=True)
            done += changes
            check(workshop, now, strays=any(isinstance(one, Put) and one.strays for one in done))
