"""Stories as they grow, lose articles and merge: every file after every build, byte by byte.

The directories of `data/stories` are steps, in their order: what each adds to the corpus, and
which files are then new or others (`output`). When something is meant to come out otherwise,
`python tests/test_refresh_stories.py` writes them anew; the difference is then to be read, not
only committed.
"""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from conftest import DAY, NOW, Workshop, files_of, in_formats
from feed_rules import complaints
from hypothesis import HealthCheck, given, settings, strategies as st
from test_refresh_golden import published
from test_refresh_history import EXAMPLES
from test_refresh_replay import PATHS, Polls, Subscriber, environment, serving

from feeds.refresh import Carried

CASES = Path(__file__).parent / "data" / "stories"
STEPS = sorted(step for step in CASES.iterdir() if step.is_dir())
BEGINNING = datetime(2026, 10, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)

__all__ = ["environment"]


def identifier(name: str) -> str:
    """Give the id of the article of a document."""
    return f"tag:feeds.example,2026:{name}.md"


def begin(root: Path) -> Workshop:
    """Give a workshop with the configuration of the stories."""
    workshop = Workshop(root)
    workshop.configure((CASES / "feeds.yaml").read_text(encoding="utf-8"))
    return workshop


def steps(workshop: Workshop) -> Iterator[Path]:
    """Take the steps one after the other, an hour apart, and give each when it is published."""
    for number, step in enumerate(STEPS):
        shutil.copytree(step / "corpus", workshop.corpus, dirs_exist_ok=True)
        workshop.build(BEGINNING + number * HOUR)
        yield step


# --- What is published ---------------------------------------------------------------


def test_each_step_publishes_what_is_expected(tmp_path: Path) -> None:
    """A story has one entry in the feeds of everything and of topics, whatever becomes of it."""
    workshop, expected = begin(tmp_path), dict[str, bytes]()
    for step in steps(workshop):
        expected |= files_of(step / "output")
        found = published(workshop)
        assert found.keys() == expected.keys(), step.name
        for path, body in expected.items():
            assert found[path].decode() == body.decode(), f"{step.name}: {path}"


def test_each_step_keeps_the_validators_rules(tmp_path: Path) -> None:
    """Feeds and archives with stories are as valid as without."""
    workshop = begin(tmp_path)
    for step in steps(workshop):
        for path, body in workshop.files().items():
            if path not in {"manifest.json", "index.html", "lists.css", "style.css"}:
                address = f"https://feeds.example/{path}"
                assert complaints(body, address) == [], f"{step.name}: {path}"


class Seen(NamedTuple):
    """What a subscriber should see after a step, by the documents of entries."""

    new: str = ""
    modified: str = ""


# Of the feeds with stories: the story of `a` goes on under its id whoever leads it; `d` has no
# part in it any more once `c` is withdrawn, and `e` has one from the last step on.
EXPECTED = [
    Seen(new="a"),
    *[Seen(modified="a")] * 4,
    Seen(new="d", modified="a"),
    Seen(new="e"),
    Seen(modified="a"),
]


@dataclass
class Replay:
    """What a subscriber was shown, step by step."""

    polls: list[Polls] = field(default_factory=list)


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """Give what a subscriber was shown who polled after each step."""
    seen = Replay()
    with ExitStack() as stack:
        site = stack.enter_context(serving())
        subscriber = stack.enter_context(closing(Subscriber(site.url)))
        workshop = begin(tmp_path_factory.mktemp("stories") / "workshop")
        for _ in steps(workshop):
            site.load(workshop.output, workshop.kept)
            seen.polls.append(subscriber.poll(site))
    return seen


@pytest.mark.parametrize("key", [key for key in PATHS if key[0] != "provider"])
def test_a_subscriber_sees_one_new_entry_then_updates(replay: Replay, key: tuple[str, str]) -> None:
    """Nothing is new twice, and what joins a story is an update of what was new once."""
    shown = [(set(poll[key].new), set(poll[key].modified)) for poll in replay.polls]
    assert shown == [
        ({*map(identifier, seen.new)}, {*map(identifier, seen.modified)}) for seen in EXPECTED
    ]
    new = [name for poll in replay.polls for name in poll[key].new]
    assert len(new) == len(set(new))


