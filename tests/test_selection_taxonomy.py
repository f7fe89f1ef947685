"""Which channels an article belongs to."""

import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.config import Configuration, parse_configuration
from feeds.model import Article, ChannelRow, Membership, Provider, replace
from feeds.selection.stems import renamed_topics
from feeds.selection.taxonomy import Taxonomy
from feeds.text.slugs import fold

CONFIGURATION = """
topics:
  ml: {label: Machine Learning, aliases: [ML, Deep Learning], parent: ai}
  ai: {label: Artificial Intelligence, aliases: [AI], parent: science}
  science: {label: Science}
feeds:
  learning: {title: Learning, where: {topic: ml}}
  by-label: {title: Learning, where: {topic: machine  LEARNING}}
  wide: {title: Science, where: {topic: [science, arts]}}
  c: {title: C, where: {topic: c}}
"""


def configured(text: str = CONFIGURATION) -> Configuration:
    """Read a configuration."""
    return parse_configuration(text, origin="feeds.yaml", folder=Path("/srv"))


def article(*topics: str) -> Article:
    """Make an article that has these topics."""
    provider = Provider("paper.example", "The Paper")
    moment = datetime(2026, 10, 1, tzinfo=UTC)
    return Article("a.md", "T", "https://paper.example/a", moment, provider, topics=topics)


def members(taxonomy: Taxonomy, kind: str, *topics: str) -> dict[str, str]:
    """Give the names and labels of an article's channels of one kind."""
    found = taxonomy.memberships(article(*topics))
    assert len({(item.kind, item.name) for item in found}) == len(found)
    return {item.name: item.label for item in found if item.kind == kind}


def test_every_article_belongs_to_all_and_to_its_provider() -> None:
    """Without topics and rules there are these two, the provider by its domain."""
    assert Taxonomy(Configuration()).memberships(article()) == (
        Membership("all", "", "", in_stories=True),
        Membership("provider", "paper.example", "The Paper"),
    )


def test_another_process_can_be_sent_it() -> None:
    """Whatever rules ask for, what they are compiled to says the same where it is made anew."""
    rules = """
      every: {title: E, where: {all: [{topic: ml}, {quality: {min: 3}}]}}
      some: {title: S, where: {any: [{provider: other.example}, {text: turbines}]}}
      none: {title: N, where: {not: {topic: arts}}}
    """
    taxonomy = Taxonomy(configured(f"{CONFIGURATION}{rules.replace('      ', '  ')}"), ["arts"])
    sent = pickle.loads(pickle.dumps(taxonomy))  # noqa: S301 - our own
    for item in (article("ML"), article("Arts"), replace(article(), quality=5)):
        assert sent.memberships(item) == taxonomy.memberships(item)
    assert members(sent, "rule", "ML").keys() >= {"learning", "none"}


def test_a_topic_is_known_by_its_folded_label() -> None:
    """Ways to write a topic are one topic, which the article calls as it does first."""
    taxonomy = Taxonomy(Configuration())
    assert members(taxonomy, "topic", "Stra\u00dfe", "STRASSE", " stra\u00dfe ") == {
        "strasse": "Stra\u00dfe"
    }


def test_an_article_belongs_to_the_topics_above_its_own() -> None:
    """Aliases lead to a topic, and that to its parents, each by its own label and once."""
    expected = {
        "machine learning": "Machine Learning",
        "artificial intelligence": "Artificial Intelligence",
        "science": "Science",
    }
    taxonomy = Taxonomy(configured())
    assert members(taxonomy, "topic", "deep learning") == expected
    assert members(taxonomy, "topic", "Science", "ML", "AI", "machine learning") == expected


def test_an_entry_names_only_the_topics_of_the_article_itself() -> None:
    """Its categories are its own topics, in its order and without repetition."""
    keys = Taxonomy(configured()).categories(article("Other", "ML", "deep learning", "other"))
    assert keys == ("other", "machine learning")


@pytest.mark.parametrize(
    ("topics", "rules"),
    [
        (["ML"], {"learning", "by-label", "wide"}),
        (["AI"], {"wide"}),
        (["Arts"], {"wide"}),
        (["C"], {"c"}),
        (["C++", "C#"], set()),
        ([], set()),
    ],
)
def test_rules_ask_for_topics_by_slug_or_label(topics: list[str], rules: set[str]) -> None:
    """A configured topic has a slug of its own, any other the one that its label gives."""
    assert set(members(Taxonomy(configured()), "rule", *topics)) == rules


def test_a_slug_asks_for_a_topic_that_is_not_configured() -> None:
    """What stands in the URL of a topic's feed can be written in a rule."""
    taxonomy = Taxonomy(configured("feeds: {f: {title: F, where: {topic: [c-sharp, big-data]}}}"))
    assert members(taxonomy, "rule", "C#") == {"f": ""}
    assert members(taxonomy, "rule", "Big Data") == {"f": ""}
    assert members(taxonomy, "rule", "C") == {}


