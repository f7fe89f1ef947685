"""Topics, providers and rules as they are configured, and feeds that stay."""

import feedparser
from conftest import NOW, Workshop, in_archives, in_formats, rewritten

LISTS = {"feeds.opml", "index.html"}


# --- Configured topics ---------------------------------------------------------------


def test_aliases_lead_to_a_topic(workshop: Workshop) -> None:
    """Articles that say an alias are the topic's, and are labelled by the topic's name."""
    workshop.configure("topics: {ml: {label: Machine Learning, aliases: [ML, 'Deep  learning']}}")
    workshop.topics("ml")
    workshop.topics("DEEP LEARNING", "Machine learning")
    workshop.build()
    assert workshop.stems("topics") == {"topics/ml"}
    assert len(workshop.titles("topics/ml")) == 2
    assert {tuple(item["tags"]) for item in workshop.feed()["items"]} == {("Machine Learning",)}


def test_a_topic_includes_the_topics_below_it(workshop: Workshop) -> None:
    """An article of a topic is one of its parent and of that one's, and says but its own."""
    workshop.configure(
        "topics: {energy: {label: Energy}, wind: {label: Wind, parent: energy},"
        " offshore: {label: Offshore, parent: wind, aliases: [Sea]}}"
    )
    workshop.topics("Sea")
    workshop.topics("Wind", "Energy")
    workshop.topics("Energy")
    workshop.build()
    assert [len(workshop.titles(f"topics/{s}")) for s in ("offshore", "wind", "energy")] == [
        1,
        2,
        3,
    ]
    assert [item["tags"] for item in workshop.feed()["items"]] == [
        ["Offshore"],
        ["Wind", "Energy"],
        ["Energy"],
    ]


def test_a_configured_slug_is_kept_for_its_topic(workshop: Workshop) -> None:
    """No other topic gets a slug that is configured, even before its own topic comes."""
    workshop.configure("topics: {ml: {label: Machine Learning}}")
    workshop.topics("ML")
    workshop.build()
    assert "topics/ml" not in workshop.stems("topics")
    workshop.topics("Machine Learning")
    workshop.build()
    assert workshop.feed("topics/ml")["title"] == "Example News: Machine Learning"


def test_a_better_label_keeps_the_url(workshop: Workshop) -> None:
    """Who names a topic anew, its old name an alias, changes the title of the same feed."""
    workshop.topics("ML")
    workshop.build()
    feed = workshop.feed("topics/ml")
    workshop.configure("topics: {ml: {label: Machine Learning, aliases: [ML]}}")
    report = workshop.build()
    assert (report.read, report.deleted) == (0, ())
    assert workshop.stems("topics") == {"topics/ml"}
    renamed = workshop.feed("topics/ml")
    assert renamed["title"] == "Example News: Machine Learning"
    assert renamed["feed_url"] == feed["feed_url"]
    assert [item["id"] for item in renamed["items"]] == [item["id"] for item in feed["items"]]
    workshop.configure("topics: {ml: {label: Learning Machines, aliases: [ML, Machine Learning]}}")
    workshop.build()
    assert workshop.feed("topics/ml")["title"] == "Example News: Learning Machines"
    workshop.configure()
    workshop.build()
    assert workshop.feed("topics/ml") == feed
    assert workshop.stems("topics") == {"topics/ml"}


def test_who_follows_what_became_an_alias_misses_nothing(workshop: Workshop) -> None:
    """The feed of a topic that is now another's alias goes on with that topic's articles."""
    workshop.topics("ML")
    workshop.topics("Machine Learning")
    workshop.build()
    workshop.configure("topics: {machine-learning: {label: Machine Learning, aliases: [ML]}}")
    workshop.build()
    workshop.topics("Machine Learning")
    workshop.build()
    assert len(workshop.titles("topics/machine-learning")) == 3
    assert workshop.titles("topics/ml") == workshop.titles("topics/machine-learning")
    assert b"topics/ml." not in workshop.files()["feeds.opml"] + workshop.files()["index.html"]
    workshop.configure()
    workshop.build()
    assert workshop.titles("topics/ml") == ["Title_of_0"]
    assert b"topics/ml." in workshop.files()["feeds.opml"]


