import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.config import parse_configuration
from feeds.formats import feed_formats
from feeds.model import Published
from feeds.publish.manifest import entity_tag
from feeds.publish.policy import NOT_FOUND, SAFE, Policy, Said

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ATOM = "application/atom+xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
JSON = "application/feed+json"
OPML = "text/x-opml; charset=utf-8"
HTML = "text/html; charset=utf-8"
USUAL = "stale-while-revalidate=60, stale-if-error=86400"


def said(path: str, media_type: str = ATOM, text: str = "", now: datetime = NOW) -> Said:
    configuration = parse_configuration(text, origin="feeds.yaml", folder=Path("/srv"))
    sha256 = hashlib.sha256(b"").hexdigest()
    entry = Published(path, media_type, sha256, 0, entity_tag(sha256), NOW)
    return Policy(configuration, feed_formats()).said(entry, now)


@pytest.mark.parametrize(
    ("path", "media_type", "seconds"),
    [
        ("all.atom", ATOM, 300),
        ("all.json", JSON, 300),
        ("feeds.opml", OPML, 300),
        ("index.html", HTML, 300),
        ("all/page/2.atom", ATOM, 300),
        ("all/archive/2026-10.atom", ATOM, 3600),
        ("all/archive/0999-10.atom", ATOM, 3600),
        ("all/archive/2026-11.atom", ATOM, 300),
        ("all/archive/2026-12.atom", ATOM, 300),
        ("topics/archive/top.atom", ATOM, 300),
        ("topics/archive.atom", ATOM, 300),
        ("all/archive/2026-10.html", HTML, 300),
    ],
)
def test_archives_of_past_months_are_fresh_for_longer(
    path: str, media_type: str, seconds: int
) -> None:
    """Everything is fresh as long as a feed, and what has ended twelve times as long."""
    assert said(path, media_type).cache_control == f"max-age={seconds}, {USUAL}"


def test_a_month_is_past_when_it_has_ended_in_utc() -> None:
    """The last second of a month belongs to it."""
    last = datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
    assert "max-age=300," in said("all/archive/2026-10.atom", now=last).cache_control
    assert "max-age=3600," in said("all/archive/2026-10.atom", now=NOW).cache_control


@pytest.mark.parametrize(
    ("text", "feed", "archive", "page"),
    [
        ("server: {max_age: 60}", 60, 720, 60),
        ("server: {max_age: 0}", 0, 0, 0),
        ("freshness: {feeds: {max_age: 7}}", 7, 3600, 300),
        ("freshness: {archives: {max_age: 7}}", 300, 7, 300),
        ("freshness: {pages: {max_age: 7}}\nserver: {max_age: 60}", 60, 720, 7),
    ],
)
def test_each_kind_of_resource_has_its_freshness(
    text: str, feed: int, archive: int, page: int
) -> None:
    """What a kind does not say, the server's does."""
    kinds = (("a.atom", ATOM), ("a/archive/2026-10.atom", ATOM), ("index.html", HTML))
    fields = [said(path, media_type, text).cache_control for path, media_type in kinds]
    assert fields == [f"max-age={age}, {USUAL}" for age in (feed, archive, page)]


@pytest.mark.parametrize(
    ("keys", "directives"),
    [
        ("shared_max_age: 0", f"s-maxage=0, {USUAL}"),
        ("shared_max_age: 60", f"s-maxage=60, {USUAL}"),
        ("stale_while_revalidate: 0", "stale-if-error=86400"),
        ("stale_if_error: 0", "stale-while-revalidate=60"),
        (
            "stale_if_error: 5, shared_max_age: 1",
            "s-maxage=1, stale-while-revalidate=60, stale-if-error=5",
        ),
    ],
)
def test_every_directive_can_be_configured(keys: str, directives: str) -> None:
    """A directive is there where it says something."""
    text = f"freshness: {{feeds: {{{keys}}}}}"
    assert said("all.atom", text=text).cache_control == f"max-age=300, {directives}"


HUBS = "site: {base_url: 'https://x.example/f/', hubs: ['https://hub.example/', 'https://b.example/?a=b', 'https://hub.example/']}"  # noqa: E501
PAGE = '<https://x.example/f/%s/>; rel="alternate"; type="text/html"'


@pytest.mark.parametrize("media_type", [ATOM, RSS, JSON, "Application/Atom+XML"])
def test_a_feed_links_to_itself_its_hubs_and_its_page(media_type: str) -> None:
    """Each link is absolute, its relation quoted, each hub named once."""
    assert said("topics/ai.atom", media_type, HUBS).link == (
        '<https://x.example/f/topics/ai.atom>; rel="self", '
        '<https://hub.example/>; rel="hub", <https://b.example/?a=b>; rel="hub", '
        + PAGE
        % "topics/ai"
    )


