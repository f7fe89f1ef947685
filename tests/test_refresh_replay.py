"""A history as its subscribers see it: what a feed reader shows as new is what is new.

`reader` (https://reader.readthedocs.io) polls one publication over HTTP after each state of
`HISTORY`, which is all of this test that needs to change when entries say something else.
"""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest
from conftest import DAY, NOW, Workshop
from reader import EntryUpdateStatus, Reader, UpdatedFeed, make_reader
from starlette.types import Message, Receive, Scope, Send

from feeds.catalog import histories_in
from feeds.config import Configuration, Server
from feeds.config.state import State as Keeping
from feeds.formats import feed_formats
from feeds.publish.policy import Policy
from feeds.serve.app import FeedsApp
from feeds.serve.publication import Publication, Terms
from feeds.serve.served import Served
from feeds.serve.server import HttpServer

STEMS = {"all": "all", "topic": "topics/energy", "provider": "providers/paper.example"}
SUFFIXES = ("atom", "rss", "json")
PATHS = {(feed, end): f"/{stem}.{end}" for feed, stem in STEMS.items() for end in SUFFIXES}
HOUR = timedelta(hours=1)
# Stories have a replay of their own (test_refresh_stories.py).
NO_STORIES = {"all": False, "topics": False}
PATIENCE = 10.0


# --- The publisher -------------------------------------------------------------------


@dataclass
class Newsroom(Workshop):
    """A workshop with settings, a second corpus and a time, which goes on by an hour a state."""

    now: datetime = NOW
    settings: dict[str, Any] = field(default_factory=lambda: {"stories": NO_STORIES})
    second: Workshop | None = None
    is_moving: bool = False

    def add(self, path: str, title: str, excerpt: str, **fields: object) -> None:
        """Write a document of the paper about energy, unless `fields` say otherwise."""
        self.news(path, title=title, excerpt=excerpt, **fields)

    def set(self, **settings: object) -> None:
        """Change settings; one that is None is taken out."""
        self.settings |= settings

    def wait(self, days: int) -> None:
        """Let it be so many days after the beginning."""
        self.now = NOW + days * DAY

    def upgrade(self) -> None:
        """Let another version of the program be at work."""
        self.revision = "another"

    def relocate(self) -> None:
        """Let the site be at another host from the next cycle on."""
        self.is_moving = True

    def open_second_corpus(self) -> Workshop:
        """Give another directory, whose documents are published besides."""
        self.second = Workshop(self.root / "second")
        return self.second

    def publish(self, url: str) -> None:
        """Run one cycle for a site at a URL."""
        self.now += HOUR
        site = {"title": "Example News", "base_url": url, "id_authority": "feeds.example"}
        given = {"site": site} | self.settings
        lines = [f"{key}: {json.dumps(value)}" for key, value in given.items() if value is not None]
        self.configure("\n".join(lines))
        corpora = self.plan(self.now).corpora
        if self.second:
            [second] = self.second.plan(self.now).corpora
            corpora += (replace(second, prefix="second/"),)
        self.build(self.now, corpora=corpora)


# --- The history ---------------------------------------------------------------------


class Names(NamedTuple):
    """Articles of each of three feeds, by their first paths without suffix, or by their own ids."""

    all: str = ""
    topic: str = ""
    provider: str = ""

    def ids(self, feed: str) -> set[str]:
        """Give the ids that the articles of a feed have for ever."""
        return {identifier(name) for name in getattr(self, feed).split()}


def identifier(name: str) -> str:
    """Give the id of an article, which comes from where it first was."""
    return name if ":" in name else f"tag:feeds.example,2026:{name}.md"


def everywhere(names: str) -> Names:
    """Give articles that are in all three feeds."""
    return Names(names, names, names)


NONE = Names()

# The second article at a path has a digest of its address in its id.
SUCCESSOR = "tag:feeds.example,2026:comet.md;f44e3923"


