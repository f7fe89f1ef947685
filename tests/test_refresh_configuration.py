"""A change of the configuration takes effect, and costs no more than it must."""

from dataclasses import replace

import pytest
from conftest import SITE, Workshop, in_formats, rewritten

LISTS = {"feeds.opml", "index.html"}
EVERYTHING = LISTS | in_formats(
    "all",
    "topics/energy",
    "topics/wind",
    "providers/paper.example",
    "providers/post.example",
    "feeds/best",
)
BASE = "feeds: {best: {title: Best, where: {quality: {min: 50}}}}\n"


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a workshop whose feeds are published."""
    workshop.configure(BASE)
    workshop.news("a.md", topics=["Energy"], quality=80)
    workshop.news("b.md", topics=["Wind"], domain="post.example", provider_name="The Post")
    workshop.build()
    return workshop


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            SITE.replace("Example News", "Better"),
            EVERYTHING,
        ),
        (
            SITE.replace("}", ", description: D}"),
            LISTS | in_formats("all"),
        ),
        ("limit: 1\n", in_formats("all")),
        (
            "topics: {energy: {label: Power, aliases: [Energy]}}\n",
            LISTS | in_formats("all", "topics/energy", "providers/paper.example", "feeds/best"),
        ),
        (
            "topics: {energy: {label: Energy}, wind: {label: Wind, parent: energy}}\n",
            in_formats("topics/energy"),
        ),
        (
            "providers: {post.example: {name: Post!}}\n",
            LISTS | in_formats("all", "topics/wind", "providers/post.example"),
        ),
        (
            "providers: {post.example: {language: de}}\n",
            in_formats("all", "topics/wind", "providers/post.example"),
        ),
    ],
    ids=["title", "description", "limit", "label", "parent", "provider", "language"],
)
def test_a_change_rewrites_what_it_shows_in(
    news: Workshop, change: str, expected: set[str]
) -> None:
    """No document is read, and what is written is what says something else now."""
    before = news.files()
    news.configure(change + BASE)
    report = news.build()
    # Atom and RSS of a provider's language have an attribute that JSON Feed has not.
    assert report.read == 0
    assert rewritten(report) <= expected
    assert {path.rpartition(".")[0] for path in rewritten(report)} == {
        path.rpartition(".")[0] for path in expected
    }
    assert (report.entries_in, report.entries_out) == (0, {})
    news.configure(BASE)
    assert news.build().read == 0
    assert {**news.files(), "manifest.json": b""} == {**before, "manifest.json": b""}


def test_a_rule_that_is_added_has_a_feed(news: Workshop) -> None:
    """A new rule makes its feed of the articles that are there."""
    news.configure(
        "feeds: {best: {title: Best, where: {quality: {min: 50}}},"
        " post: {title: Post, where: {provider: post.example}}}\n"
    )
    report = news.build()
    assert (report.read, set(report.added)) == (0, in_formats("feeds/post"))
    assert set(report.changed) == LISTS
    assert news.titles("feeds/post") == ["Title_of_b"]


def test_a_rule_that_is_taken_out_is_gone(news: Workshop) -> None:
    """The feed of a rule that is no longer configured is deleted, and back with the rule."""
    before = news.files()
    news.configure()
    report = news.build()
    assert (report.read, set(report.deleted)) == (0, in_formats("feeds/best"))
    assert rewritten(report) == LISTS
    assert not (news.output / "feeds").exists()
    assert b"feeds/best" not in b"".join(news.files().values())
    news.configure(BASE)
    news.build()
    assert {**news.files(), "manifest.json": b""} == {**before, "manifest.json": b""}


def test_a_rule_that_is_changed_has_other_articles(news: Workshop) -> None:
    """Other conditions under the same name take effect without reading."""
    news.configure(BASE.replace("50", "90"))
    report = news.build()
    assert (report.read, rewritten(report)) == (0, in_formats("feeds/best"))
    assert news.titles("feeds/best") == []


@pytest.mark.parametrize(
    "change", ["time_zone: Europe/Berlin\n", "limits: {title_characters: 9}\n"]
)
def test_what_documents_are_read_by_has_them_read_again(news: Workshop, change: str) -> None:
    """Another time zone or limit has every document read and parsed once more, but once only."""
    news.edit("b.md", publishedDateTime="2026-10-01 08:00:00")
    news.build()
    news.configure(BASE + change)
    assert news.build().read == 2
    report = news.build()
    assert report.read == 0
    if change.startswith("time"):
        [date] = {item["date_published"] for item in news.feed("topics/wind")["items"]}
        assert date == "2026-10-01T06:00:00Z"
    else:
        assert {finding.code for finding in report.findings} == {"title-too-long"}


def test_another_base_for_relative_addresses_has_documents_read_again(news: Workshop) -> None:
    """A document whose URL could not be told is published when the corpus says where it is."""
    news.news("c.md", webUrl="/c")
    assert "url-relative" in {finding.code for finding in news.build().findings}
    news.base_url = "https://base.example/"
    report = news.build()
    assert report.read == 3
    assert {finding.code for finding in report.findings} == set()
    assert "https://base.example/c" in {item["url"] for item in news.feed()["items"]}


def test_another_dialect_has_documents_read_again(news: Workshop) -> None:
    """A corpus that is said to be in one dialect is read as that, and once only."""
    [corpus] = news.plan().corpora
    curated = tuple(item for item in corpus.rules.dialects if item.name == "curated")
    changed = replace(corpus, rules=replace(corpus.rules, dialects=curated))
    report = news.build(corpora=(changed,))
    assert (report.read, report.states) == (2, {"kept": 2})
    assert news.build(corpora=(changed,)).read == 0
    assert news.build().states == {"listed": 2}


def test_another_program_reads_again_and_writes_what_differs(news: Workshop) -> None:
    """An upgrade reads everything once, and what comes out the same is not written."""
    before = news.stamps()
    news.revision = "the next one"
    report = news.build()
    assert (report.read, rewritten(report)) == (2, set())
    assert news.stamps() == before
    assert news.build().read == 0
