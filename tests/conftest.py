"""What several tests share: a workshop with a corpus, a configuration and a publication."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from feeds.config import Configuration, parse_configuration
from feeds.config.state import State
from feeds.corpus.article import ReadingRules
from feeds.corpus.reading import Corpus, read_all
from feeds.corpus.rooms import load_dialects
from feeds.corpus.sources.directory import DirectorySource
from feeds.model import Database, Reading, database
from feeds.publish.directory import DirectoryDestination
from feeds.refresh import Carried, Plan, Report, refresh

pytest_plugins = ("casebook", "pushing", "started")

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SITE = (
    "site: {title: Example News, base_url: https://feeds.example, id_authority: 'feeds.example'}\n"
)

# How long an example takes says more of the machine than of what it tries.
hypothesis.settings.register_profile("on any machine", deadline=None)
hypothesis.settings.load_profile("on any machine")

# Whoever runs the tests, containers' root among them, runs the commands in them.
os.environ["FEEDS_ALLOW_ROOT"] = "1"

POSTGRESQL = "FEEDS_TEST_POSTGRESQL"
"""The variable with the URL of a database that the tests are to use instead of files."""

_ON_REQUEST = ("top: {entries: 0}", "compressed: false", "hosting: []", "html: {pages: false}")

# Every write is a second after the one before, whatever the clock of the file system can tell.
_FIRST_WRITE = 1_700_000_000


def quiet(stage: str, done: int, total: int) -> None:
    """Tell nobody how far the work is."""


def front_matter(fields: Mapping[str, object], body: str = "") -> str:
    """Write a document; JSON's way of writing values is one of YAML's."""
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
    return "\n".join(["---", *lines, "---", body])


def read_one(corpus: Corpus, path: str, known_digest: str = "") -> Reading:
    """Read a file, unless its bytes have the digest that is known of it."""
    (reading,) = read_all(corpus, [(path, known_digest)], lambda reading: reading)
    return reading


def fields_of(value: object) -> Any:  # noqa: ANN401 - a mapping of a value of the model
    """Give a value of the model as mappings by the names of fields, down to the last one."""
    if isinstance(value, tuple):
        return tuple(map(fields_of, value))
    if names := getattr(value, "__struct_fields__", ()):
        return {name: fields_of(getattr(value, name)) for name in names}
    return value


def files_of(folder: Path) -> dict[str, bytes]:
    """Give the bytes of every file below a directory, by path."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def stamps_of(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Give what tells that a file was written: inode, size and time, by path."""
    return {
        file.relative_to(folder).as_posix(): (status.st_ino, status.st_size, status.st_mtime_ns)
        for file in sorted(folder.rglob("*"))
        if (status := file.lstat())
    }


def database_for(folder: Path) -> Database | None:
    """Give the database that the tests are to use, if any, with a schema for a directory."""
    url, name = os.environ.get(POSTGRESQL), sha256(os.fsencode(folder)).hexdigest()[:20]
    return database(f"{url}{'&' if '?' in url else '?'}schema=test_{name}") if url else None