@pytest.mark.parametrize("suffix", ["atom", "rss", "json"])
def test_a_provider_s_subscriber_sees_its_article_once(replay: Replay, suffix: str) -> None:
    """A feed without stories has each article under its own id, as the article is."""
    assert replay.polls[0]["provider", suffix].new == [identifier("a")]
    assert not any(poll["provider", suffix].new for poll in replay.polls[1:])


# --- Where stories are ---------------------------------------------------------------

BLADE = "Turbine blade blocks harbour bridge"


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a workshop with a story of two providers, of which the later article is the better."""
    tell(workshop, "first", quality=50)
    tell(workshop, "second", quality=70, hour=10, topics=["Energy", "Roads"])
    workshop.build()
    return workshop


def tell(workshop: Workshop, name: str, *, hour: int = 8, day: int = 20, **fields: object) -> None:
    """Write an article on the blade by a provider of the same name, unless `fields` say else."""
    given = {
        "title": f"{BLADE} ({name})",
        "excerpt": "",
        "topics": ["Energy"],
        "domain": f"{name}.example",
        "publishedDateTime": f"2026-10-{day:02}T{hour:02}:00:00Z",
    }
    workshop.news(f"{name}.md", **(given | fields))


def entries(workshop: Workshop, stem: str = "all") -> dict[str, str]:
    """Give the titles of a feed's entries, by the names of the documents in their ids."""
    items = workshop.feed(stem)["items"]
    return {item["id"].rpartition(":")[2].removesuffix(".md"): item["title"] for item in items}


def test_the_best_stands_for_all_under_the_id_of_the_first(news: Workshop) -> None:
    """The entry is that of the best article; its id and its date are those of the first."""
    [item] = news.feed()["items"]
    assert item["title"] == f"{BLADE} (second)"
    assert item["url"] == "https://second.example/second"
    assert item["id"].endswith(":first.md")
    assert item["date_published"] == "2026-10-20T08:00:00Z"
    assert item["date_modified"] == "2026-10-20T10:00:00Z"
    assert "<h2>1 more source</h2>" in item["content_html"]
    assert "https://first.example/first" in item["content_html"]
    assert "Related coverage" not in item["content_html"]
    assert [link["url"] for link in item["_related"]["items"]] == ["https://first.example/first"]


def test_of_equals_the_earliest_stands_for_all(workshop: Workshop) -> None:
    """Where all are as good, or nobody says how good they are, the first one leads."""
    for name, hour in (("late", 12), ("early", 7), ("later", 13)):
        tell(workshop, name, hour=hour)
    workshop.build()
    assert entries(workshop) == {"early": f"{BLADE} (early)"}
    assert "<h2>2 more sources</h2>" in workshop.feed()["items"][0]["content_html"]


def test_providers_have_every_article_of_their_own(news: Workshop) -> None:
    """By default the feeds of providers have no stories."""
    assert entries(news, "providers/first.example") == {"first": f"{BLADE} (first)"}
    assert entries(news, "providers/second.example") == {"second": f"{BLADE} (second)"}


def test_a_channel_has_only_leads_of_its_own(workshop: Workshop) -> None:
    """Where the best article does not belong, the best that does stands for the story."""
    tell(workshop, "first", quality=50)
    tell(workshop, "second", quality=70, hour=10, topics=["Energy", "Roads"])
    tell(workshop, "third", quality=90, hour=11, topics=["Energy"])
    workshop.build()
    assert entries(workshop, "topics/energy") == {"first": f"{BLADE} (third)"}
    assert entries(workshop, "topics/roads") == {"first": f"{BLADE} (second)"}
    [item] = workshop.feed("topics/roads")["items"]
    assert "<h2>2 more sources</h2>" in item["content_html"]


@pytest.mark.parametrize("kind", ["all", "topics", "providers"])
def test_where_stories_are_is_configured(news: Workshop, kind: str) -> None:
    """Each kind of channel has them or not."""
    stems = {"all": "all", "topics": "topics/energy", "providers": "providers/one.example"}
    for name in ("first", "second"):
        news.edit(f"{name}.md", provider={"name": "One", "domain": "one.example"})
    tell(news, "other", hour=9)
    for is_on in (True, False):
        news.configure(f"stories: {{{kind}: {json.dumps(is_on)}}}\n")
        news.build(force=True)
        count = len(news.feed(stems[kind])["items"])
        expected = (1 if is_on else 3) if kind != "providers" else (1 if is_on else 2)
        assert count == expected, is_on


