"""Feeds of what is asked for, and their pages, as bytes that a server sends."""

import gzip
import json
import threading
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from conftest import NOW, Workshop
from lxml import etree
from test_serve_app import Answer, ask
from test_serve_wire import serving

from feeds.formats import feed_formats
from feeds.pages import Look
from feeds.publish.policy import Policy
from feeds.serve.publication import Publication, Terms
from feeds.serve.queries import Queries
from feeds.serve.served import Served

SOLAR = "Solar <b>power</b>"
ATOM = "{http://www.w3.org/2005/Atom}"
CONFIGURATION = """
site: {title: Example News, base_url: https://feeds.example, id_authority: feeds.example,
  hubs: https://hub.example/}
html: {pages: true}
moved: {topics/gone: {to: topics/sea}}
"""


class Site:
    """A workshop whose publication is served."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.served = Served()
        self.load()

    def load(self) -> None:
        """Serve what is published now, as its configuration says."""
        configuration = self.workshop.placed
        policy = Policy(configuration, feed_formats())
        queries = Queries(configuration, Look(), policy) if configuration.server.queries else None
        terms = Terms(policy, NOW, queries=queries)
        self.served.swap(Publication.load(self.workshop.output, terms))


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Publish a few articles that are searched."""
    workshop = Workshop(tmp_path_factory.mktemp("queries"))
    workshop.configure(CONFIGURATION)
    workshop.news("a.md", title=SOLAR, quality=80, topics=["Energy", "Sun"])
    workshop.news("b.md", title="Wind power", quality=60, topics=["Energy", "Sea"])
    workshop.news("c.md", title="Tide", topics=["Sea"], domain="other.example")
    # Too long for a feed in one format, so that its excerpt stands there in all of them.
    workshop.curated("long.md", f"<p>{'a<br>' * 150_000}</p>")
    for number in range(30):
        workshop.news(f"more/{number}.md", title=f"Many of them {number}", topics=["Many"])
    workshop.build(indexes=True)
    return workshop


@pytest.fixture(scope="module")
def url(workshop: Workshop) -> Iterator[str]:
    """Serve it."""
    with serving(Site(workshop).served) as address:
        yield address


def titles(answer: Answer) -> list[str]:
    """Give the titles of the entries of a feed in Atom."""
    feed = etree.fromstring(answer.body)
    return [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("/search.atom?q=power", [SOLAR, "Wind power"]),
        ("/search.atom?q=power&topic=sun", [SOLAR]),
        ("/search.atom?q=power&min_quality=61", [SOLAR]),
        ("/search.atom?q=nothing", []),
        ("/topics/energy+sea.atom", ["Wind power"]),
        ("/topics/sea,sun.atom", [SOLAR, "Wind power", "Tide"]),
        ("/topics/sea,sun.atom?provider=other.example", ["Tide"]),
        ("/topics/sea,sun.atom?min_quality=60", [SOLAR, "Wind power"]),
    ],
)
def test_a_feed_has_what_was_asked_for(url: str, target: str, found: list[str]) -> None:
    """It has the entries that every other feed has, and says of itself where it is."""
    answer = ask(url, target)
    assert answer.status == 200
    assert titles(answer) == found
    own = etree.fromstring(answer.body).find(f"{ATOM}link[@rel='self']").get("href")
    assert own == f"https://feeds.example{target}"
    assert f"<{own}>" in answer.headers["link"]
    assert "hub" not in answer.headers["link"]
    assert b"hub.example" not in answer.body


def test_an_entry_is_the_same_as_in_any_other_feed(url: str) -> None:
    """Byte for byte, so that a reader who has both sees it once."""
    for form in feed_formats():
        known = {form.entry_id(each): each for each in entries(url, f"/all{form.suffix}")}
        found = entries(url, f"/search{form.suffix}?q=power") + entries(
            url, f"/search{form.suffix}?q=excerpt_of_long"
        )
        assert len(found) == 3
        assert all(known[form.entry_id(each)] == each for each in found)


def entries(url: str, target: str) -> tuple[bytes, ...]:
    """Give the entries of a feed as they are written."""
    suffix = urlsplit(target).path.rpartition(".")[2]
    form = next(form for form in feed_formats() if form.suffix == f".{suffix}")
    return form.divide(ask(url, target).body).entries


