"""Which channels an article belongs to, by its topics, its provider and the rules."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from feeds.config.types import Configuration, Topic, Where
from feeds.model import Article, ChannelKind, Membership
from feeds.text.slugs import fold, slug


class Taxonomy:
    """What the configuration says of topics and rules, ready to be asked.

    A topic is known by its key, the folded label of its name. Aliases lead to that key, and
    an article of a topic is an article of every topic above it. `former` are aliases that
    were topics of their own once: whoever follows one of them gets what the topic gets.
    """

    def __init__(self, configuration: Configuration, former: frozenset[str] = frozenset()) -> None:
        self._topics = {fold(topic.label): topic for topic in configuration.topics.values()}
        self._key_of_slug = {
            slug: fold(topic.label) for slug, topic in configuration.topics.items()
        }
        self._key_of_alias = dict(_aliases(configuration.topics))
        self._former: dict[str, list[str]] = {}
        for alias in sorted(former):
            self._former.setdefault(self.key(alias), []).append(alias)
        self._rules = {name: rule.where for name, rule in configuration.feeds.items()}

    def memberships(self, article: Article) -> tuple[Membership, ...]:
        """Give every channel that an article belongs to, each once."""
        topics = self._topics_of(article)
        found = [Membership("all", "", "")]
        for key, label in topics.items():
            names = (key, *self._former.get(key, ()))
            found += [Membership("topic", name, label) for name in names]
        found.append(Membership("provider", article.provider.domain, article.provider.name))
        found += [
            Membership("rule", name, "")
            for name, where in self._rules.items()
            if self._meets(where, article, topics)
        ]
        return tuple(found)

    def standing(self) -> tuple[tuple[ChannelKind, str], ...]:
        """Give the channels that are there even when nothing is in them."""
        return (("all", ""), *(("rule", name) for name in self._rules))

    def aliases(self) -> tuple[str, ...]:
        """Give the keys that lead to topics of another key."""
        return tuple(alias for alias, key in self._key_of_alias.items() if alias != key)

    def categories(self, article: Article) -> tuple[str, ...]:
        """Give the keys of the topics that the article itself names, in its order."""
        return tuple(dict.fromkeys(self.key(label) for label in article.topics))

    def key(self, label: str) -> str:
        """Give the key of the topic that a label means."""
        folded = fold(label)
        return self._key_of_alias.get(folded, folded)

    def _topics_of(self, article: Article) -> Mapping[str, str]:
        """Map the keys of an article's topics, and of those above them, to its labels."""
        found: dict[str, str] = {}
        for label in article.topics:
            key: str | None = self.key(label)
            while key is not None and key not in found:
                topic = self._topics.get(key)
                found[key] = topic.label if topic else label
                key = self._key_of_slug.get(topic.parent) if topic and topic.parent else None
        return found

    def _meets(self, where: Where, article: Article, topics: Mapping[str, str]) -> bool:
        return (
            self._is_about(where.topic, topics)
            and _any(where.provider, (article.provider.domain,))
            and _any(where.category, (article.category,))
            and _any(where.language, (article.language,))
            and _any(where.type, (article.kind,))
            and (where.quality is None or _at_least(article.quality, where.quality.min))
            and (where.heat is None or _at_least(article.heat, where.heat.min))
        )

    def _is_about(self, wanted: Iterable[str], topics: Iterable[str]) -> bool:
        """Whether one of an article's topics is wanted, by its label or by its slug."""
        wanted = set(wanted)
        keys = {self._key_of_slug.get(name, self.key(name)) for name in wanted}
        return _any(keys, topics) or not wanted.isdisjoint(map(_slug, topics))


@cache
def _slug(key: str) -> str:
    return slug(key)


def _aliases(topics: Mapping[str, Topic]) -> Iterator[tuple[str, str]]:
    for topic in topics.values():
        for alias in topic.aliases:
            yield fold(alias), fold(topic.label)


def _any(wanted: Iterable[str], values: Iterable[str | None]) -> bool:
    """Whether a condition holds: it names no value, or one of those that there are."""
    wanted = set(wanted)
    return not wanted or not wanted.isdisjoint(values)


def _at_least(value: int | None, bound: int) -> bool:
    return value is not None and value >= bound
