"""Entries and feeds to bytes: those of one shape are written by one pattern.

What a format makes of an entry depends on its *shape*: how many links it has and of which
relations, what it leaves empty, what in it is equal. The rest is only written down: so what
formats make of one entry is a pattern for all others of its shape.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from feeds.formats._legal import legal
from feeds.formats._patterns import BETWEEN, Pattern, Values, date_mark, number_mark, text_mark
from feeds.model import Category, Enclosure, Entry, Feed, Image, Link, Person, Source
from feeds.text.clean import count_illegal

WriteEntry: TypeAlias = Callable[[Entry], bytes]
WriteFeed: TypeAlias = Callable[[Feed, Iterable[bytes]], bytes]

# Patterns say nothing that a document does, and for very many texts none is worth while.
_MOST_SHAPES = 1024
_MOST_TEXTS = 500
_STAND_IN = b"<?entry?>"

_of_entry = attrgetter(
    *("id", "title", "url", "player", "rights", "language", "source.url", "source.title")
)
_of_person = attrgetter("name", "email", "url")
_of_image = attrgetter("url", "alternative")
_of_enclosure = attrgetter("url", "title")
_of_category = attrgetter("label", "scheme")
_of_link = attrgetter("url", "title", "language")
_of_feed = attrgetter(
    *("id", "title", "description", "url", "stem_url", "query", "rights", "language")
)
_configured = attrgetter("author", "icon", "logo", "hubs", "interval", "is_archive", "has_ended")

_Texts: TypeAlias = list[str | None]
_Alike: TypeAlias = tuple[int | str | None, ...]
"""For each text the place of the first that equals it, counted from 1; for an empty one itself."""


class _EntryShape(NamedTuple):
    """What decides how an entry is written; of numbers, whether they are known."""

    alike: _Alike
    numbers: tuple[int | None, ...]
    was_updated: bool
    authors: int
    images: int
    media_types: tuple[str, ...]
    categories: int
    links: tuple[tuple[str, str], ...]


class _FeedShape(NamedTuple):
    """What decides how a feed is written, and what is the same for most of a publication."""

    alike: _Alike
    configured: tuple[Any, ...]
    pages: tuple[str, ...]
    links: tuple[tuple[str, str, str, str | None], ...]


def write_entry(entry: Entry, writers: tuple[WriteEntry, ...]) -> tuple[bytes, ...]:
    """Give what each of some formats writes of an entry."""
    texts, numbers = _texts_of_entry(entry), _numbers(entry)
    joined = _joined(texts)
    if joined is None:
        return write_entry(legal(entry), writers)
    shape = _shape_of_entry(entry, texts, numbers)
    pattern = _entry_pattern(shape, writers) if len(texts) <= _MOST_TEXTS else None
    if pattern is None:
        return tuple([write(entry) for write in writers])
    return tuple(pattern.fill(Values(joined, numbers, (entry.published, entry.updated))))


def write_feed(feed: Feed, entries: Sequence[bytes], write: WriteFeed) -> bytes:
    """Give the document that a format writes of a feed and of entries that are written."""
    if feed.tombstones or not entries:
        return write(feed, entries)
    texts = _texts_of_feed(feed)
    joined = _joined(texts)
    if joined is None:
        return write_feed(legal(feed), entries, write)
    pattern = _feed_pattern(_shape_of_feed(feed, texts), write)
    if pattern is None:
        return write(feed, entries)
    before, between, after = pattern.fill(Values(joined, dates=(feed.updated,)))
    # What is long is copied once.
    pieces = [*entries]
    pieces[0] = before + pieces[0]
    pieces[-1] += after
    return between.join(pieces)


@lru_cache(_MOST_SHAPES)
def _entry_pattern(shape: _EntryShape, writers: tuple[WriteEntry, ...]) -> Pattern | None:
    """Give the pattern of a shape, in some formats."""
    return _pattern([_written_example(shape, write) for write in writers])


@lru_cache(_MOST_SHAPES)
def _written_example(shape: _EntryShape, write: WriteEntry) -> bytes:
    """Give what a format writes of an example; archives need that of one format once more."""
    return write(_example_entry(shape))


@lru_cache(_MOST_SHAPES)
def _feed_pattern(shape: _FeedShape, write: WriteFeed) -> Pattern | None:
    """Give the pattern of what stands before, between and after entries."""
    document = write(_example_feed(shape), [_STAND_IN, _STAND_IN])
    return _pattern(document.split(_STAND_IN))


def _pattern(examples: Iterable[bytes]) -> Pattern | None:
    """Give a pattern, or None where a format writes texts in a way of its own."""
    try:
        return Pattern(examples)
    except ValueError:
        return None


def _joined(texts: _Texts) -> bytes | None:
    """Join texts for a pattern; None where a character may not stand in XML."""
    try:
        joined = BETWEEN.decode().join([text or "" for text in texts]).encode()
    except UnicodeEncodeError:
        return None
    return joined if count_illegal(joined) == len(texts) - 1 else None


def _texts_of_entry(entry: Entry) -> _Texts:
    texts: _Texts = [entry.summary, entry.content, *_of_entry(entry)]
    for author in entry.authors:
        texts += _of_person(author)
    for image in entry.images:
        texts += _of_image(image)
    for enclosure in entry.enclosures:
        texts += _of_enclosure(enclosure)
    for category in entry.categories:
        texts += _of_category(category)
    for link in entry.links:
        texts += _of_link(link)
    return texts


def _texts_of_feed(feed: Feed) -> _Texts:
    texts: _Texts = [*_of_feed(feed)]
    texts += [stem for _, stem in feed.pages]
    texts += [link.url for link in feed.links]
    return texts


def _numbers(entry: Entry) -> list[int | None]:
    numbers: list[int | None] = []
    for image in entry.images:
        numbers += (image.width, image.height)
    for enclosure in entry.enclosures:
        numbers += (enclosure.length, enclosure.duration)
    return numbers


def _shape_of_entry(
    entry: Entry, texts: Sequence[str | None], numbers: Iterable[int | None]
) -> _EntryShape:
    # Summary and content, long as they are, are compared with nothing, here or in any format.
    long = (entry.summary and 1, entry.content and 2)
    return _EntryShape(
        (*long, *_alike(texts[len(long) :], len(long))),
        tuple([number and True for number in numbers]),
        entry.published != entry.updated,
        len(entry.authors),
        len(entry.images),
        tuple([enclosure.media_type for enclosure in entry.enclosures]),
        len(entry.categories),
        tuple([(link.relation, link.media_type) for link in entry.links]),
    )


def _shape_of_feed(feed: Feed, texts: Sequence[str | None]) -> _FeedShape:
    return _FeedShape(
        _alike(texts, 0),
        _configured(feed),
        tuple([relation for relation, _ in feed.pages]),
        tuple([(link.relation, link.title, link.media_type, link.language) for link in feed.links]),
    )


def _alike(texts: Sequence[str | None], before: int) -> _Alike:
    """Tell which of some texts are equal; `before` them are so many others."""
    first: dict[str, int] = {}
    return tuple(
        [
            first.setdefault(text, place) if text else text
            for place, text in enumerate(texts, before + 1)
        ]
    )


class _Marks:
    """Gives marks for the texts and numbers of a shape, one after the other."""

    def __init__(self, alike: _Alike, numbers: Sequence[int | None] = ()) -> None:
        self._places: Iterator[Any] = iter(alike)
        self._numbers = iter(enumerate(numbers))

    def text(self) -> Any:  # noqa: ANN401 - some texts may be None
        place = next(self._places)
        return text_mark(place - 1) if place else place

    def number(self) -> int | None:
        index, known = next(self._numbers)
        return number_mark(index) if known else known


def _example_entry(shape: _EntryShape) -> Entry:
    """Make an entry of a shape; texts and numbers come in the order of `_texts_of_entry`."""
    marks = _Marks(shape.alike, shape.numbers)
    text, number = marks.text, marks.number
    return Entry(
        summary=text(),
        content=text(),
        id=text(),
        title=text(),
        url=text(),
        player=text(),
        rights=text(),
        language=text(),
        source=Source(text(), text()),
        published=date_mark(0),
        updated=date_mark(int(shape.was_updated)),
        authors=tuple(Person(text(), text(), text()) for _ in range(shape.authors)),
        images=tuple(
            Image(url=text(), alternative=text(), width=number(), height=number())
            for _ in range(shape.images)
        ),
        enclosures=tuple(
            Enclosure(url=text(), title=text(), media_type=kind, length=number(), duration=number())
            for kind in shape.media_types
        ),
        categories=tuple(Category(text(), text()) for _ in range(shape.categories)),
        links=tuple(
            Link(relation, url=text(), title=text(), language=text(), media_type=kind)
            for relation, kind in shape.links
        ),
    )


def _example_feed(shape: _FeedShape) -> Feed:
    """Make a feed of a shape; texts come in the order of `_texts_of_feed`."""
    text = _Marks(shape.alike).text
    author, icon, logo, hubs, interval, is_archive, has_ended = shape.configured
    return Feed(
        id=text(),
        title=text(),
        description=text(),
        url=text(),
        stem_url=text(),
        query=text(),
        rights=text(),
        language=text(),
        updated=date_mark(0),
        pages=tuple((relation, text()) for relation in shape.pages),
        links=tuple(
            Link(relation, text(), title, media_type, language)
            for relation, title, media_type, language in shape.links
        ),
        author=author,
        icon=icon,
        logo=logo,
        hubs=hubs,
        interval=interval,
        is_archive=is_archive,
        has_ended=has_ended,
    )