def test_what_became_an_alias_goes_on_with_its_topic() -> None:
    """A former topic has the articles of the topic it is an alias of, and only if it was one."""
    taxonomy = Taxonomy(configured(), ["ai", "deep learning", "science", "other"])
    assert set(members(taxonomy, "topic", "Machine learning")) == {
        "machine learning",
        "deep learning",
        "artificial intelligence",
        "ai",
        "science",
    }
    assert set(members(taxonomy, "topic", "Science")) == {"science"}


def test_there_are_feeds_without_articles() -> None:
    """All and every rule stand, whether anything is in them or not."""
    standing = Taxonomy(configured()).standing()
    assert standing == (
        ("all", ""),
        *(("rule", name) for name in ("learning", "by-label", "wide", "c")),
    )


# --- Qualified labels ----------------------------------------------------------------


QUALIFIED = """
qualifiers: [Healthcare IT News, Exclusive]
topics:
  ml: {label: Machine Learning, aliases: [ML, "Exclusive: AI"]}
  policy: {label: "Healthcare IT News: Policy"}
"""


@pytest.mark.parametrize(
    ("label", "key", "bare"),
    [
        ("Healthcare IT News: Genomics", "genomics", "Genomics"),
        ("HEALTHCARE  it news :Genomics", "genomics", "Genomics"),
        ("Healthcare IT News\uff1aGenomics", "genomics", "Genomics"),
        ("Healthcare IT News: Exclusive: exclusive: Genomics", "genomics", "Genomics"),
        ("Healthcare IT News: Genomics: A Guide", "genomics: a guide", "Genomics: A Guide"),
        ("Healthcare IT News: ML", "machine learning", "Machine Learning"),
        ("Exclusive: AI", "machine learning", "Machine Learning"),
        ("Healthcare IT News: Policy", "healthcare it news: policy", "Healthcare IT News: Policy"),
        ("Exclusive: Policy", "policy", "Policy"),
        ("Healthcare IT News", "healthcare it news", "Healthcare IT News"),
        ("Healthcare IT News:", "healthcare it news:", "Healthcare IT News:"),
        ("Healthcare IT News: Exclusive", "exclusive", "Exclusive"),
        ("Healthcare IT News: :", ":", ":"),
        ("The Healthcare IT News: X", "the healthcare it news: x", "The Healthcare IT News: X"),
        ("Healthcare IT News X", "healthcare it news x", "Healthcare IT News X"),
        (": X", ": x", ": X"),
    ],
)
def test_a_qualifier_is_no_part_of_a_topic(label: str, key: str, bare: str) -> None:
    """What is configured is taken off before a colon, unless the whole label is configured."""
    taxonomy = Taxonomy(configured(QUALIFIED))
    assert members(taxonomy, "topic", label) == {key: bare}
    assert taxonomy.categories(article(label)) == (key,)
    assert taxonomy.key(fold(label)) == key


def test_a_label_of_nothing_but_qualifiers_costs_little() -> None:
    """Ten of them are taken off, and what is left is the topic, however long it is."""
    label = "Exclusive: " * 11 + "X"
    assert Taxonomy(configured(QUALIFIED)).key(label) == "exclusive: x"


def test_what_was_a_topic_with_its_qualifier_goes_on() -> None:
    """A former topic of a qualified label has the articles of the topic it leads to now."""
    names = ["healthcare it news: ml", "exclusive: genomics", "healthcare it news: policy"]
    taxonomy = Taxonomy(configured(QUALIFIED), names)
    assert members(taxonomy, "topic", "ML", "Genomics") == {
        "machine learning": "Machine Learning",
        "healthcare it news: ml": "Machine Learning",
        "genomics": "Genomics",
        "exclusive: genomics": "Genomics",
    }


@pytest.mark.parametrize(
    "wanted", ["genomics", "Genomics", "'Exclusive: Genomics'", "exclusive-genomics"]
)
def test_rules_understand_qualified_labels(wanted: str) -> None:
    """A rule may ask for the topic, for a qualified label, and for the slug that it once had."""
    rule = f"feeds: {{f: {{title: F, where: {{topic: {wanted}}}}}}}"
    taxonomy = Taxonomy(configured(QUALIFIED + rule), ["exclusive: genomics"])
    assert members(taxonomy, "rule", "Healthcare IT News: Genomics") == {"f": ""}
    assert members(taxonomy, "rule", "Genomics") == {"f": ""}
    assert members(taxonomy, "rule", "ML") == {}


def test_a_qualified_channel_goes_on_as_the_topic_at_its_slug() -> None:
    """Where a topic is configured under the slug of a qualified label, it has that channel."""
    channel = ChannelRow(7, "topic", "exclusive: genes", "topics/exclusive-genes", None, None)
    topics = configured("topics: {exclusive-genes: {label: Genes}}").topics
    assert renamed_topics([channel], {}, topics) == {}
    assert renamed_topics([channel], {}, topics, ["Exclusive"]) == {7: "genes"}
    renamed = replace(channel, name="genes")
    assert renamed_topics([renamed], {7: channel.name}, topics, ["Exclusive"]) == {}
    assert renamed_topics([renamed], {7: channel.name}, topics) == {7: channel.name}