def test_a_feed_by_conditions_has_stories_where_it_says_so(workshop: Workshop) -> None:
    """Without `stories: true` every article that meets the conditions is an entry."""
    rule = "where: {quality: {min: 60}}"
    workshop.configure(
        f"feeds: {{apart: {{title: A, {rule}}}, told: {{title: T, stories: true, {rule}}}}}\n"
    )
    for number, quality in enumerate([50, 60, 70]):
        tell(workshop, f"n{number}", quality=quality, hour=number)
    workshop.build()
    assert list(entries(workshop, "feeds/apart")) == ["n2", "n1"]
    assert entries(workshop, "feeds/told") == {"n0": f"{BLADE} (n2)"}


def test_the_order_of_addition_holds_for_stories(workshop: Workshop) -> None:
    """A story comes first again when one more of its articles enters the channel."""
    workshop.configure(
        "feeds: {best: {title: Best, order: added, stories: true, where: {quality: {min: 60}}}}\n"
    )
    tell(workshop, "first", quality=90, day=1)
    tell(workshop, "second", quality=10, day=1, hour=9)
    tell(workshop, "alone", quality=80, day=2, title="Something else altogether")
    workshop.build()
    assert list(entries(workshop, "feeds/best")) == ["alone", "first"]
    workshop.edit("second.md", quality=70)
    workshop.build(NOW + HOUR)
    assert list(entries(workshop, "feeds/best")) == ["first", "alone"]


# --- What makes a story ---------------------------------------------------------------


def test_one_provider_makes_no_story(workshop: Workshop) -> None:
    """A column that returns under the same title is one article each time."""
    for day in (20, 21, 22):
        tell(workshop, f"n{day}", day=day, domain="one.example")
    workshop.build()
    assert len(entries(workshop)) == 3


def test_a_story_ends_after_a_week(workshop: Workshop) -> None:
    """What returns every day under one title everywhere is a new story each week."""
    for day in range(1, 22):
        tell(workshop, f"n{day:02}", day=day, domain=f"{day}.example")
    workshop.build()
    assert list(entries(workshop)) == ["n17", "n09", "n01"]


def test_who_is_listed_is_on_the_story(workshop: Workshop) -> None:
    """An article that lists another one says that both are on one story, whatever their words."""
    tell(workshop, "first")
    tell(workshop, "second", title="Traffic", topics=["Roads"], hour=9)
    tell(
        workshop,
        "third",
        title="Commuters",
        hour=10,
        related=[{"title": "T", "webUrl": "https://second.example/second"}],
    )
    workshop.build()
    assert set(entries(workshop)) == {"first", "second"}


def test_what_is_held_back_is_on_no_story(news: Workshop) -> None:
    """A document with `published: false` is no source, even where it may be coverage."""
    news.configure("related: {unpublished: true}\n")
    tell(news, "held", published=False, hour=11)
    news.build()
    assert "1 more source" in news.feed()["items"][0]["content_html"]


# --- What lasts ----------------------------------------------------------------------


def test_a_late_source_that_is_older_changes_no_id(news: Workshop) -> None:
    """The id is that under which subscribers know the story, not that of the earliest article."""
    tell(news, "earlier", day=19)
    news.build()
    [item] = news.feed()["items"]
    assert (item["id"].endswith(":first.md"), item["date_published"]) == (
        True,
        "2026-10-19T08:00:00Z",
    )


def test_a_story_outlives_the_article_whose_id_it_has(news: Workshop) -> None:
    """When the first article is withdrawn the story goes on under its id, and leaves no trace."""
    news.edit("first.md", published=False)
    news.build()
    assert entries(news) == {"first": f"{BLADE} (second)"}
    assert b"deleted-entry" not in news.files()["all.atom"]
    news.build(NOW + HOUR)
    tell(news, "third", hour=11)
    news.build(NOW + HOUR)
    assert list(entries(news)) == ["first"]


def test_an_article_that_comes_back_is_not_taken_for_its_story(news: Workshop) -> None:
    """Its id belongs to the story that went on with it: apart from that it gets another one."""
    news.edit("first.md", published=False)
    news.build()
    news.edit("first.md", published=True, title="Something else altogether")
    news.build()
    ids = [item["id"] for item in news.feed()["items"]]
    assert len(ids) == len(set(ids)) == 2
    assert identifier("first").rpartition(":")[2] in ids[0]
    assert {item["title"] for item in news.feed()["items"]} == {
        f"{BLADE} (second)",
        "Something else altogether",
    }
    before = news.files()
    assert news.build(NOW + HOUR).bytes_written == 0
    assert news.files() == before


