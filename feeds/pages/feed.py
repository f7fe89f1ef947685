"""The page of a feed: what it is, how to follow it, and its stories as cards."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from html import unescape
from itertools import islice

from feeds.model import Category, Divided, Entry, Feed, PageForm, Twin
from feeds.pages.environment import PAGE_TYPE, Look
from feeds.pages.plot import plot
from feeds.text.clean import replace_illegal, shorten
from feeds.text.dates import in_words, rfc3339

_EXCERPT = 220
_MOST_TOPICS = 3
# Characters for an excerpt and for links to topics, with their markup: of these there are as many
# as the excerpt leaves room for, so that fifty stories weigh no more for them.
_ROOM, _MARKUP = 270, len(' · <a href=""></a>')

# What stands around cards, which no text can say: a sign of markup in it is escaped.
_MARK = b"<!-- cards -->"
_BEFORE, _AFTER = _MARK + b"\n", b"<!-- end of cards -->\n"
_OPENING = b'<article id="'
_CARD = re.compile(rb"(?=%s)" % _OPENING)
_ID = re.compile(rb'%s([^"]*)"' % _OPENING)
_WHAT_A_CARD_IS = (
    'a card begins with <article id="{{ entry.id }}", has no other article with an id, and no'
    " comment of a page's about cards"
)
_WHAT_A_PAGE_HAS = "the page of a feed has <!-- cards --> once, where its cards go"


def page_form(look: Look, *, with_images: bool) -> PageForm:
    """Give the way in which pages are written, with the pictures of entries or without.

    To write raises `ConfigurationError` where the user's own templates are not as they must be.
    """
    return PageForm(
        media_type=PAGE_TYPE,
        entry=partial(_card, look, _first_image if with_images else _no_image),
        page=partial(_page, look),
        divide=_divide,
        entry_id=_entry_id,
    )


def _card(look: Look, image: Callable[[Entry], object], entry: Entry) -> bytes:
    """Write an entry as a card, by which it is found again in what is published."""
    excerpt = shorten(entry.summary, _EXCERPT)
    written = look.render(
        "card.html",
        entry=entry,
        image=image(entry),
        excerpt=excerpt,
        date=in_words(entry.published),
        moment=rfc3339(entry.published),
        topics=list(_topics(entry, _ROOM - len(excerpt))),
    )
    card = replace_illegal(written).strip().encode()
    if card.count(_OPENING) != 1 or _entry_id(card) != entry.id or _has_marks(card):
        raise look.refused("card.html", _WHAT_A_CARD_IS)
    return card


def _topics(entry: Entry, room: int) -> Iterator[Category]:
    """Give those of an entry's topics, from the first on, that have a page and find room."""
    with_page = (topic for topic in entry.categories if topic.page)
    for topic in islice(with_page, _MOST_TOPICS):
        room -= len(topic.label) + len(topic.page) + _MARKUP
        if room < 0:
            return
        yield topic


def _first_image(entry: Entry) -> object:
    return entry.images[0] if entry.images else None


def _no_image(_entry: Entry) -> object:
    return None


def _page(look: Look, feed: Feed, twin: Twin, cards: Iterable[bytes]) -> bytes:
    """Write the page of a feed around its cards."""
    joined = b"".join(cards)
    written = look.render(
        "feed.html",
        feed=feed,
        twin=twin,
        language=feed.language,
        root="../" * twin.url.removeprefix(twin.site.url).count("/"),
        pages=dict(twin.pages),
        plot=twin.activity and plot(twin.activity),
        has_stories=bool(joined),
    )
    before, mark, after = replace_illegal(written).encode().partition(_MARK)
    if not mark or _has_marks(before + after):
        raise look.refused("feed.html", _WHAT_A_PAGE_HAS)
    return b"".join((before, _BEFORE, joined, _AFTER, after))


def _has_marks(part: bytes) -> bool:
    return _MARK in part or _AFTER.rstrip() in part


def _divide(page: bytes) -> Divided:
    """Take a page apart, as far as it is one of these."""
    before, begin, rest = page.partition(_BEFORE)
    cards, _, after = rest.rpartition(_AFTER)
    return Divided(before + begin, tuple(filter(None, _CARD.split(cards))), _AFTER + after)


def _entry_id(card: bytes) -> str:
    found = _ID.match(card)
    return unescape(found[1].decode()) if found else ""
