"""What is said of resources besides their bytes: how long they may be used, where they belong."""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from feeds.config.freshness import Lifetime
from feeds.config.types import Configuration
from feeds.formats import feed_formats
from feeds.model import Published
from feeds.selection.archives import ArchiveNaming

_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")

# An archive of a past month may be used so many times as long as a feed: it changes seldom,
# but what is withdrawn from it must soon be gone.
_PAST_IS_LONGER = 12

# What a path of a URL may hold as it is (RFC 3986, section 3.3).
_PATH = "/~!$&'()*+,;=:@"


@dataclass(frozen=True, slots=True)
class Said:
    """Header fields of a resource that its bytes do not decide.

    `cache_control` and `link` are values of these fields; without links there is no such
    field. Pages are not `is_feed`: other sites' scripts have no business with them.
    """

    cache_control: str
    link: str | None
    is_feed: bool


class Policy:
    """What a configuration says of every resource; `max_age`, in seconds, is the usual one.

    Its base URL and hubs are those of the links: what is configured is where we are, also in
    the moments after a change in which the last publication still names another place.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._root = configuration.site.root
        self._hubs = tuple(dict.fromkeys(configuration.site.hubs))
        freshness, usual = configuration.freshness, configuration.server.max_age
        self.max_age = usual
        self._feeds = _cache_control(freshness.feeds, usual)
        self._archives = _cache_control(freshness.archives, _PAST_IS_LONGER * usual)
        self._pages = _cache_control(freshness.pages, usual)
        formats = feed_formats()
        self._feed_types = {_essence(form.media_type) for form in formats}
        self._naming = ArchiveNaming(
            next(form for form in formats if form.has_archives), [form.suffix for form in formats]
        )

    def said(self, entry: Published, now: datetime) -> Said:
        """Tell what is said of a resource; months before that of `now` in UTC are past."""
        media_type = _essence(entry.media_type)
        if media_type == "text/html":
            return Said(self._pages, None, is_feed=False)
        month = self._month(entry.path)
        is_past = month is not None and month < f"{now:%Y-%m}"
        link = self._link(entry.path, is_archive=month is not None)
        return Said(
            self._archives if is_past else self._feeds,
            link if media_type in self._feed_types else None,
            is_feed=True,
        )

    def _month(self, path: str) -> str | None:
        """Give the month of a document of an archive; None for what is none."""
        _, month = self._naming.month(path) or ("", "")
        return month if _MONTH.fullmatch(month) else None

    def _link(self, path: str, *, is_archive: bool) -> str:
        """Write what a feed belongs to as a Link field (RFC 8288; WebSub, section 4).

        Nobody subscribes to a document of an archive, so no hub tells of it.
        """
        hubs = () if is_archive else self._hubs
        links = [
            f'<{self._root}/{quote(path, safe=_PATH)}>; rel="self"',
            *(f'<{hub}>; rel="hub"' for hub in hubs),
            f'<{self._root}/>; rel="alternate"; type="text/html"',
        ]
        return ", ".join(links)


def _essence(media_type: str) -> str:
    """Give a media type without its parameters (RFC 9110, section 8.3.1)."""
    return media_type.partition(";")[0].strip().lower()


def _cache_control(lifetime: Lifetime, usual: int) -> str:
    """Write a Cache-Control field (RFC 9111, section 5.2.2; RFC 5861).

    Nothing is `immutable`: what is withdrawn goes from the oldest archive too.
    """
    directives = [f"max-age={lifetime.seconds(usual)}"]
    if lifetime.shared_max_age is not None:
        directives.append(f"s-maxage={lifetime.shared_max_age}")
    if lifetime.stale_while_revalidate:
        directives.append(f"stale-while-revalidate={lifetime.stale_while_revalidate}")
    if lifetime.stale_if_error:
        directives.append(f"stale-if-error={lifetime.stale_if_error}")
    return ", ".join(directives)
