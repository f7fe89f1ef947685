"""Feeds of what is asked for, and their pages: made when they are asked for, and held a while."""

import hashlib
import math
from collections.abc import Iterable
from datetime import datetime
from itertools import accumulate
from typing import NamedTuple
from urllib.parse import parse_qsl

from feeds.catalog import edition_of, search
from feeds.config.types import Configuration
from feeds.formats import feed_formats, feed_suffixes, write_entry, write_feed
from feeds.http.coding import IDENTITY
from feeds.http.compression import coded
from feeds.model import (
    Articles,
    Feed,
    FeedFormat,
    FormerAddresses,
    Found,
    PageForm,
    Published,
    Query,
    Redirect,
    replace,
)
from feeds.pages import Look, page_form
from feeds.publish.manifest import entity_tag
from feeds.publish.policy import NOT_FOUND, Policy, Said
from feeds.refresh.rendering import MOST_BYTES
from feeds.selection.asked import QueryNaming
from feeds.selection.queries import SEARCH, BadQuery, Parameters, address_of, is_queried, read_query
from feeds.serve.former import redirect_answer, text_answer
from feeds.serve.prepared import Answer, Prepared
from feeds.serve.shelf import Shelf

PAGE = "/"
"""What the address of a page has for a suffix."""

# Seconds for which what is held counts as of the index that there is.
_SURE = 1.0
_MOST_PARAMETERS = 8
_SHARE_OF_MEMORY = 4


class Asked(NamedTuple):
    """Where a query comes to: the stem of a feed, and the suffix of a format, or of a page."""

    stem: str
    suffix: str


