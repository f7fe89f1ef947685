"""What is said of resources besides their bytes: by the server, and by hosts of files alike."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from feeds.config.freshness import Lifetime
from feeds.config.types import Configuration
from feeds.model import FeedFormat, Published
from feeds.selection.archives import ArchiveNaming
from feeds.selection.stems import page_folder, stem_of, stem_patterns

_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")

# An archive of a past month may be used so many times as long as a feed: it changes seldom,
# but what is withdrawn from it must soon be gone.
_PAST_IS_LONGER = 12

# What is asked for is made when somebody asks, and is not told of when it changes.
_QUERY_SECONDS = 60

# What a path of a URL may hold as it is (RFC 3986, section 3.3).
_PATH = "/~!$&'()*+,;=:@"

_PAGE = "text/html"
_KINDS = {_PAGE: "page", "text/x-opml": "list"}
_PAGE_POLICY = (
    "default-src 'none'; img-src https: http:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

# Readers that run in a browser fetch feeds from everywhere; nobody fetches pages.
_ANYONE = {"access-control-allow-origin": "*"}
_SHARED = _ANYONE | {"access-control-expose-headers": "ETag, Last-Modified, Link"}

_NOT_FOUND_SECONDS = 60

OF_LISTS = "lists"
"""The tag of what belongs to no feed alone: lists of feeds, search, scripts and styles."""

OF_QUERIES = "queries"
"""The tag of what was made because somebody asked for it."""

TAG_FIELDS = ("cache-tag", "surrogate-key")
"""The fields by which CDNs learn of tags: Cloudflare and others by the first, Fastly the other."""

Fields = Mapping[str, str]
"""Header fields; their names are in lower case, as ASGI wants them."""

SAFE: Fields = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
}
"""What a browser may do with a feed or an error that it shows: nothing."""

PRIVATE_PAGE: Fields = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
    **SAFE,
    "content-security-policy": _PAGE_POLICY,
}
"""The fields of a page that is for whoever runs the server, or for this moment only."""

NOT_FOUND: Fields = {"cache-control": f"max-age={_NOT_FOUND_SECONDS}", **SAFE}
"""The fields of a 404, its type aside."""


@dataclass(frozen=True, slots=True)
class Said:
    """Header fields of a resource that its bytes do not decide.

    `cache_control` and `link` are values of these fields; without links there is no such
    field. Pages are not `is_feed`: other sites' scripts have no business with them. `kind` is as
    what it counts: a feed, an archive, a page, a list of feeds, live (made for a query), or
    something other. `hubs` are those that are told when the resource changes. Its `tag` is that
    by which CDNs purge it.
    """

    media_type: str
    cache_control: str
    link: str | None
    is_feed: bool
    kind: str
    hubs: tuple[str, ...] = ()
    tag: str | None = None

    @property
    def is_polled(self) -> bool:
        """Whether readers of feeds ask for it again and again: only these documents have links."""
        return self.link is not None

    @property
    def content_fields(self) -> Fields:
        """The fields that come with the bytes, and not with a 304."""
        policy = {} if self.is_feed else {"content-security-policy": _PAGE_POLICY}
        link = {} if self.link is None else {"link": self.link}
        return {"content-type": self.media_type, **SAFE, **policy, **link}

    @property
    def lasting_fields(self) -> Fields:
        """The fields that a 304 repeats, validators aside (RFC 9110, section 15.4.5).

        What a resource is not coded in today it may be tomorrow, so that Vary is the same for
        all. A script that asks with a condition of its own sees the 304 itself, if it may. Tags
        guide caches, which that section has a 304 say, too: what is configured may be another.
        """
        shared = _SHARED if self.is_feed else {}
        tags = {} if self.tag is None else dict.fromkeys(TAG_FIELDS, self.tag)
        return {"cache-control": self.cache_control, "vary": "Accept-Encoding", **shared, **tags}


@dataclass(frozen=True, slots=True)
class Tags:
    """How hosts of files find the tag of a path: patterns of what comes after its first slash.

    It is the first group of `of_feeds`; where `of_lists` matches, or neither does, it is that of
    lists.
    """

    of_feeds: str
    of_lists: str


class Policy:
    """What a configuration says of every resource; `formats` are those of feeds.

    Its base URL and hubs are those of the links: what is configured is where we are, also in
    the moments after a change in which the last publication still names another place.
    """

    def __init__(self, configuration: Configuration, formats: Sequence[FeedFormat]) -> None:
        self._root = configuration.site.root
        self._has_pages = configuration.html.pages
        self._suffixes = [form.suffix for form in formats]
        self._hubs = tuple(dict.fromkeys(configuration.site.hubs))
        self._has_tags = configuration.purge.tags
        freshness, usual = configuration.freshness, configuration.server.max_age
        # Without a limit caches would keep a 301 or 410 as long as they like (RFC 9110, 15.4.2),
        # and a mistake in the configuration would be for good.
        self.former: Fields = {"cache-control": f"max-age={usual}", **SAFE, **_ANYONE}
        self._feeds = _cache_control(freshness.feeds, usual)
        self._archives = _cache_control(freshness.archives, _PAST_IS_LONGER * usual)
        self._pages = _cache_control(freshness.pages, usual)
        self._queries = _cache_control(freshness.queries, _QUERY_SECONDS)
        lives = ((freshness.feeds, usual), (freshness.archives, _PAST_IS_LONGER * usual))
        self._any_month = _cache_control(*min(lives, key=lambda life: life[0].seconds(life[1])))
        self._feed_types = {_essence(form.media_type) for form in formats}
        self._naming = ArchiveNaming(
            next(form for form in formats if form.has_archives), [form.suffix for form in formats]
        )

    def said(self, entry: Published, now: datetime) -> Said:
        """Tell what is said of a resource; months before that of `now` in UTC are past."""
        month = self._month(entry.path)
        is_past = month is not None and month < f"{now:%Y-%m}"
        said = self._said(entry.media_type, self._archives if is_past else self._feeds)
        if self._has_tags:
            said = replace(said, tag=self.tag(entry.path))
        if _essence(entry.media_type) not in self._feed_types:
            return said
        # Nobody subscribes to a document of an archive, so no hub tells of it.
        hubs = self._hubs if month is None else ()
        kind = "feed" if month is None else "archive"
        return replace(said, link=self._link(entry.path, hubs), hubs=hubs, kind=kind)

    def address(self, path: str) -> str:
        """Give the absolute URL of what is at a path, as feeds and pages name it."""
        return f"{self._root}/{quote(path, safe=_PATH)}"

    def tag(self, path: str) -> str:
        """Give the tag of what is at a path: the stem of the feed to which it belongs."""
        return quote(stem_of(path, self._suffixes) or OF_LISTS, safe="/-._~")

    def said_of_kind(self, media_type: str, *, in_archives: bool) -> Said:
        """Tell what is said, besides links, of all resources of a type by who knows no months.

        Documents of archives are fresh for the shorter time of those that they may have.
        """
        return self._said(media_type, self._any_month if in_archives else self._feeds)

    def said_of_query(self, media_type: str, links: tuple[str, str] | None) -> Said:
        """Tell what is said of what is asked for: a feed with its own address and its page's.

        A page has no `links`. No hub tells of either.
        """
        link = None
        if links is not None:
            own, page = links
            link = f'<{own}>; rel="self", <{page}>; rel="alternate"; type="text/html"'
        tag = OF_QUERIES if self._has_tags else None
        is_feed = links is not None
        return Said(media_type, self._queries, link, is_feed, "live", tag=tag)

    @property
    def tags(self) -> Tags | None:
        """How a tag is found where answers carry tags; None where they do not."""
        return Tags(*stem_patterns(self._suffixes)) if self._has_tags else None

    def _said(self, media_type: str, cache_control: str) -> Said:
        essence = _essence(media_type)
        is_feed = essence != _PAGE
        kind = _KINDS.get(essence, "other")
        return Said(media_type, cache_control if is_feed else self._pages, None, is_feed, kind)

    def _month(self, path: str) -> str | None:
        """Give the month of a document of an archive; None for what is none."""
        _, month = self._naming.month(path) or ("", "")
        return month if _MONTH.fullmatch(month) else None

    def _link(self, path: str, hubs: Sequence[str]) -> str:
        """Write what a feed belongs to as a Link field (RFC 8288; WebSub, section 4)."""
        links = [
            f'<{self.address(path)}>; rel="self"',
            *(f'<{hub}>; rel="hub"' for hub in hubs),
            f'<{self._page(path)}>; rel="alternate"; type="text/html"',
        ]
        return ", ".join(links)

    def _page(self, path: str) -> str:
        """Give the page of what is under a path; that of the publication where it has none."""
        folder = page_folder(path, self._suffixes) if self._has_pages else None
        return f"{self._root}/{quote(folder, safe=_PATH)}/" if folder else f"{self._root}/"


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