def test_an_id_made_of_an_article_is_not_given_to_two_stories(news: Workshop) -> None:
    """What was made of an article is of the story that went on with it, as its own id is."""
    apart = {"title": "Harvest of apples breaks all records", "excerpt": "Cider in sight"}
    news.edit("first.md", published=False)
    news.build()
    news.edit("first.md", published=True, **apart)
    news.build()
    made = next(item["id"] for item in news.feed()["items"] if item["title"] == apart["title"])
    tell(news, "third", hour=7, **apart)
    news.build()
    assert made in {item["id"] for item in news.feed()["items"]}
    for fields in ({"title": f"{BLADE} (first)"}, {"published": False}):
        news.edit("first.md", **fields)
        news.build()
    assert entries(news)["first"] == f"{BLADE} (second)"
    assert news.ids()[apart["title"]] == made
    news.edit("first.md", published=True, title="Owls return to the tower")
    news.build()
    ids = news.ids()
    assert ids[apart["title"]] == made
    assert len(set(ids.values())) == len(ids) == 3


def test_ids_of_stories_survive_another_version_of_the_catalog(news: Workshop) -> None:
    """What only history knows is taken over."""
    tell(news, "earlier", day=19)
    news.build()
    before = news.files()
    with news.catalog.open("r+b") as file:
        # The version of the tables, where SQLite keeps it.
        file.seek(60)
        file.write((1).to_bytes(4, "big"))
    news.build(force=True)
    assert news.files()["all.json"] == before["all.json"]
    assert news.files()["topics/energy.atom"] == before["topics/energy.atom"]


def test_a_move_of_a_document_changes_no_story(news: Workshop) -> None:
    """Who tells a story is not where the documents are."""
    before = news.files()
    news.move("first.md", "moved/first.md")
    news.move("second.md", "moved/second.md")
    news.build()
    assert news.files() == before


# --- The best of the week, and digests -----------------------------------------------

BEST = "top: {entries: 5}\ndigests: {all: daily}\n"
MORNING = datetime(2026, 10, 21, 6, tzinfo=UTC)


def test_a_story_is_one_of_the_best_as_it_was_in_the_morning(news: Workshop) -> None:
    """A late source and a new lead are told the next day; a source that is withdrawn, at once."""
    news.configure(BEST)
    news.build(MORNING)
    top = "topics/energy/top"
    before = news.files()[f"{top}.atom"]
    assert entries(news, top) == {"first": f"{BLADE} (second)"}
    tell(news, "third", quality=99, hour=12)
    news.build(MORNING + HOUR)
    assert entries(news) == {"first": f"{BLADE} (third)"}
    assert news.files()[f"{top}.atom"] == before
    news.edit("first.md", published=False)
    news.build(MORNING + 2 * HOUR)
    assert b"first.example" not in news.files()[f"{top}.atom"]
    assert entries(news, top) == {"first": f"{BLADE} (third)"}
    news.edit("third.md", removed=True)
    news.build(MORNING + 3 * HOUR)
    assert b"third.example" not in news.files()[f"{top}.atom"]
    assert entries(news, top) == {"first": f"{BLADE} (second)"}


def test_a_story_that_merges_is_one_of_the_best_once(news: Workshop) -> None:
    """Of two that became one during the day, the one that goes on is left."""
    news.configure(BEST)
    tell(news, "other", title="Inspectors find cracks in a crane", quality=90, hour=11)
    news.build(MORNING)
    top = "topics/energy/top"
    assert list(entries(news, top)) == ["other", "first"]
    listed = [{"title": "T", "webUrl": "https://first.example/first"}]
    news.edit("other.md", related=listed)
    news.build(MORNING + HOUR)
    assert list(entries(news)) == ["first"]
    assert list(entries(news, top)) == ["first"]


def test_a_digest_names_a_story_once(news: Workshop) -> None:
    """It names the best article of it, on the day on which the story began."""
    news.configure(BEST)
    tell(news, "late", quality=99, day=21)
    news.build(MORNING + 2 * DAY)
    [item] = news.feed("all/daily")["items"]
    assert item["id"].endswith("2026-10-20")
    assert item["content_html"].count("<li>") == 1
    assert f"{BLADE} (late)" in item["content_html"]
    assert "and 2 more sources" in item["content_html"]


# --- Whatever happens ----------------------------------------------------------------

