"""Which articles are found to be on the same story."""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, strategies as st

from feeds.model import Article, Provider, replace
from feeds.selection.profiles import Profile, profile
from feeds.selection.similarity import Pool, Shelf, similar, to_compare_anew

MOMENT = datetime(2026, 10, 7, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
STORY = "Turbine blade blocks harbour bridge"


def article(path: str, title: str, summary: str = "", published: datetime = MOMENT) -> Article:
    """Make an article of which only what is compared matters."""
    provider = Provider("paper.example", "The Paper")
    return Article(path, title, f"https://paper.example/{path}", published, provider, None, None,
                   None, summary)  # fmt: skip


def told(
    path: str,
    title: str = STORY,
    *,
    after: timedelta = timedelta(),
    topics: Sequence[str] = (),
    quality: int | None = None,
) -> Profile:
    """Make the profile of an article with a title, some time after the others."""
    made = replace(article(path, title, published=MOMENT + after), quality=quality)
    return profile(made, topics)


def found(*profiles: Profile, most: int = 9) -> dict[str, list[str]]:
    """Compare all with all."""
    return similar(profiles, profiles, most)


# --- Profiles ------------------------------------------------------------------------


def test_a_word_of_the_title_counts_twice() -> None:
    """A title says what an article is about; its words in the excerpt are added."""
    made = profile(article("a", "Wind, wind", "Wind and sun"), ["energy"])
    assert made.words == {"wind": 5, "sun": 1}
    assert (made.path, made.published, made.topics) == ("a", 1791374400, frozenset({"energy"}))


@pytest.mark.parametrize(("quality", "counts"), [(None, 0), (-5, 0), (40, 40), (4711, 100)])
def test_quality_is_between_nothing_and_a_hundred(quality: int | None, counts: int) -> None:
    """Whatever a document claims, it outweighs nothing else."""
    assert told("a", quality=quality).quality == counts


# --- What may be one story -----------------------------------------------------------


def test_nothing_is_similar_to_itself() -> None:
    """An article alone has nobody, and of two each has the other."""
    assert found(told("a")) == {"a": []}
    assert found(told("a"), told("b")) == {"a": ["b"], "b": ["a"]}
    assert similar([told("a")], [told("a"), told("b")], 9) == {"a": ["b"]}


@pytest.mark.parametrize("sign", [1, -1])
def test_a_story_lasts_for_seven_days(sign: int) -> None:
    """To the second: seven days apart is near, a second more is not."""
    assert found(told("a"), told("b", after=sign * 7 * DAY))["a"] == ["b"]
    assert found(told("a"), told("b", after=sign * (7 * DAY + SECOND)))["a"] == []


@pytest.mark.parametrize(
    ("one", "other", "is_story"),
    [
        (["energy"], ["energy", "wind"], True),
        (["energy"], ["wind"], False),
        (["energy"], [], True),
        ([], [], True),
    ],
)
def test_articles_that_have_topics_share_one(
    one: list[str], other: list[str], *, is_story: bool
) -> None:
    """Where both have topics they must have one in common; without topics words decide."""
    result = found(told("a", topics=one), told("b", topics=other))
    assert result == ({"a": ["b"], "b": ["a"]} if is_story else {"a": [], "b": []})


def test_one_word_in_common_is_chance() -> None:
    """However rare it is and however often it stands there, there must be a second one."""
    assert found(told("a", "Turbine turbine"), told("b", "Turbine turbine"))["a"] == []
    assert found(told("a", "Turbine blade"), told("b", "Turbine blade"))["a"] == ["b"]


@pytest.mark.parametrize("title", ["", "The of and", "\U0001f4a8", "!"])
def test_without_words_there_is_no_story(title: str) -> None:
    """Articles that say nothing are similar to none, alone or among others."""
    assert found(told("a", title), told("b", title), told("c")) == {"a": [], "b": [], "c": []}


def test_what_is_far_below_the_best_is_left_out() -> None:
    """Beside an article of the very same words, one that shares a few is none of the story."""
    near, far = told("near"), told("far", "Harbour bridge painted green again for regatta season")
    assert found(told("a"), far)["a"] == ["far"]
    assert found(told("a"), far, near)["a"] == ["near"]


def test_the_best_is_of_those_that_may_be_on_the_story() -> None:
    """An article of the same words on another topic or day takes nobody's place."""
    few = told("few", "Harbour bridge painted green again for regatta season")
    for other in (told("other", topics=["x"]), told("other", after=8 * DAY)):
        assert found(told("a", topics=["y"]), other, few)["a"] == ["few"]


def test_words_that_all_have_say_little() -> None:
    """What stands in every article of those weeks ties none to another."""
    titles = {
        "one": "Market report harvest wheat yields",
        "two": "Market report harbour crane strike",
        "three": "Market report museum roof leak",
        "four": "Market report wheat yields fall",
    }
    filler = [told(f"z{number}", f"Market report item{number} x{number}y") for number in range(200)]
    result = found(*(told(path, title) for path, title in titles.items()), *filler)
    assert (result["one"], result["four"]) == (["four"], ["one"])
    assert result["two"] == result["three"] == []


# --- Their order ---------------------------------------------------------------------


def test_the_likest_come_first() -> None:
    """Of what came at one time the likest is the best."""
    like, liker = told("a-like", f"{STORY} for hours"), told("b-liker")
    assert found(told("it"), like, liker)["it"] == ["b-liker", "a-like"]


def test_of_equals_the_nearest_come_first() -> None:
    """What is equally alike is ordered by its distance in time, before or after."""
    others = (told("a", after=3 * DAY), told("b", after=-2 * DAY), told("c", after=DAY))
    assert found(told("it"), *others)["it"] == ["c", "b", "a"]


def test_of_equals_at_one_time_the_best_come_first() -> None:
    """What differs in nothing else is ordered by quality."""
    others = (told("a", quality=10), told("b", quality=90), told("c"))
    assert found(told("it"), *others)["it"] == ["b", "a", "c"]


def test_ties_are_ordered_by_path() -> None:
    """What differs in nothing is in the order of its documents' paths."""
    assert found(told("it"), told("c"), told("a"), told("b"))["it"] == ["a", "b", "c"]


def test_the_best_are_kept() -> None:
    """Of many so many are given as are asked for."""
    others = [told(f"{number}", after=number * DAY / 10) for number in range(1, 9)]
    assert found(told("it"), *others, most=3)["it"] == ["1", "2", "3"]
    assert found(told("it"), *others, most=0)["it"] == []


# --- On what it depends --------------------------------------------------------------

WORDS = ["turbine", "blade", "harbour", "bridge", "lorry", "night", "crew", "fined", "port"]
PROFILES = st.lists(
    st.builds(
        lambda title, days, topics, quality: (" ".join(title), days, topics, quality),
        st.lists(st.sampled_from(WORDS), max_size=6),
        st.integers(-9, 9),
        st.sets(st.sampled_from(["x", "y"])),
        st.sampled_from([None, 50]),
    ),
    max_size=8,
)


@given(PROFILES, st.randoms(use_true_random=False))
def test_the_order_of_articles_makes_no_difference(
    items: list[tuple[str, int, set[str], int | None]], random: Random
) -> None:
    """Whatever the order in which articles are read, the same is found."""
    profiles = [
        told(f"{number}", title, after=days * DAY, topics=sorted(topics), quality=quality)
        for number, (title, days, topics, quality) in enumerate(items)
    ]
    expected = similar(profiles, profiles, 5)
    shuffled = list(profiles)
    random.shuffle(shuffled)
    assert similar(shuffled, shuffled[::-1], 5) == expected
    for item in profiles:
        assert similar([item], profiles, 5) == {item.path: expected[item.path]}


@given(PROFILES)
def test_to_be_alike_is_mutual(items: list[tuple[str, int, set[str], int | None]]) -> None:
    """Of two articles that are alone each is on the other's story, or neither is."""
    profiles = [
        told(f"{number}", title, after=days * DAY, topics=sorted(topics), quality=quality)
        for number, (title, days, topics, quality) in enumerate(items[:2])
    ]
    result = similar(profiles, profiles, 5)
    assert len({bool(others) for others in result.values()}) <= 1


def by_chance(path: str, random: Random) -> Profile:
    """Make the profile of an article that says something or other."""
    return told(
        path,
        " ".join(random.choices([f"word{number}" for number in range(40)], k=random.randint(0, 9))),
        after=random.randint(-9, 9) * DAY,
        topics=random.choice([[], ["x"], ["y"], ["x", "y"]]),
        quality=random.choice([None, 50]),
    )


@given(st.randoms(use_true_random=False), st.integers(0, 2), st.sampled_from(["0", "new"]))
def test_what_is_not_compared_anew_is_similar_to_what_it_was(
    random: Random, edits: int, last: str
) -> None:
    """Articles that came or changed are followed by all to which that may matter."""
    before = {f"{number}": by_chance(f"{number}", random) for number in range(12)}
    paths = {last, *random.sample(sorted(before), edits)}
    now = before | {path: by_chance(path, random) for path in paths}
    pool, former = (Pool([Shelf(items.values())]) for items in (now, before))
    came, gone = ([items[path] for path in paths if path in items] for items in (now, before))
    anew = to_compare_anew(list(now.values()), pool, came, gone)
    assert {path for path in now if now[path] != before.get(path)} <= {item.path for item in anew}
    for item in now.values():
        if item not in anew:
            assert pool.similar(item, 3) == former.similar(item, 3)


TEXTS = st.lists(st.sampled_from(["of", *WORDS, *(f"word{number}" for number in range(30))]))


@given(st.lists(TEXTS, max_size=12), st.integers(1, 400))
def test_to_prepare_makes_no_difference(texts: list[list[str]], times: int) -> None:
    """What is looked for among all at once is what is found when all are looked at one by one."""
    profiles = [told(f"{number}", " ".join(text)) for number, text in enumerate(texts)]
    # One that is far longer than all others makes what is rounded of these coarse.
    profiles.append(told("long", " ".join(WORDS * times)))
    prepared, other = (Pool([Shelf(profiles[::2]), Shelf(profiles[1::2])]) for _ in range(2))
    prepared.prepare()
    for item in profiles:
        assert {path.path: likeness for likeness, path in prepared.alike(item)} == {
            path.path: likeness for likeness, path in other.alike(item)
        }


SCRIPT = """
from test_selection_similarity import STORY, found, told
titles = (STORY, STORY + " for hours", "Harbour bridge opens", "Blade crew fined", "Bridge lorry")
items = [told(f"{n}", f"{t} {STORY}", topics=["x", "y", "z"]) for n, t in enumerate(titles)]
print(found(*items))
"""


def test_the_seed_of_hashes_makes_no_difference() -> None:
    """Processes in which sets are in other orders find the same."""
    results = set()
    for seed in ("1", "2", "3"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=os.path.dirname(__file__),  # noqa: PTH120
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        results.add(done.stdout)
    assert len(results) == 1
    assert "'1'" in results.pop()


# --- Small corpora -------------------------------------------------------------------

STORIES = {
    "english": {
        "bridge-1": (
            "Storm tears loose a ferry and closes the Severn bridge",
            "A ferry that broke its moorings in the storm struck a pier of the Severn bridge.",
        ),
        "bridge-2": (
            "Severn bridge shut after drifting ferry hits pier",
            "Engineers inspect the pier; the ferry had broken loose in the storm.",
        ),
        "wind": (
            "Offshore wind auction draws record bids",
            "Developers bid for seabed off the coast of Scotland.",
        ),
        "rail": (
            "Rail operators agree on a joint ticket",
            "From spring one ticket is to be valid on every train.",
        ),
    },
    "german": {
        "bridge-1": (
            "Losgerissene Fähre rammt Rheinbrücke, Verkehr gesperrt",
            "Im Sturm hat sich eine Fähre losgerissen und einen Pfeiler der Rheinbrücke gerammt.",
        ),
        "bridge-2": (
            "Rheinbrücke nach Kollision mit Fähre gesperrt",
            "Gutachter prüfen den Pfeiler, den die Fähre im Sturm gerammt hat.",
        ),
        "wind": (
            "Auktion für Windparks auf See bringt Rekordgebote",
            "Unternehmen bieten für Flächen in der Nordsee.",
        ),
        "rail": (
            "Bahnen einigen sich auf gemeinsame Fahrkarte",
            "Vom Frühjahr an soll eine Fahrkarte in allen Zügen gelten.",
        ),
    },
    "chinese": {
        "bridge-1": (
            "暴风雨中渡轮脱缆撞上长江大桥",
            "渡轮在暴风雨中脱缆。撞上长江大桥桥墩。大桥已关闭。",
        ),
        "bridge-2": (
            "渡轮撞桥墩后长江大桥关闭",
            "工程师正在检查桥墩。渡轮此前在暴风雨中脱缆。",
        ),
        "wind": ("海上风电拍卖出价创纪录", "开发商竞标北部海域。"),
        "rail": ("铁路公司同意推出联合车票", "从春季起。一张票可乘坐所有列车。"),
    },
}


@pytest.mark.parametrize("language", list(STORIES))
@pytest.mark.parametrize("size", [2, 3, 4])
def test_a_story_is_found_among_a_few_articles(language: str, size: int) -> None:
    """The two articles on one event find each other, those on other events find nobody."""
    corpus = list(STORIES[language].items())[:size]
    items = [profile(article(path, *text), ["news"]) for path, text in corpus]
    result = found(*items)
    assert result.pop("bridge-1") == ["bridge-2"]
    assert result.pop("bridge-2") == ["bridge-1"]
    assert all(others == [] for others in result.values())


ON_ONE_TOPIC = {
    "machine learning": [
        ("Machine learning predicts protein folding", "A model from Zurich folds proteins."),
        ("Machine learning sorts galaxies", "Astronomers count stars."),
        ("Hospitals try machine learning in wards", "Nurses test an alarm for sepsis."),
    ],
    "künstliche intelligenz": [
        ("Wie künstliche Intelligenz Proteine faltet", "Ein Modell aus Zürich faltet Proteine."),
        ("Künstliche Intelligenz ordnet Galaxien", "In Garching zählt ein Rechner Sterne."),
        ("Klinik erprobt künstliche Intelligenz", "Ein Alarm soll vor Sepsis warnen."),
    ],
    "人工智能": [
        ("人工智能预测蛋白质折叠", "苏黎世的新模型。"),
        ("人工智能为星系分类", "天文学家统计恒星。"),
        ("医院试用人工智能", "警报器可发现败血症。"),
    ],
}


@pytest.mark.parametrize("topic", list(ON_ONE_TOPIC))
def test_different_stories_on_one_topic_are_not_one(topic: str) -> None:
    """Articles that share a topic which their texts do not name find nobody."""
    items = []
    for number, (title, summary) in enumerate(ON_ONE_TOPIC[topic]):
        unnamed = title.casefold().replace(topic, "")
        items.append(profile(article(f"{number}", unnamed, summary), [topic]))
    assert found(*items) == {"0": [], "1": [], "2": []}


@pytest.mark.parametrize("topic", list(ON_ONE_TOPIC))
def test_the_name_of_a_topic_is_no_story(topic: str) -> None:
    """Articles that have nothing in common but the name of their topic find nobody."""
    texts = enumerate(ON_ONE_TOPIC[topic])
    items = [profile(article(f"{number}", *text), [topic]) for number, text in texts]
    assert found(*items) == {"0": [], "1": [], "2": []}


def test_one_word_in_common_is_chance_without_spaces() -> None:
    """Where pairs stand for words, those of one word are not two words in common."""
    one = profile(article("1", "图书馆春季展览"), [])
    other = profile(article("2", "图书馆屋顶漏水"), [])
    assert found(one, other) == {"1": [], "2": []}