def test_feeds_of_queries_say_what_they_are(url: str) -> None:
    """Title, id and page tell of what was asked for."""
    feed = json.loads(ask(url, "/search.json?q=power&topic=sea&min_quality=7").body)
    assert feed["title"] == "Example News: power in Sea of quality 7 or more"
    assert feed["home_page_url"] == "https://feeds.example/search/?q=power&topic=sea&min_quality=7"
    assert feed["feed_url"] == "https://feeds.example/search.json?q=power&topic=sea&min_quality=7"
    atom = etree.fromstring(ask(url, "/topics/sea,sun.atom").body)
    assert atom.findtext(f"{ATOM}title") == "Example News: Sea or Sun"
    assert atom.findtext(f"{ATOM}id") == "tag:feeds.example,2026:/topics/sea,sun"


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/search.atom?q=Power", "/search.atom?q=power"),
        ("/search.atom?q=%70ower", "/search.atom?q=power"),
        ("/search.atom?q=power%20solar", "/search.atom?q=power+solar"),
        ("/search.atom?min_quality=1&q=a", "/search.atom?q=a&min_quality=1"),
        ("/search.rss?topic=sun,sea", "/topics/sea,sun.rss"),
        ("/search.rss?topic=sun", "/topics/sun.rss"),
        ("/search.json?provider=paper.example", "/providers/paper.example.json"),
        ("/topics/sun+energy.atom", "/topics/energy+sun.atom"),
        ("/topics/energy%2Bsun.atom", "/topics/energy+sun.atom"),
        ("/topics/sun,sun.atom", "/topics/sun.atom"),
        ("/topics/sun,gone.atom", "/topics/gone,sun.atom"),
        ("/topics/gone,sun.atom", "/topics/sea,sun.atom"),
        ("/topics/sun+energy/", "/topics/energy+sun/"),
        ("/topics/sun,sun/", "/topics/sun/"),
    ],
)
def test_other_ways_to_ask_lead_to_the_one_address(url: str, target: str, location: str) -> None:
    """By one step, relative to where it was asked, and for as long as caches may keep it."""
    answer = ask(url, target)
    assert answer.status == 301
    assert urljoin(target, answer.headers["location"]) == location
    assert "host" not in answer.headers["location"]
    assert answer.headers["cache-control"] == "max-age=300"
    if "gone" not in location:
        assert ask(url, location).status == 200


@pytest.mark.parametrize(
    ("target", "status", "said"),
    [
        ("/search.atom", 400, "say what to look for: q, topic, provider or min_quality"),
        ("/search.atom?q=a&utm_source=x", 400, "no such parameter here"),
        ("/search.atom?q=a&q=b", 400, "q is there twice"),
        ("/search.atom?q=%ff", 400, "the query string cannot be read"),
        ("/search.atom?" + "&".join(f"a{n}=1" for n in range(9)), 400, "cannot be read"),
        ("/topics/a+b,c.atom", 400, "not by both"),
        ("/topics/a+b.atom?q=c", 400, "no such parameter here"),
        ("/topics/nowhere+sun.atom", 404, "there is no topics/nowhere here"),
        ("/search.atom?q=a&provider=nobody.example", 404, "there is no providers/nobody.example"),
        ("/search.opml?q=a", 404, "not found"),
        ("/topics/energy+sun", 404, "not found"),
        ("/providers/a+b.atom", 404, "not found"),
    ],
)
def test_what_is_not_to_be_had_is_refused(url: str, target: str, status: int, said: str) -> None:
    """Whoever asks is told why, in plain text, and caches may keep that for a while."""
    answer = ask(url, target)
    assert answer.status == status
    assert said in answer.body.decode()
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "max-age=60"


def test_validators_and_freshness_are_its_own(url: str) -> None:
    """Who has it is told that it is as it was; caches keep it for a minute."""
    target = "/topics/energy+sea.atom"
    whole = ask(url, target)
    assert whole.headers["cache-control"].startswith("max-age=60, ")
    tag, date = whole.headers["etag"], whole.headers["last-modified"]
    for field in (f"If-None-Match: {tag}", f"If-Modified-Since: {date}"):
        answer = ask(url, target, field)
        assert answer.status == 304
        assert answer.body == b""
        assert answer.headers["etag"] == tag
    assert ask(url, target, 'If-None-Match: "other"').status == 200


def test_freshness_is_configured(tmp_path_factory: pytest.TempPathFactory) -> None:
    """As of other kinds of resources."""
    workshop = Workshop(tmp_path_factory.mktemp("fresh"))
    workshop.configure("freshness: {queries: {max_age: 7, stale_if_error: 0}}\n")
    workshop.news("a.md")
    workshop.build(indexes=True)
    with serving(Site(workshop).served) as url:
        answer = ask(url, "/search.atom?q=a")
    assert answer.headers["cache-control"] == "max-age=7, stale-while-revalidate=60"