@dataclass
class Workshop:
    """A corpus, a configuration, a publication and a catalog below one directory.

    Each build is like one of a new process, unless something is `carried` from one to the next.
    """

    root: Path
    configuration: Configuration = field(default_factory=Configuration)
    base_url: str | None = None
    revision: str = "tests"
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    writes: int = 0
    carried: Carried | None = None

    def __post_init__(self) -> None:
        self.corpus.mkdir(parents=True)
        self.configure()

    @property
    def corpus(self) -> Path:
        """The directory of the documents."""
        return self.root / "corpus"

    @property
    def output(self) -> Path:
        """The directory that is published."""
        return self.root / "output"

    @property
    def state(self) -> Path:
        """The directory of the catalog."""
        return self.root / "state"

    @property
    def kept(self) -> State:
        """Where the state is: in that directory, or in a schema of a database for this workshop."""
        return State(self.state, self.database)

    @property
    def database(self) -> Database | None:
        """The database that the tests are to use, if any, with a schema of this workshop's own."""
        return database_for(self.root)

    @property
    def placed(self) -> Configuration:
        """The configuration with what says where all is."""
        state = self.database or self.state
        return replace(self.configuration, output=self.output, state=state, local=self.state)

    @property
    def catalog(self) -> Path:
        """The file of the catalog."""
        if self.database:
            pytest.skip("looks at the file of a catalog")
        return self.state / "catalog.sqlite"

    def configure(self, text: str = "") -> None:
        """Read a configuration; a site is put before it where it has none.

        What there is of each week is published only where it is asked for, since it depends on
        the day and not on the corpus alone; and so are pages, and what is for web servers only.
        """
        text = text if "site:" in text else SITE + text
        for line in _ON_REQUEST:
            if not re.search(f"^{line.partition(':')[0]}:", text, re.MULTILINE):
                text = f"{text}\n{line}\n"
        self.configuration = parse_configuration(text, origin="feeds.yaml", folder=self.root)

    # --- Documents -----------------------------------------------------------------

    def write(self, path: str, text: str) -> None:
        """Write a file of the corpus."""
        file = self.corpus / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self.touch(path)

    def touch(self, path: str) -> None:
        """Give a file a time of modification that no file had before."""
        self.writes += 1
        os.utime(self.corpus / path, (_FIRST_WRITE + self.writes,) * 2)

    def news(self, path: str, **fields: object) -> None:
        """Write a document of the news dialect, its fields as usual unless they are given.

        As usual no two documents have a word in common, so that none is about the other's story.
        """
        name = path.removesuffix(".md")
        word = name.replace("/", "_")
        domain = fields.pop("domain", "paper.example")
        usual = {
            "title": f"Title_of_{word}",
            "excerpt": f"Excerpt_of_{word}.",
            "publishedDateTime": "2026-10-01T08:00:00Z",
            "webUrl": f"https://{domain}/{name}",
            "published": True,
            "provider": {"name": fields.pop("provider_name", "The Paper"), "domain": domain},
            "topics": ["Energy"],
        }
        self._document(path, usual | fields)

    def topics(self, *topics: str) -> None:
        """Write one more document, which has these topics."""
        self.news(f"{len(self.documents)}.md", topics=list(topics))

    def curated(self, path: str, body: str = "<p>Body.</p>", **fields: object) -> None:
        """Write a document of the curated dialect."""
        name = path.removesuffix(".md")
        word = name.replace("/", "_")
        usual = {
            "archetype": "curated",
            "title": f"Title_of_{word}",
            "description": f"Excerpt_of_{word}.",
            "date": "2026-10-01T08:00:00Z",
            "link": {
                "brand": "The Review",
                "domain": "review.example",
                "href": f"https://review.example/{name}",
            },
            "categoryLabel": ["Energy"],
            "published": True,
        }
        self._document(path, usual | fields | {"_body": body})

    def edit(self, path: str, **fields: object) -> None:
        """Write a document again with some fields changed, and without those that are None."""
        changed = self.documents[path] | fields
        self._document(path, {key: value for key, value in changed.items() if value is not None})

    def move(self, path: str, to: str) -> None:
        """Move a document as it is."""
        target = self.corpus / to
        target.parent.mkdir(parents=True, exist_ok=True)
        (self.corpus / path).rename(target)
        self.documents[to] = self.documents.pop(path)

    def delete(self, path: str) -> None:
        """Delete a document."""
        (self.corpus / path).unlink()
        del self.documents[path]

    def _document(self, path: str, fields: dict[str, Any]) -> None:
        self.documents[path] = fields
        written = {key: value for key, value in fields.items() if key != "_body"}
        self.write(path, front_matter(written, fields.get("_body", "")))

    # --- Cycles --------------------------------------------------------------------

    def plan(self, now: datetime = NOW, **changes: object) -> Plan:
        """Put together what a cycle works on."""
        configuration = self.configuration
        rules = ReadingRules(
            dialects=load_dialects(None),
            limits=configuration.limits,
            time_zone=configuration.time_zone,
            site_url=configuration.site.base_url,
            horizon=now + 400 * DAY,
            base_url=self.base_url,
            refers=configuration.related.limit > 0,
        )
        plan = Plan(
            configuration=configuration,
            corpora=(Corpus(DirectorySource(self.corpus), "", rules),),
            destination=DirectoryDestination(self.output),
            state=self.kept,
            revision=self.revision,
        )
        if isinstance(folder := changes.get("state"), Path):
            changes["state"] = State(folder)
        if self.carried and changes.keys().isdisjoint({"state", "destination"}):
            plan = replace(plan, carried=self.carried)
        return replace(plan, **changes)

    def build(self, now: datetime = NOW, **changes: object) -> Report:
        """Run a cycle."""
        return refresh(self.plan(now, **changes), now, quiet)

    def afresh(self, now: datetime = NOW) -> dict[str, bytes]:
        """Give what a build of the same corpus from an empty catalog publishes."""
        number = len(list(self.root.glob("fresh-*")))
        output, state = self.root / f"fresh-{number}" / "output", self.root / f"fresh-{number}"
        self.build(now, destination=DirectoryDestination(output), state=state, force=True)
        return files_of(output)

    # --- What is published ---------------------------------------------------------

    def files(self) -> dict[str, bytes]:
        """Give what is published, by path."""
        return files_of(self.output)

    def stamps(self) -> dict[str, tuple[int, int, int]]:
        """Give what tells that a published file was written again, by path."""
        return stamps_of(self.output)

    def feed(self, stem: str = "all") -> dict[str, Any]:
        """Read a feed, in JSON since that says everything."""
        feed: dict[str, Any] = json.loads((self.output / f"{stem}.json").read_bytes())
        return feed

    def stems(self, kind: str) -> set[str]:
        """Give the stems of the feeds in a directory."""
        feeds = (self.output / kind).glob("*.json")
        return {f"{kind}/{file.name.removesuffix('.json')}" for file in feeds}

    def titles(self, stem: str = "all") -> list[str]:
        """Give the titles of a feed's entries, in their order."""
        return [item["title"] for item in self.feed(stem)["items"]]

    def ids(self, stem: str = "all") -> dict[str, str]:
        """Give the ids of a feed's entries by their titles."""
        return {item["title"]: item["id"] for item in self.feed(stem)["items"]}

    def manifest(self) -> dict[str, dict[str, Any]]:
        """Read the manifest, by path."""
        manifest = json.loads((self.output / "manifest.json").read_bytes())
        return {item["path"]: item for item in manifest["resources"]}


