"""The page of a feed: what it is, how to follow it, and its stories as cards."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from html import unescape

from feeds.model import Divided, Entry, Feed, PageForm, Twin
from feeds.pages.environment import PAGE_TYPE, template
from feeds.pages.plot import plot
from feeds.text.clean import replace_illegal, shorten
from feeds.text.dates import in_words, rfc3339

_EXCERPT = 240

# What stands around cards, which no text can say: a sign of markup in it is escaped.
_BEFORE, _AFTER = b"<!-- cards -->\n", b"<!-- end of cards -->\n"
_CARD = re.compile(rb'(?=<article id=")')
_ID = re.compile(rb'<article id="([^"]*)"')


def page_form(*, with_images: bool) -> PageForm:
    """Give the way in which pages are written, with the pictures of entries or without."""
    return PageForm(
        media_type=PAGE_TYPE,
        entry=_with_images if with_images else _without_images,
        page=_page,
        divide=_divide,
        entry_id=_entry_id,
    )


def _card(entry: Entry, image: Callable[[Entry], object]) -> bytes:
    """Write an entry as a card."""
    card = template("card.html").render(
        entry=entry,
        image=image(entry),
        excerpt=shorten(entry.summary, _EXCERPT),
        date=in_words(entry.published),
        moment=rfc3339(entry.published),
    )
    return replace_illegal(card).encode()


def _first_image(entry: Entry) -> object:
    return entry.images[0] if entry.images else None


def _no_image(_entry: Entry) -> object:
    return None


_with_images = partial(_card, image=_first_image)
_without_images = partial(_card, image=_no_image)


def _page(feed: Feed, twin: Twin, cards: Iterable[bytes]) -> bytes:
    """Write the page of a feed around its cards."""
    joined = b"".join(cards)
    before, _, after = (
        template("feed.html")
        .render(
            feed=feed,
            twin=twin,
            language=feed.language,
            root="../" * twin.url.removeprefix(twin.site.url).count("/"),
            pages=dict(twin.pages),
            plot=twin.activity and plot(twin.activity),
            has_stories=bool(joined),
        )
        .partition("<!-- cards -->")
    )
    return b"".join((_legal(before), _BEFORE, joined, _AFTER, _legal(after)))


def _legal(text: str) -> bytes:
    return replace_illegal(text).encode()


def _divide(page: bytes) -> Divided:
    """Take a page apart, as far as it is one of these."""
    before, begin, rest = page.partition(_BEFORE)
    cards, _, after = rest.rpartition(_AFTER)
    return Divided(before + begin, tuple(filter(None, _CARD.split(cards))), _AFTER + after)


def _entry_id(card: bytes) -> str:
    found = _ID.match(card)
    return unescape(found[1].decode()) if found else ""
