"""The URLs of channels."""

import re
from itertools import permutations

import pytest
from hypothesis import given, settings, strategies as st

from feeds.config.types import Topic
from feeds.model import ChannelKind, ChannelRow
from feeds.selection.stems import give_stems, renamed_topics, stem_of, stem_patterns
from feeds.text.slugs import fold

STEM = re.compile(r"topics/[a-z0-9][a-z0-9-]{0,79}")


def row(key: int, name: str, stem: str | None = None, kind: ChannelKind = "topic") -> ChannelRow:
    """Make a channel."""
    return ChannelRow(key, kind, name, stem, None, None)


def stems(*names: str, topics: dict[str, Topic] | None = None) -> dict[str, str]:
    """Give the stems of new topics, by their names."""
    rows = [row(key, name) for key, name in enumerate(names)]
    given_stems = give_stems(rows, topics or {})
    return {name: given_stems[key] for key, name in enumerate(names)}


@pytest.mark.case(29)
def test_each_kind_has_its_directory() -> None:
    """All is at the root, and the others are below what they are."""
    rows = [
        row(1, "", kind="all"),
        row(2, "paper.example", kind="provider"),
        row(3, "best", kind="rule"),
        row(4, "energy"),
    ]
    assert give_stems(rows, {}) == {
        1: "all",
        2: "providers/paper.example",
        3: "feeds/best",
        4: "topics/energy",
    }


def test_a_stem_once_given_is_left_alone() -> None:
    """Only channels without a stem get one, and none that another has."""
    rows = [row(1, "old", "topics/energy"), row(2, "energy"), row(3, "new")]
    given_stems = give_stems(rows, {})
    assert set(given_stems) == {2, 3}
    assert given_stems[2].startswith("topics/energy-")


@pytest.mark.case(28)
@pytest.mark.parametrize("order", list(permutations(["c-plus plus", "c++", "c plus plus"])))
def test_of_one_slug_the_name_it_spells_out_comes_first(order: tuple[str, ...]) -> None:
    """Whatever their order, topics that come at once share the slugs in the same way."""
    found = stems(*order)
    assert found["c plus plus"] == "topics/c-plus-plus"
    assert len(set(found.values())) == 3
    assert found == stems("c++", "c-plus plus", "c plus plus")


def test_a_configured_topic_has_its_slug() -> None:
    """A slug that is configured is its topic's, whatever others would be called."""
    topics = {"ml": Topic(label="Machine Learning"), "c": Topic(label="C++")}
    assert stems("ml", "machine learning", "c", "c++", topics=topics) == {
        "ml": stems("ml", topics=topics)["ml"],
        "machine learning": "topics/ml",
        "c": stems("c", topics=topics)["c"],
        "c++": "topics/c",
    }
    assert stems("ml", topics=topics)["ml"].startswith("topics/ml-")


@pytest.mark.case(27, 28)
@settings(deadline=None, derandomize=True)
@given(st.lists(st.text(min_size=1).map(fold).filter(bool), unique=True, max_size=20))
def test_any_names_have_safe_and_distinct_stems(names: list[str]) -> None:
    """Every topic gets a stem of its own, of letters, digits and hyphens, in any order."""
    found = stems(*names)
    assert len(set(found.values())) == len(names)
    assert all(STEM.fullmatch(stem) for stem in found.values())
    assert stems(*reversed(names)) == found


# --- Better labels -------------------------------------------------------------------


ML = {"ml": Topic(label="Machine Learning", aliases=("ML",))}


def test_a_topic_under_a_better_label_is_the_same_channel() -> None:
    """The channel at a configured slug takes the topic's name if its own is an alias of it."""
    assert renamed_topics([row(7, "ml", "topics/ml")], {}, ML) == {7: "machine learning"}


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [row(7, "ml", "topics/other")],
        [row(7, "other", "topics/ml")],
        [row(7, "machine learning", "topics/ml")],
        [row(7, "ml", "topics/ml"), row(8, "machine learning", "topics/machine-learning")],
        [row(7, "ml", "topics/ml", "rule")],
    ],
)
def test_nothing_else_is_renamed(rows: list[ChannelRow]) -> None:
    """Not what is elsewhere, no alias, has the name already or would take another's."""
    assert renamed_topics(rows, {}, ML) == {}


def test_a_channel_goes_by_its_first_name_again() -> None:
    """Without the alias the channel is what documents call it, unless that is another by now."""
    rows = [row(7, "machine learning", "topics/ml")]
    assert renamed_topics(rows, {7: "ml"}, {}) == {7: "ml"}
    assert renamed_topics(rows, {7: "ml"}, ML) == {}
    assert renamed_topics([*rows, row(8, "ml", "topics/ml-1")], {7: "ml"}, {}) == {}
    better = {"ml": Topic(label="Learning", aliases=("ML", "Machine Learning"))}
    assert renamed_topics(rows, {7: "ml"}, better) == {7: "learning"}


@pytest.mark.parametrize(
    ("path", "stem"),
    [
        ("all.atom", "all"),
        ("all/index.html", "all"),
        ("all/page/2.json", "all"),
        ("all/archive/2026-10/index.html", "all"),
        ("topics/a.rss", "topics/a"),
        ("topics/a/top.atom", "topics/a"),
        ("topics/a/daily/index.html", "topics/a"),
        ("feeds/best/archive/2026-10.atom", "feeds/best"),
        ("providers/paper.example.atom", "providers/paper.example"),
        ("providers/x.atom_/archive/2026-10.atom", "providers/x.atom"),
        ("providers/x.atom.atom", "providers/x.atom"),
        ("index.html", None),
        ("feeds.opml", None),
        ("lists.css", None),
        ("topics/index.html", None),
        ("topics/feeds.opml", None),
        ("providers/by/date/index.html", None),
        ("search/feeds.data", None),
        ("help/index.html", None),
        ("old.xml", None),
    ],
)
def test_each_path_is_that_of_a_channel_or_of_none(path: str, stem: str | None) -> None:
    """Regular expressions say the same, with what readers ask for in the place of an index."""
    suffixes = (".atom", ".rss", ".json")
    assert stem_of(path, suffixes) == stem
    of_channel, of_lists = stem_patterns(suffixes)
    for asked in {path, path.removesuffix("index.html")}:
        found = None if re.match(of_lists, asked) else re.match(of_channel, asked)
        assert (found and found[1]) == stem