class Queries:
    """Answers queries by the index in the directory of the configured state.

    Only what is said so may be called from another thread than the one that answers.
    """

    def __init__(self, configuration: Configuration, look: Look, policy: Policy) -> None:
        formats = feed_formats(configuration.formats)
        html = configuration.html
        self._forms = {form.suffix: form for form in formats}
        self._page_form = page_form(look, with_images=html.images) if html.pages else None
        self._naming = QueryNaming(configuration, formats, feed_suffixes())
        self._policy = policy
        self._root = configuration.site.root
        self.state = configuration.state_at
        self._memory = configuration.server.memory // _SHARE_OF_MEMORY
        self._shelf = Shelf(self._memory)
        self._edition: str | None = None
        self._sure_until = -math.inf

    def asked(self, path: str) -> Asked | None:
        """Tell what a path of a URL asks for, its percent signs decoded; None where nothing."""
        for suffix in self._forms:
            stem = path[1:].removesuffix(suffix)
            if stem != path[1:] and is_queried(stem):
                return Asked(stem, suffix)
        stem = path[1:].removesuffix(PAGE)
        is_page = self._page_form is not None and stem != path[1:] and stem != SEARCH
        return Asked(stem, PAGE) if is_page and is_queried(stem) else None

    def read(self, asked: Asked, path: bytes, query_string: bytes) -> Query | Answer:
        """Read a query; where it is none, or has another address, give the answer to that.

        `path` is as it was sent.
        """
        try:
            query = read_query(asked.stem, read_parameters(query_string))
        except BadQuery as problem:
            return text_answer(400, str(problem), NOT_FOUND)
        stem, asked_for = address_of(query)
        own = f"/{stem}{asked.suffix}".encode(), asked_for.encode()
        return query if own == (path, query_string) else self._redirected(asked, query)

    def is_sure(self, now: float) -> bool:
        """Whether what is held is of the index that there was a moment ago, in seconds."""
        return now < self._sure_until

    def renew(self, edition: str | None, now: float) -> None:
        """Hold nothing of another edition of the index than this, which is the present one."""
        if edition != self._edition:
            self._edition, self._shelf = edition, Shelf(self._memory)
        self._sure_until = now + _SURE

    def held(self, asked: Asked, query: Query) -> Prepared | None:
        """Give what was made for a query, if it is held."""
        return self._shelf.get(_key(asked, query))

    def hold(self, asked: Asked, query: Query, prepared: Prepared) -> None:
        """Hold what was made for a query, or note that it has become heavier."""
        key = _key(asked, query)
        if self._shelf.get(key) is prepared:
            self._shelf.weigh(key, prepared)
        else:
            self._shelf.add(key, prepared)

    # --- For any thread -------------------------------------------------------------------

    def edition(self) -> str | None:
        """Tell of which edition the index is now, in any thread."""
        return edition_of(self.state)

    def make(
        self, asked: Asked, query: Query, former: FormerAddresses, now: datetime
    ) -> Prepared | Answer:
        """Make the feed or page of a query, in any thread, or what is answered in its stead.

        Raises `Unsearchable`.
        """
        found = search(self.state, query, self._naming.limit)
        if missing := [stem for stem in query.stems if stem not in found.titles]:
            return self._without(asked, query, missing, former)
        said, body = self._written(asked, query, found)
        digest = hashlib.sha256(body).hexdigest()
        # Of what is asked for, there is no end: it is counted as one.
        path = f"{SEARCH}{asked.suffix}"
        kind, tag = said.media_type, entity_tag(digest)
        published = Published(path, kind, digest, len(body), tag, found.changed)
        prepared = Prepared(published, {}, said, now)
        prepared.hold(IDENTITY, body)
        return prepared

    def code(self, prepared: Prepared, coding: str) -> None:
        """Have what was made in a content coding, too, in any thread."""
        whole = prepared.body(IDENTITY) or b""
        prepared.hold(coding, coded(whole, [coding]).get(coding))

    def shown(self, query: Query) -> Articles | None:
        """Find what people are to see of a query; None where nothing is known of what it names.

        Raises `Unsearchable`.
        """
        found = search(self.state, query, self._naming.limit)
        if self._page_form is None or any(stem not in found.titles for stem in query.stems):
            return None
        return self._shown(query, found, self._page_form)

    def _shown(self, query: Query, found: Found, form: PageForm) -> Articles:
        feed = self._naming.feed(query, found)
        cards = _fitting(form.entry(entry) for entry in found.entries)
        return Articles(feed, self._naming.twin(query, found, feed), cards)

    def _written(self, asked: Asked, query: Query, found: Found) -> tuple[Said, bytes]:
        if asked.suffix == PAGE and self._page_form:
            shown = self._shown(query, found, self._page_form)
            body = self._page_form.page(shown.feed, shown.twin, shown.cards)
            return self._policy.said_of_query(self._page_form.media_type, None), body
        form = self._forms[asked.suffix]
        feed = self._naming.feed(query, found)
        said = self._policy.said_of_query(form.media_type, (feed.address(form.suffix), feed.url))
        return said, _feed(form, feed, found)

    def _without(
        self, asked: Asked, query: Query, missing: Iterable[str], former: FormerAddresses
    ) -> Answer:
        """Lead on from topics that have moved, and refuse a channel that there is not."""
        topics = dict(zip(query.topics, query.topics, strict=True))
        for stem in missing:
            slug = self._moved(stem, asked.suffix, former)
            if slug is None:
                return text_answer(404, f"there is no {stem} here", NOT_FOUND)
            topics[stem.removeprefix("topics/")] = slug
        moved = replace(query, topics=tuple(sorted(set(topics.values()))))
        return self._redirected(asked, moved)

    def _moved(self, stem: str, suffix: str, former: FormerAddresses) -> str | None:
        """Give the slug of the topic to which another has moved."""
        there = former.find(f"{stem}{suffix}")
        begin, is_led = f"{self._root}/topics/", isinstance(there, Redirect)
        target = there.target if isinstance(there, Redirect) else ""
        is_topic = is_led and stem.startswith("topics/") and target.startswith(begin)
        return target.removeprefix(begin).removesuffix(suffix) if is_topic else None

    def _redirected(self, asked: Asked, query: Query) -> Answer:
        """Lead to the one address of a query, wherever we are: by a relative reference."""
        stem, asked_for = address_of(query)
        if asked.stem != SEARCH:
            stem = stem.rpartition("/")[2]
        up = "../" if asked.suffix == PAGE else "./"
        target = f"{up}{stem}{asked.suffix}" + (f"?{asked_for}" if asked_for else "")
        return redirect_answer(target, self._policy.former)


def read_parameters(query_string: bytes) -> Parameters:
    """Read the parameters of a query string; raises `BadQuery`."""
    try:
        return parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_PARAMETERS,
        )
    except ValueError:
        raise BadQuery("the query string cannot be read: UTF-8, a few parameters") from None


def _feed(form: FeedFormat, feed: Feed, found: Found) -> bytes:
    written = _fitting(write_entry(entry, (form.entry,))[0] for entry in found.entries)
    return write_feed(feed, written, form.feed)


def _fitting(written: Iterable[bytes]) -> tuple[bytes, ...]:
    """Give as many of some entries, from the first on, as a document has room for; one at least."""
    entries = tuple(written)
    count = sum(size <= MOST_BYTES for size in accumulate(map(len, entries)))
    return entries[: max(count, 1)]


def _key(asked: Asked, query: Query) -> str:
    stem, asked_for = address_of(query)
    return f"{stem}{asked.suffix}?{asked_for}"
