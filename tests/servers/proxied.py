"""nginx before servers: it counts what a store is asked, and is the CDN of a bucket."""

import http.client
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import obstore
import pytest
from cli_tools import Reply, eventually
from obstore.exceptions import AlreadyExistsError
from obstore.store import S3Store
from proxies import Asked, Counting, Nginx, cdn, shown
from stores import KEY, REGION, SECRET, Ceph

from feeds.publish.policy import _PAGE_POLICY, SAFE

FEED = {"Content-Type": "application/atom+xml; charset=utf-8", "Cache-Control": "max-age=1"}
OURS = {"sha256": "0" * 64, "redirect-location": "/", "redirect-status": "301"}
PAGE = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "max-age=1"}


def opened(url: str, prefix: str) -> S3Store:
    """Open a part of the bucket, at the gateway or at what is before it."""
    return S3Store(
        "feeds",
        prefix=prefix,
        endpoint=url,
        access_key_id=KEY,
        secret_access_key=SECRET,
        region=REGION,
        client_options={"allow_http": True, "timeout": "10s"},
        retry_config={"max_retries": 0, "retry_timeout": timedelta(seconds=10)},
    )


def get(nginx: Nginx, path: str, **headers: str) -> Reply:
    """Ask for a path in a connection of its own."""
    connection = http.client.HTTPConnection(urlsplit(nginx.url).netloc, timeout=30)
    try:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=fields)
        answer = connection.getresponse()
        known = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, known, answer.read())
    finally:
        connection.close()


def test_what_a_store_is_asked_is_counted(ceph: Ceph, tmp_path: Path) -> None:
    """Each request is counted once, with its method, its key and its bytes, whatever became of it.

    Who asks has signed, and the gateway takes it as if nobody were between.
    """
    with Counting(tmp_path / "nginx", ceph.url) as counting:
        store = opened(counting.url, "counted")
        obstore.put(store, "ü, a+b.atom", b"x" * 10_000, mode="create")
        with pytest.raises(AlreadyExistsError):
            obstore.put(store, "ü, a+b.atom", b"y", mode="create")
        assert len(bytes(obstore.get(store, "ü, a+b.atom").bytes())) == 10_000
        put, refused, got = counting.asked()
        path = "/feeds/counted/ü, a+b.atom"
        assert (put.method, put.path, put.status) == ("PUT", path, 200)
        assert (refused.method, refused.path, refused.status) == ("PUT", path, 412)
        assert (got.method, got.path, got.status) == ("GET", path, 200)
        assert put.received > 10_000 > refused.received
        assert got.sent > 10_000
        for number in range(500):
            obstore.put(store, f"many/{number}", b"")
        assert len(list(obstore.list(store, "many").collect())) == 500
        obstore.delete(store, [f"many/{number}" for number in range(500)])
        asked = counting.asked()
        assert Counter(each.method for each in asked) == {"PUT": 500, "GET": 1, "POST": 1}
        assert {each.path for each in asked if each.method == "PUT"} == {
            f"/feeds/counted/many/{number}" for number in range(500)
        }
        assert counting.asked() == list[Asked]()


@pytest.fixture
def bucket(ceph: Ceph) -> Iterator[S3Store]:
    """Give a part of the bucket with a feed and the page of a directory."""
    store = opened(ceph.url, "behind/news")
    obstore.put(store, "all.atom", b"<feed>one</feed>", attributes=FEED | OURS)
    obstore.put(store, "topics/index.html", b"<p>Topics</p>", attributes=PAGE)
    for ours in ("manifest.json", ".feeds/publication.json"):
        obstore.put(store, ours, b"{}")
    yield store
    obstore.delete(store, [each["path"] for some in obstore.list(store) for each in some])


@pytest.fixture
def before(ceph: Ceph, bucket: S3Store, tmp_path: Path) -> Iterator[Nginx]:
    """Give nginx before that part, as the recipe says."""
    assert bucket
    with cdn(tmp_path / "cdn", f"{ceph.url}/feeds", "behind/news") as nginx:
        yield nginx


