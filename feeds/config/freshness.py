"""How long caches may use what is served, for each kind of resource (RFC 9111, RFC 5861)."""

from dataclasses import dataclass, field
from typing import Annotated

from feeds.config.kinds import Example, WholeNumber
from feeds.config.section import Section

Seconds = Annotated[int, WholeNumber(0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime(Section):
    """How long answers about one kind of resource may be used."""

    max_age: Annotated[Seconds | None, Example(300)] = None
    """Seconds for which any cache may use it without asking; without it, `server.max_age`, for
    archives twelve times that, and for queries 60."""

    shared_max_age: Annotated[Seconds | None, Example(60)] = None
    """The same for caches that many readers share, such as a CDN; without it, `max_age`."""

    stale_while_revalidate: Annotated[Seconds, Example(30)] = 60
    """Seconds for which it may be used after that while the cache asks; 0 for none."""

    stale_if_error: Annotated[Seconds, Example(3_600)] = 86_400
    """Seconds for which it may be used after that when we do not answer; 0 for none."""

    def seconds(self, usual: int) -> int:
        """Give the seconds for which any cache may use it: what is configured, or the usual."""
        return usual if self.max_age is None else self.max_age


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness(Section):
    """How long answers may be used, for each kind of resource."""

    feeds: Lifetime = field(default_factory=Lifetime)
    """Feeds, the list of all feeds, and archives of the month that has not ended."""

    archives: Lifetime = field(default_factory=Lifetime)
    """Archives of past months, which change only when an entry of theirs does."""

    pages: Lifetime = field(default_factory=Lifetime)
    """Pages for people."""

    queries: Lifetime = field(default_factory=Lifetime)
    """Feeds of what is asked for, and their pages."""
