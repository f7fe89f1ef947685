"""What is answered under former addresses, and what was when the last cycle published."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from feeds.catalog import Catalog, Damaged, open_catalog, state_of_catalog
from feeds.config.types import Configuration
from feeds.errors import ConfigurationError
from feeds.formats import feed_formats, feed_suffixes
from feeds.model import ChannelRow, FormerAddresses
from feeds.publish.manifest import NOTHING_FORMER, dump_manifest, load_former
from feeds.refresh.lock import alone
from feeds.refresh.rendering import Made, Renderer
from feeds.selection.former import moved_stems, redirects
from feeds.selection.retiring import gone, has_last_words, last_stem, last_words

_SETTING = "former"


class Former:
    """What is answered, at an instant, where channels have moved or were retired.

    Where a channel did both, those who ask are led on.
    """

    def __init__(self, configuration: Configuration, catalog: Catalog, now: datetime) -> None:
        self._configuration = configuration
        moved = moved_stems(configuration.moved)
        retired = catalog.retirements.all()
        self._retired: Mapping[str, datetime] = {
            stem: date for stem, date in retired.items() if stem not in moved
        }
        self.stems = moved | self._retired.keys()
        self._catalog, self._now = catalog, now

    def addresses(self) -> FormerAddresses:
        """Give every former address with what is answered there."""
        site, formats = self._configuration.site, feed_formats(self._configuration.formats)
        speaking = {stem: [form.suffix for form in formats] for stem in self._speaking()}
        ended = gone(self._retired, feed_suffixes(), speaking)
        return FormerAddresses(
            redirects(self._configuration.moved, site.root),
            tuple(sorted(ended, key=lambda item: item.path)),
        )

    def with_feeds(self, channels: Iterable[ChannelRow]) -> tuple[ChannelRow, ...]:
        """Give the channels that have feeds: all there ever were but those that are no more here.

        These have moved, were retired, or are rules no longer configured.
        """
        rules = self._configuration.feeds
        return tuple(
            row
            for row in channels
            if row.stem not in self.stems and (row.kind != "rule" or row.name in rules)
        )

    def last_documents(self, renderer: Renderer) -> Iterator[Made]:
        """Give what comes with the 410 of channels that were retired not long ago."""
        for stem, row in self._speaking().items():
            feed, entry = last_words(self._configuration, row, self._retired[stem])
            yield from renderer.ready(last_stem(stem), feed, [entry])

    def _speaking(self) -> Mapping[str, ChannelRow]:
        """Give the channels that have a last document, as they are called now."""
        recent = {stem for stem, date in self._retired.items() if has_last_words(date, self._now)}
        rows = self._catalog.channels.all() if recent else []
        return {row.stem: row for row in rows if row.stem in recent}


def former_known(catalog: Catalog) -> FormerAddresses:
    """Give what of former addresses was published last."""
    known = catalog.setting(_SETTING)
    return load_former(known.encode()) if known else NOTHING_FORMER


def remember_former(catalog: Catalog, former: FormerAddresses) -> None:
    """Keep what of former addresses is published."""
    catalog.remember(_SETTING, dump_manifest((), former).decode())


def retire(configuration: Configuration, stem: str, now: datetime, *, undo: bool) -> None:
    """Retire the channel at a stem, or let it go on, from the next cycle on.

    Raises `ConfigurationError` where there is none, `Locked` where a publisher is at work.
    """
    state = configuration.state_at
    if state_of_catalog(state) is None:
        raise ConfigurationError((f"{state}: nothing was published from here yet",))
    with alone(state):
        try:
            with open_catalog(state) as catalog:
                _retire(catalog, stem, now, undo=undo)
        except Damaged:
            with open_catalog(state) as catalog:
                _retire(catalog, stem, now, undo=undo)


def _retire(catalog: Catalog, stem: str, now: datetime, *, undo: bool) -> None:
    retirements = catalog.retirements
    if undo:
        if stem not in retirements.all():
            raise ConfigurationError((f"{stem}: is not retired",))
        retirements.remove(stem)
        return
    stems = {row.stem for row in catalog.channels.all() if row.kind != "all"}
    if stem not in stems:
        wanted = "give one such as topics/energy, without a suffix"
        raise ConfigurationError((f"{stem}: there is no feed that can be retired; {wanted}",))
    retirements.add(stem, now)