@dataclass(frozen=True)
class State:
    """What happens to a publication, and what each of its feeds' subscribers should see of it.

    `new` and `modified` are what a reader shows as such, `gone` and `back` what leaves the
    document and returns to it. `only_dated` says that nothing but a date of modification
    changed, which RSS does not tell; `silent` that no byte of any feed is another.
    """

    sentence: str
    change: Callable[[Newsroom], None]
    new: Names = NONE
    modified: Names = NONE
    gone: Names = NONE
    back: Names = NONE
    only_dated: bool = False
    silent: bool = False

    def modified_in(self, feed: str, suffix: str) -> set[str]:
        """Give the ids of what a reader of a feed in one format shows as modified."""
        return set() if self.only_dated and suffix == "rss" else self.modified.ids(feed)


def begin(room: Newsroom) -> None:
    """Write the first five documents, in two dialects."""
    room.add("wind.md", "Turbines off Esbjerg outlast their warranty", "Gearboxes got few repairs.")
    room.add(
        "tide.md",
        "Barrage at Rance turns sixty",
        "Concrete withstood brine.",
        webUrl="http://paper.example/tide",
    )
    room.add("glacier.md", "Alpine huts move uphill", "Permafrost thaws below.", topics=["Climate"])
    room.add(
        "algae.md",
        "Pond scum drives a bus",
        "Fuel brews in tanks.",
        domain="review.example",
        provider_name="The Review",
    )
    room.curated(
        "violin.md",
        body="<p>Luthiers of Cremona disagree.</p>",
        title="A Stradivarius is lent",
        description="Strings were gut once.",
        categoryLabel=["Music"],
        guid="urn:example:violin",
    )


def relate(room: Newsroom, **names: list[str]) -> None:
    """Give documents lists of related items that are not in the corpus."""
    for article, others in names.items():
        items = [{"title": name, "webUrl": f"https://other.example/{name}"} for name in others]
        room.edit(f"{article}.md", related=items)


def churn(room: Newsroom) -> None:
    """Let the publisher's pipeline encrypt and weigh everything anew."""
    for number, path in enumerate(["wind.md", "tide.md", "glacier.md", "algae.md"]):
        room.edit(path, secured={"data": f"{room.now:%H}{number}" * 20}, heat=number - 1)


def come_home(room: Newsroom) -> None:
    """Move a document to where it was, with another title."""
    room.move("2026/glacier.md", "glacier.md")
    room.edit("glacier.md", title="Huts climb")


def change_places(room: Newsroom) -> None:
    """Let two files swap their names."""
    room.move("wind.md", "aside.md")
    room.move("algae.md", "wind.md")
    room.move("aside.md", "algae.md")


def rename_provider(room: Newsroom, *paths: str) -> None:
    """Let documents give their provider another name."""
    for path in paths:
        room.edit(path, provider={"name": "Paper & Sons", "domain": "paper.example"})


def add_several(room: Newsroom) -> None:
    """Write three documents at once, one of them in the other dialect."""
    room.add("ferry.md", "Norwegian ferries go electric", "Batteries charge at quays.")
    room.add("saffron.md", "Crocus pickers strike", "Stamens rot unpicked.", topics=["Farming"])
    room.curated(
        "lantern.md",
        body="<p>Streetlamps of Görlitz burn methane.</p>",
        title="Gaslight survives",
        description="Mantles glow.",
    )


def add_in_second_corpus(room: Newsroom) -> None:
    """Write documents in another directory, one under a path that the first one has too."""
    second = room.open_second_corpus()
    second.news("wind.md", title="Kites haul freighters", excerpt="Sails return, computerised.")
    second.news(
        "bread.md", title="Sourdough wins", excerpt="Yeast!", domain="b.example", topics=["Food"]
    )


def succeed(room: Newsroom) -> None:
    """Move a document away, and write another article at its path."""
    room.move("comet.md", "2026/comet.md")
    room.add("comet.md", "Asteroids collide", "Dust!", webUrl="https://paper.example/asteroids")


