"""Readings packed as the catalog keeps them, by the process that read them.

Several processes read documents and one stores what they read: what one can do for another is
done here, field by field, so that only they get in, and only text and numbers are sent.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime
from json.encoder import encode_basestring as _quoted
from operator import attrgetter
from typing import Any, NamedTuple, cast

from feeds.model import (
    Article,
    Enclosure,
    Finding,
    Image,
    Person,
    Provider,
    Reading,
    RelatedItem,
)
from feeds.text.urls import comparable

_NEVER_EMITTED = frozenset(
    {
        "path",
        "explicit_id",
        "modified",
        "quality",
        "heat",
        "category",
        "kind",
        "listed",
        "withdrawn",
    }
)


_KINDS: tuple[type, ...] = (Article, Provider, Person, Image, Enclosure, RelatedItem)
# Of each kind, its fields as they begin in JSON, whether feeds say anything of them, and a
# function that gives the values of all.
_FIELDS: dict[type, tuple[tuple[tuple[str, bool], ...], Callable[[Any], Any]]] = {
    kind: (
        tuple(
            (f'"{item.name}":', kind is not Article or item.name not in _NEVER_EMITTED)
            for item in fields(kind)
        ),
        attrgetter(*(item.name for item in fields(kind))),
    )
    for kind in _KINDS
}


class PackedArticle(NamedTuple):
    """An article: what it is found by, its record, and a digest of what feeds say of it.

    `published` and `modified` are in seconds since 1970, `modified` is when the document says
    that it last changed. `mentions` are the addresses that it lists as related.
    """

    address: str
    published: int
    modified: int
    emitted: str
    record: str
    explicit_id: str | None
    mentions: tuple[str, ...]
    listed: bool
    withdrawn: bool


class PackedReading(NamedTuple):
    """What reading one file gave, as `Reading` has it; findings are JSON."""

    path: str
    digest: str
    unchanged: bool
    findings: str
    article: PackedArticle | None


def pack_reading(reading: Reading) -> PackedReading:
    """Pack what was read of a document."""
    article = reading.article
    return PackedReading(
        reading.path,
        reading.digest,
        reading.unchanged,
        pack_findings(reading.findings),
        _packed(article) if article else None,
    )


def _packed(article: Article) -> PackedArticle:
    record, emitted = pack_with_digest(article)
    published = _seconds(article.published)
    return PackedArticle(
        address=comparable(article.url),
        published=published,
        modified=max(published, _seconds(article.modified)) if article.modified else published,
        emitted=emitted,
        record=record,
        explicit_id=article.explicit_id,
        mentions=tuple({comparable(item.url): None for item in article.related}),
        listed=article.listed,
        withdrawn=article.withdrawn,
    )


def pack_with_digest(article: Article) -> tuple[str, str]:
    """Write an article as JSON, and digest what feeds say of it.

    Two articles of one digest look the same there. `modified` is left out: a date that moves
    alone says nothing new. So is what is empty, or every digest would be another once articles
    have one more field.
    """
    record, emitted = _written(article)
    return record, hashlib.sha256(emitted.encode()).hexdigest()[:32]


def pack_findings(findings: tuple[Finding, ...]) -> str:
    """Write findings as JSON."""
    # In ASCII, since the name of a file may be no text, which no database takes.
    return json.dumps([asdict(finding) for finding in findings]) if findings else ""


def _written(value: object) -> tuple[str, str]:
    """Write what has fields as JSON, and again without those that are empty or never emitted.

    What both have in common is written once: most of an article is long text.
    """
    names, values = _FIELDS[type(value)]
    whole, said = [], []
    for (name, is_emitted), item in zip(names, values(value), strict=True):
        kind = type(item)
        if kind is str:
            text = brief = name + _quoted(item)
        elif item is None:
            whole.append(f"{name}null")
            continue
        elif kind in _WRITERS:
            text = brief = name + _WRITERS[kind](item)
        else:
            text, brief = _WRITERS_OF_BOTH.get(kind, _written)(item)
            text, brief = name + text, name + brief
        whole.append(text)
        if is_emitted and (item or kind in _NEVER_EMPTY):
            said.append(brief)
    return f"{{{','.join(whole)}}}", f"{{{','.join(said)}}}"


def _written_list(values: tuple[object, ...]) -> tuple[str, str]:
    if not values:
        return "[]", "[]"
    if isinstance(values[0], str):
        text = f"[{','.join(map(_quoted, cast('tuple[str, ...]', values)))}]"
        return text, text
    write = _WRITERS_OF_BOTH.get(type(values[0]), _written)
    whole, said = zip(*map(write, values), strict=True)
    return f"[{','.join(whole)}]", f"[{','.join(said)}]"


def _written_provider(provider: Provider) -> tuple[str, str]:
    if not (provider.domain and provider.name):
        return _written(provider)
    text = f'{{"domain":{_quoted(provider.domain)},"name":{_quoted(provider.name)}}}'
    return text, text


def _written_related(item: RelatedItem) -> tuple[str, str]:
    """Do the same as `_written` for what there is most of."""
    if (
        not (item.url and item.title and item.published and item.provider)
        or item.language is not None
    ):
        return _written(item)
    whole, said = _written_provider(item.provider)
    begin = (
        f'{{"url":{_quoted(item.url)},"title":{_quoted(item.title)},'
        f'"published":{_seconds(item.published)},"provider":'
    )
    return f'{begin}{whole},"language":null}}', f"{begin}{said}}}"


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


_NEVER_EMPTY = frozenset({int, bool})
_WRITERS: dict[type, Callable[[Any], str]] = {
    int: str,
    bool: lambda value: "true" if value else "false",
    datetime: lambda moment: str(_seconds(moment)),
}
_WRITERS_OF_BOTH: dict[type, Callable[[Any], tuple[str, str]]] = {
    tuple: _written_list,
    Provider: _written_provider,
    RelatedItem: _written_related,
}
