"""What leads to all feeds: lists for readers, pages of them for people, and what pages need."""

from collections.abc import Iterator, Mapping, Sequence

from feeds.catalog import Catalog
from feeds.config.types import Configuration
from feeds.formats import directory_formats, feed_formats, feed_suffixes
from feeds.model import Channel, ChannelRow, Directory, Resource, replace
from feeds.pages import (
    PAGE_FILE,
    Look,
    directory_page,
    help_page,
    scripts,
    search_index,
    search_page,
    styles,
)
from feeds.publish.edition import Edition
from feeds.refresh.making import offer
from feeds.refresh.rendered import Rendered
from feeds.refresh.rendering import Made, Same
from feeds.selection.digests import BestNaming
from feeds.selection.directory import SECTIONS, DirectoryNaming, section_paths
from feeds.selection.naming import Naming
from feeds.selection.twins import TwinNaming


class Listing:
    """Makes the lists of all feeds; `rows` are the channels that have any.

    Of what pages were made in the last cycle of this process is in `rendered`.
    """

    def __init__(
        self,
        configuration: Configuration,
        catalog: Catalog,
        naming: Naming,
        best_naming: BestNaming,
        rows: Sequence[ChannelRow],
        rendered: Rendered,
    ) -> None:
        self._has_pages = configuration.html.pages
        self._catalog = catalog
        self._naming = naming
        self._best_naming = best_naming
        self._rows = rows
        self._rendered = rendered
        self._formats = feed_formats(configuration.formats)
        twins = TwinNaming(configuration.html, naming.source, self._formats, feed_suffixes())
        site = configuration.site
        self._pages_of = DirectoryNaming(
            naming.source,
            site.description,
            site.language,
            self._formats,
            twins if self._has_pages else None,
        )

    def offer(self, edition: Edition, look: Look) -> list[str]:
        """Offer what may be another now, written by a look, and give its paths.

        What is on pages may be another with any entry, all else only with feeds themselves.
        """
        lists: list[str] = []
        found = {row.key: self._naming.channel(row) for row in self._rows}
        channels = {key: each for key, each in found.items() if self._naming.is_listed(each)}
        if not edition.lasts:
            lists += offer(edition, self._fixed(channels, look))
        if not edition.lasts or self._has_pages:
            edition.reconsider(section_paths(edition.known, PAGE_FILE))
            lists += offer(edition, self._pages(channels, look))
        return lists

    def _fixed(self, channels: Mapping[int, Channel], look: Look) -> Iterator[Resource]:
        """Give what pages need, and OPML for readers: of all feeds, and of each kind."""
        directory = self._naming.directory(channels.values(), self._formats, self._best_naming)
        yield from styles(look)
        yield from _outlines(directory, "")
        if self._has_pages:
            yield help_page(look, self._naming.source)
            yield from scripts(look)
            yield search_page(look, self._naming.source, directory.language)
            yield search_index(directory, self._formats[0].suffix)
            for kind, folder in SECTIONS.items():
                some = tuple(each for each in directory.outlines if each.kind == kind)
                if some:
                    yield from _outlines(replace(directory, outlines=some), folder)

    def _pages(self, channels: Mapping[int, Channel], look: Look) -> Iterator[Made]:
        """Give the pages that list feeds."""
        overviews = self._catalog.overviews.all() if self._has_pages else {}
        lines = self._pages_of.lines(channels, overviews, self._best_naming)
        for contents in self._pages_of.pages(lines):
            path = contents.path + PAGE_FILE
            if self._rendered.is_same(path, contents, ()):
                yield Same(path)
            else:
                yield directory_page(look, contents)


def _outlines(directory: Directory, folder: str) -> Iterator[Resource]:
    for form in directory_formats():
        yield Resource(folder + form.path, form.media_type, form.directory(directory))
