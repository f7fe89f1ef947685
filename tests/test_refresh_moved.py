"""What has moved is led on to where it is, and what has moved twice is led there at once."""

import json
from typing import Any

import pytest
from conftest import NOW, Workshop

from feeds.config.types import Configuration
from feeds.formats import feed_formats
from feeds.publish.manifest import load_former
from feeds.publish.policy import Policy
from feeds.serve.prepared import Answer
from feeds.serve.publication import Publication, Terms

ALIASED = "topics: {machine-learning: {label: Machine Learning, aliases: [ML]}}\n"
MOVED = "moved: {topics/ml: topics/machine-learning}\n"
ROOT = "https://feeds.example"


def redirects(workshop: Workshop) -> list[dict[str, Any]]:
    """Read what the manifest redirects."""
    manifest = json.loads((workshop.output / "manifest.json").read_bytes())
    found: list[dict[str, Any]] = manifest.get("redirects", [])
    return found


def ask(workshop: Workshop, path: str) -> tuple[int, str]:
    """Give the status under a path and the Location, as the server has them."""
    answer = Publication.load(
        workshop.output, Terms(Policy(Configuration(), feed_formats()), NOW)
    ).find(path)
    if isinstance(answer, Answer):
        return answer.status, dict(answer.headers).get(b"location", b"").decode()
    return (404, "") if answer is None else (200, "")


@pytest.fixture
def moved(workshop: Workshop) -> Workshop:
    """Give a workshop whose topic `ml` was published, and is at `machine-learning` now."""
    workshop.news("a.md", topics=["ML", "Energy"])
    workshop.build()
    assert (workshop.output / "topics/ml.atom").exists()
    workshop.configure(ALIASED + MOVED)
    workshop.build()
    return workshop


@pytest.mark.parametrize(
    "below", [".atom", ".rss", ".json", "/", "/archive/2026-10.atom", "/top.atom", "/page/2.rss"]
)
def test_a_channel_moves_with_all_that_is_below_it(moved: Workshop, below: str) -> None:
    """Every format, archive, page and digest is redirected for good, at one stroke."""
    wanted = (301, f"{ROOT}/topics/machine-learning{below}")
    assert ask(moved, f"/topics/ml{below}") == wanted


def test_nothing_is_published_where_it_was(moved: Workshop) -> None:
    """The former files are gone, lists name the new place only, and the feed says so of itself."""
    paths = [path for path in moved.files() if path.startswith("topics/ml")]
    assert paths == []
    for path in ("index.html", "feeds.opml"):
        assert b"topics/ml" not in moved.files()[path]
    feed = moved.feed("topics/machine-learning")
    assert feed["feed_url"] == f"{ROOT}/topics/machine-learning.json"
    assert moved.titles("topics/machine-learning") == ["Title_of_a"]


def test_the_manifest_says_what_is_redirected(moved: Workshop) -> None:
    """Each redirect has a line of its own with path, target and status."""
    lines = (moved.output / "manifest.json").read_text().splitlines()
    target = f"{ROOT}/topics/machine-learning"
    assert f'{{"path":"topics/ml.atom","target":"{target}.atom","status":301}},' in lines
    assert {item["path"]: item["target"] for item in redirects(moved)} == {
        "topics/ml.atom": f"{target}.atom",
        "topics/ml.json": f"{target}.json",
        "topics/ml.rss": f"{target}.rss",
        "topics/ml/*": f"{target}/",
    }


def test_a_build_that_changes_nothing_writes_nothing(moved: Workshop) -> None:
    """Redirects that are published already are no news."""
    before = moved.stamps()
    assert moved.build().entries_rendered == 0
    assert moved.stamps() == before


def test_what_moved_back_is_published_again(moved: Workshop) -> None:
    """Without the redirect the channel that was there is there again."""
    moved.configure(ALIASED)
    moved.build()
    assert redirects(moved) == []
    assert ask(moved, "/topics/ml.atom") == (200, "")


def test_it_is_the_same_from_an_empty_catalog(moved: Workshop) -> None:
    """What is redirected depends on the configuration alone."""
    afresh, files = moved.afresh(), moved.files()
    assert load_former(afresh.pop("manifest.json")) == load_former(files.pop("manifest.json"))
    assert afresh == files


def test_a_lost_redirect_is_written_again(moved: Workshop) -> None:
    """Where the manifest that lies there is another, what it should say is published anew."""
    file = moved.output / "manifest.json"
    manifest = json.loads(file.read_bytes())
    del manifest["redirects"]
    file.write_text(json.dumps(manifest))
    moved.build()
    assert ask(moved, "/topics/ml.atom")[0] == 301


def test_a_single_path_may_be_that_of_a_former_site(workshop: Workshop) -> None:
    """A path leads to a path, the page of all feeds or another site, also for a time only."""
    workshop.news("a.md")
    workshop.configure(
        "moved:\n"
        "  feed.xml: all.rss\n"
        "  feed/: {to: all.rss, temporary: true}\n"
        "  blog: /\n"
        "  all.json: https://elsewhere.example/all.json\n"
        "  'topics/x y': 'old page.html'\n"
    )
    workshop.build()
    assert ask(workshop, "/feed.xml") == (301, f"{ROOT}/all.rss")
    assert ask(workshop, "/feed/") == (302, f"{ROOT}/all.rss")
    assert ask(workshop, "/feed") == (404, "")
    assert ask(workshop, "/blog") == (301, f"{ROOT}/")
    assert ask(workshop, "/topics/x y") == (301, f"{ROOT}/old%20page.html")
    assert ask(workshop, "/all.json") == (301, "https://elsewhere.example/all.json")
    assert ask(workshop, "/all.atom") == (200, "")
    assert "all.json" not in workshop.files()


def test_what_moved_twice_is_led_there_at_once(workshop: Workshop) -> None:
    """Of several steps a subscriber sees one, which is for a time only if one of them is."""
    workshop.news("a.md")
    workshop.configure(
        "moved:\n"
        "  topics/c: https://elsewhere.example/c/\n"
        "  topics/a: topics/b\n"
        "  topics/b: {to: topics/energy, temporary: true}\n"
        "  feed.xml: topics/a.atom\n"
        "  topics/energy/top.atom: https://elsewhere.example/top\n"
    )
    workshop.build()
    assert ask(workshop, "/topics/a/top.atom") == (302, "https://elsewhere.example/top")
    assert ask(workshop, "/topics/energy/top.atom") == (301, "https://elsewhere.example/top")
    assert ask(workshop, "/topics/a.rss") == (302, f"{ROOT}/topics/energy.rss")
    assert ask(workshop, "/topics/a/") == (302, f"{ROOT}/topics/energy/")
    assert ask(workshop, "/feed.xml") == (302, f"{ROOT}/topics/energy.atom")
    assert ask(workshop, "/topics/c.rss") == (301, "https://elsewhere.example/c.rss")
    assert ask(workshop, "/topics/c/x y") == (301, "https://elsewhere.example/c/x%20y")


def test_articles_keep_what_their_topic_is_called(workshop: Workshop) -> None:
    """An entry elsewhere names a topic that moved to another site as it did before."""
    workshop.news("a.md", topics=["Energy", "Old Topic"])
    workshop.build()
    before = workshop.feed()["items"]
    workshop.configure("moved: {topics/old-topic: 'https://other.example/old'}\n")
    workshop.build(NOW)
    assert workshop.feed()["items"] == before
