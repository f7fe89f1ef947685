"""Channels and articles in the catalog: how they are found, and at what cost."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from conftest import DAY, NOW, Workshop
from sqlalchemy import Engine, event

from feeds.catalog import open_catalog
from feeds.catalog.parts import parts
from feeds.catalog.records import unpack_history
from feeds.corpus.packing import pack_findings, unpack_findings
from feeds.corpus.records import Unreadable, pack_with_digest, unpack_article
from feeds.model import Article, Enclosure, Finding, Image, Person, Provider, RelatedItem, replace

ARTICLE = Article(
    path="a.md",
    title="T \U0001f4a8 \u2028",
    url="https://paper.example/a",
    published=datetime(2026, 10, 1, tzinfo=UTC),
    provider=Provider("paper.example", "The Paper"),
    explicit_id="urn:x:a",
    modified=datetime(2026, 10, 2, tzinfo=UTC),
    original_url="https://paper.example/o",
    summary="S",
    content="<p>C</p>",
    authors=(Person("A", "a@a.example", "https://a.example/"), Person("B")),
    topics=("Energy", "Wind"),
    images=(Image("https://i.example/1", 1, 2, "alt"), Image("https://i.example/2")),
    enclosures=(
        Enclosure("https://e.example/1", "audio/mpeg", 1, 2, "E"),
        Enclosure("https://e.example/2", ""),
    ),
    player="https://p.example/",
    related=(
        RelatedItem(
            "https://r.example/1", "R", datetime(2026, 1, 1, tzinfo=UTC), Provider("r", "R"), "de"
        ),
        RelatedItem("https://r.example/2", "R"),
    ),
    rights="\u00a9",
    category="news",
    kind="video",
    language="en",
    quality=1,
    heat=-1,
)
UNSAID = {"path", "explicit_id", "modified", "quality", "heat", "category", "kind"}
UNSAID |= {"listed", "withdrawn"}


@contextmanager
def statements() -> Iterator[list[str]]:
    """Give the list of all statements that are executed meanwhile."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


# --- Records -------------------------------------------------------------------------


def test_an_article_is_read_as_it_was_written() -> None:
    """Every field of an article survives, and of the least article too."""
    assert unpack_article(pack_with_digest(ARTICLE)[0]) == ARTICLE
    least = Article("a.md", "T", "https://a.example/", ARTICLE.published, ARTICLE.provider)
    assert unpack_article(pack_with_digest(least)[0]) == least


def test_findings_are_read_as_they_were_written() -> None:
    """Findings survive, and none are none."""
    found = (Finding("a.md", 1, 2, "code", "key", "m\u00e9ssage", "warning"),)
    assert unpack_findings(pack_findings(found)) == found
    assert unpack_findings(pack_findings(())) == ()


@pytest.mark.parametrize("record", ["", "{", "[]", "null", "1", "{}", '{"published":"x"}', '"x"'])
def test_what_is_no_article_is_unreadable(record: str) -> None:
    """Whatever stands in an article's place is told, and is no other error."""
    with pytest.raises(Unreadable):
        unpack_article(record)
    with pytest.raises(Unreadable):
        unpack_article(
            pack_with_digest(ARTICLE)[0].replace('"published":', '"published":9', 1) + record + "}"
        )


@pytest.mark.parametrize("record", ["x", "0", '{"a": 1}', '[{"path": "a"}]', "[" * 100_000])
def test_what_is_no_finding_is_unreadable(record: str) -> None:
    """Whatever stands in the place of findings is told, and is no other error."""
    with pytest.raises(Unreadable):
        unpack_findings(record)


@pytest.mark.parametrize("record", ["", "[]", '{"a": null}', '{"a": 1e999}', '{"a": ' * 100_000])
def test_what_is_no_history_is_unreadable(record: str) -> None:
    """Whatever stands in a history's place is told, and is no other error."""
    with pytest.raises(Unreadable):
        unpack_history('"a"', record)


@pytest.mark.parametrize("name", Article.__struct_fields__)
def test_the_digest_tells_what_feeds_say(name: str) -> None:
    """A change of what is emitted changes the digest, and a change of anything else does not."""
    other: object = {
        "published": NOW,
        "modified": NOW,
        "provider": Provider("paper.example", "Other"),
        "quality": 2,
        "heat": 2,
        "listed": False,
        "withdrawn": True,
    }.get(name, ("x",) if isinstance(getattr(ARTICLE, name), tuple) else "x")
    if name in {"images", "related", "authors", "enclosures"}:
        other = ()
    changed = replace(ARTICLE, **{name: other})
    assert (pack_with_digest(changed)[1] == pack_with_digest(ARTICLE)[1]) == (name in UNSAID)


def test_a_digest_says_nothing_of_what_is_empty() -> None:
    """Fields that a document does not use, now or one day, leave its digest as it is."""
    bare = Article("a.md", "T", "https://a.example/", NOW, Provider("a.example", "A"))
    told = {
        "title": "T",
        "url": "https://a.example/",
        "published": int(NOW.timestamp()),
        "provider": {"domain": "a.example", "name": "A"},
    }
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    assert pack_with_digest(bare)[1] == hashlib.sha256(written.encode()).hexdigest()[:32]


