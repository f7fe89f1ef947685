"""Whatever happened to a corpus, what is published is what a first build of it would publish."""

import json
import os
import re
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
EXAMPLES = int(os.environ.get("HISTORIES", "20"))
HISTORIES = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES == 20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

# A last good version is history, which no first build knows: `test_refresh_last_good.py` tries it.
FORGETFUL = "keep_last_good: false\n"
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
    "related: {unpublished: true}\n",
    "related: {limit: 1}\n",
    "related: {limit: 3, unpublished: true}\nlimit: 3\n",
    "limit: 2\npages: 2\n",
    "qualifiers: [Daily]\n",
    "html: {pages: true}\nlimit: 3\npages: 2\n",
]
# A date of modification goes with a title; one that moves alone is, rightly, not taken over, so
# that a first build, which knows no better, says otherwise.
TITLES = {"Plain": None, "Changed <b>&amp;": "2026-10-08T00:00:00Z", "Ahead": "2026-10-25"}
PROVIDERS = [("a.example", "Alpha"), ("a.example", "Beta"), ("b.example", "Bee"), ("b.example", "")]
TOPICS = ["Energy", "energy", "Daily: Energy", "Wind", "C", "C++", "C#", "\U0001f4a8"]
STORIES = [
    "",
    "Turbine blade blocks harbour bridge, lorry stuck",
    "Lorry with turbine blade leaves harbour at night",
    "Bridge opens: blade gone, lorry fined",
]
# Where documents of the corpus may be, and one where none is.
ADDRESSES = [
    *(f"a.example/{name}" for name in ("0-0", "1-0", "2-0", "2-1", "shared", "5", "6", "7", "8")),
    *(f"b.example/{name}" for name in ("0-0", "1-0", "3-0", "4-0")),
    "b.example/coverage",
]


class Put(NamedTuple):
    """A document is written; those from 5 on have ids of their own, and may be duplicates."""

    number: int
    title: str
    day: int
    topics: list[str]
    provider: tuple[str, str]
    related: list[str]
    story: str
    published: bool | None
    heat: int
    noise: int
    strays: bool

    def do(self, workshop: Workshop) -> None:
        """Write the document, in one of two dialects and with one of two addresses."""
        domain, name = self.provider
        date, modified = f"2026-10-{self.day:02}T08:00:00Z", TITLES[self.title]
        if self.strays:
            modified = f"2026-10-{self.day + self.noise:02}T09:00:00Z"
        address = f"https://{domain}/{self.number}-{self.noise % 2}"
        fields: dict[str, Any] = {
            "title": f"{self.title} {self.number}",
            "published": self.published is True,
            "removed": self.published is None,
            "secured": f"{self.noise:08}",
        }
        if self.number >= 5:
            fields["guid"] = f"urn:example:{(self.number + self.noise) % 2}"
            address = f"https://a.example/{self.number if self.heat > 0 else 'shared'}"
        if self.story:
            fields["description" if self.number % 2 else "excerpt"] = self.story
        if self.number % 2:
            link = {"brand": name, "domain": domain, "href": address}
            fields |= {"date": date, "lastMod": modified or date, "link": link}
            offerings = [{"label": "Coverage", "permalink": f"http://{at}/"} for at in self.related]
            fields |= {"relatedOfferings": offerings, "categoryLabel": self.topics}
            workshop.curated(self.path, **fields)
            return
        fields |= {
            "related": [{"title": f"At {at}", "webUrl": f"https://{at}"} for at in self.related],
            "heat": self.heat,
            "quality": self.heat * 10,
        }
        workshop.news(
            self.path,
            **fields,
            publishedDateTime=date,
            modifiedDateTime=modified or date,
            webUrl=address,
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
            workshop.configure(FORGETFUL + CONFIGURATIONS[self.number % len(CONFIGURATIONS)])
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
    day=st.sampled_from([2, 2, 2, 5, 9, 15, 27]),
    topics=st.lists(st.sampled_from(TOPICS), max_size=3),
    provider=st.sampled_from(PROVIDERS),
    related=st.lists(st.sampled_from(ADDRESSES), max_size=3),
    story=st.sampled_from(STORIES),
    published=st.sampled_from([True, True, True, True, False, False, None]),
    heat=st.sampled_from([-1, 1, 9]),
    noise=st.integers(0, 3),
    strays=st.sampled_from([False] * 15 + [True]),
)
WHATS = ["configure"] * 3 + ["delete"] * 2
WHATS += ["touch", "break", "move", "return", "program", "lose", "truncate"]
DO = st.builds(Do, st.sampled_from(WHATS), st.integers(0, 8))
CYCLE = st.tuples(st.sampled_from(CLOCKS), st.lists(PUT | DO, max_size=4))
LISTS_OF_FEEDS = re.compile(
    r"manifest\.json|search/feeds\.data|"
    r"(?:(?:topics|providers|feeds)/(?:by/[a-z]+(?:-\d+)?/)?)?(?:feeds\.opml|index\.html)"
)
BEGINNING = st.lists(PUT, min_size=3, max_size=9)