# --- Providers -----------------------------------------------------------------------


def test_a_provider_is_called_what_most_articles_call_it(workshop: Workshop) -> None:
    """A majority that changes renames the provider in all feeds that carry its articles."""
    workshop.news("0.md", domain="m.example", provider_name="Armed robbery", topics=["A"])
    workshop.news("1.md", domain="m.example", provider_name="Mirage", topics=["B"])
    workshop.news("2.md", topics=["C"])
    workshop.build()
    assert workshop.feed("providers/m.example")["title"] == "Example News: Armed robbery"
    workshop.news("3.md", domain="m.example", provider_name="Mirage", topics=["D"])
    report = workshop.build()
    assert workshop.feed("providers/m.example")["title"] == "Example News: Mirage"
    stems = ("all", "topics/a", "topics/b", "providers/m.example")
    assert set(report.changed) == in_formats(*stems) | in_archives(*stems) | LISTS
    assert set(report.added) == in_formats("topics/d") | in_archives("topics/d")
    assert b"Armed robbery" not in b"".join(workshop.files().values())


def test_a_configured_name_wins(workshop: Workshop) -> None:
    """The configuration names a provider, in coverage elsewhere too, whatever documents say."""
    workshop.news("a.md", provider_name="Lie")
    coverage = {"name": "Other lie", "domain": "paper.example"}
    related = [{"title": "R", "webUrl": "https://paper.example/r", "provider": coverage}]
    workshop.news("b.md", domain="post.example", related=related)
    workshop.build()
    assert b"Other lie" in workshop.files()["all.atom"]
    workshop.configure("providers: {paper.example: {name: The Truth, language: fr}}")
    report = workshop.build()
    assert report.read == 0
    said = b"".join(workshop.files().values())
    assert b"(The Truth)" in said
    assert b"Lie" not in said
    assert b"Other lie" not in said
    assert workshop.feed("providers/paper.example")["language"] == "fr"


def test_an_article_is_not_changed_by_another(workshop: Workshop) -> None:
    """The name of who covers a story elsewhere does not follow what other documents say."""
    coverage = {"name": "Post", "domain": "post.example"}
    related = [{"title": "R", "webUrl": "https://post.example/r", "provider": coverage}]
    workshop.news("a.md", related=related, topics=["Alone"])
    workshop.build()
    before = workshop.files()
    workshop.news("b.md", domain="post.example", provider_name="The Post")
    workshop.build()
    for path in in_formats("topics/alone", "providers/paper.example"):
        assert workshop.files()[path] == before[path]


# --- Feeds that stay -----------------------------------------------------------------


def test_a_feed_that_empties_stays(workshop: Workshop) -> None:
    """A topic's last article takes along no feed: that one is empty, valid and as old as it was."""
    workshop.news("a.md", topics=["Gone"], domain="gone.example")
    workshop.news("b.md", publishedDateTime="2026-09-01T00:00:00Z")
    workshop.build()
    workshop.delete("a.md")
    report = workshop.build()
    stems = ("topics/gone", "providers/gone.example")
    assert report.deleted == ()
    for stem in stems:
        for path in in_formats(stem) - {f"{stem}.json"}:
            parsed = feedparser.parse((workshop.output / path).read_bytes())
            assert (parsed.bozo, parsed.entries) == (False, [])
            assert parsed.feed.updated_parsed[:3] == (2026, 10, 1)
        assert workshop.feed(stem)["items"] == []
        assert f"{stem}.atom".encode() in workshop.files()["feeds.opml"]
    before = workshop.stamps()
    workshop.build()
    assert workshop.stamps() == before
    workshop.news("c.md", topics=["Gone"])
    workshop.build()
    assert workshop.titles("topics/gone") == ["Title_of_c"]


