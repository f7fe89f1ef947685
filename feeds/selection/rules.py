"""Which articles a rule of the configuration takes: conditions, compiled once, then asked.

What decides over a condition also says why: there is one evaluation, so that what people are told
cannot be another thing than what was done.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

from feeds.config.conditions import Where
from feeds.model import Article, Gist
from feeds.text.clean import UNSPACED, clean_paragraph
from feeds.text.slugs import fold

_UNSPACED = re.compile(f"[{UNSPACED}]")
_NONE = "none"


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


class Verdict(NamedTuple):
    """What came of a condition for an article.

    `condition` is what is asked, `met` the value of the article that decided, empty where
    conditions within did: these are `parts`.
    """

    condition: str
    holds: bool
    met: str = ""
    parts: tuple["Verdict", ...] = ()


class Rule(Protocol):
    """A condition, ready to be asked."""

    def __call__(self, subject: Subject, /) -> bool:
        """Tell whether it holds for an article."""

    def judge(self, subject: Subject) -> Verdict:
        """Tell the same, and why."""


@dataclass(frozen=True, slots=True)
class _Test:
    """Asks one thing of an article."""

    condition: str
    holds: Callable[[Subject], bool]
    met: Callable[[Subject], str]

    def __call__(self, subject: Subject) -> bool:
        return self.holds(subject)

    def judge(self, subject: Subject) -> Verdict:
        return Verdict(self.condition, self.holds(subject), self.met(subject))


@dataclass(frozen=True, slots=True)
class _Group:
    """Asks several conditions, and joins what came of them."""

    condition: str
    join: Callable[[Iterable[bool]], bool]
    parts: tuple[Rule, ...]

    def __call__(self, subject: Subject) -> bool:
        return self.join(part(subject) for part in self.parts)

    def judge(self, subject: Subject) -> Verdict:
        parts = tuple(part.judge(subject) for part in self.parts)
        return Verdict(self.condition, self.join(part.holds for part in parts), "", parts)


def compile_rule(where: Where, topics: MeansTopics) -> Rule:
    """Make one condition of those that all must hold for an article."""
    tests: list[Rule] = []
    if where.topic:
        tests.append(_is_about(where.topic, topics(where.topic)))
    for name, wanted, value in (
        ("provider", where.provider, lambda article: article.provider.domain),
        ("category", where.category, lambda article: article.category),
        ("language", where.language, lambda article: article.language),
        ("type", where.type, lambda article: article.kind),
    ):
        if wanted:
            tests.append(_is_one_of(name, wanted, value))
    if where.quality:
        tests.append(_is_at_least("quality", where.quality.min, lambda article: article.quality))
    if where.heat:
        tests.append(_is_at_least("heat", where.heat.min, lambda article: article.heat))
    if where.text:
        tests.append(_says(where.text))
    for name, join, parts in (
        ("all of these", all, where.all),
        ("one of these", any, where.any),
        ("not all of these", _not_all, (where.not_,) if where.not_ else ()),
    ):
        if parts:
            tests.append(_Group(name, join, tuple(compile_rule(each, topics) for each in parts)))
    return tests[0] if len(tests) == 1 else _Group("all of these", all, tuple(tests))


def reads_text(where: Where) -> bool:
    """Whether conditions ask what an article says."""
    parts = (*where.all, *where.any, *([where.not_] if where.not_ else ()))
    return bool(where.text) or any(map(reads_text, parts))


def _is_about(wanted: Iterable[str], is_about: Callable[[Iterable[str]], bool]) -> Rule:
    return _Test(
        f"topic is {_either(wanted)}",
        lambda subject: is_about(subject.topics),
        lambda subject: ", ".join(sorted(subject.topics)) or _NONE,
    )


def _is_one_of(
    name: str, wanted: Iterable[str], value: Callable[[Article | Gist], str | None]
) -> Rule:
    values = frozenset(wanted)
    return _Test(
        f"{name} is {_either(wanted)}",
        lambda subject: value(subject.article) in values,
        lambda subject: value(subject.article) or _NONE,
    )


def _is_at_least(name: str, bound: int, value: Callable[[Article | Gist], int | None]) -> Rule:
    """Hold for what has a value of at least a bound: what has none never does."""

    def holds(subject: Subject) -> bool:
        found = value(subject.article)
        return found is not None and found >= bound

    def met(subject: Subject) -> str:
        found = value(subject.article)
        return _NONE if found is None else str(found)

    return _Test(f"{name} is at least {bound}", holds, met)


def _says(phrases: Iterable[str]) -> Rule:
    """Hold for what says one of some phrases, not as a part of other words."""
    pattern = re.compile("|".join(map(_pattern, phrases)))

    def met(subject: Subject) -> str:
        found = pattern.search(subject.text)
        return found[0] if found else _NONE

    return _Test(
        f"text says {_either(phrases)}",
        lambda subject: pattern.search(subject.text) is not None,
        met,
    )


def _pattern(phrase: str) -> str:
    """Write a phrase so that it is found between words, where words are told apart at all."""
    folded = fold(phrase)
    before = "" if _UNSPACED.match(folded[:1]) else r"(?<!\w)"
    after = "" if _UNSPACED.match(folded[-1:]) else r"(?!\w)"
    return before + re.escape(folded) + after


def _not_all(hold: Iterable[bool]) -> bool:
    return not all(hold)


def _either(wanted: Iterable[str]) -> str:
    return " or ".join(wanted)
