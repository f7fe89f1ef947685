"""Entries become documents of at most a mebibyte, the same entries in every format."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import pytest
from conftest import in_formats

from feeds.formats import feed_formats
from feeds.model import (
    Article,
    Entry,
    EntryKey,
    Feed,
    FeedFormat,
    Person,
    Provider,
    Resource,
    Source,
    StoredArticle,
    replace,
)
from feeds.refresh.rendered import Rendered
from feeds.refresh.rendering import MOST_BYTES, Renderer, Written

MOMENT = datetime(2026, 10, 1, tzinfo=UTC)
FEED = Feed(
    id="tag:x.example,2026:/all",
    title="News",
    description="All of it",
    url="https://x.example/",
    stem_url="https://x.example/all",
    updated=MOMENT,
    author=Person("Desk"),
)


def stored(key: int, content: str = "") -> StoredArticle:
    """Make an article with a body."""
    url = f"https://paper.example/{key}"
    article = Article(
        f"{key}.md", "T", url, MOMENT, Provider("paper.example", "P"), content=content
    )
    return StoredArticle(key, f"urn:x:{key}", MOMENT, "", article)


def entry(item: StoredArticle) -> Entry:
    """Make the entry of an article."""
    return Entry(
        id=item.id,
        title=item.article.title,
        url=item.article.url,
        published=MOMENT,
        updated=MOMENT,
        summary="S",
        content=item.article.content,
        authors=(Person("P"),),
        source=Source("https://paper.example/", "P"),
    )


def brief(item: StoredArticle) -> Entry:
    """Make an entry that says that it is brief."""
    return replace(entry(item), content="<p>Brief.</p>")


def written(renderer: Renderer, members: Sequence[StoredArticle]) -> list[Written]:
    """Give the entries of articles, written in every format."""
    stored = {member.entry_key: member for member in members}
    return renderer.entries([*stored], lambda keys: [stored[key] for key in keys])


def count(renderer: Renderer, feed: Feed, members: Sequence[StoredArticle]) -> int:
    """Count how many of some articles one document takes."""
    return renderer.count(feed, written(renderer, members))


def sizes(renderer: Renderer, members: Sequence[StoredArticle], stem: str = "all") -> list[int]:
    """Give the sizes of a feed's documents."""
    return [len(item.body) for item in renderer.resources(stem, FEED, written(renderer, members))]


@pytest.mark.parametrize("form", feed_formats(), ids=lambda form: form.name)
@pytest.mark.parametrize("number", [2, 7, 100])
@pytest.mark.parametrize("excess", [0, 1])
def test_a_document_is_filled_to_the_last_byte(form: FeedFormat, number: int, excess: int) -> None:
    """A feed of exactly a mebibyte is whole; one byte more costs it its last entry."""
    renderer = Renderer([form], entry, brief)
    keys = range(1000, 1000 + number)
    [empty] = sizes(renderer, [stored(key, "x") for key in keys])
    each, rest = divmod(MOST_BYTES + excess - empty, number)
    members = [stored(key + 4000, "x" * (1 + each + (rest if key == 1000 else 0))) for key in keys]
    assert sizes(renderer, members) == [MOST_BYTES + excess]
    assert count(renderer, FEED, members) == number - excess


def test_every_format_carries_as_many() -> None:
    """The format in which entries are largest decides for all of them."""
    renderer = Renderer(feed_formats(), entry, brief)
    # In XML, a < takes four bytes; in JSON, one.
    members = [stored(number, "<" * 50_000) for number in range(10)]
    number = count(renderer, FEED, members)
    assert number == 5
    assert max(sizes(renderer, members[:number])) <= MOST_BYTES < max(sizes(renderer, members))
    only_json = [form for form in feed_formats() if form.name == "json"]
    assert count(Renderer(only_json, entry, brief), FEED, members) == 10


def test_a_feed_that_is_made_of_the_same_is_not_made_again() -> None:
    """It is where it says something else, an entry does, or what it was made of is given up."""
    kept = Rendered()
    renderer = Renderer(feed_formats(), entry, brief, kept)
    members = written(renderer, [stored(number, "x") for number in range(3)])
    other = replace(FEED, title="Another")

    def made(feed: Feed, entries: Sequence[Written]) -> list[bool]:
        return [isinstance(item, Resource) for item in renderer.resources("all", feed, entries)]

    assert all(made(FEED, members))
    assert not any(made(FEED, members))
    assert all(made(other, members))
    assert not any(made(other, [*members]))
    assert all(made(other, members[1:]))
    kept.forget_feeds(["all.atom", "never.atom"])
    assert made(other, members[1:]) == [form.suffix == ".atom" for form in feed_formats()]
    kept.clear()
    assert all(made(other, members[1:]))


