"""A publication in a bucket is what a directory has, whoever publishes it and whatever happens."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import obstore
import pytest
from conftest import DAY, NOW, Workshop, files_of
from databases import PostgreSQL
from obstore.store import from_url
from proxies import Counting
from stores import Rclone, Server
from test_refresh_golden import NOW as GOLDEN_NOW, built

from feeds.config.state import State
from feeds.errors import Superseded
from feeds.model import Published, database
from feeds.publish.bucket import BucketDestination
from feeds.publish.destination import NotShown, Shown
from feeds.publish.listing import load_listing
from feeds.publish.record import (
    INTENTS,
    PROBES,
    RECORD,
    REGISTERS,
    REPLACED,
    dump_intent,
    load_record,
)
from feeds.refresh.carried import Carried
from feeds.refresh.places import destination_of
from feeds.store import Store, Unconditional, open_store, probe

MINUTE = timedelta(minutes=1)
# Of these there is a number for each publication, not for each object: what is asked for before,
# what is noted for whoever comes after, and the record.
MOST_BESIDES = 25


class Bucket:
    """A place in a bucket, what time it is there, and a workshop that publishes to it."""

    def __init__(self, address: str, workshop: Workshop) -> None:
        self.address = address
        self.workshop = workshop
        self.now = NOW
        self.store: Store = open_store(address)

    def destination(self, token: int = 0) -> BucketDestination:
        """Give the place to a new publisher, or to who reads what is published."""
        configuration = replace(
            self.workshop.configuration, output=self.address, state=self.workshop.root / "scratch"
        )
        destination = destination_of(configuration, lambda: self.now)
        assert isinstance(destination, BucketDestination)
        destination.token = token
        return destination

    def build(self, destination: BucketDestination | None = None, **changes: object) -> Any:  # noqa: ANN401 - a report
        """Run a cycle a minute after the one before."""
        self.now += MINUTE
        return self.workshop.build(
            self.now, destination=destination or self.destination(), **changes
        )

    def files(self) -> dict[str, bytes]:
        """Give what is there for readers, by key."""
        keys = [each.key for each in self.store.objects() if not each.key.startswith(".feeds/")]
        return {key: self.store.get(key) or b"" for key in keys}

    def keys(self, folder: str) -> list[str]:
        """Give the keys of what is there for publishers, or servers."""
        return [each.key for each in self.store.objects(folder)]


def readable(shown: Shown) -> dict[str, bytes | None]:
    """Give the bytes of all that a manifest speaks of, as a server reads them."""
    return {entry.path: shown.read(entry) for entry in load_listing(shown.manifest)}


def without_manifest(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Leave out what says when bytes came that had been replaced by others."""
    return {path: body for path, body in files.items() if path != "manifest.json"}


def is_whole(shown: Shown) -> bool:
    """Tell whether a server finds all that a manifest speaks of."""
    return None not in readable(shown).values()


def said(bucket: Bucket, key: str) -> Mapping[str, str]:
    """Give what the store says of an object."""
    return {**obstore.get(from_url(bucket.address), key).attributes}


