"""What makes entries of articles in one cycle."""

from collections.abc import Iterable, Sequence

from feeds.config.types import Configuration
from feeds.formats import feed_formats, feed_suffixes
from feeds.model import ChannelRow
from feeds.selection.entries import EntryMaker
from feeds.selection.naming import Naming, provider_names, topic_labels
from feeds.selection.taxonomy import Taxonomy
from feeds.selection.twins import TwinNaming


def entry_maker(
    configuration: Configuration, channels: Sequence[ChannelRow], rows: Iterable[ChannelRow]
) -> EntryMaker:
    """Give what makes entries; `rows` are those of all `channels` that have feeds."""
    has_pages = configuration.html.pages
    # What has no feed any more has its name still.
    return EntryMaker(
        taxonomy=Taxonomy(configuration),
        provider_names=provider_names(channels),
        topic_labels=topic_labels(channels),
        providers=configuration.providers,
        scheme=f"{configuration.site.root}/topics/",
        topic_pages=twin_naming(configuration).topic_pages(rows) if has_pages else {},
    )


def twin_naming(configuration: Configuration) -> TwinNaming:
    """Give what says where the pages of feeds are."""
    source = Naming(configuration).source
    formats = feed_formats(configuration.formats)
    return TwinNaming(configuration.html, source, formats, feed_suffixes())
