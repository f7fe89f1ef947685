"""Which channels an article belongs to, by its topics, its provider and the rules."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple, Self

from feeds.config.types import Configuration, Topic
from feeds.model import Article, ChannelKind, Gist, Membership
from feeds.selection.kinds import kinds_of
from feeds.selection.rules import Subject, Verdict, compile_rule, reads_text
from feeds.text.slugs import fold, slug

# The colon, and the characters that are one when a label is folded (NFKC).
_COLON = re.compile("[:\ufe13\ufe55\uff1a]")
_Line = tuple[tuple[str, Sequence[Membership]], ...]

# More than these stand one after another only where somebody wants to keep us busy.
_MOST_QUALIFIERS = 10


class Lead(NamedTuple):
    """How a label of an article leads to a channel of a topic.

    `plain` is the label without qualifiers, `key` the topic's, `below` that of the topic whose
    parent it is, None where the label means it itself. Where `name`, that of the channel, is
    another than the key, what was a topic of its own once goes on with this one.
    """

    label: str
    plain: str
    key: str
    below: str | None
    name: str


class Taxonomy:
    """What the configuration says of topics and rules, ready to be asked.

    A topic is known by its key, the folded label of its name. Aliases lead to that key, so
    do labels with a qualifier before them, and an article of a topic is an article of every
    topic above it.

    `topics` are the names of all topics that have channels. Those that lead to another key
    now were topics of their own once: whoever follows one of them gets what the topic gets.
    """

    def __init__(self, configuration: Configuration, topics: Iterable[str] = ()) -> None:
        self._made_of = configuration, tuple(topics)
        self._topics = {fold(topic.label): topic for topic in configuration.topics.values()}
        self._key_of_slug = {
            slug: fold(topic.label) for slug, topic in configuration.topics.items()
        }
        self._configured = dict(_configured_names(configuration.topics))
        self._qualifiers = frozenset(map(fold, configuration.qualifiers))
        self._former: dict[str, list[str]] = {}
        for name in sorted(self._made_of[1]):
            if (key := self._meant(name)) != name:
                self._former.setdefault(key, []).append(name)
        self._lines: dict[str, _Line] = {}
        self._kinds_with_stories = kinds_of(configuration.stories)
        self._rules_with_stories = {
            name for name, rule in configuration.feeds.items() if rule.stories
        }
        self._rules = [
            (
                self._membership("rule", name, "", by_addition=rule.order == "added"),
                compile_rule(rule.where, self.wanted),
            )
            for name, rule in configuration.feeds.items()
        ]
        self._reads_texts = any(reads_text(rule.where) for rule in configuration.feeds.values())
        self._all = self._membership("all", "", "")

    def __reduce__(self) -> tuple[type[Self], tuple[Configuration, tuple[str, ...]]]:
        """Have other processes make it anew: what rules are compiled to cannot be sent."""
        return type(self), self._made_of

    @property
    def has_stories(self) -> bool:
        """Whether a story is one entry anywhere."""
        return bool(self._kinds_with_stories or self._rules_with_stories)

    @property
    def reads_texts(self) -> bool:
        """Whether what articles say decides over their channels, besides what is said of them."""
        return self._reads_texts

    def in_stories(self, kind: ChannelKind, name: str) -> bool:
        """Whether a story is one entry in a channel."""
        return kind in self._kinds_with_stories or (
            kind == "rule" and name in self._rules_with_stories
        )

    def memberships(self, article: Article | Gist) -> tuple[Membership, ...]:
        """Give every channel that an article belongs to, each once."""
        topics = self._topics_of(article)
        found = [self._all]
        for memberships in topics.values():
            found += memberships
        provider = article.provider
        found.append(self._membership("provider", provider.domain, provider.name))
        if self._rules:
            subject = Subject(article, frozenset(topics))
            found += [membership for membership, holds in self._rules if holds(subject)]
        return tuple(found)

    def leads(self, article: Article | Gist) -> Iterator[Lead]:
        """Give all ways in which an article comes to its topics and to those above them."""
        for label in article.topics:
            below: str | None = None
            for key, memberships in self._line(label):
                for membership in memberships:
                    yield Lead(label, self._bare(label), key, below, membership.name)
                below = key

    def verdicts(self, article: Article) -> Iterator[tuple[Membership, Verdict]]:
        """Give what comes of each rule for an article with its texts."""
        subject = Subject(article, self.topics(article))
        for membership, rule in self._rules:
            yield membership, rule.judge(subject)

    def _membership(
        self, kind: ChannelKind, name: str, label: str, *, by_addition: bool = False
    ) -> Membership:
        return Membership(kind, name, label, by_addition, self.in_stories(kind, name))

    def standing(self) -> tuple[tuple[ChannelKind, str], ...]:
        """Give the channels that are there even when nothing is in them."""
        return (("all", ""), *((rule.kind, rule.name) for rule, _ in self._rules))

    def categories(self, article: Article | Gist) -> tuple[str, ...]:
        """Give the keys of the topics that the article itself names, in its order."""
        return tuple(dict.fromkeys(self.key(label) for label in article.topics))

    def topics(self, article: Article | Gist) -> frozenset[str]:
        """Give the keys of an article's topics and of those above them."""
        return frozenset(self._topics_of(article))

    def key(self, label: str) -> str:
        """Give the key of the topic that a label means."""
        return self._line(label)[0][0]

    def topic(self, label: str) -> Topic | None:
        """Give what is configured of the topic that a label means."""
        return self._topics.get(self.key(label))

    def _meant(self, label: str) -> str:
        folded = fold(self._bare(label))
        return self._configured.get(folded, folded)

    def _bare(self, label: str) -> str:
        """Take off what stands before a colon and is no part of the topic."""
        for _ in range(_MOST_QUALIFIERS if self._qualifiers else 0):
            qualifier, *rest = _COLON.split(label, maxsplit=1)
            if fold(label) in self._configured or fold(qualifier) not in self._qualifiers:
                break
            if not (topic := "".join(rest).strip()):
                break
            label = topic
        return label

    def _topics_of(self, article: Article | Gist) -> Mapping[str, Sequence[Membership]]:
        """Map the keys of an article's topics, and of those above them, to its channels there."""
        found: dict[str, Sequence[Membership]] = {}
        for label in article.topics:
            for key, memberships in self._line(label):
                if key in found:
                    break
                found[key] = memberships
        return found

    def _line(self, label: str) -> "_Line":
        """Give the keys of a topic and of those above it, each with what its articles get."""
        # There are far fewer labels than articles that have them.
        if line := self._lines.get(label):
            return line
        found: dict[str, Sequence[Membership]] = {}
        key: str | None = self._meant(label)
        while key is not None and key not in found:
            topic = self._topics.get(key)
            shown = topic.label if topic else self._bare(label)
            found[key] = [self._membership("topic", name, shown) for name in self._names(key)]
            key = self._key_of_slug.get(topic.parent) if topic and topic.parent else None
        return self._lines.setdefault(label, tuple(found.items()))

    def _names(self, key: str) -> Iterable[str]:
        """Give the names of a topic's channel and of those that go on with it."""
        return (key, *self._former.get(key, ()))

    def wanted(self, names: Iterable[str]) -> Callable[[Iterable[str]], bool]:
        """Give a function that tells whether some topics have one that is meant by these names.

        A name is a topic's label, an alias or its slug.
        """
        wanted = frozenset(names)
        keys = {self._key_of_slug.get(name, self.key(name)) for name in wanted}

        def is_about(topics: Iterable[str]) -> bool:
            topics = tuple(topics)
            slugs = (_slug(name) for key in topics for name in self._names(key))
            return not keys.isdisjoint(topics) or not wanted.isdisjoint(slugs)

        return is_about


@cache
def _slug(key: str) -> str:
    return slug(key)


def _configured_names(topics: Mapping[str, Topic]) -> Iterator[tuple[str, str]]:
    """Give every label and alias that is configured, folded, with the key that it leads to."""
    for topic in topics.values():
        key = fold(topic.label)
        yield key, key
        for alias in topic.aliases:
            yield fold(alias), key
