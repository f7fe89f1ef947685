"""Rules: every operator alone and nested, against a plain filter over the same articles."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from feeds.config import parse_configuration
from feeds.model import Article, Provider
from feeds.selection.reasons import candidacies
from feeds.selection.rules import Verdict
from feeds.selection.taxonomy import Taxonomy

TOPICS = ["Energy", "Wind power", "C++", "C"]
WORDS = ["storm", "Storm", "storms", "heat pump", "pump", "heat", "風力", "é"]
PROVIDERS = ["a.example", "b.example"]
LANGUAGES = ["en", "de"]
KINDS = ["article", "video"]
CATEGORIES = ["News", "Essays"]

ARTICLES = st.builds(
    Article,
    path=st.just("a.md"),
    title=st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join),
    url=st.just("https://a.example/1"),
    published=st.just(datetime(2026, 10, 1, tzinfo=UTC)),
    provider=st.sampled_from(PROVIDERS).map(lambda domain: Provider(domain, domain)),
    summary=st.sampled_from(["", "A heat pump, at last.", "STORM!", "海上風力発電"]),
    content=st.sampled_from(["", "<p>No <b>heat</b> pump &amp; storm</p>", "<p>brainstorm</p>"]),
    topics=st.lists(st.sampled_from(TOPICS), max_size=2).map(tuple),
    category=st.sampled_from([None, *CATEGORIES]),
    kind=st.sampled_from(KINDS),
    language=st.sampled_from([None, *LANGUAGES]),
    quality=st.none() | st.integers(-1, 3),
    heat=st.none() | st.integers(-1, 3),
)


def some(values: list[str]) -> st.SearchStrategy[str | list[str]]:
    """Give one value, or a list of some."""
    one = st.sampled_from(values)
    return one | st.lists(one, min_size=1, max_size=2, unique=True)


def minimum() -> st.SearchStrategy[dict[str, str]]:
    """Give a lower bound."""
    return st.integers(-1, 3).map(lambda bound: {"min": str(bound)})


LEAVES: dict[str, st.SearchStrategy[Any]] = {
    "topic": some(["energy", "Energy", "Wind power", "wind-power", "c", "C++", "c-plus-plus"]),
    "provider": some(PROVIDERS),
    "category": some(CATEGORIES),
    "language": some(LANGUAGES),
    "type": some(KINDS),
    "quality": minimum(),
    "heat": minimum(),
    "text": some(["storm", "heat pump", "風力", "É", "pump"]),
}
CONDITIONS = st.recursive(
    st.fixed_dictionaries({}, optional=LEAVES).filter(bool),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "all": st.lists(inner, min_size=1, max_size=3),
            "any": st.lists(inner, min_size=1, max_size=3),
            "not": inner,
            **LEAVES,
        },
    ).filter(bool),
    max_leaves=6,
)

# What each name in a condition means, and what each text is found in, said by hand.
SLUGS = {"wind-power": "Wind power", "c-plus-plus": "C++", "energy": "Energy", "c": "C"}
FOUND_IN = {
    "storm": lambda text: "storm" in plain_words(text),
    "pump": lambda text: "pump" in plain_words(text),
    "heat pump": lambda text: "heat pump" in " ".join(plain_words(text)),
    "風力": lambda text: "風力" in text,
    "É": lambda text: "é" in plain_words(text),
}


def plain_words(text: str) -> list[str]:
    """Give words of a text without its few tags and signs."""
    for noise in ("<p>", "</p>", "<b>", "</b>", "&amp;", "!", ",", "."):
        text = text.replace(noise, " ")
    return text.lower().split()


def listed(value: str | list[str]) -> list[str]:
    """Give a list, where one of one may stand alone."""
    return value if isinstance(value, list) else [value]


def plainly(where: dict[str, Any], article: Article) -> bool:
    """Tell whether conditions hold, by the words of the manual and by nothing of the program."""
    values = {
        "provider": article.provider.domain,
        "category": article.category,
        "language": article.language,
        "type": article.kind,
    }
    results = []
    for key, wanted in where.items():
        if key == "topic":
            results.append(any(SLUGS.get(name, name) in article.topics for name in listed(wanted)))
        elif key in values:
            results.append(values[key] in listed(wanted))
        elif key in {"quality", "heat"}:
            value = getattr(article, key)
            results.append(value is not None and value >= int(wanted["min"]))
        elif key == "text":
            parts = (article.title, article.summary, article.content)
            results.append(any(FOUND_IN[each](part) for each in listed(wanted) for part in parts))
        elif key == "all":
            results.append(all(plainly(each, article) for each in wanted))
        elif key == "any":
            results.append(any(plainly(each, article) for each in wanted))
        else:
            results.append(not plainly(wanted, article))
    return all(results)


def takes(where: dict[str, Any], article: Article) -> bool:
    """Tell whether a rule with conditions, written in a configuration, takes an article."""
    text = json.dumps({"feeds": {"rule": {"title": "Rule", "where": where}}})
    configuration = parse_configuration(text, origin="feeds.yaml", folder=Path("/"))
    kinds = [membership.kind for membership in Taxonomy(configuration).memberships(article)]
    return "rule" in kinds


@given(CONDITIONS, ARTICLES)
def test_a_rule_takes_what_a_plain_filter_takes(where: dict[str, Any], article: Article) -> None:
    """Whatever conditions are nested, they hold exactly where the manual says that they do."""
    assert takes(where, article) is plainly(where, article)


JOINS = {
    "all of these": all,
    "one of these": any,
    "not all of these": lambda parts: not all(parts),
}


def check_joined(verdict: Verdict) -> None:
    """See that what came of several conditions follows from what came of each."""
    for part in verdict.parts:
        check_joined(part)
    if verdict.parts:
        assert verdict.holds is JOINS[verdict.condition]([part.holds for part in verdict.parts])
    else:
        assert verdict.met


@given(CONDITIONS, ARTICLES)
def test_what_is_said_of_a_rule_is_what_it_does(where: dict[str, Any], article: Article) -> None:
    """Why an article belongs somewhere follows from parts, and is told of where it belongs."""
    text = json.dumps({"feeds": {"rule": {"title": "Rule", "where": where}}})
    configuration = parse_configuration(text, origin="feeds.yaml", folder=Path("/"))
    taxonomy = Taxonomy(configuration)
    told = list(candidacies(taxonomy, article))
    assert {each.membership for each in told if each.belongs} == set(taxonomy.memberships(article))
    (rule,) = (each for each in told if each.verdict)
    assert rule.verdict is not None
    assert rule.verdict.holds is rule.belongs is plainly(where, article)
    check_joined(rule.verdict)


@pytest.mark.parametrize("key", list(LEAVES))
@given(st.data())
def test_each_condition_alone(key: str, data: st.DataObject) -> None:
    """A condition holds for what has one of its values, and not for what has none."""
    where = {key: data.draw(LEAVES[key])}
    article = data.draw(ARTICLES)
    assert takes(where, article) is plainly(where, article)
    assert takes({"not": where}, article) is not takes(where, article)


@pytest.mark.parametrize(
    ("phrase", "said", "found"),
    [
        ("AI", "The age of AI", True),
        ("AI", "The mail is in", False),
        ("machine learning", "Machine  Learning, again", True),
        ("machine learning", "Machine-learning", False),
        ("c++", "From C to C++", True),
        ("c++", "From C to C", False),
        ("straße", "Die STRASSE", True),
        ("智能", "人工智能预测", True),
        ("l'énergie", "L'Énergie du vent", True),
    ],
)
def test_text_is_found_between_words(phrase: str, said: str, *, found: bool) -> None:
    """A phrase is found whatever its case, and not within other words, where there are words."""
    date, provider = datetime(2026, 10, 1, tzinfo=UTC), Provider("a.example", "A")
    article = Article("a.md", said, "https://a.example/1", date, provider)
    assert takes({"text": phrase}, article) is found