@pytest.fixture(params=["ceph", "moto"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Give each store that heeds conditions, as the environment of this process has it."""
    found: Server = request.getfixturevalue(request.param)
    for name, value in found.environment().items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture
def bucket(server: Server, workshop: Workshop) -> Bucket:  # noqa: ARG001 - the environment is its
    """Give an empty place in a bucket, and a corpus of three articles."""
    for name in ("one", "two", "three"):
        workshop.news(f"{name}.md", topics=[f"About {name}"])
    return Bucket(f"s3://feeds/{uuid4().hex}", workshop)


# --- What is there -------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> State:
    """Give each place where a catalog can be, with nothing in it."""
    if request.param == "sqlite":
        return State(tmp_path / "state")
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return State(tmp_path / "state", database(f"{server.url}?schema=t{uuid4().hex}"))


@pytest.mark.usefixtures("server")
def test_the_golden_tree_is_the_same(tmp_path: Path, state: State) -> None:
    """A bucket has, byte for byte, what a directory has, wherever the catalog is."""
    workshop = built(tmp_path / "golden")
    bucket = Bucket(f"s3://feeds/{uuid4().hex}", workshop)
    destination = bucket.destination()
    workshop.build(GOLDEN_NOW, destination=destination, state=state)
    assert bucket.files() == files_of(workshop.output)
    again = workshop.build(GOLDEN_NOW, destination=bucket.destination(), state=state)
    assert (again.added, again.changed, again.deleted) == ((), (), ())


@pytest.mark.case(69)
def test_objects_say_what_they_are(bucket: Bucket) -> None:
    """The store says of each object its type, for how long it is fresh, and how it is coded."""
    bucket.workshop.configure("compressed: true\nserver: {max_age: 77}")
    bucket.build()
    feed, coded = said(bucket, "all.atom"), said(bucket, "all.atom.gz")
    assert feed["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert feed["Cache-Control"].startswith("max-age=77")
    assert feed["sha256"] == sha256(bucket.store.get("all.atom") or b"").hexdigest()
    assert "Content-Encoding" not in feed
    assert coded["Content-Encoding"] == "gzip"
    assert coded["Content-Type"] == feed["Content-Type"]


def test_what_is_said_of_objects_follows_the_configuration(bucket: Bucket) -> None:
    """Where freshness is configured anew, all objects say so, and bytes and manifest stay."""
    bucket.build()
    before = bucket.files()
    bucket.workshop.configure("server: {max_age: 77}")
    bucket.build()
    assert bucket.files() == before
    assert all(said(bucket, key)["Cache-Control"].startswith("max-age=") for key in before)
    assert said(bucket, "topics/about-one.rss")["Cache-Control"].startswith("max-age=77")


def test_a_former_address_leads_on(bucket: Bucket) -> None:
    """Where a feed was, there is a page that leads on, and the store says where to."""
    bucket.build()
    bucket.workshop.configure("moved: {topics/about-one: {to: topics/about-two}}")
    bucket.build()
    page = (bucket.store.get("topics/about-one.atom") or b"").decode()
    assert 'href="https://feeds.example/topics/about-two.atom"' in page
    fields = said(bucket, "topics/about-one.atom")
    assert fields["redirect-location"] == "https://feeds.example/topics/about-two.atom"
    assert fields["redirect-status"] == "301"
    bucket.workshop.configure()
    bucket.build()
    assert b"<feed" in (bucket.store.get("topics/about-one.atom") or b"")


def test_an_edit_sends_what_changed(
    server: Server, bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an edit among many documents, nothing is sent but what it changes and what notes it."""
    workshop = bucket.workshop
    for number in range(120):
        workshop.news(f"more/{number}.md", topics=[f"Topic {number}"])
    workshop.carried = Carried()
    with Counting(tmp_path / "counting", server.url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        destination = bucket.destination()
        bucket.build(destination, carried=workshop.carried)
        proxy.asked()
        workshop.edit("more/7.md", title="Another title")
        report = bucket.build(destination, carried=workshop.carried)
        asked = proxy.asked()
    sent = [each for each in asked if each.method == "PUT" and "/.feeds/" not in each.path]
    paths = {each.path.partition(f"{bucket.address.rpartition('/')[2]}/")[2] for each in sent}
    assert paths == {*report.changed, *report.added, "manifest.json"}
    assert len(asked) <= 2 * len(paths) + MOST_BESIDES
    assert len(paths) < 20


@pytest.mark.case(68)
def test_a_store_that_ignores_conditions_is_refused(
    rclone: Rclone, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where two publishers would overwrite each other, nothing is published."""
    for name, value in rclone.environment().items():
        monkeypatch.setenv(name, value)
    workshop.news("one.md")
    bucket = Bucket(f"s3://feeds/{uuid4().hex}", workshop)
    with pytest.raises(Unconditional, match="ignores If-Match and If-None-Match"):
        bucket.build()
    assert bucket.files() == {}


# --- While it changes ----------------------------------------------------------------


def test_what_is_new_begins_at_one_instant(bucket: Bucket) -> None:
    """Servers that look at different times answer by the same publication at each of them."""
    bucket.build()
    bucket.now += MINUTE
    early = bucket.destination()
    first = early.shown()[0].manifest
    bucket.workshop.edit("one.md", title="Changed")
    bucket.workshop.build(bucket.now, destination=bucket.destination())
    late = bucket.destination()
    assert early.stamp() is not None
    bucket.now += timedelta(seconds=3)
    assert early.stamp() == late.stamp()
    for server in (early, late):
        now, *later = server.shown()
        assert now.manifest == first
        assert [each.begins - bucket.now for each in later] == [timedelta(seconds=1)]
        assert all(map(is_whole, (now, *later)))
    bucket.now += timedelta(seconds=1)
    (only,) = late.shown()
    assert only.manifest == early.shown()[0].manifest == bucket.store.get("manifest.json")


def test_what_is_withdrawn_is_gone(bucket: Bucket) -> None:
    """A key goes with its publication; who has the one before reads it for a day, nobody longer."""
    bucket.build()
    before = bucket.destination().shown()[0]
    bucket.workshop.configure("formats: [atom, json]")
    report = bucket.build()
    assert "all.rss" in report.deleted
    assert set(report.deleted).isdisjoint(bucket.files())
    assert is_whole(before)
    dead = [f"{REGISTERS}/0-dead", f"{PROBES}/dead"]
    for key in dead:
        bucket.store.create(key, b"left by who was killed", {})
    kept = [*bucket.keys(REPLACED), *dead]
    # Stores have clocks of their own.
    bucket.now = datetime.now(UTC) + 2 * DAY
    bucket.workshop.edit("two.md", title="Changed")
    bucket.build()
    assert set(kept).isdisjoint(bucket.keys(".feeds"))
    assert is_whole(bucket.destination().shown()[-1])


def test_nothing_is_shown_before_anything_is_published(bucket: Bucket) -> None:
    """A server that comes before the first publication has none."""
    reader = bucket.destination()
    assert reader.stamp() is None
    with pytest.raises(NotShown):
        reader.shown()


# --- Two publishers ------------------------------------------------------------------


@pytest.mark.case(44, 71)
def test_who_has_lost_its_place_stops(bucket: Bucket) -> None:
    """A publisher writes no more once another with a higher token has begun."""
    bucket.build(bucket.destination(token=1))
    late = bucket.destination(token=1)
    bucket.workshop.edit("one.md", title="Late")
    with late.publishing() as staging:
        bucket.workshop.edit("two.md", title="Changed")
        bucket.build(bucket.destination(token=2))
        before = bucket.files()
        entry = load_listing(late.shown()[0].manifest).find("all.atom")
        assert entry is not None
        staging.stage_parts("manifest.json", [bucket.store.get("manifest.json") or b""], NOW)
        with pytest.raises(Superseded):
            staging.publish(("manifest.json",), ())
    assert bucket.files() == before
    with pytest.raises(Superseded):
        late.prepare()


@pytest.mark.case(44, 71)
def test_who_begins_after_another_is_superseded(bucket: Bucket) -> None:
    """What a publisher with a higher token is about to write, one with a lower leaves alone."""
    bucket.build(bucket.destination(token=1))
    bucket.store.create(f"{INTENTS}/2-other", dump_intent(["all.atom"]), {})
    bucket.workshop.edit("one.md", title="Changed")
    before = bucket.files()
    with pytest.raises(Superseded):
        bucket.build(bucket.destination(token=1))
    assert bucket.files() == before


@pytest.mark.case(70)
def test_what_was_interrupted_is_finished(bucket: Bucket) -> None:
    """What another publisher had written of a publication is what its successor makes of it."""
    bucket.build(bucket.destination(token=1))
    bucket.store.create(f"{INTENTS}/1-dead", dump_intent(["all.atom", "stray.atom"]), {})
    overwrite(bucket, "all.atom", b"half")
    bucket.store.create("stray.atom", b"of no publication", {})
    bucket.build(bucket.destination(token=2))
    assert is_whole(bucket.destination().shown()[-1])
    assert b"half" not in bucket.files().values()
    assert "stray.atom" not in bucket.files()
    assert bucket.keys(INTENTS) == []


@pytest.mark.case(70)
def test_what_a_late_request_writes_is_mended(bucket: Bucket) -> None:
    """A request that was on its way when its publisher lost its place harms nothing for long."""
    bucket.build(bucket.destination(token=1))
    bucket.store.create(f"{INTENTS}/1-paused", dump_intent(["all.atom", "stray.atom"]), {})
    leader = bucket.destination(token=2)
    bucket.build(leader)
    before = bucket.files()
    overwrite(bucket, "all.atom", b"late")
    bucket.store.create("stray.atom", b"late", {})
    shown = bucket.destination().shown()[0]
    assert "all.atom" not in {path for path, body in readable(shown).items() if body == b"late"}
    bucket.build(leader)
    assert without_manifest(bucket.files()) == without_manifest(before)
    assert load_record(bucket.store.get(RECORD) or b"").token == 2


def overwrite(bucket: Bucket, key: str, body: bytes) -> None:
    """Write over an object, whatever is there."""
    found = bucket.store.fetch(key)
    assert found is not None
    probed = open_store(bucket.address)
    probe(probed, ".feeds/probe")
    probed.replace(key, body, {}, found.version)


def test_only_what_is_needed_is_kept(bucket: Bucket) -> None:
    """After any number of publications there is one record, one register and no intent."""
    for number in range(3):
        bucket.workshop.edit("one.md", title=f"Title {number}")
        bucket.build()
    assert len(bucket.keys(REGISTERS)) == 1
    assert bucket.keys(INTENTS) == []
    record = json.loads(bucket.store.get(RECORD) or b"")
    assert record["register"] == bucket.keys(REGISTERS)[0]


def test_a_lost_object_is_written_again(bucket: Bucket) -> None:
    """What somebody has deleted or written over is there again after the next build."""
    bucket.build()
    before = bucket.files()
    bucket.store.delete(["all.atom"])
    overwrite(bucket, "all.rss", b"by hand")
    bucket.build()
    assert without_manifest(bucket.files()) == without_manifest(before)


def test_a_lost_catalog_costs_nothing(bucket: Bucket, tmp_path: Path) -> None:
    """From an empty catalog, everything keeps its validators."""
    bucket.build()
    before = bucket.files()
    report = bucket.build(state=tmp_path / "empty")
    assert bucket.files() == before
    assert report.changed == report.added == ()


def test_an_entry_is_read_by_its_digest(bucket: Bucket) -> None:
    """What lies under a key and is not what the manifest says is not given to anybody."""
    bucket.build()
    (shown,) = bucket.destination().shown()
    entry = load_listing(shown.manifest).find("all.atom")
    assert isinstance(entry, Published)
    overwrite(bucket, "all.atom", b"x" * entry.size)
    assert shown.read(entry) is None