def test_no_hub_tells_of_an_archive() -> None:
    """Nobody subscribes to a month."""
    link = said("all/archive/2026-11.atom", text=HUBS).link
    assert link == '<https://x.example/f/all/archive/2026-11.atom>; rel="self", ' + PAGE % "all"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("all.atom", "all/"),
        ("all/page/2.rss", "all/"),
        ("topics/ai/top.json", "topics/ai/top/"),
        ("all/weekly.rss", "all/weekly/"),
        ("all/archive/top.atom", "all/"),
        ("providers/x.atom.atom", "providers/x.atom_/"),
        ("providers/x.atom_/archive/2026-11.atom", "providers/x.atom_/"),
        ("feeds/daily.atom", "feeds/daily/"),
        ("gone/topics/ai.atom", ""),
        ("topics/", ""),
    ],
)
def test_whatever_belongs_to_a_feed_leads_to_its_page(path: str, page: str) -> None:
    """Pages, archives and feeds of the best are of the channel's page, what ended is of none."""
    assert f'<http://127.0.0.1:8000/{page}>; rel="alternate"' in (said(path, ATOM).link or "")


def test_where_feeds_have_no_pages_the_site_is_their_page() -> None:
    """What is configured away is led to from nowhere."""
    link = said("topics/ai.atom", text="html: {pages: false}").link
    assert '<http://127.0.0.1:8000/>; rel="alternate"' in (link or "")


@pytest.mark.parametrize("media_type", [HTML, OPML, "text/plain"])
def test_what_is_no_feed_has_no_links(media_type: str) -> None:
    """A page and a list of feeds are not subscribed to."""
    assert said("x", media_type, HUBS).link is None


def test_no_path_ends_a_link() -> None:
    """What must not stand in a URL is percent-encoded."""
    link = said('a>; rel="hub"\N{SNOWMAN}%41 ?#.atom').link
    assert link is not None
    assert link.startswith(
        "<http://127.0.0.1:8000/a%3E;%20rel=%22hub%22%E2%98%83%2541%20%3F%23.atom>; "
    )


def test_a_feed_is_for_everybody_and_may_do_nothing() -> None:
    """Its type is that of the manifest, scripts of others may read it, and it has none itself."""
    feed = said("all.atom")
    assert feed.content_fields == {
        "content-type": ATOM,
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "link": feed.link,
    }
    assert feed.lasting_fields == {
        "cache-control": feed.cache_control,
        "vary": "Accept-Encoding",
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "ETag, Last-Modified, Link",
    }


def test_a_page_may_show_pictures_and_is_for_nobodys_script() -> None:
    """A page has a policy of its own and no CORS fields."""
    page = said("index.html", HTML)
    assert "img-src https: http:" in page.content_fields["content-security-policy"]
    assert "link" not in page.content_fields
    assert page.lasting_fields.keys() == {"cache-control", "vary"}


def test_what_is_missing_or_former_is_fresh_for_a_while() -> None:
    """A 404 is for a minute, what moved or ended as long as a feed; neither may do anything."""
    configuration = parse_configuration("server: {max_age: 7}", origin="", folder=Path("/srv"))
    former = Policy(configuration, feed_formats()).former
    assert (NOT_FOUND["cache-control"], former["cache-control"]) == ("max-age=60", "max-age=7")
    assert NOT_FOUND.items() >= SAFE.items() <= former.items()
    assert former["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", 300), ("freshness: {archives: {max_age: 7}}", 7), ("server: {max_age: 5}", 5)],
)
def test_who_knows_no_months_takes_the_shorter_freshness(text: str, seconds: int) -> None:
    """Of an archive, the month that goes on is never held for longer than it may be."""
    configuration = parse_configuration(text, origin="feeds.yaml", folder=Path("/srv"))
    policy = Policy(configuration, feed_formats())
    archived = policy.said_of_kind(ATOM, in_archives=True)
    assert archived.cache_control == f"max-age={seconds}, {USUAL}"
    page = policy.said_of_kind(HTML, in_archives=False)
    assert (archived.link, page.is_feed, page.media_type) == (None, False, HTML)


@pytest.mark.parametrize(
    ("path", "media_type", "tag"),
    [
        ("topics/a.atom", ATOM, "topics/a"),
        ("topics/a/archive/2026-10.atom", ATOM, "topics/a"),
        ("topics/a/index.html", HTML, "topics/a"),
        ("feeds.opml", OPML, "lists"),
        ("index.html", HTML, "lists"),
    ],
)
def test_a_tag_is_that_of_the_feed(path: str, media_type: str, tag: str) -> None:
    """Where tags are wanted, each answer has it in both fields, a 304 too; else there is none."""
    wanted = said(path, media_type, "purge: {tags: true}")
    fields = {"cache-tag": tag, "surrogate-key": tag}
    assert wanted.lasting_fields == said(path, media_type).lasting_fields | fields
    assert not wanted.content_fields.keys() & fields.keys()
    assert not said(path, media_type).lasting_fields.keys() & fields.keys()


def test_hubs_are_told_of_what_names_them() -> None:
    """That is each feed, in all formats and on all pages, and neither archives nor what is none."""
    text = "site: {hubs: [https://hub.example/, https://hub.example/, https://other.example/]}"
    both = ("https://hub.example/", "https://other.example/")
    for path, media_type in (("all.atom", ATOM), ("a/page/2.rss", RSS), ("a/top.json", JSON)):
        told = said(path, media_type, text)
        assert told.hubs == both
        assert told.link
        assert all(f'<{hub}>; rel="hub"' in told.link for hub in both)
    others = (("all/archive/2026-10.atom", ATOM), ("feeds.opml", OPML), ("index.html", HTML))
    for path, media_type in others:
        assert said(path, media_type, text).hubs == ()
