"""Which articles a rule of the configuration takes: conditions, compiled once, then asked."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from feeds.config.conditions import Where
from feeds.model import Article, Gist
from feeds.text.clean import UNSPACED, clean_paragraph
from feeds.text.slugs import fold

_UNSPACED = re.compile(f"[{UNSPACED}]")


MeansTopics = Callable[[Iterable[str]], Callable[[Iterable[str]], bool]]
"""Takes names of topics as people write them, and gives a function that tells whether some
topics, by key, have one of those that are meant."""


@dataclass(frozen=True)
class Subject:
    """An article with the keys of its topics; what it says is read only if it is asked for."""

    article: Article | Gist
    topics: frozenset[str]

    @cached_property
    def text(self) -> str:
        """Title, excerpt and body as one folded text."""
        article = self.article
        return fold(f"{article.title} \n {article.summary} \n {clean_paragraph(article.content)}")


Rule = Callable[[Subject], bool]


def compile_rule(where: Where, topics: MeansTopics) -> Rule:
    """Make a function of conditions, which tells whether all of them hold for an article."""
    tests: list[Rule] = []
    if where.topic:
        is_about = topics(where.topic)
        tests.append(lambda subject: is_about(subject.topics))
    for wanted, value in (
        (where.provider, lambda article: article.provider.domain),
        (where.category, lambda article: article.category),
        (where.language, lambda article: article.language),
        (where.type, lambda article: article.kind),
    ):
        if wanted:
            tests.append(_is_one_of(frozenset(wanted), value))
    if where.quality:
        tests.append(_is_at_least(where.quality.min, lambda article: article.quality))
    if where.heat:
        tests.append(_is_at_least(where.heat.min, lambda article: article.heat))
    if where.text:
        tests.append(_says(where.text))
    tests += [compile_rule(each, topics) for each in where.all]
    if where.any:
        tests.append(_one_holds([compile_rule(each, topics) for each in where.any]))
    if where.not_:
        tests.append(_fails(compile_rule(where.not_, topics)))
    return lambda subject: all(test(subject) for test in tests)


def reads_text(where: Where) -> bool:
    """Whether conditions ask what an article says."""
    parts = (*where.all, *where.any, *([where.not_] if where.not_ else ()))
    return bool(where.text) or any(map(reads_text, parts))


def _is_one_of(wanted: frozenset[str], value: Callable[[Article | Gist], str | None]) -> Rule:
    return lambda subject: value(subject.article) in wanted


def _is_at_least(bound: int, value: Callable[[Article | Gist], int | None]) -> Rule:
    """Hold for what has a value of at least a bound: what has none never does."""

    def holds(subject: Subject) -> bool:
        found = value(subject.article)
        return found is not None and found >= bound

    return holds


def _says(phrases: Iterable[str]) -> Rule:
    """Hold for what says one of some phrases, not as a part of other words."""
    alternatives = "|".join(map(_pattern, phrases))
    pattern = re.compile(alternatives)
    return lambda subject: pattern.search(subject.text) is not None


def _pattern(phrase: str) -> str:
    """Write a phrase so that it is found between words, where words are told apart at all."""
    folded = fold(phrase)
    before = "" if _UNSPACED.match(folded[:1]) else r"(?<!\w)"
    after = "" if _UNSPACED.match(folded[-1:]) else r"(?!\w)"
    return before + re.escape(folded) + after


def _one_holds(rules: list[Rule]) -> Rule:
    return lambda subject: any(rule(subject) for rule in rules)


def _fails(rule: Rule) -> Rule:
    return lambda subject: not rule(subject)