TITLES = [BLADE, "Harbour bridge blocked by turbine blade", "Inspectors find cracks in a crane"]
NAMES = "abcdef"


class Put(NamedTuple):
    """An article is written, or withdrawn where it is not `published`."""

    name: str
    title: str
    day: int
    quality: int
    lists: str
    published: bool


PUT = st.builds(
    Put,
    name=st.sampled_from(NAMES),
    title=st.sampled_from(TITLES),
    day=st.sampled_from([1, 2, 5, 9, 28]),
    quality=st.sampled_from([10, 50]),
    lists=st.sampled_from(["", "", *NAMES]),
    published=st.sampled_from([True, True, True, False]),
)


def told(workshop: Workshop) -> dict[str, frozenset[str]]:
    """Give the names of the articles that each entry of everything tells of, by its id."""
    found: dict[str, frozenset[str]] = {}
    for item in workshop.feed()["items"]:
        _, _, sources = item.get("content_html", "").partition(" more source")
        sources, _, _ = sources.partition("</ul>")
        urls = [item["url"], *re.findall('href="([^"]*)"', sources)]
        assert item["id"] not in found
        found[item["id"]] = frozenset(url.rpartition("/")[2] for url in urls)
    return found


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES == 20,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(st.lists(PUT, min_size=1, max_size=4), min_size=2, max_size=5))
def test_stories_are_those_of_a_first_build_and_keep_their_ids(cycles: list[list[Put]]) -> None:
    """Which articles are together depends on them alone; what stays together keeps its id."""
    with TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder, "workshop"), carried=Carried())
        before = dict[str, frozenset[str]]()
        for number, puts in enumerate(cycles):
            for put in puts:
                url = f"https://{put.lists}.example/{put.lists}"
                related = [{"title": "Listed", "webUrl": url}] if put.lists else []
                fields = {"quality": put.quality, "published": put.published, "related": related}
                tell(workshop, put.name, title=put.title, day=put.day, **fields)
            workshop.build(NOW + number * HOUR, force=True)
            now, fresh = told(workshop), Workshop(Path(folder, f"fresh-{number}"))
            shutil.copytree(workshop.corpus, fresh.corpus, dirs_exist_ok=True)
            fresh.build(NOW + number * HOUR, force=True)
            assert set(now.values()) == set(told(fresh).values())
            assert sum(map(len, now.values())) == len(frozenset().union(*now.values()))
            for story, articles in now.items():
                joined = {name for name, told_then in before.items() if told_then & articles}
                left = {name for name in joined if (before[name] - articles) & _shown(now)}
                if len(joined) == 1 and not left:
                    assert joined == {story}
            before = now


def _shown(stories: dict[str, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*stories.values())


# --- What it costs -------------------------------------------------------------------


def test_a_late_source_writes_the_feeds_of_its_story(news: Workshop) -> None:
    """Those of the story's channels are written, and of providers only the source's own."""
    news.configure("related: {limit: 0}\n")
    news.news("far.md", title="Far from it", topics=["Far"], domain="far.example")
    news.build()
    tell(news, "third", hour=11)
    report = news.build()
    feeds = {path for path in (*report.added, *report.changed) if "/archive/" not in path}
    stems = ("all", "topics/energy", "topics/roads", "providers/third.example")
    assert feeds - {"feeds.opml", "index.html"} == in_formats(*stems)


def test_quality_alone_changes_the_lead(news: Workshop) -> None:
    """The entry is then another article's, under the id that it had."""
    news.edit("first.md", quality=99)
    news.build()
    assert entries(news) == {"first": f"{BLADE} (first)"}


def test_a_source_that_is_renamed_is_named_anew(news: Workshop) -> None:
    """A new title, or name of its provider, is told in the entry that stands for the story."""
    news.edit(
        "first.md", title=f"{BLADE}: the end", provider={"name": "New", "domain": "first.example"}
    )
    news.build()
    content = news.feed()["items"][0]["content_html"]
    assert f"{BLADE}: the end</a> (New, " in content


def main() -> None:
    """Write the expected files anew."""
    with TemporaryDirectory() as folder:
        workshop, before = begin(Path(folder)), dict[str, bytes]()
        for step in steps(workshop):
            shutil.rmtree(step / "output", ignore_errors=True)
            now = published(workshop)
            assert before.keys() <= now.keys(), step
            for path, body in now.items():
                if before.get(path) != body:
                    target = step / "output" / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(body)
            before = now


if __name__ == "__main__":
    main()