def lose_catalog(room: Newsroom) -> None:
    """Delete the directory of state."""
    shutil.rmtree(room.state)


FIRST = Names("wind tide glacier algae urn:example:violin", "wind tide algae", "wind tide glacier")
PAPER = Names("wind tide glacier", "wind tide", "wind tide glacier")
WIND, TIDE, COMET = everywhere("wind"), everywhere("tide"), everywhere("comet")
GLACIER, ALGAE = Names(all="glacier", provider="glacier"), Names(all="algae", topic="algae")
ALGAE_AND_GLACIER = Names("algae glacier", "algae glacier", "glacier")
OLDER = Names(
    "wind tide glacier algae urn:example:violin comet ferry saffron lantern"
    " second/wind second/bread",
    "wind tide glacier algae comet ferry lantern second/wind",
    "wind tide glacier comet ferry saffron second/wind",
)

HISTORY = (
    State("Five articles are published.", begin, new=FIRST),
    State("Nothing happens.", lambda _: None, silent=True),
    State(
        "An article gets another title, and says when.",
        lambda room: room.edit(
            "wind.md", title="Turbines endure", modifiedDateTime="2026-10-20T00:00:00Z"
        ),
        modified=WIND,
    ),
    State(
        "An article gets another title, and keeps its dates.",
        lambda room: room.edit("tide.md", title="Barrage has its jubilee"),
        modified=TIDE,
    ),
    State("The pipeline encrypts and weighs again.", churn, silent=True),
    State(
        "A date of modification moves, and nothing else.",
        lambda room: room.edit("wind.md", modifiedDateTime="2026-10-25T00:00:00Z"),
        silent=True,
    ),
    State(
        "A URL gets its real slug.",
        lambda room: room.edit("wind.md", webUrl="https://paper.example/turbines-endure"),
        modified=WIND,
    ),
    State(
        "A URL goes from http to https.",
        lambda room: room.edit("tide.md", webUrl="https://paper.example/tide"),
        modified=TIDE,
    ),
    State("A file is moved.", lambda room: room.move("glacier.md", "2026/glacier.md"), silent=True),
    State(
        "It is moved back, and its title changed at once.",
        come_home,
        modified=GLACIER,
    ),
    State("Two files swap their names.", change_places, silent=True),
    State("They swap them back.", change_places, silent=True),
    State(
        "One document names its provider otherwise than most.",
        lambda room: rename_provider(room, "wind.md"),
        silent=True,
    ),
    State(
        "Most documents name their provider so.",
        lambda room: rename_provider(room, "tide.md"),
        modified=PAPER,
    ),
    State(
        "The provider's name is configured.",
        lambda room: room.set(providers={"paper.example": {"name": "The Daily Paper"}}),
        modified=PAPER,
    ),
    State(
        "A topic is relabelled in the configuration.",
        lambda room: room.set(topics={"energy": {"label": "Power", "aliases": ["Energy"]}}),
    ),
    State(
        "A topic is relabelled in a document, as configured.",
        lambda room: room.edit("wind.md", topics=["Power"]),
        silent=True,
    ),
    State(
        "A topic is written in another case.",
        lambda room: room.edit("tide.md", topics=["ENERGY", "power"]),
        silent=True,
    ),
    State(
        "An article that is there gets the topic.",
        lambda room: room.edit("glacier.md", topics=["Climate", "eNERGY"]),
        new=Names(topic="glacier"),
    ),
    State(
        "It loses the topic.",
        lambda room: room.edit("glacier.md", topics=["Climate"]),
        gone=Names(topic="glacier"),
    ),
    State(
        "It gets the topic again.",
        lambda room: room.edit("glacier.md", topics=["Power", "Climate"]),
        back=Names(topic="glacier"),
    ),
    State(
        "An article is withdrawn.", lambda room: room.edit("wind.md", published=False), gone=WIND
    ),
    State("It is back.", lambda room: room.edit("wind.md", published=True), back=WIND),
    State("An article is removed.", lambda room: room.edit("tide.md", removed=True), gone=TIDE),
    State(
        "It is back with another excerpt.",
        lambda room: room.edit("tide.md", removed=None, excerpt="Salt did no harm."),
        back=TIDE,
        modified=TIDE,
    ),
    State(
        "A list of related items grows.",
        lambda room: relate(room, algae=["Biodiesel", "Omnibuses"]),
        modified=ALGAE,
    ),
    State(
        "It grows, and another begins.",
        lambda room: relate(room, algae=["Biodiesel", "Omnibuses", "Ponds"], wind=["Esbjerg"]),
        modified=Names("algae wind", "algae wind", "wind"),
    ),
    State(
        "Both shrink.",
        lambda room: relate(room, algae=["Omnibuses"], wind=[]),
        modified=Names("algae wind", "algae wind", "wind"),
    ),
    # What is named links back, and each shows the other's title as it is.
    State(
        "An article names another of the corpus.",
        lambda room: room.edit(
            "algae.md", related=[{"title": "Huts", "webUrl": "https://paper.example/glacier"}]
        ),
        modified=ALGAE_AND_GLACIER,
    ),
    State(
        "That gets another title.",
        lambda room: room.edit("glacier.md", title="Huts lose their footing"),
        modified=ALGAE_AND_GLACIER,
    ),
    State(
        "What is named is withdrawn.",
        lambda room: room.edit("glacier.md", published=False),
        modified=ALGAE,
        gone=everywhere("glacier"),
    ),
    State(
        "What is named is back.",
        lambda room: room.edit("glacier.md", published=True),
        modified=ALGAE,
        back=everywhere("glacier"),
    ),
    State(
        "It is named no more.",
        lambda room: room.edit("algae.md", related=[]),
        modified=ALGAE_AND_GLACIER,
    ),
    State(
        "An older duplicate appears.",
        lambda room: room.add(
            "tide-copy.md",
            "Barrage, reprinted",
            "Copied.",
            webUrl="http://www.paper.example/tide/",
            publishedDateTime="2026-09-01T00:00:00Z",
        ),
        silent=True,
    ),
    State(
        "The duplicate gets a newer date.",
        lambda room: room.edit("tide-copy.md", publishedDateTime="2026-10-15T00:00:00Z"),
        modified=TIDE,
    ),
    State("The duplicate goes.", lambda room: room.delete("tide-copy.md"), modified=TIDE),
    State("The catalog is deleted.", lose_catalog, silent=True),
    State("The site moves to another host.", Newsroom.relocate),
    State(
        "A new article is published.",
        lambda room: room.add("comet.md", "Dung digesters multiply", "Manure yields biogas."),
        new=COMET,
    ),
    State(
        "Three are published at once.",
        add_several,
        new=Names("ferry saffron lantern", "ferry lantern", "ferry saffron"),
    ),
    State(
        "An article is dated ahead.",
        lambda room: room.add(
            "fusion.md",
            "Stellarator ignites",
            "Plasma lasted minutes.",
            publishedDateTime="2026-11-20T00:00:00Z",
        ),
        silent=True,
    ),
    State(
        "Its day comes.",
        lambda room: room.wait(days=20),
        new=everywhere("fusion"),
    ),
    State(
        "A document becomes bad.",
        lambda room: room.write("comet.md", "---\ntitle: [\n---\n"),
        silent=True,
    ),
    State(
        "It says that it is not to be published.",
        lambda room: room.write("comet.md", "---\ntitle: [\npublished: false\n---\n"),
        gone=COMET,
    ),
    State("It is mended.", lambda room: room.edit("comet.md"), back=COMET),
    State(
        "A title changes, with a date of modification ahead.",
        lambda room: room.edit(
            "ferry.md", title="Ferries whisper", modifiedDateTime="2026-11-25T00:00:00Z"
        ),
        modified=everywhere("ferry"),
    ),
    State(
        "That date comes.",
        lambda room: room.wait(days=26),
        modified=everywhere("ferry"),
        only_dated=True,
    ),
    State(
        "A second corpus is added.",
        add_in_second_corpus,
        new=Names("second/wind second/bread", "second/wind", "second/wind"),
    ),
    State(
        "A document is deleted.",
        lambda room: room.delete("saffron.md"),
        gone=Names(all="saffron", provider="saffron"),
    ),
    State(
        "It is restored.",
        lambda room: room.add(
            "saffron.md", "Crocus pickers strike", "Stamens rot unpicked.", topics=["Farming"]
        ),
        back=Names(all="saffron", provider="saffron"),
    ),
    State("Feeds become shorter.", lambda room: room.set(limit=1), gone=OLDER),
    State("Feeds become longer again.", lambda room: room.set(limit=None), back=OLDER),
    State(
        "Another version of the program makes everything again.",
        Newsroom.upgrade,
        silent=True,
    ),
    State("The catalog is deleted again.", lose_catalog, silent=True),
    State(
        "A file is moved, and another article comes to its path.",
        succeed,
        new=everywhere(SUCCESSOR),
    ),
    State(
        "What was moved gets another title, and a URL that leads elsewhere.",
        lambda room: room.edit(
            "2026/comet.md", title="Digesters", webUrl="https://paper.example/digesters"
        ),
        modified=COMET,
    ),
    State(
        "It goes, and its successor stays.",
        lambda room: room.delete("2026/comet.md"),
        gone=COMET,
    ),
    State(
        "A document is deleted for good.",
        lambda room: room.delete("lantern.md"),
        gone=Names(all="lantern", topic="lantern"),
    ),
    State(
        "Another is moved to its path.",
        lambda room: room.move("ferry.md", "lantern.md"),
        silent=True,
    ),
    State(
        "There it gets another title.",
        lambda room: room.edit("lantern.md", title="Ferries hum"),
        modified=everywhere("ferry"),
    ),
)