def test_codings_methods_and_scripts_are_as_for_other_feeds(url: str) -> None:
    """HEAD has no body, gzip the same one, OPTIONS says what may be asked, POST is refused."""
    target = "/search.atom?q=many"
    whole = ask(url, target)
    head = ask(url, target, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.body))
    coded = ask(url, target, "Accept-Encoding: gzip")
    assert coded.headers["content-encoding"] == "gzip"
    assert gzip.decompress(coded.body) == whole.body
    assert coded.headers["etag"] != whole.headers["etag"]
    assert coded.headers["vary"] == whole.headers["vary"] == "accept-encoding"
    assert ask(url, target, method="OPTIONS").headers["access-control-allow-origin"] == "*"
    assert ask(url, target, method="POST").status == 405
    assert whole.headers["access-control-allow-origin"] == "*"


def test_a_new_publication_is_searched_at_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What comes is found, what goes is not, and who has the feed before is sent the one after."""
    workshop = Workshop(tmp_path_factory.mktemp("news"))
    workshop.news("a.md", title=SOLAR)
    workshop.build(indexes=True)
    site = Site(workshop)
    with serving(site.served) as url:
        before = ask(url, "/search.atom?q=power")
        workshop.news("b.md", title="Wind power")
        workshop.delete("a.md")
        workshop.build(force=True)
        site.load()
        after = ask(url, "/search.atom?q=power", f"If-None-Match: {before.headers['etag']}")
        assert (before.status, titles(before)) == (200, [SOLAR])
        assert (after.status, titles(after)) == (200, ["Wind power"])


def test_without_an_index_who_asks_is_told_to_come_again(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Until it is made, nothing can be searched, and nothing else is concerned."""
    workshop = Workshop(tmp_path_factory.mktemp("none"))
    workshop.configure(CONFIGURATION)
    workshop.news("a.md", title=SOLAR)
    workshop.build()
    with serving(Site(workshop).served) as url:
        answer = ask(url, "/search.atom?q=power")
        assert answer.status == 503
        assert answer.headers["retry-after"] == "5"
        assert ask(url, "/all.atom").status == 200
        page = ask(url, "/search/?q=energy")
        assert page.status == 200
        assert b"articles cannot be searched at present" in page.body
        assert b"Energy" in page.body


def test_queries_can_be_switched_off(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Then there is nothing at these addresses."""
    workshop = Workshop(tmp_path_factory.mktemp("off"))
    workshop.configure("server: {queries: false}\n")
    workshop.news("a.md")
    workshop.build(indexes=True)
    with serving(Site(workshop).served) as url:
        assert ask(url, "/search.atom?q=a").status == 404
        assert ask(url, "/topics/a+b.atom").status == 404


def test_many_who_ask_at_once_are_all_answered(url: str) -> None:
    """Whatever they ask for, each gets an answer to that."""
    answers: dict[str, Answer] = {}

    def asks(target: str) -> None:
        answers[target] = ask(url, target)

    targets = [f"/search.atom?q={number}" for number in range(30)]
    threads = [threading.Thread(target=asks, args=(target,)) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, target in enumerate(targets):
        assert titles(answers[target]) == [f"Many of them {number}"]


# --- What people see -----------------------------------------------------------------


def test_several_topics_have_a_page(url: str) -> None:
    """It is as the page of any feed, and leads to it in every format."""
    answer = ask(url, "/topics/energy+sea/")
    assert answer.status == 200
    page = answer.body.decode()
    assert '<h1 dir="auto">Energy and Sea</h1>' in page
    assert "Wind power" in page
    assert "Tide" not in page
    for suffix in ("atom", "rss", "json"):
        assert f'href="https://feeds.example/topics/energy+sea.{suffix}"' in page
    assert '<link rel="stylesheet" href="../../style.css">' in page
    assert "access-control-allow-origin" not in answer.headers
    assert "link" not in answer.headers


def test_a_search_shows_articles_and_how_to_follow_them(url: str) -> None:
    """Cards, the address of the feed of what was looked for, and autodiscovery of it."""
    page = ask(url, "/search/?q=POWER").body.decode()
    assert page.count("<article") == 2
    assert 'value="https://feeds.example/search.atom?q=power"' in page
    assert 'rel="alternate" type="application/atom+xml"' in page
    assert "<b>power" not in page
    none = ask(url, "/search/?q=nothing+at+all").body.decode()
    assert "None yet" in none
    assert "https://feeds.example/search.atom?q=nothing+at+all" in none


def test_a_search_that_is_none_says_why(url: str) -> None:
    """Feeds are looked for all the same."""
    page = ask(url, "/search/?q=sun&q=moon").body.decode()
    assert "q is there twice" in page
    assert "topics/sun/" in page


def test_a_search_by_topic_alone_shows_articles(url: str) -> None:
    """The page that a feed leads to shows what the feed has."""
    page = ask(url, "/search/?topic=sea&min_quality=1").body.decode()
    assert page.count("<article") == 1
    assert "Wind power" in page
