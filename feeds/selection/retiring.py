"""What is said of a channel that was retired: that its feed has ended, and then nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from feeds.config.types import Configuration
from feeds.model import Channel, ChannelRow, Entry, Feed, Gone, replace
from feeds.selection.naming import Naming
from feeds.selection.stems import folder
from feeds.selection.tombstones import tombstones_since
from feeds.text.markup import element, escape_text


def last_stem(stem: str) -> str:
    """Give where the last documents of a channel are, which come with its 410."""
    return f"gone/{stem}"


def has_last_words(retired: datetime, now: datetime) -> bool:
    """Whether a 410 still says that the feed has ended: for as long as tombstones are named."""
    return retired >= tombstones_since(now)


def gone(
    retired: Mapping[str, datetime], suffixes: Sequence[str], speaking: Mapping[str, Sequence[str]]
) -> Iterator[Gone]:
    """Give what is gone of retired channels, in whichever formats they were.

    Those that are `speaking` have last documents, in those formats that feeds are in now.
    """
    for stem in retired:
        for suffix in suffixes:
            speaks = suffix in speaking.get(stem, ())
            body = f"{last_stem(stem)}{suffix}" if speaks else None
            yield Gone(f"{stem}{suffix}", body)
        yield Gone(f"{folder(stem, suffixes)}/*")


def last_words(
    configuration: Configuration, row: ChannelRow, retired: datetime
) -> tuple[Feed, Entry]:
    """Make the last feed of a channel, with the one entry that says so.

    The feed keeps its id and its address, so that readers show the entry where they showed
    those before.
    """
    naming = Naming(configuration)
    feed = replace(naming.feed(_channel(naming, configuration, row), (), retired), has_ended=True)
    site = naming.source
    link = element("a", escape_text(site.title), href=site.url)
    said = "This feed has ended: it will have no more entries."
    entry = Entry(
        id=f"{feed.id}/ended/{retired.date().isoformat()}",
        title=f"{feed.title} has ended",
        url=feed.url,
        published=retired,
        updated=retired,
        summary=said,
        content=f"<p>{said} Other feeds are at {link}.</p>",
        authors=(feed.author,),
        source=site,
        language="en",
    )
    return feed, entry


def _channel(naming: Naming, configuration: Configuration, row: ChannelRow) -> Channel:
    """Make the channel of a row, even of a rule that is configured no longer."""
    if row.kind != "rule" or row.name in configuration.feeds:
        return naming.channel(row)
    title, language = row.title or row.name, configuration.site.language
    return Channel(row.kind, row.name, title, title, row.stem or "", 1, language)