def check_afresh(workshop: Workshop, files: dict[str, bytes], now: datetime) -> None:
    """See that an empty catalog would publish the same."""
    fresh = timeless(workshop.afresh(now))
    # What was a feed once is one for ever: the lists of feeds then name more than they would,
    # and a feed that has emptied knows when it last had an entry.
    names_more = files.keys() > fresh.keys()
    spared = {path for path in files if names_more and LISTS_OF_FEEDS.fullmatch(path)}
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


# What feeds say only because it has been: ids of stories, and entries that went.
FORGET = ("DELETE FROM tombstones", "UPDATE ids SET story = NULL")


def with_the_same_ledger(
    workshop: Workshop, now: datetime, forget: tuple[str, ...] = ()
) -> dict[str, bytes]:
    """Give what is published by a catalog that has only the ledgers of this one."""
    number = len(list(workshop.root.glob("ledger-*")))
    state = workshop.root / f"ledger-{number}"
    shutil.copytree(workshop.state, state)
    connection = sqlite3.connect(state / "catalog.sqlite")
    for statement in (*forget, "PRAGMA user_version = 0"):
        connection.execute(statement)
    connection.commit()
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


def check(workshop: Workshop, now: datetime) -> None:
    """See that what is published depends on nothing but corpus, configuration, clock and ledger."""
    files, before = timeless(workshop.files()), workshop.stamps()
    for resource in workshop.manifest().values():
        body = files[resource["path"]]
        assert (len(body), sha256(body).hexdigest()) == (resource["size"], resource["sha256"])
    assert files == timeless(with_the_same_ledger(workshop, now))
    report = workshop.build(now, force=True)
    assert (report.read, report.bytes_written) == (0, 0)
    assert workshop.stamps() == before


@HISTORIES
@given(BEGINNING, st.lists(CYCLE, min_size=1, max_size=4))
def test_a_history_ends_where_a_first_build_does(
    beginning: list[Put], cycles: list[tuple[datetime, list[Put | Do]]]
) -> None:
    """After any edits, moves, settings and accidents the bytes are those of a first build."""
    with new_workshop() as workshop:
        workshop.configure(FORGETFUL)
        for change in beginning:
            change.do(workshop)
        workshop.build(CLOCKS[1], force=True)
        done: list[Put | Do] = list(beginning)
        for now, changes in cycles:
            for change in changes:
                change.do(workshop)
            workshop.build(now, force=True)
            done += changes
            check(workshop, now)
        # What else depends on the ledger is forgotten: ids of stories, and names of what went.
        if not any(isinstance(one, Put) and one.strays for one in done):
            now, _ = cycles[-1]
            check_afresh(workshop, timeless(with_the_same_ledger(workshop, now, FORGET)), now)


def items(files: dict[str, bytes]) -> list[object]:
    """Give the entries of everything."""
    entries: list[object] = json.loads(files["all.json"])["items"]
    return entries


class Tell(NamedTuple):
    """One of a few documents is written, which list each other and may stand for each other."""

    name: str
    address: str
    day: int
    story: str
    lists: list[str]
    double: bool
    standing: str

    def do(self, workshop: Workshop) -> None:
        """Write the document, or delete it."""
        path = f"{self.name}.md"
        if self.standing == "deleted":
            if path in workshop.documents:
                workshop.delete(path)
            return
        # With an id of its own none depends on who was at an address before.
        workshop.news(
            path,
            guid=f"urn:example:{'double' if self.double else self.name}",
            title=f"Title_{self.name} {self.story}",
            webUrl=f"https://paper.example/{self.address}",
            publishedDateTime=f"2026-10-{self.day:02}",
            related=[{"title": at, "webUrl": f"https://paper.example/{at}"} for at in self.lists],
            published=self.standing == "published",
            removed=self.standing == "removed",
        )


FEW = ["a", "b", "c"]
TELL = st.builds(
    Tell,
    name=st.sampled_from([*FEW, "d"]),
    address=st.sampled_from(FEW),
    day=st.sampled_from([2, 9, 30]),
    story=st.sampled_from(STORIES[:2]),
    lists=st.lists(st.sampled_from(FEW), max_size=2),
    double=st.booleans(),
    standing=st.sampled_from(["published"] * 4 + ["held", "held", "removed", "deleted"]),
)
SETTINGS = ["", "related: {unpublished: true}\n"]


@HISTORIES
@given(
    st.sampled_from(SETTINGS),
    st.lists(TELL, min_size=4, max_size=4),
    st.lists(st.tuples(st.sampled_from(CLOCKS), st.lists(TELL, max_size=2)), max_size=5),
)
def test_a_history_of_references_ends_where_a_first_build_does(
    configured: str, beginning: list[Tell], cycles: list[tuple[datetime, list[Tell]]]
) -> None:
    """However documents list, repeat and replace each other, entries are those of a first build."""
    with new_workshop() as workshop:
        workshop.configure(configured)
        for now, changes in [(CLOCKS[1], beginning), *cycles]:
            for change in changes:
                change.do(workshop)
            workshop.build(now, force=True)
            assert items(workshop.files()) == items(with_the_same_ledger(workshop, now))
        assert items(with_the_same_ledger(workshop, now, FORGET)) == items(workshop.afresh(now))