def test_what_a_feed_says_of_itself_takes_room() -> None:
    """Long words about a feed leave room for fewer entries, but always for one."""
    renderer = Renderer(feed_formats(), entry, brief)
    members = [stored(number, "x" * 300_000) for number in range(4)]
    assert count(renderer, FEED, members) == 3
    for length, number in ((300_000, 2), (600_000, 1), (2_000_000, 1)):
        assert count(renderer, replace(FEED, description="x" * length), members) == number
    assert count(renderer, FEED, []) == 0


def test_an_entry_that_is_too_large_is_brief() -> None:
    """It is brief in every format, though only one of them makes it too large."""
    renderer = Renderer(feed_formats(), entry, brief)
    members = [stored(1, "<" * 400_000), stored(2, "<p>Body.</p>")]
    assert count(renderer, FEED, members) == 2
    for resource in renderer.resources("all", FEED, written(renderer, members)):
        assert b"Brief." in resource.body
        assert b"Body." in resource.body
        assert b"&lt;&lt;" not in resource.body
    assert renderer.rendered == 2


def test_an_entry_that_is_too_large_even_then_stands_alone() -> None:
    """There is one entry at least, however large it is, and the next is on the next page."""

    def large(item: StoredArticle) -> Entry:
        return replace(entry(item), content="x" * (MOST_BYTES + 1))

    renderer = Renderer(feed_formats(), large, large)
    assert count(renderer, FEED, [stored(1), stored(2)]) == 1


def test_an_entry_is_rendered_once_while_it_is_kept() -> None:
    """Counting and writing do it once together; what was given up is rendered again."""
    members = [stored(number, "x" * 1000) for number in range(3)]
    for kept_bytes, rendered in ((1_000_000, 3), (0, 9)):
        renderer = Renderer(feed_formats(), entry, brief, Rendered(kept_bytes))
        count(renderer, FEED, members)
        before = sizes(renderer, members)
        assert sizes(renderer, members, "again") == before
        assert renderer.rendered == rendered


def test_entries_that_are_ready_are_rendered_as_they_are() -> None:
    """In every format a document has the first that there is room for, and one at least."""
    renderer = Renderer(feed_formats(), entry, brief)
    ready = [entry(stored(number, "x" * 400_000)) for number in range(4)]
    documents = list(renderer.ready("all/daily", FEED, ready))
    assert {item.path for item in documents} == in_formats("all/daily")
    for item in documents:
        assert (b"urn:x:1" in item.body, b"urn:x:2" in item.body) == (True, False)
        assert len(item.body) <= MOST_BYTES
    assert renderer.rendered == 4
    [*large] = renderer.ready("all", FEED, [entry(stored(9, "x" * (MOST_BYTES + 1)))] * 2)
    assert all(item.body.count(b"urn:x:9") == 1 for item in large)
    assert all(b"urn:x" not in item.body for item in renderer.ready("all", FEED, []))


def test_what_archives_have_of_an_entry_is_kept_longer() -> None:
    """Where there is no room for all formats, what is needed for archives stays."""
    members = {(number, None): stored(number, "x" * 10_000) for number in range(10)}
    read: list[EntryKey] = []

    def articles(keys: Iterable[EntryKey]) -> list[StoredArticle]:
        read.extend(wanted := list(keys))
        return [members[key] for key in wanted]

    for are_archived, again in ((True, 0), (False, 4)):
        read.clear()
        room = 200_000
        renderer = Renderer(feed_formats(), entry, brief, Rendered(room), are_archived=are_archived)
        renderer.entries([*members], articles)
        assert read == [*members]
        found = renderer.archived(members, articles)
        assert len(read) == 10 + again
        assert found == {key: feed_formats()[0].entry(entry(each)) for key, each in members.items()}
        assert renderer.rendered == 10 + again


def test_what_is_forgotten_is_rendered_again() -> None:
    """Of some articles every entry goes, alone and for a story, and no other article's does."""
    rendered = Rendered(100)
    rendered.expect(2, 1)
    for key, story in ((1, None), (1, "urn:s"), (2, None)):
        rendered.keep((key, story), (b"x" * 20, b"y"))
    rendered.forget({1})
    assert [rendered.find(key) for key in ((1, None), (1, "urn:s"))] == [None, None]
    assert rendered.find((2, None)) == (b"x" * 20, b"y")
    rendered.keep((3, None), (b"x" * 90, b""))
    assert rendered.find((3, None)) is not None
    assert rendered.find((2, None)) is None
    assert rendered.find_archived((2, None)) == b"y"
    rendered.clear()
    assert rendered.find_archived((2, None)) is None