# --- The subscriber ------------------------------------------------------------------


@dataclass
class Recorder:
    """An application around another, which notes the status and size of every answer."""

    app: FeedsApp
    answers: dict[str, tuple[int, int]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the other does."""

        async def noting(message: Message) -> None:
            status, size = self.answers.get(scope["path"], (0, 0))
            size += len(message.get("body", b""))
            self.answers[scope["path"]] = message.get("status", status), size
            await send(message)

        await self.app(scope, receive, noting)


class Site:
    """A publication served at a port of its own."""

    def __init__(self) -> None:
        self.served = Served()
        self.recorder = Recorder(FeedsApp(self.served))
        self.server = HttpServer(self.recorder, "127.0.0.1", 0)
        self.url = self.server.url

    def load(self, output: Path, state: Keeping) -> None:
        """Serve what is published now, and what the catalog knows of its past."""
        policy = Policy(Configuration(server=Server(max_age=0)), feed_formats())
        now, before, histories = datetime.now(UTC), self.served.publication, histories_in
        terms = Terms(policy, now, histories=partial(histories, state))
        self.served.swap(Publication.load(output, terms, before))


@contextmanager
def serving() -> Iterator[Site]:
    """Serve a site until it is left."""
    site = Site()
    thread = Thread(target=site.server.run)
    thread.start()
    try:
        yield site
    finally:
        site.server.stop()
        thread.join(PATIENCE)
    assert not thread.is_alive()


@dataclass(frozen=True)
class Poll:
    """What polling one feed in one format gave; `counts` is None where nothing came."""

    new: list[str]
    modified: list[str]
    counts: UpdatedFeed | None
    status: int
    size: int


Polls = dict[tuple[str, str], Poll]


def _counted(value: UpdatedFeed | Exception | None) -> UpdatedFeed | None:
    if isinstance(value, Exception):
        raise value
    return value


class Subscriber:
    """Who follows three feeds in three formats each, at the hosts where they are."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.reader: Reader = make_reader(":memory:", plugins=())
        self.shown: dict[tuple[str, EntryUpdateStatus], list[str]] = {}
        self.reader.after_entry_update_hooks.append(
            lambda _, entry, status: self._note(entry.feed_url, entry.id, status)
        )
        for path in PATHS.values():
            self.reader.add_feed(url + path)

    def _note(self, url: str, identifier: str, status: EntryUpdateStatus) -> None:
        self.shown.setdefault((url, status), []).append(identifier)

    def close(self) -> None:
        """Give back what the reader holds."""
        self.reader.close()

    def follow(self, url: str) -> None:
        """Go on with the same subscriptions at another host."""
        for path in PATHS.values():
            self.reader.change_feed_url(self.url + path, url + path)
        self.url = url

    def poll(self, site: Site) -> Polls:
        """Update all feeds."""
        self.shown.clear()
        site.recorder.answers.clear()
        results = {
            result.url: _counted(result.value)
            for result in self.reader.update_feeds_iter(scheduled=False)
        }
        return {
            key: self._poll(self.url + path, results, site.recorder.answers[path])
            for key, path in PATHS.items()
        }

    def _poll(
        self, url: str, results: dict[str, UpdatedFeed | None], answer: tuple[int, int]
    ) -> Poll:
        new, modified = (
            self.shown.get((url, status), [])
            for status in (EntryUpdateStatus.NEW, EntryUpdateStatus.MODIFIED)
        )
        return Poll(new, modified, results[url], *answer)

    def titles(self, path: str) -> dict[str, str | None]:
        """Give the titles that are shown for a feed, by id."""
        return {entry.id: entry.title for entry in self.reader.get_entries(feed=self.url + path)}


@dataclass
class Replay:
    """What was seen of a history: after each state, the polls and the feeds that were there."""

    polls: list[Polls] = field(default_factory=list)
    feeds: list[dict[tuple[str, str], bytes]] = field(default_factory=list)
    titles: dict[tuple[str, str], dict[str, str | None]] = field(default_factory=dict)

    def ids(self, number: int, feed: str) -> set[str]:
        """Give the ids that are in the document of a feed after a state."""
        return {item["id"] for item in json.loads(self.feeds[number][feed, "json"])["items"]}


def play(root: Path, stack: ExitStack) -> Replay:
    """Let the history happen, and the subscriber look after each state."""
    replay = Replay()
    site = stack.enter_context(serving())
    room = Newsroom(root)
    subscriber = stack.enter_context(closing(Subscriber(site.url)))
    for state in HISTORY:
        state.change(room)
        if room.is_moving:
            site = stack.enter_context(serving())
            subscriber.follow(site.url)
            room.is_moving = False
        room.publish(site.url)
        site.load(room.output, room.kept)
        replay.polls.append(subscriber.poll(site))
        files = room.files()
        replay.feeds.append({key: files[path[1:]] for key, path in PATHS.items()})
    replay.titles = {key: subscriber.titles(path) for key, path in PATHS.items()}
    return replay


@pytest.fixture(scope="module", autouse=True)
def environment() -> Iterator[None]:
    """Let the reader ask no proxy, and parse with the feedparser that is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "*")
        # Its own copy needs a module that feedparser does without by now.
        patch.setenv("READER_NO_VENDORED_FEEDPARSER", "1")
        yield


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """Give what was seen of the whole history."""
    with ExitStack() as stack:
        return play(tmp_path_factory.mktemp("replay") / "workshop", stack)


# --- What is true --------------------------------------------------------------------


def surprises(
    replay: Replay,
    expected: Callable[[State, str, str], set[str]],
    shown: Callable[[Poll], list[str]],
) -> dict[str, dict[str, tuple[list[str], list[str]]]]:
    """Give what was shown and what should have been, by state and feed, where they differ."""
    found: dict[str, dict[str, tuple[list[str], list[str]]]] = {}
    for state, polls in zip(HISTORY, replay.polls, strict=True):
        for (feed, suffix), poll in polls.items():
            pair = sorted(shown(poll)), sorted(expected(state, feed, suffix))
            if pair[0] != pair[1]:
                found.setdefault(state.sentence, {})[f"{feed}.{suffix}"] = pair
    return found


def test_what_is_new_is_shown_as_new_and_nothing_else(replay: Replay) -> None:
    """After each state a reader shows as new, in each format alike, what is new to the feed."""
    assert (
        surprises(replay, lambda state, feed, _: state.new.ids(feed), lambda poll: poll.new) == {}
    )


def test_what_changed_is_shown_as_modified_and_nothing_else(replay: Replay) -> None:
    """After each state a reader shows as modified the entries that say something else."""
    assert surprises(replay, State.modified_in, lambda poll: poll.modified) == {}


def test_a_feed_has_what_came_and_did_not_go(replay: Replay) -> None:
    """After each state the documents have just the entries that should be in them."""
    for feed in STEMS:
        there: set[str] = set()
        for number, state in enumerate(HISTORY):
            there = (there | state.new.ids(feed) | state.back.ids(feed)) - state.gone.ids(feed)
            assert replay.ids(number, feed) == there, state.sentence
            for suffix in SUFFIXES:
                counts = replay.polls[number][feed, suffix].counts
                is_whole = replay.polls[number][feed, suffix].status == 200
                assert not (is_whole and counts) or counts.total == len(there), state.sentence


def test_noise_changes_no_byte(replay: Replay) -> None:
    """Every feed is, after what says nothing new, byte for byte what it was."""
    for state, before, after in zip(HISTORY[1:], replay.feeds, replay.feeds[1:], strict=False):
        changed = {key for key in PATHS if before[key] != after[key]}
        assert not (state.silent and changed), state.sentence


def test_a_poll_is_answered_with_a_feed_or_with_nothing(replay: Replay) -> None:
    """Every poll gives a feed that can be read, whole or what is new in it, or 304 and no byte."""
    for state, polls in zip(HISTORY, replay.polls, strict=True):
        for poll in polls.values():
            answer = poll.status, poll.size > 0, poll.counts is not None
            possible = {(200, True, True), (226, True, True), (304, False, False)}
            assert answer in possible, state.sentence


def test_what_is_new_comes_alone_where_it_can(replay: Replay) -> None:
    """Of a feed that changed in part, a reader is sent that part, and the rest never again."""
    for suffix in SUFFIXES:
        statuses = Counter(polls["all", suffix].status for polls in replay.polls)
        assert statuses[226] > 20


@pytest.mark.parametrize("feed", STEMS)
def test_no_entry_is_new_twice_and_every_article_was_seen(replay: Replay, feed: str) -> None:
    """Over the whole history every article of a feed was new to its reader exactly once."""
    articles = sorted(name for state in HISTORY for name in state.new.ids(feed))
    assert len(set(articles)) == len(articles)
    for end in SUFFIXES:
        assert sorted(name for polls in replay.polls for name in polls[feed, end].new) == articles


@pytest.mark.parametrize("feed", STEMS)
def test_a_reader_ends_up_with_what_feeds_say_last(replay: Replay, feed: str) -> None:
    """No change passed a reader by: it shows the titles that are in the feed at the end."""
    items = json.loads(replay.feeds[-1][feed, "json"])["items"]
    for end in SUFFIXES:
        shown = replay.titles[feed, end]
        assert {item["id"]: shown[item["id"]] for item in items} == {
            item["id"]: item["title"] for item in items
        }


def test_a_second_poll_transfers_nothing(workshop: Workshop) -> None:
    """A reader that polls again with nothing changed gets 304 and no byte, in all feeds."""
    workshop.news("wind.md")
    workshop.build()
    with serving() as site, closing(Subscriber(site.url)) as subscriber:
        site.load(workshop.output, workshop.kept)
        first, second = subscriber.poll(site), subscriber.poll(site)
    assert {(poll.status, poll.counts and poll.counts.new) for poll in first.values()} == {(200, 1)}
    assert {(poll.status, poll.size, poll.counts) for poll in second.values()} == {(304, 0, None)}