def is_whole(workshop: Workshop) -> bool:
    """Tell whether every file is what the manifest says, and there is none besides."""
    manifest = workshop.manifest()
    files = workshop.files()
    return files.keys() == manifest.keys() | {"manifest.json"} and all(
        (len(files[path]), sha256(files[path]).hexdigest()) == (item["size"], item["sha256"])
        for path, item in manifest.items()
    )


def in_formats(*stems: str) -> set[str]:
    """Give the paths of feeds in all formats."""
    return {f"{stem}.{suffix}" for stem in stems for suffix in ("atom", "rss", "json")}


def in_archives(*stems: str, month: str = "2026-10") -> set[str]:
    """Give the paths of a month's documents in the archives of feeds."""
    return {f"{stem}/archive/{month}.atom" for stem in stems}


def written(report: Report) -> set[str]:
    """Give the paths that a cycle wrote."""
    return {*report.added, *report.changed}


def rewritten(report: Report) -> set[str]:
    """Give the paths of feeds and lists that a cycle wrote, archives aside."""
    return {path for path in written(report) if "/archive/" not in path}


@pytest.fixture
def in_files() -> None:
    """Leave out a test that is about files of SQLite, where the tests use a database."""
    if os.environ.get(POSTGRESQL):
        pytest.skip("is about files of SQLite")


@pytest.fixture
def kept(tmp_path: Path) -> State:
    """Give a state that is in no workshop."""
    return State(tmp_path, database_for(tmp_path))


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """Give an empty workshop."""
    return Workshop(tmp_path)