def test_the_newest_come_first(workshop: Workshop) -> None:
    """Entries are ordered by date, those of one date by id, and cut at the limit."""
    workshop.configure("limit: 4\n")
    for name, day in {"c": 1, "b": 2, "a": 2, "e": 3, "d": 2}.items():
        workshop.news(f"{name}.md", publishedDateTime=f"2026-10-0{day}T00:00:00Z", title=name)
    workshop.build(NOW)
    assert workshop.titles() == ["e", "a", "b", "d"]


# --- Rules ---------------------------------------------------------------------------


ARTICLES = [
    {"topics": ["Wind"], "quality": 80, "heat": 5, "language": "en", "type": "video"},
    {"topics": ["Energy"], "quality": 20, "category": "news", "domain": "post.example"},
    {"topics": ["wind", "C++"], "heat": -1, "language": "de", "category": "opinion"},
    {"topics": ["C#"], "quality": 50, "heat": 0, "type": "video", "domain": "post.example"},
    {"topics": [], "quality": 49, "heat": 9, "language": "en", "category": "news"},
]
RULES = {
    "{topic: wind}": lambda a: {"Wind", "wind"} & {*a["topics"]},
    "{topic: Energy}": lambda a: {"Energy", "Wind", "wind"} & {*a["topics"]},
    "{topic: breeze}": lambda a: {"Wind", "wind"} & {*a["topics"]},
    "{topic: c-plus-plus}": lambda a: "C++" in a["topics"],
    "{topic: [C, 'C#']}": lambda a: "C#" in a["topics"],
    "{provider: post.example}": lambda a: a.get("domain") == "post.example",
    "{provider: [post.example, paper.example]}": lambda _: True,
    "{category: news}": lambda a: a.get("category") == "news",
    "{language: [de, fr]}": lambda a: a.get("language") == "de",
    "{type: video}": lambda a: a.get("type") == "video",
    "{type: article}": lambda a: a.get("type", "article") == "article",
    "{quality: {min: 50}}": lambda a: a.get("quality", -1) >= 50,
    "{heat: {min: 0}}": lambda a: a.get("heat", -1) >= 0,
    "{topic: wind, heat: {min: 0}}": lambda a: "Wind" in a["topics"],
    "{provider: post.example, type: video, quality: {min: 1}}": lambda a: "C#" in a["topics"],
    "{language: en, category: news, heat: {min: 1}, quality: {min: 1}}": lambda a: not a["topics"],
    "{language: en, category: opinion}": lambda _: False,
}


def test_rules_choose_what_a_plain_filter_chooses(workshop: Workshop) -> None:
    """Conditions hold alone and together, of several values any, and aliases and parents count."""
    rules = "".join(
        f"  r{number}: {{title: T{number}, where: {where}}}\n" for number, where in enumerate(RULES)
    )
    topics = (
        "topics: {energy: {label: Energy},"
        " wind: {label: Wind, parent: energy, aliases: [breeze]}}\n"
    )
    workshop.configure(f"{topics}feeds:\n{rules}")
    for number, fields in enumerate(ARTICLES):
        workshop.news(f"{number}.md", title=f"{number}", **fields)
    workshop.build()
    for number, chooses in enumerate(RULES.values()):
        expected = [f"{index}" for index, article in enumerate(ARTICLES) if chooses(article)]
        assert sorted(workshop.titles(f"feeds/r{number}")) == expected, list(RULES)[number]


def test_heat_moves_articles_in_and_out_of_a_rule_only(workshop: Workshop) -> None:
    """An article that cools down leaves the feed that asks for heat, and no other changes."""
    workshop.configure("feeds: {hot: {title: Hot, where: {heat: {min: 5}}}}")
    workshop.news("a.md", heat=9)
    workshop.build()
    assert workshop.titles("feeds/hot") == ["Title_of_a"]
    workshop.edit("a.md", heat=1)
    assert rewritten(workshop.build()) == in_formats("feeds/hot")
    assert workshop.titles("feeds/hot") == []
