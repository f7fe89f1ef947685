"""What is sent to readers that ask only for new entries, as bytes on a socket (RFC 3229)."""

import gzip
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

import feedparser
import pytest
from conftest import Workshop
from test_serve_wire import ask, serving

from feeds.catalog import histories_in
from feeds.formats import feed_formats
from feeds.publish.manifest import load_manifest
from feeds.publish.policy import Policy
from feeds.serve.publication import Publication, Terms
from feeds.serve.served import Served
from feeds.serve.tally import Poll

A_IM = "A-IM: feed"
TITLES = ["The third", "The second", "The first"]
FORMATS = [form.suffix for form in feed_formats()]


@dataclass(frozen=True)
class Answer:
    """What came back, the names of its fields in lower case."""

    status: str
    fields: dict[str, str]
    body: bytes

    @property
    def titles(self) -> list[str]:
        """The titles of the entries in the body."""
        if self.fields["content-type"].startswith("application/feed+json"):
            return [item["title"] for item in json.loads(self.body)["items"]]
        parsed = feedparser.parse(self.body)
        assert not parsed.bozo
        return [entry.title for entry in parsed.entries]


@dataclass(frozen=True)
class Site:
    """A server of a publication, and the entity tags that its feeds have had, by suffix."""

    url: str
    tags: list[dict[str, str]]

    def ask(self, *fields: str, path: str = "/all.atom", method: str = "GET") -> Answer:
        """Ask with some fields."""
        head, _, body = ask(self.url, f"{method} {path}", fields).partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(": ") for line in lines)
        return Answer(status[9:12], {name.lower(): value for name, _, value in pairs}, body)

    def tag(self, state: int, suffix: str = ".atom", coding: str = "") -> str:
        """Write a field by which a reader says that it has a state."""
        return f'If-None-Match: "{self.tags[state][suffix]}{coding}-im"'


def tags_of(workshop: Workshop) -> dict[str, str]:
    """Give the insides of the entity tags of the feeds of all, by suffix."""
    published = load_manifest((workshop.output / "manifest.json").read_bytes())
    found = {item.path: item.etag.strip('"') for item in published}
    return {suffix: found[f"all{suffix}"] for suffix in FORMATS}