def test_readers_get_what_is_in_the_bucket(before: Nginx) -> None:
    """A feed comes with its type, its freshness and a validator, and nothing of the store's own."""
    feed = get(before, "/all.atom?x=1", Cookie="a=b", Authorization="Basic eDp5")
    assert (feed.status, feed.body) == (200, b"<feed>one</feed>")
    assert (
        feed.headers.items()
        >= {
            "content-type": FEED["Content-Type"],
            "cache-control": FEED["Cache-Control"],
            "access-control-allow-origin": "*",
            **SAFE,
        }.items()
    )
    assert not [name for name in feed.headers if name.startswith(("x-amz", "x-rgw"))]
    tag = feed.headers["etag"]
    for value in (tag, f"W/{tag}", f'"x", {tag}'):
        assert get(before, "/all.atom", If_None_Match=value).status == 304
    assert get(before, "/all.atom", If_None_Match='"x"').status == 200
    page = get(before, "/topics/")
    assert (page.status, page.body) == (200, b"<p>Topics</p>")
    assert page.headers["content-security-policy"] == _PAGE_POLICY


def test_what_is_not_there_is_not_found(before: Nginx) -> None:
    """Neither what no object is nor what is only for servers is given, nor is anything listed."""
    ours = ("/manifest.json", "/.feeds/publication.json", "//.feeds/publication.json")
    for path in (*ours, "/nothing.atom", "/", "/%2e%2e/secret", "/topics"):
        answer = get(before, path)
        assert answer.status in {400, 404}, path
        assert b"Code" not in answer.body
    assert get(before, "/nothing.atom").body == b"not found\n"


def test_a_poll_costs_the_store_nothing_while_it_is_fresh(ceph: Ceph, tmp_path: Path) -> None:
    """What was asked for is kept; when it is no longer fresh, the store is asked with its tag."""
    store = opened(ceph.url, "polled")
    obstore.put(store, "all.atom", b"x" * 5_000, attributes=FEED | {"Cache-Control": "max-age=2"})
    with (
        Counting(tmp_path / "counting", ceph.url) as counting,
        cdn(tmp_path / "cdn", f"{counting.url}/feeds", "polled") as nginx,
    ):
        begin = time.monotonic()
        for _ in range(50):
            assert len(get(nginx, "/all.atom").body) == 5_000
        assert len(counting.asked()) <= 2 + (time.monotonic() - begin) / 2
        asked: list[Asked] = []

        def was_asked_again() -> bool:
            get(nginx, "/all.atom")
            asked.extend(counting.asked())
            return bool(asked)

        eventually(was_asked_again, "a request with a tag")
        assert asked[0].status == 304
        assert asked[0].sent < 1_000


def test_it_goes_on_while_the_store_is_away(ceph: Ceph, bucket: S3Store, before: Nginx) -> None:
    """With the gateway paused or killed, what was asked for once is given, old as it may be."""
    assert get(before, "/all.atom").status == 200
    ceph.pause()
    try:
        for _ in range(3):
            assert get(before, "/all.atom").body == b"<feed>one</feed>"
        ceph.kill()
        for _ in range(3):
            assert get(before, "/all.atom").body == b"<feed>one</feed>"
        away = get(before, "/never-asked-for.atom")
        assert (away.status, away.headers["cache-control"]) == (503, "no-store")
    finally:
        ceph.kill()
        ceph.start()
    obstore.put(bucket, "all.atom", b"<feed>two</feed>", attributes=FEED)
    eventually(lambda: get(before, "/all.atom").body == b"<feed>two</feed>", "the new one")


def test_the_recipe_has_the_policy_of_pages() -> None:
    """What the recipe says of pages is what our own server says."""
    assert f'"~^text/html" "{_PAGE_POLICY}";' in shown("recipes/before-a-bucket.md")
