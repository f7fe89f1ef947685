"""What readers ask for that no feed of ours has: articles with some words, of several topics.

A query has one address, whatever it was written like: so caches keep one answer to it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias
from urllib.parse import urlencode

from feeds.model import Query, Term
from feeds.text.words import is_unspaced, plain_words

SEARCH = "search"
"""The stem of feeds that are found by words."""

MOST_CHARACTERS = 200
"""How long what is looked for may be."""

MOST_TERMS = 10
"""Of how many words, quoted ones counted one by one, it may be."""

MOST_TOPICS = 8
"""How many topics a query may name."""

BEST = 1_000
"""No quality is told from a higher one than this."""

_TOPICS = "topics/"
_EVERY, _ANY = "+", ","
_LEAST_BEGINNING = 3
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_DOMAIN = re.compile(r"[a-z0-9._-]{1,253}(?::[0-9]{1,5})?")
_NUMBER = re.compile(r"[0-9]{1,4}")
_WRITTEN = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')

Parameters: TypeAlias = Sequence[tuple[str, str]]
"""Names and values, as they were asked for."""


class BadQuery(ValueError):
    """What is asked for is no query; says why, to who asked."""


def is_queried(stem: str) -> bool:
    """Whether the feeds at a stem are such as are asked for by a query."""
    name = stem.removeprefix(_TOPICS)
    has_several = name != stem and "/" not in name and (_EVERY in name or _ANY in name)
    return stem == SEARCH or has_several


def read_query(stem: str, parameters: Parameters) -> Query:
    """Read what is asked for under such a stem; raises `BadQuery`."""
    is_search = stem == SEARCH
    known = ("q", "topic", "provider", "min_quality") if is_search else ("provider", "min_quality")
    given = _once(parameters, known)
    topics = given.get("topic", "").replace(" ", _EVERY) if is_search else stem[len(_TOPICS) :]
    slugs, has_every = _topics(topics)
    query = Query(
        _terms(given.get("q", "")),
        slugs,
        has_every,
        _provider(given.get("provider", "")),
        _quality(given.get("min_quality", "")),
    )
    if query == Query():
        raise BadQuery("say what to look for: q, topic, provider or min_quality")
    return query


def address_of(query: Query) -> tuple[str, str]:
    """Give the one stem and query string of a query's feed.

    Where what is asked for is the feed of a channel, it is that one's, and without query string.
    """
    if not query.terms and query.min_quality is None and len(query.stems) == 1:
        return query.stems[0], ""
    filters: list[tuple[str, str]] = []
    if query.provider:
        filters.append(("provider", query.provider))
    if query.min_quality is not None:
        filters.append(("min_quality", str(query.min_quality)))
    if not query.terms and len(query.topics) > 1:
        sign = _EVERY if query.has_every else _ANY
        return _TOPICS + sign.join(query.topics), urlencode(filters)
    asked = [("q", query.words)] if query.terms else []
    if query.topics:
        asked.append(("topic", (" " if query.has_every else _ANY).join(query.topics)))
    return SEARCH, urlencode([*asked, *filters], safe=_ANY)


def _once(parameters: Parameters, known: Sequence[str]) -> dict[str, str]:
    """Give the values of parameters, of which there may be no others, and none twice."""
    given: dict[str, str] = {}
    for name, value in parameters:
        if name not in known:
            raise BadQuery(f"no such parameter here; there are {', '.join(known)}")
        if name in given:
            raise BadQuery(f"{name} is there twice")
        given[name] = value
    return given


def _terms(text: str) -> tuple[Term, ...]:
    if len(text) > MOST_CHARACTERS:
        raise BadQuery(f"q has more than {MOST_CHARACTERS} characters")
    terms = tuple(dict.fromkeys(_written(text)))
    if text.strip() and not terms:
        raise BadQuery("q has no word")
    if sum(len(term.words) for term in terms) > MOST_TERMS:
        raise BadQuery(f"q has more than {MOST_TERMS} words")
    return terms


def _written(text: str) -> Iterator[Term]:
    for sign, quoted, plain in _WRITTEN.findall(text):
        # What is no letter and no digit separates words where they are looked for.
        words = tuple(word for word in plain_words(quoted or plain) if any(map(str.isalnum, word)))
        if words:
            begins = plain.endswith("*") and len(words[-1]) >= _LEAST_BEGINNING
            # Of an unspaced script a word may be one character, and pairs are what is looked for.
            begins = begins and not is_unspaced(words[-1])
            yield Term(words, bool(sign), begins)


def _topics(text: str) -> tuple[tuple[str, ...], bool]:
    """Read slugs, and whether every one of them is asked for."""
    if _EVERY in text and _ANY in text:
        raise BadQuery("topics are joined by + (all of them) or by , (any of them), not by both")
    has_every = _ANY not in text
    slugs = sorted({*filter(None, map(str.strip, re.split(r"[+,]", text.lower())))})
    if len(slugs) > MOST_TOPICS:
        raise BadQuery(f"there are more than {MOST_TOPICS} topics")
    _all_fit(_SLUG, slugs, "a topic is named by its slug, as in the address of its feed")
    return tuple(slugs), has_every or len(slugs) < 2  # noqa: PLR2004 - of one there is no choice


def _provider(text: str) -> str:
    domain = text.strip().lower()
    _all_fit(_DOMAIN, [domain] if domain else [], "a provider is named by its domain")
    return domain


def _quality(text: str) -> int | None:
    number = text.strip()
    if not number:
        return None
    _all_fit(_NUMBER, [number], f"min_quality is a whole number from 0 to {BEST}")
    if int(number) > BEST:
        raise BadQuery(f"min_quality is a whole number from 0 to {BEST}")
    return int(number)


def _all_fit(pattern: re.Pattern[str], texts: Iterable[str], problem: str) -> None:
    if not all(map(pattern.fullmatch, texts)):
        raise BadQuery(problem)
