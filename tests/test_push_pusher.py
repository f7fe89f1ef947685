"""Hubs and caches are told what has changed, by real requests and commands."""

import json
import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Workshop, in_formats
from hub import Hub, listening

import feeds
from feeds.model import PushStatus
from feeds.push.pusher import Pusher
from feeds.push.talk import Moment
from feeds.push.telling import push_status

BASE = "https://feeds.example"
START = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ONE = in_formats("all", "topics/energy", "providers/paper.example")
"""The feeds of a document as usual."""


@dataclass
class Shop:
    """A workshop with two documents, and what tells of its publication by a clock of its own."""

    workshop: Workshop
    now: datetime = START
    patience: float = 15.0
    environment: Mapping[str, str] = field(default_factory=dict)

    def publish(self, **fields: object) -> None:
        """Edit a document and publish that."""
        self.workshop.edit("a.md", **fields)
        self.workshop.build()

    def begun(self) -> Pusher:
        """Give what a process that begins tells by."""
        moment = Moment(lambda: self.now, lambda: 1.0)
        workshop = self.workshop
        pusher = Pusher(
            workshop.configuration,
            workshop.root,
            self.environment,
            moment,
            patience=self.patience,
        )
        pusher.look()
        return pusher

    def push(self) -> Pusher:
        """Begin, and tell what is due until nothing is."""
        pusher = self.begun()
        while pusher.is_due:
            pusher.work()
        return pusher

    @property
    def status(self) -> PushStatus:
        """How all stand."""
        return push_status(self.workshop.configuration)


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give a hub that answers well."""
    with listening() as hub:
        yield hub


def opened(workshop: Workshop, text: str) -> Shop:
    """Publish two documents under a configuration, and have that seen."""
    workshop.configure(text)
    workshop.news("a.md")
    workshop.news("b.md", topics=["Rail"], domain="other.example", provider_name="Other")
    workshop.build()
    shop = Shop(workshop)
    shop.push()
    return shop


def with_hubs(workshop: Workshop, *urls: str) -> Shop:
    return opened(workshop, f"site: {{base_url: {BASE}, hubs: {json.dumps(urls)}}}\n")


def addresses(paths: set[str]) -> list[str]:
    return sorted(f"{BASE}/{path}" for path in paths)


# --- What is told -------------------------------------------------------------------------


def test_what_is_seen_first_is_told_to_nobody(workshop: Workshop, hub: Hub) -> None:
    """A hub begins with nothing, however much there is, and however often it is looked at."""
    shop = with_hubs(workshop, hub.url)
    shop.push()
    assert hub.told == []
    assert shop.status.waiting == 0


def test_exactly_the_feeds_that_changed_are_told(workshop: Workshop, hub: Hub) -> None:
    """Each in its own request, whose form hubs of all kinds understand; and each once."""
    shop = with_hubs(workshop, hub.url)
    before = workshop.manifest()
    shop.publish(title="Other")
    shop.push()
    assert hub.pinged == addresses(ONE)
    changed = {
        path
        for path, item in workshop.manifest().items()
        if item["sha256"] != before[path]["sha256"]
    }
    assert changed > ONE
    assert any("/archive/" in path for path in changed)
    for told in hub.told:
        form = told.form
        assert (told.method, form.pop("hub.mode")) == ("POST", ["publish"])
        assert form == {"hub.url": form["hub.url"], "hub.topic": form["hub.url"]}
        assert told.headers["content-type"] == "application/x-www-form-urlencoded"
        assert told.headers["user-agent"] == f"feeds/{feeds.__version__} (+{BASE}/)"
    shop.push()
    assert len(hub.told) == len(ONE)


def test_a_feed_that_comes_is_told_and_one_that_is_no_other_is_not(
    workshop: Workshop, hub: Hub
) -> None:
    """What is built again without a change, in whatever process, is no news."""
    shop = with_hubs(workshop, hub.url)
    workshop.build(force=True)
    assert not shop.push().queue.hubs[hub.url].sent
    workshop.news("c.md", topics=["Rail", "Moss"], domain="other.example", provider_name="Other")
    workshop.build()
    shop.push()
    assert hub.pinged == addresses(
        in_formats("all", "topics/rail", "topics/moss", "providers/other.example")
    )


def test_several_changes_are_told_as_one(workshop: Workshop, hub: Hub) -> None:
    """Also of those who waited already, since a process that ended had put them there."""
    shop = with_hubs(workshop, hub.url)
    for title in ("One", "Two", "Three"):
        shop.publish(title=title)
    shop.begun()
    shop.publish(title="Four")
    shop.push()
    assert hub.pinged == addresses(ONE)


def test_a_change_that_is_taken_back_between_two_looks_is_none(
    workshop: Workshop, hub: Hub
) -> None:
    """What is told of is a difference, not what happened."""
    shop = with_hubs(workshop, hub.url)
    shop.publish(title="One")
    shop.publish(title="Title_of_a")
    shop.push()
    assert hub.told == []


def test_a_hub_that_is_configured_later_begins_with_nothing(workshop: Workshop, hub: Hub) -> None:
    """The other one has still to be told what waited for it."""
    with listening() as other:
        shop = with_hubs(workshop, hub.url)
        hub.answer = "500"
        shop.publish(title="One")
        shop.push()
        both = f"site: {{base_url: {BASE}, hubs: {json.dumps([hub.url, other.url])}}}\n"
        workshop.configure(both)
        hub.answer = "well"
        shop.now += HOUR
        hub.told.clear()
        shop.push()
        assert (hub.pinged, other.pinged) == (addresses(ONE), [])


def test_nothing_is_lost_with_a_process(workshop: Workshop, hub: Hub) -> None:
    """Who ends after the queue is kept, and before what was seen is, does not tell twice."""
    shop = with_hubs(workshop, hub.url)
    seen = workshop.configuration.state_directory / "push/manifest.json"
    before = seen.read_bytes()
    shop.publish(title="One")
    shop.begun()
    assert shop.status.waiting == len(ONE)
    seen.write_bytes(before)
    shop.push()
    assert hub.pinged == addresses(ONE)


@pytest.mark.parametrize("name", ["manifest.json", "queue.json"])
@pytest.mark.parametrize("damage", ["", "{", None])
def test_what_is_lost_is_begun_anew(
    workshop: Workshop, hub: Hub, name: str, damage: str | None
) -> None:
    """Whichever file is gone or is none: nobody is told of everything, and then all goes on."""
    shop = with_hubs(workshop, hub.url)
    file = workshop.configuration.state_directory / "push" / name
    if damage is None:
        file.unlink()
    else:
        file.write_text(damage, encoding="utf-8")
    shop.publish(title="One")
    shop.push()
    assert hub.told == []
    shop.publish(title="Two")
    shop.push()
    assert hub.pinged == addresses(ONE)


# --- Hubs that do not do as they should ---------------------------------------------------


@pytest.mark.case(67)
def test_a_hub_that_is_down_costs_one_try(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    """All feeds wait with the first; when it is there again, a later process tells it."""
    with listening() as gone:
        port = gone.port
    caplog.set_level(logging.INFO, "feeds")
    shop = with_hubs(workshop, f"http://127.0.0.1:{port}/")
    shop.publish(title="One")
    shop.push()
    [told] = shop.status.hubs
    assert (told.waiting, told.failures, told.sent) == (len(ONE), 1, 0)
    assert told.last_problem.startswith("cannot be asked: ")
    shop.now += HOUR
    shop.push()
    assert shop.status.hubs[0].failures == 2
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    with listening(port=port) as hub:
        shop.push()
        assert hub.told == []
        shop.now += HOUR
        shop.push()
        assert hub.pinged == addresses(ONE)
    assert caplog.records[-1].getMessage() == f"told {hub.url} of {len(ONE)} changes"


@pytest.mark.case(67)
@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("500", 'answered 500: "out of order"'),
        ("later", "answered 429"),
        ("slowly", "did not answer in 0.5 seconds"),
    ],
)
def test_a_hub_that_cannot_is_asked_later(
    workshop: Workshop, hub: Hub, answer: str, problem: str
) -> None:
    """One try, then all wait; however slowly it answers, that takes no longer than it may."""
    shop = with_hubs(workshop, hub.url)
    hub.answer, shop.patience = answer, 0.5 if answer == "slowly" else 15.0
    shop.publish(title="One")
    shop.push()
    [told] = shop.status.hubs
    assert len(hub.told) == 1
    assert told.waiting == len(ONE)
    assert told.last_problem == problem
    hub.answer, shop.patience = "well", 15.0
    hub.told.clear()
    shop.now += HOUR
    shop.push()
    assert hub.pinged == addresses(ONE)


def test_who_says_when_to_come_again_is_not_asked_before(workshop: Workshop, hub: Hub) -> None:
    """Retry-After of a 429 holds for all that waits."""
    shop = with_hubs(workshop, hub.url)
    hub.answer, hub.retry_after = "later", "1800"
    shop.publish(title="One")
    shop.push()
    shop.now += timedelta(seconds=1799)
    shop.push()
    assert len(hub.told) == 1
    hub.answer = "well"
    shop.now += timedelta(seconds=1)
    shop.push()
    assert len(hub.told) == 1 + len(ONE)


@pytest.mark.case(67)
@pytest.mark.parametrize("status", [302, 307])
def test_no_redirect_is_followed(workshop: Workshop, hub: Hub, status: int) -> None:
    """Whoever a hub leads to, on a private address, is asked nothing."""
    with listening() as private:
        shop = with_hubs(workshop, hub.url)
        hub.answer, hub.redirects, hub.target = "elsewhere", status, private.url
        shop.publish(title="One")
        shop.push()
        assert private.told == []
    assert len(hub.told) == 1
    assert shop.status.hubs[0].last_problem == f"answered {status}"


@pytest.mark.case(67)
@pytest.mark.parametrize("answer", ["endlessly", "in_floods"])
def test_a_body_without_an_end_does_not_matter(workshop: Workshop, hub: Hub, answer: str) -> None:
    """A good status is one, and of what comes after it little is read, and not for long."""
    shop = opened(workshop, f"site: {{base_url: {BASE}, hubs: '{hub.url}'}}\nformats: [atom]\n")
    hub.answer = answer
    shop.publish(title="One")
    begun = time.monotonic()
    shop.push()
    assert time.monotonic() - begun < 30
    assert len(hub.told) == 3
    assert hub.taken < 3 * 16_777_216
    assert (shop.status.waiting, shop.status.hubs[0].failures) == (0, 0)


@pytest.mark.case(67)
def test_who_fails_in_the_midst_is_left_alone(workshop: Workshop, hub: Hub) -> None:
    """Whatever is under way with it comes to an end, and nothing else begins."""
    shop = with_hubs(workshop, hub.url)
    hub.answer = "for_a_while"
    workshop.topics(*map(str, range(30)))
    workshop.build()
    shop.push()
    [told] = shop.status.hubs
    assert told.sent == 3
    assert told.waiting > 90
    assert 4 <= len(hub.told) <= 7


def test_what_a_hub_refuses_is_tried_three_times(
    workshop: Workshop, hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    """Then it is given up, which is told once and stays on record."""
    shop = with_hubs(workshop, hub.url)
    hub.answer = "404"
    shop.publish(title="One")
    for _ in range(5):
        shop.push()
        shop.now += HOUR
    assert len(hub.told) == 3 * len(ONE)
    [told] = shop.status.hubs
    assert (told.waiting, told.given_up) == (0, len(ONE))
    assert told.last_problem == 'answered 404: "no such topic"'
    [record] = caplog.records
    assert "is never told of 9 changes" in record.getMessage()


def test_after_a_day_it_is_given_up(
    workshop: Workshop, hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    """A hub that is down for so long has lost what waited, and is told what comes later."""
    shop = with_hubs(workshop, hub.url)
    hub.answer = "500"
    shop.publish(title="One")
    shop.push()
    shop.now += DAY + HOUR
    shop.push()
    [told] = shop.status.hubs
    assert (told.waiting, told.given_up) == (0, len(ONE))
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
    hub.answer = "well"
    hub.told.clear()
    shop.now += HOUR
    shop.publish(title="Two")
    shop.push()
    assert hub.pinged == addresses(ONE)


@pytest.mark.case(67)
def test_one_hub_does_not_wait_for_another(workshop: Workshop, hub: Hub) -> None:
    """Each has a queue of its own."""
    with listening("slowly") as slow:
        shop = with_hubs(workshop, slow.url, hub.url)
        shop.patience = 0.5
        shop.publish(title="One")
        shop.push()
        assert hub.pinged == addresses(ONE)
        assert [told.waiting for told in shop.status.hubs] == [len(ONE), 0]


# --- Purges -------------------------------------------------------------------------------


def with_purge(workshop: Workshop, text: str, hub: Hub | None = None, more: str = "") -> Shop:
    hubs = f", hubs: '{hub.url}'" if hub else ""
    return opened(workshop, f"site: {{base_url: {BASE}{hubs}}}\npurge: {text}\n{more}")


def test_a_command_reads_what_changed(workshop: Workshop) -> None:
    """It has the URLs of all that is served and another: pages by both of theirs, and archives."""
    more = "html: {pages: true}\ncompressed: true\nhosting: [nginx]\n"
    shop = with_purge(workshop, "{command: [sh, -c, 'cat >> purged']}", more=more)
    before = workshop.manifest()
    shop.publish(title="One")
    shop.push()
    after = workshop.manifest()
    changed = {
        path for path in after if before.get(path, {}).get("sha256") != after[path]["sha256"]
    }
    assert {"all.atom", "all.atom.gz", "all/index.html", "all/archive/2026-10.atom"} <= changed
    served = {path for path in changed if not path.endswith((".gz", ".br"))}
    pages = {path.removesuffix("index.html") for path in served if path.endswith("index.html")}
    lines = (workshop.root / "purged").read_text(encoding="utf-8").splitlines()
    assert sorted(lines) == addresses(served | pages)


def test_what_goes_is_purged(workshop: Workshop) -> None:
    """Feeds that end, and addresses of which something else is said from now on."""
    shop = with_purge(workshop, "{command: [sh, -c, 'cat >> purged']}")
    workshop.delete("b.md")
    moved = "moved: {old.xml: all.rss, topics/old: topics/energy}\n"
    workshop.configure(
        f"site: {{base_url: {BASE}}}\npurge: {{command: [sh, -c, 'cat >> purged']}}\n{moved}"
    )
    workshop.build(force=True)
    shop.push()
    lines = (workshop.root / "purged").read_text(encoding="utf-8").splitlines()
    assert {f"{BASE}/old.xml", f"{BASE}/topics/old.atom"} <= set(lines)
    assert not [line for line in lines if "*" in line]


def test_caches_are_told_before_hubs(workshop: Workshop, hub: Hub) -> None:
    """A hub that fetches a feed when it is told of it gets the new one."""
    shop = with_purge(workshop, f"{{url: '{hub.url}purge'}}", hub)
    shop.publish(title="One")
    shop.push()
    assert [told.path for told in hub.told] == ["/purge"] + ["/"] * len(ONE)
    assert shop.status.purge
    assert (shop.status.purge.waiting, shop.status.waiting) == (0, 0)


def test_however_much_is_purged_hubs_are_told_after_it(workshop: Workshop, hub: Hub) -> None:
    """Also what takes more requests than are made at a time."""
    shop = with_purge(workshop, f"{{url: '{hub.url}purge', batch: 2}}", hub)
    workshop.topics(*map(str, range(40)))
    workshop.build()
    shop.push()
    paths = [told.path for told in hub.told]
    assert paths.count("/purge") > 60
    assert paths == sorted(paths, reverse=True)


def test_a_purge_that_fails_keeps_no_hub_waiting(workshop: Workshop, hub: Hub) -> None:
    """It has been tried, and is tried again with what comes to it meanwhile."""
    command = "{command: [sh, -c, 'cat >> purged; test -e well || { echo no; exit 3; }']}"
    shop = with_purge(workshop, command, hub)
    shop.publish(title="One")
    shop.push()
    assert hub.pinged == addresses(ONE)
    purge = shop.status.purge
    assert purge
    assert (purge.failures, purge.last_problem) == (1, '"sh" ended with status 3 ("no")')
    (workshop.root / "purged").unlink()
    (workshop.root / "well").touch()
    shop.publish(title="Two")
    shop.push()
    assert not (workshop.root / "purged").exists()
    assert len(hub.told) == 2 * len(ONE)
    shop.now += HOUR
    shop.push()
    lines = (workshop.root / "purged").read_text(encoding="utf-8").splitlines()
    assert {*addresses(ONE)} <= {*lines}
    assert len(lines) == len({*lines})


def test_requests_are_no_larger_than_a_service_takes(workshop: Workshop, hub: Hub) -> None:
    """Each has so many items at most, in JSON, with the fields that are configured."""
    text = (
        f"{{url: '{hub.url}', batch: 4, headers: {{Authorization: 'Bearer ${{TOKEN}}', X-Y: z}}}}"
    )
    shop = with_purge(workshop, text)
    shop.environment = {"TOKEN": "secret"}
    shop.publish(title="One")
    shop.push()
    sent = [told.json["files"] for told in hub.told]
    assert all(
        len(files) <= 4 and told.json.keys() == {"files"}
        for files, told in zip(sent, hub.told, strict=True)
    )
    assert {*addresses(ONE)} <= {file for files in sent for file in files}
    assert len(hub.told) >= 3
    for told in hub.told:
        assert told.headers["authorization"] == "Bearer secret"
        assert (told.headers["x-y"], told.headers["content-type"]) == ("z", "application/json")
    kept = (workshop.configuration.state_directory / "push/queue.json").read_text(encoding="utf-8")
    assert "secret" not in kept


def test_what_the_environment_lacks_is_a_problem(workshop: Workshop, hub: Hub) -> None:
    """Nothing is sent without it."""
    shop = with_purge(workshop, f"{{url: '{hub.url}', headers: {{A: '${{TOKEN}}'}}}}")
    shop.publish(title="One")
    shop.push()
    assert hub.told == []
    assert shop.status.purge
    assert shop.status.purge.last_problem == "needs TOKEN, which the environment does not have"


@pytest.mark.parametrize("sends", ["tags", "surrogate_keys"])
def test_tags_are_sent_once_each(workshop: Workshop, hub: Hub, sends: str) -> None:
    """A feed in all formats, its archive and its pages have one tag: its stem."""
    text = f"{{url: '{hub.url}', sends: {sends}, tags: true}}"
    shop = with_purge(workshop, text, more="html: {pages: true}\ntop: {entries: 5}\n")
    shop.publish(title="One")
    shop.push()
    assert [told.json for told in hub.told] == [
        {sends: ["all", "lists", "providers/paper.example", "topics/energy"]}
    ]


def test_a_purge_that_is_refused_is_given_up(workshop: Workshop, hub: Hub) -> None:
    """After three times, as one; what comes later is tried again."""
    shop = with_purge(workshop, f"{{url: '{hub.url}', batch: 2}}")
    hub.answer = "404"
    shop.publish(title="One")
    for _ in range(4):
        shop.push()
        shop.now += HOUR
    assert len(hub.told) == 3
    purge = shop.status.purge
    assert purge
    assert (purge.waiting, purge.given_up > len(ONE)) == (0, True)


def test_a_rehearsal_keeps_nothing(workshop: Workshop, hub: Hub) -> None:
    """It sees what waits, and another process finds all as it was."""
    shop = with_hubs(workshop, hub.url)
    shop.publish(title="One")
    folder = workshop.configuration.state_directory / "push"
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    moment = Moment(lambda: START, lambda: 1.0)
    pusher = Pusher(workshop.configuration, Path(), {}, moment, rehearsal=True)
    pusher.look()
    assert sorted(pusher.queue.hubs[hub.url].waiting) == sorted(ONE)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_where_nothing_can_be_kept_nobody_is_told(workshop: Workshop, hub: Hub) -> None:
    """Else they would be told the same again and again, for as long as a disk is full."""
    shop = with_hubs(workshop, hub.url)
    shop.publish(title="One")
    shop.begun()
    undone = workshop.configuration.state_directory / "push/queue.json.part"
    undone.mkdir()
    for _ in range(2):
        with pytest.raises(OSError, match=r"queue\.json\.part"):
            shop.push()
    assert hub.told == []
    undone.rmdir()
    shop.push()
    assert hub.pinged == addresses(ONE)
