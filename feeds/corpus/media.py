"""What can be heard, watched or downloaded: files that belong to an article, and a player."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from feeds.corpus.dialect import Dialect, Sources
from feeds.corpus.form import Form, Value, flat, quoted
from feeds.corpus.items import read_items
from feeds.model import Enclosure, Scalar, replace
from feeds.text.files import UNKNOWN, check_media_type, guess_media_type, parse_duration
from feeds.text.markup import iframe_sources
from feeds.text.urls import UrlProblem, check_url

_VIDEO = "video"
_PLAYED = ("audio/", "video/", UNKNOWN)

_LENGTH = re.compile("[0-9]{1,15}")


class Media(NamedTuple):
    """The files that belong to an article, and the URL of a page that plays its video."""

    enclosures: tuple[Enclosure, ...]
    player: str | None


def media(form: Form, dialect: Dialect, limit: int, kind: str, own_url: str) -> Media:
    """Read enclosures and player; an article of kind `video` without one is its own player.

    In a dialect whose documents say of which kind they are, only a video has a player. What
    stands where a player may stand, but is a file by its extension, is an enclosure.
    """
    found: dict[str, Enclosure] = {}
    for enclosure in _enclosures(form, dialect.of("enclosures"), limit):
        found.setdefault(enclosure.url, enclosure)
    player = own_url if kind == _VIDEO else None
    if kind == _VIDEO or not dialect.of("type").paths:
        for url in _played(form, dialect.of("player")):
            media_type = guess_media_type(url)
            if media_type is None:
                player = url
                break
            found.setdefault(url, Enclosure(url, media_type))
    enclosures = _completed(form, dialect, tuple(found.values())) if found else ()
    return Media(enclosures, player)


def _enclosures(form: Form, sources: Sources, limit: int) -> Iterator[Enclosure]:
    of = sources.of

    def enclosure(item: Form, url: str) -> Enclosure:
        return Enclosure(
            url=url,
            media_type=_media_type(item, of("type"), url),
            length=_length(item, of("length")),
            duration=_duration(item, of("duration")),
            title=item.line(of("title")),
        )

    return read_items(form, sources, limit, enclosure)


def _completed(
    form: Form, dialect: Dialect, enclosures: tuple[Enclosure, ...]
) -> tuple[Enclosure, ...]:
    """Add what a document says beside the URL: a duration is that of all that can be played."""
    duration = _duration(form, dialect.of("enclosure.duration"))
    length = _length(form, dialect.of("enclosure.length")) if len(enclosures) == 1 else None
    if not duration and not length:
        return enclosures
    return tuple(
        replace(
            file,
            duration=file.duration or (duration if file.media_type.startswith(_PLAYED) else None),
            length=file.length or length,
        )
        for file in enclosures
    )


def _played(form: Form, sources: Sources) -> Iterator[str]:
    """Give the absolute URLs that texts are, or that frames in texts of HTML show."""
    for value in form.values(sources):
        for item in flat(value):
            # A later path may lead into a mapping.
            if isinstance(item.node, Scalar):
                text = item.node.text
                for written in iframe_sources(text) if "<" in text else (text,):
                    if url := _page_or_file(
                        form, Value(item.key, item.node._replace(text=written))
                    ):
                        yield url


def _page_or_file(form: Form, value: Value) -> str | None:
    try:
        url = form.url(value)
        if guess_media_type(url) or not isinstance(value.node, Scalar):
            return url
        # What is no file must be absolute: it may be no more than the id of a video.
        return check_url(value.node.text, limit=form.url_characters)
    except UrlProblem as problem:
        form.warn(problem.code, value, f"{problem.message}; dropped")
        return None


def _media_type(item: Form, sources: Sources, url: str) -> str:
    value = item.text(sources)
    given = check_media_type(value.node.text) if value else None
    known = given or guess_media_type(url)
    if value and not given:
        message = f"{quoted(value)} is no media type; {known or UNKNOWN} is used"
        item.warn("media-type-unknown", value, message)
    elif not known:
        # Podcast players take such a file for audio or look at its name; without any type
        # they do not take it at all.
        place = Value(item.prefix.removesuffix("."), item.root)
        item.warn("media-type-unknown", place, f"nothing tells its media type; {UNKNOWN} is used")
    return known or UNKNOWN


def _length(form: Form, sources: Sources) -> int | None:
    """Read a number of bytes; zero stands for one that is not known."""
    if not (value := form.text(sources)):
        return None
    if _LENGTH.fullmatch(value.node.text):
        return int(value.node.text) or None
    form.warn("number-invalid", value, f"{quoted(value)} is no number of bytes; field dropped")
    return None


def _duration(form: Form, sources: Sources) -> int | None:
    if not (value := form.text(sources)):
        return None
    try:
        return parse_duration(value.node.text) or None
    except ValueError as error:
        form.warn("duration-invalid", value, f"{quoted(value)} {error}; field dropped")
        return None