def load(workshop: Workshop) -> Publication:
    """Load what is published as a server does that has just been started."""
    histories = partial(histories_in, workshop.kept)
    policy = Policy(workshop.configuration, feed_formats())
    terms = Terms(policy, datetime.now(UTC), histories=histories)
    return Publication.load(workshop.output, terms)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve a feed of three entries, which came one after the other."""
    workshop = Workshop(tmp_path_factory.mktemp("delta") / "workshop")
    tags: list[dict[str, str]] = []
    for number, title in enumerate(reversed(TITLES), start=1):
        moment = f"2026-10-0{number}T00:00:00Z"
        body = f"What is said of {title}. " * 40
        workshop.news(f"{number}.md", title=title, publishedDateTime=moment, _body=body)
        workshop.build()
        tags.append(tags_of(workshop))
    with serving(Served(load(workshop))) as url:
        yield Site(url, tags)


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_is_new_is_sent_alone_in_every_format(site: Site, suffix: str) -> None:
    """Since each past state, the feed holds what came after it, and is a whole document."""
    for state, expected in enumerate((TITLES[:2], TITLES[:1])):
        answer = site.ask(A_IM, site.tag(state, suffix), path=f"/all{suffix}")
        assert (answer.status, answer.titles) == ("226", expected)


def test_the_answer_says_what_it_is(site: Site) -> None:
    """A 226 names what was done and since when, has the tag of the whole, and is not stored."""
    answer, whole = site.ask(A_IM, site.tag(1)), site.ask()
    same = {"content-type", "x-content-type-options", "content-security-policy", "link"}
    same |= {"access-control-allow-origin", "last-modified"}
    own = {
        "etag": f'"{site.tags[2][".atom"]}-im"',
        "im": "feed",
        "delta-base": f'"{site.tags[1][".atom"]}-im"',
        "cache-control": "no-store",
        "vary": "Accept-Encoding, A-IM, If-None-Match",
        "access-control-expose-headers": "ETag, Last-Modified, Link, IM, Delta-Base",
        "content-length": str(len(answer.body)),
        "connection": "close",
    }
    assert answer.fields == {name: whole.fields[name] for name in same} | own
    assert len(answer.body) < len(whole.body)


def test_a_part_is_counted_with_what_it_saves(tmp_path: Path) -> None:
    """A 226 is noted as a poll that was sent its bytes, and saved those of the rest of the feed."""
    workshop = Workshop(tmp_path / "workshop")
    first, _ = states(workshop, ["One", "Two"])
    served = Served(load(workshop))
    with serving(served) as url:
        answer = Site(url, []).ask(A_IM, f'If-None-Match: "{first}-im"')
    served.tally.take()
    part, whole = len(answer.body), (workshop.output / "all.atom").stat().st_size
    [(noted, times)] = served.tally.take().answers.items()
    assert (noted.poll, times) == (Poll("all.atom", 226, part, whole - part), 1)


def test_it_is_coded_and_has_the_tag_of_the_coding(site: Site) -> None:
    """Who takes gzip is sent it, and presents that tag the next time."""
    answer = site.ask(A_IM, "Accept-Encoding: gzip", site.tag(1, coding="-gzip"))
    plain = site.ask(A_IM, site.tag(1))
    assert answer.status == "226"
    assert answer.fields["content-encoding"] == "gzip"
    assert answer.fields["etag"] == f'"{site.tags[2][".atom"]}-gzip-im"'
    assert answer.fields["delta-base"] == f'"{site.tags[1][".atom"]}-gzip-im"'
    assert gzip.decompress(answer.body) == plain.body
    again = site.ask(A_IM, f"If-None-Match: {answer.fields['etag']}")
    assert again.status == "304"


def test_what_is_too_short_to_be_coded_is_sent_as_it_is(tmp_path: Path) -> None:
    """Who takes gzip takes what gzip would not make smaller, unless it says otherwise."""
    workshop = Workshop(tmp_path / "workshop")
    noise = "".join(sha256(bytes([number])).hexdigest() for number in range(50))
    workshop.news("long.md", _body=noise, publishedDateTime="2026-10-01T00:00:00Z")
    first, _ = states(workshop, ["One", "Two"], suffix=".json")
    with serving(Served(load(workshop))) as url:
        site, tag = Site(url, []), f'If-None-Match: "{first}-im"'
        for field, status in (("gzip", "226"), ("gzip, identity;q=0", "200")):
            answer = site.ask(A_IM, tag, f"Accept-Encoding: {field}", path="/all.json")
            assert answer.status == status
            assert ("content-encoding" in answer.fields) == (status == "200")


def test_of_several_states_the_last_one_counts(site: Site) -> None:
    """Who has more than one is sent what he has in none."""
    tags = ", ".join(f'"{site.tags[state][".atom"]}-im"' for state in (0, 1))
    answer = site.ask(A_IM, f"If-None-Match: {tags}")
    assert (answer.status, answer.titles) == ("226", TITLES[:1])
    assert answer.fields["delta-base"] == f'"{site.tags[1][".atom"]}-im"'


def whole(site: Site) -> list[tuple[str, list[str]]]:
    """Give requests that are answered with the whole feed, and why."""
    past, unknown = site.tag(1), 'If-None-Match: "unknown-im"'
    return [
        ("who does not ask for a part", [past]),
        ("who presents nothing", [A_IM]),
        ("who presents what was never ours", [A_IM, unknown]),
        ("who presents a date", [A_IM, "If-Modified-Since: Fri, 09 Oct 2020 08:07:05 GMT"]),
        ("whose tags are malformed", [A_IM, f"{past} x"]),
        ("who refuses it", ["A-IM: feed;q=0", past]),
        ("who wants another manipulation", ["A-IM: vcdiff", past]),
        ("who comes through a cache", [A_IM, past, "Via: 1.1 cache"]),
        ("who presents what all are sent", [A_IM, past.replace("-im", "")]),
        ("whose program would fail", [A_IM, past, "User-Agent: rss2email/3.14 (+x)"]),
        ("whose only known tag is beyond what is looked at", [A_IM, many(site.tags[1][".atom"])]),
    ]


def many(last: str) -> str:
    """Write a field with more tags than any reader has."""
    return "If-None-Match: " + ", ".join([*(f'"{number}"' for number in range(9)), f'"{last}-im"'])


def test_all_others_are_sent_the_whole_feed(site: Site) -> None:
    """Nothing of a feed is left out for who did not ask for that, or cannot be trusted with it."""
    for reason, fields in whole(site):
        answer = site.ask(*fields)
        assert (answer.status, answer.titles) == ("200", TITLES), reason


@pytest.mark.parametrize("tags", ["*", "{2}", 'W/"{2}"', '"{1}", "{2}"', '"{2}-gzip", "{0}"'])
def test_who_has_the_feed_is_sent_nothing(site: Site, tags: str) -> None:
    """A 304 goes before a part, whatever other states there are."""
    known = [state[".atom"] for state in site.tags]
    field = tags.format(*known) if '"' in tags else tags.format(*(f'"{tag}"' for tag in known))
    answer = site.ask(A_IM, f"If-None-Match: {field}")
    assert (answer.status, answer.body) == ("304", b"")


def test_who_takes_parts_is_known_by_a_tag_of_its_own(site: Site) -> None:
    """What it is sent is for no shared cache, since the tag is a promise to one reader."""
    answer, others = site.ask(A_IM), site.ask()
    assert answer.status == "200"
    assert answer.fields.pop("etag") == others.fields.pop("etag")[:-1] + '-im"'
    assert answer.fields.pop("vary") == others.fields.pop("vary") + ", A-IM"
    freshness = others.fields.pop("cache-control")
    assert answer.fields.pop("cache-control") == f"private, {freshness}"
    assert (answer.fields, answer.body) == (others.fields, others.body)


@pytest.mark.parametrize("mark", ["", "-im"])
def test_who_has_the_feed_is_told_the_same(site: Site, mark: str) -> None:
    """A 304 says what the 200 did, also to a reader that did not ask for parts before."""
    answer = site.ask(A_IM, f'If-None-Match: "{site.tags[2][".atom"]}{mark}"')
    assert (answer.status, answer.fields["vary"]) == ("304", "Accept-Encoding, A-IM")
    assert answer.fields["etag"] == f'"{site.tags[2][".atom"]}-im"'
    assert answer.fields["cache-control"].startswith("private, max-age=300")


def test_a_head_is_that_of_the_whole_feed(site: Site) -> None:
    """Instances are manipulated in answers to GET only (RFC 3229, 5.1)."""
    answer = site.ask(A_IM, site.tag(1), method="HEAD")
    assert (answer.status, answer.body) == ("200", b"")
    assert answer.fields["content-length"] == site.ask().fields["content-length"]


def test_who_takes_no_coding_that_there_is_is_told_so(site: Site) -> None:
    """A part is in a coding that the reader takes, or it is not sent."""
    assert site.ask(A_IM, site.tag(1), "Accept-Encoding: identity;q=0").status == "406"
    answer = site.ask(A_IM, site.tag(1), "Accept-Encoding: gzip, identity;q=0")
    assert (answer.status, answer.fields["content-encoding"]) == ("226", "gzip")


def test_a_page_has_no_parts(site: Site) -> None:
    """Only feeds have entries."""
    assert site.ask(A_IM, site.tag(1), path="/").status == "200"


def test_where_all_is_new_the_whole_feed_is_sent(tmp_path: Path) -> None:
    """A part is sent only where it is smaller."""
    workshop = Workshop(tmp_path / "workshop")
    workshop.news("1.md", title="The first")
    workshop.build()
    before = tags_of(workshop)[".atom"]
    workshop.edit("1.md", title="The first, corrected")
    workshop.build()
    with serving(Served(load(workshop))) as url:
        answer = Site(url, []).ask(A_IM, f'If-None-Match: "{before}-im"')
    assert (answer.status, answer.titles) == ("200", ["The first, corrected"])


def states(workshop: Workshop, titles: Sequence[str], suffix: str = ".atom") -> list[str]:
    """Publish articles one by one, and give the entity tags of the feed of all."""
    found: list[str] = []
    for number, title in enumerate(titles):
        workshop.news(f"{number}.md", title=title, publishedDateTime=f"2026-10-1{number}T00:00:00Z")
        workshop.build()
        found.append(tags_of(workshop)[suffix])
    return found


def test_what_is_served_goes_on_over_publications(tmp_path: Path) -> None:
    """A publication loaded after another knows the past of what changed and of what did not."""
    workshop = Workshop(tmp_path / "workshop")
    known = states(workshop, ["One", "Two"])
    served = Served(load(workshop))
    with serving(served) as url:
        known += states(workshop, ["One", "Two", "Three"])[2:]
        histories = partial(histories_in, workshop.kept)
        served.swap(
            Publication.load(
                workshop.output,
                Terms(
                    Policy(workshop.configuration, feed_formats()),
                    datetime.now(UTC),
                    histories=histories,
                ),
                served.publication,
            )
        )
        for state, expected in enumerate((["Three", "Two"], ["Three"])):
            answer = Site(url, []).ask(A_IM, f'If-None-Match: "{known[state]}-im"')
            assert (answer.status, answer.titles) == ("226", expected)


def test_without_histories_feeds_are_sent_whole(tmp_path: Path) -> None:
    """Where it is turned off, nobody is sent a part, and nothing of the past is held."""
    workshop = Workshop(tmp_path / "workshop")
    first, _ = states(workshop, ["One", "Two"])
    policy, now = Policy(workshop.configuration, feed_formats()), datetime.now(UTC)
    publication = Publication.load(workshop.output, Terms(policy, now), load(workshop))
    with serving(Served(publication)) as url:
        answer = Site(url, []).ask(A_IM, f'If-None-Match: "{first}-im"')
    assert (answer.status, answer.titles) == ("200", ["Two", "One"])
    assert not answer.fields["etag"].endswith('-im"')


def test_what_could_not_be_known_for_a_moment_is_known_later(tmp_path: Path) -> None:
    """While a cycle has the catalog for itself, readers are sent whole feeds, and parts again."""
    workshop = Workshop(tmp_path / "workshop")
    first, _ = states(workshop, ["One", "Two"])
    with serving(Served(load(workshop))) as url:
        site, tag = Site(url, []), f'If-None-Match: "{first}-im"'
        writing = sqlite3.connect(workshop.catalog, isolation_level=None)
        writing.execute("BEGIN EXCLUSIVE")
        assert site.ask(A_IM, tag).status == "200"
        writing.close()
        for _ in range(2):
            answer = site.ask(A_IM, tag)
            assert (answer.status, answer.titles) == ("226", ["Two"])
