"""Where feeds are and what they are called, whatever topics and providers are called."""

from itertools import permutations

import feedparser
import pytest
from conftest import Workshop, in_archives, in_formats, rewritten

LISTS = {"feeds.opml", "index.html"}


# --- Slugs ---------------------------------------------------------------------------


@pytest.mark.parametrize("order", [*permutations(["C", "C++", "C#"])], ids=" ".join)
def test_topics_that_look_alike_have_feeds_of_their_own(
    workshop: Workshop, order: tuple[str, ...]
) -> None:
    """C, C++ and C# are three topics, at the same URLs in whatever order they come."""
    for topic in order:
        workshop.topics(topic)
        workshop.build()
    assert workshop.stems("topics") == {"topics/c", "topics/c-plus-plus", "topics/c-sharp"}
    for topic, stem in {"C": "c", "C++": "c-plus-plus", "C#": "c-sharp"}.items():
        assert workshop.titles(f"topics/{stem}") == [f"Title_of_{order.index(topic)}"]


def test_topics_with_one_slug_have_feeds_of_their_own(workshop: Workshop) -> None:
    """Of two topics with one slug the one that it spells out gets it, the other a digest more."""
    workshop.topics("C-++", "C ++")
    workshop.build()
    slugs = workshop.stems("topics")
    assert len(slugs) == 2
    assert "topics/c-plus-plus" in slugs
    titles = {workshop.feed(stem)["title"] for stem in slugs}
    assert titles == {"Example News: C-++", "Example News: C ++"}


def test_a_slug_once_given_is_kept(workshop: Workshop) -> None:
    """A topic that comes later and would have the slug alone does not take it from the first."""
    workshop.topics("Machine/Learning")
    workshop.build()
    workshop.topics("Machine Learning")
    workshop.build()
    assert workshop.feed("topics/machine-learning")["title"] == "Example News: Machine/Learning"
    assert len(workshop.stems("topics")) == 2


@pytest.mark.parametrize(
    "labels",
    [
        ["AI", "ai", "Ai"],
        ["AI", "\uff21\uff29"],
        ["caf\u00e9", "cafe\u0301", "CAF\u00c9"],
        ["Stra\u00dfe", "STRASSE"],
        ["I\u0307", "\u0130"],
    ],
    ids=" ".join,
)
def test_ways_to_write_a_topic_are_one_topic(workshop: Workshop, labels: list[str]) -> None:
    """Case, width and composition make no topic of their own, not even within a document."""
    for label in labels:
        workshop.topics(label, labels[0])
    workshop.build()
    [stem] = workshop.stems("topics")
    assert len(workshop.titles(stem)) == len(labels)
    assert {tuple(item["tags"]) for item in workshop.feed()["items"]} == {
        (workshop.feed(stem)["title"].removeprefix("Example News: "),)
    }


def test_a_topic_is_called_what_most_articles_call_it(workshop: Workshop) -> None:
    """The majority gives the label; of equals, the one that sorts first."""
    workshop.topics("ai")
    workshop.build()
    assert workshop.feed("topics/ai")["title"] == "Example News: ai"
    workshop.topics("AI")
    workshop.build()
    assert workshop.feed("topics/ai")["title"] == "Example News: AI"
    workshop.topics("ai")
    report = workshop.build()
    assert workshop.feed("topics/ai")["title"] == "Example News: ai"
    assert {item["tags"][0] for item in workshop.feed()["items"]} == {"ai"}
    assert rewritten(report) == in_formats("all", "topics/ai", "providers/paper.example") | LISTS


@pytest.mark.parametrize(
    "label", ["index", "feed", "healthz", "all", "manifest", "feeds.opml", "CON"]
)
def test_a_topic_called_like_a_file_of_ours_is_but_a_topic(workshop: Workshop, label: str) -> None:
    """Names that mean something to us or to a file system stay below `topics/`."""
    workshop.topics(label, "Energy")
    workshop.build()
    assert len(workshop.stems("topics")) == 2
    stems = ("all", "providers/paper.example", *workshop.stems("topics"))
    feeds = in_formats(*stems) | in_archives(*stems)
    assert set(workshop.files()) == LISTS | {"manifest.json", "lists.css", "style.css"} | feeds


@pytest.mark.parametrize(
    "label",
    [
        "..",
        "../x",
        "/etc",
        "a/b",
        "a\\b",
        ".",
        "-",
        "%2e%2e",
        "\U0001f4a8",
        "x" * 300,
        "\u200b-",
        "a\tb",
        "<b>&\"'",
    ],
)
def test_no_topic_leads_anywhere_else(workshop: Workshop, label: str) -> None:
    """Whatever a topic is called, its feed is a file with a plain name below `topics/`."""
    workshop.topics(label)
    workshop.build()
    for stem in workshop.stems("topics"):
        folder, _, slug = stem.partition("/")
        assert (folder, set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")) == (
            "topics",
            True,
        )
        assert 1 <= len(slug) <= 80
    assert not feedparser.parse((workshop.output / "all.atom").read_bytes()).bozo
    assert {file.name for file in workshop.root.iterdir()} == {"corpus", "output", "state"}


@pytest.mark.parametrize(
    "domain",
    [
        "..",
        "../x",
        "/etc",
        "PAPER.example",
        "paper.example.",
        "[2001:db8::1]",
        "p\u00e4per.example",
        "a_b.example",
        "x.example:8080",
        "N/A",
    ],
)
def test_no_provider_leads_anywhere_else(workshop: Workshop, domain: str) -> None:
    """Whatever a provider's domain is said to be, its feed is a file below `providers/`."""
    workshop.news(
        "a.md", webUrl="https://paper.example/a", provider={"name": "P", "domain": domain}
    )
    workshop.build()
    [stem] = workshop.stems("providers")
    assert stem.count("/") == 1
    assert stem == stem.lower()
    assert stem.isascii()


def test_no_two_files_differ_in_case_only(workshop: Workshop) -> None:
    """On a file system that knows no case every feed still has its own file."""
    workshop.topics("AI", "Ai-", "a.i.", "C", "c#", "\u212a", "K", "\u0130", "I", "\u017f", "S")
    workshop.news("x.md", domain="Paper.Example")
    workshop.build()
    paths = list(workshop.files())
    assert len({path.casefold() for path in paths}) == len(paths)