def test_parts_hold_everything_once_and_in_order() -> None:
    """Long lists are taken apart without loss, and an empty one has no part."""
    assert list(parts(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(parts([])) == []


# --- Queries -------------------------------------------------------------------------


def plan_of(workshop: Workshop, statement: str) -> str:
    """Tell how the database would find what a statement asks for."""
    with open_catalog(workshop.kept) as catalog:
        connection = catalog._connection  # noqa: SLF001 - the plan is nobody's business but ours
        marks = statement.count("?")
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (1,) * marks)
        return "\n".join(row[3] for row in rows)


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a workshop with sixty articles of four topics."""
    for number in range(60):
        date = f"2026-09-{number % 28 + 1:02}T00:00:00Z"
        workshop.news(f"{number}.md", topics=[f"Topic {number % 4}"], publishedDateTime=date)
    workshop.build()
    return workshop


@pytest.mark.usefixtures("in_files")
def test_the_newest_come_from_an_index(news: Workshop) -> None:
    """The newest of a channel are found by index, and only ties are sorted."""
    with open_catalog(news.kept) as catalog, statements() as seen:
        assert len(catalog.newest.of([1], 5)[1]) == 5
    [statement] = [text for text in seen if "memberships" in text]
    plan = plan_of(news, statement)
    assert "INDEX memberships_position" in plan
    assert "SCAN" not in plan
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan


@pytest.mark.usefixtures("in_files")
def test_a_cycle_without_news_looks_at_no_article(news: Workshop) -> None:
    """What is due, doubled or dated ahead is found by indexes, not by reading all articles."""
    with statements() as seen:
        news.build(NOW + DAY)
    assert len(seen) < 45
    asked = [text for text in seen if "articles" in text and text.startswith(("SELECT", "UPDATE"))]
    assert asked
    for statement in asked:
        plan = plan_of(news, statement)
        scans = [line for line in plan.splitlines() if line.startswith("SCAN")]
        assert all("INDEX" in line for line in scans), statement + "\n" + plan


def test_the_statements_of_an_edit_do_not_grow_with_the_corpus(workshop: Workshop) -> None:
    """One title changed costs as many statements in a hundred documents as in sixty.

    It changes three feeds in three formats, and a document of the archive of each.
    """
    counts = []
    for size in (60, 100):
        for number in range(len(workshop.documents), size):
            workshop.news(f"{number}.md", topics=[f"Topic {number}"], domain=f"{number}.example")
        workshop.build()
        workshop.edit("3.md", title=f"Better than {size}")
        with statements() as seen:
            report = workshop.build()
        counts.append(len(seen))
        assert (report.read, len(report.changed)) == (1, 9 + 3)
    assert counts[0] == counts[1] < 150


@pytest.mark.usefixtures("in_files")
def test_the_statements_of_a_first_build_are_in_batches(workshop: Workshop) -> None:
    """Documents are stored in batches, so that statements grow with channels only."""
    for number in range(300):
        workshop.news(f"{number}.md")
    with statements() as seen:
        workshop.build()
    most = Counter(seen).most_common(1)[0]
    assert most[1] < 20, most


def test_many_channels_at_once(workshop: Workshop) -> None:
    """More channels than a statement takes values are no obstacle."""
    with open_catalog(workshop.kept) as catalog:
        names = [("topic", f"t{number}") for number in range(40_000)]
        keys = catalog.channels.ensure(names)
        assert len(keys) == 40_000
        assert catalog.channels.ensure(names[::-1]) == keys
        assert catalog.memberships.majority_labels(keys.values()) == {}
        assert len(catalog.channels.topics_there_are()) == 40_000


def test_ties_are_ordered_by_id(workshop: Workshop) -> None:
    """Articles of one instant come in the order of their ids, whatever their order of arrival."""
    for name in ("c", "a", "d", "b"):
        workshop.news(f"{name}.md", title=name)
        workshop.build()
    assert workshop.titles() == ["a", "b", "c", "d"]


def test_labels_are_counted_as_articles_come_and_go(workshop: Workshop) -> None:
    """After all that happens to them the counts are those of the articles that are shown."""
    for number, label in enumerate(["AI", "ai", "Ai", "AI", "ai"]):
        workshop.news(f"{number}.md", topics=[label])
    workshop.build()
    workshop.edit("0.md", topics=["ai"])
    workshop.edit("1.md", published=False)
    workshop.delete("2.md")
    workshop.news("5.md", topics=["Ai"], publishedDateTime="2027-01-01T00:00:00Z")
    workshop.build()
    with open_catalog(workshop.kept) as catalog:
        rows = catalog._connection.exec_driver_sql(  # noqa: SLF001 - counts have no reader of their own
            "SELECT label, articles FROM labels JOIN channels ON key = channel"
            " WHERE kind = 'topic' ORDER BY label"
        )
        assert [tuple(row) for row in rows] == [("AI", 1), ("ai", 2)]
