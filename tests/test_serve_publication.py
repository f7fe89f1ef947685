"""A publication as the server holds it."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feeds.config import parse_configuration
from feeds.formats import feed_formats
from feeds.http.heeded import Heeded
from feeds.model import Published
from feeds.publish.hosting import hosts
from feeds.publish.manifest import dump_manifest, entity_tag
from feeds.publish.policy import Policy
from feeds.serve.answering import answered
from feeds.serve.files import Unmatched
from feeds.serve.prepared import Answer, Prepared
from feeds.serve.publication import MEMORY, NoPublication, Publication, Terms

ATOM = "application/atom+xml; charset=utf-8"
HTML = "text/html; charset=utf-8"
SINCE = datetime(2026, 10, 9, 8, 7, 6, tzinfo=UTC)
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def entry(path: str, body: bytes, media_type: str = ATOM, since: datetime = SINCE) -> Published:
    sha256 = hashlib.sha256(body).hexdigest()
    return Published(path, media_type, sha256, len(body), entity_tag(sha256), since)


def write(root: Path, path: str, body: bytes) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(body)


def publish(root: Path, **bodies: bytes) -> None:
    """Write resources, with `__` for `/` in their names and `.atom` at the end, and a manifest."""
    resources = {name.replace("__", "/") + ".atom": body for name, body in bodies.items()}
    for path, body in resources.items():
        write(root, path, body)
    manifest = dump_manifest(entry(path, body) for path, body in resources.items())
    write(root, "manifest.json", manifest)


def terms(text: str = "", memory: int = MEMORY) -> Terms:
    """Give the terms of a configuration."""
    configuration = parse_configuration(text, origin="feeds.yaml", folder=Path("/x"))
    return Terms(Policy(configuration, feed_formats()), NOW, memory)


def load(root: Path, previous: Publication | None = None, text: str = "") -> Publication:
    """Load what is under `root`: by the terms before, unless there are others in `text`."""
    same = previous.terms if previous and not text else terms(text)
    return Publication.load(root, same, previous)


def prepared_at(publication: Publication, url_path: str) -> Prepared:
    """Give what is prepared under a path of a URL."""
    prepared = publication.find(url_path)
    assert isinstance(prepared, Prepared)
    return prepared


def fields_of(publication: Publication, url_path: str, coding: str = "identity") -> dict[str, str]:
    """Give the header fields of a 200 in a coding."""
    prepared = prepared_at(publication, url_path)
    publication.warm(prepared, coding)
    headers = prepared.variant(coding).headed.headers
    return {name.decode(): value.decode() for name, value in headers}


def body_at(publication: Publication, url_path: str, coding: str = "identity") -> bytes | None:
    """Give the bytes that are answered under a path of a URL."""
    prepared = prepared_at(publication, url_path)
    publication.warm(prepared, coding)
    return prepared.body(coding)


def test_resources_are_found_under_their_paths(tmp_path: Path) -> None:
    """A resource is served under its path, and the manifest under none."""
    publish(tmp_path, all=b"all", topics__ai=b"ai")
    write(tmp_path, "stray.atom", b"nobody spoke of me")
    publication = load(tmp_path)
    assert body_at(publication, "/topics/ai.atom") == b"ai"
    for path in (
        "/stray.atom",
        "/manifest.json",
        "/",
        "/topics/",
        "all.atom",
        "",
        "*",
        "//all.atom",
    ):
        assert publication.find(path) is None
    assert publication.find("/" + "a" * 10_000) is None


def test_an_index_is_served_for_its_directory(tmp_path: Path) -> None:
    """`index.html` answers for the directory with its slash, and under its own name.

    Without its slash, the directory leads there.
    """
    paths = ("index.html", "a/b/index.html", "a/myindex.html")
    for path in paths:
        write(tmp_path, path, path.encode())
    entries = [entry(path, path.encode(), HTML) for path in paths]
    write(tmp_path, "manifest.json", dump_manifest(entries))
    publication = load(tmp_path)
    assert publication.find("/a/b/") is publication.find("/a/b/index.html")
    assert body_at(publication, "/") == body_at(publication, "/index.html") == b"index.html"
    assert body_at(publication, "/a/myindex.html") == b"a/myindex.html"
    assert publication.find("/a/") is None
    led = publication.find("/a/b")
    assert isinstance(led, Answer)
    assert (led.status, dict(led.headers)[b"location"]) == (308, b"./b/")
    assert publication.find("/a") is None


def test_the_headers_of_a_feed_are_complete(tmp_path: Path) -> None:
    """A feed has its validators, its freshness and what keeps a browser from running it."""
    publish(tmp_path, all=b"feed")
    publication = load(tmp_path)
    unchanged = {
        "etag": entity_tag(hashlib.sha256(b"feed").hexdigest()),
        "last-modified": "Fri, 09 Oct 2026 08:07:06 GMT",
        "cache-control": "max-age=300, stale-while-revalidate=60, stale-if-error=86400",
        "vary": "Accept-Encoding",
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "ETag, Last-Modified, Link",
    }
    prepared = prepared_at(publication, "/all.atom")
    headers = prepared.variant("identity").unchanged.headers
    assert {name.decode(): value.decode() for name, value in headers} == unchanged
    assert fields_of(publication, "/all.atom") == unchanged | {
        "content-type": ATOM,
        "content-length": "4",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "link": '<http://127.0.0.1:8000/all.atom>; rel="self", '
        '<http://127.0.0.1:8000/all/>; rel="alternate"; type="text/html"',
    }
    assert prepared.last_modified == SINCE


@pytest.mark.parametrize("media_type", ["text/html", HTML, "Text/HTML;charset=utf-8"])
def test_the_headers_of_a_page_let_it_be_seen(tmp_path: Path, media_type: str) -> None:
    """A page may show pictures and its own style, and is for no other site's scripts."""
    write(tmp_path, "index.html", b"<p>")
    write(tmp_path, "manifest.json", dump_manifest([entry("index.html", b"<p>", media_type)]))
    headers = fields_of(load(tmp_path), "/")
    assert headers["content-security-policy"] == (
        "default-src 'none'; img-src https: http:; style-src 'self'; script-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert not [name for name in headers if name.startswith("access-control")]
    assert "link" not in headers


def test_what_has_not_changed_is_not_read_again(tmp_path: Path) -> None:
    """Loading anew keeps what the manifest says is the same, and takes in what is not."""
    publish(tmp_path, a=b"a", b=b"b", c=b"c")
    first = load(tmp_path)
    for name in "abc":
        assert body_at(first, f"/{name}.atom") == name.encode()
    publish(tmp_path, a=b"a", b=b"B!")
    (tmp_path / "a.atom").unlink()
    second = load(tmp_path, first)
    assert second.find("/a.atom") is first.find("/a.atom")
    assert body_at(second, "/a.atom") == b"a"
    assert body_at(second, "/b.atom") == b"B!"
    assert second.find("/c.atom") is None
    assert body_at(first, "/b.atom") == b"b"


def test_the_same_bytes_with_another_date_or_freshness_are_prepared_again(tmp_path: Path) -> None:
    """Headers follow the manifest and the configuration even where bytes stay the same."""
    publish(tmp_path, a=b"a")
    first = load(tmp_path)
    assert prepared_at(first, "/a.atom").last_modified == SINCE
    later = SINCE + timedelta(days=1)
    write(tmp_path, "manifest.json", dump_manifest([entry("a.atom", b"a", since=later)]))
    second = load(tmp_path, first)
    assert prepared_at(second, "/a.atom").last_modified == later
    third = load(tmp_path, second, "server: {max_age: 60}")
    assert "max-age=60," in fields_of(third, "/a.atom")["cache-control"]


def test_only_so_much_is_held_and_what_was_asked_for_lately_stays(tmp_path: Path) -> None:
    """What is not held is read again; more than the bound is held for no longer than it takes."""
    publish(tmp_path, **{f"n{number}": b"%d" % number * 20_000 for number in range(10, 60)})
    publication = Publication.load(tmp_path, terms(memory=200_000))
    popular = prepared_at(publication, "/n10.atom")
    for number in range(10, 60):
        path = f"n{number}.atom"
        assert body_at(publication, f"/{path}") == b"%d" % number * 20_000
        publication.shelf.weigh(path, prepared_at(publication, f"/{path}"))
        assert publication.find("/n10.atom") is popular
        assert publication.shelf.total <= 200_000
    assert publication.ready("/n11.atom") is None
    assert publication.ready("/n59.atom") is not None
    assert 2 < len(publication.shelf.items()) < 10


def test_a_restart_reads_nothing_but_the_manifest(tmp_path: Path) -> None:
    """Files are opened when they are asked for, so that a start takes no longer for large ones."""
    publish(tmp_path, a=b"a", b=b"b")
    for name in "ab":
        (tmp_path / f"{name}.atom").unlink()
    publication = load(tmp_path)
    assert not publication.shelf.items()
    prepared = prepared_at(publication, "/a.atom")
    answer = answered(prepared, Heeded(if_none_match=prepared.etag), is_head=False)
    assert isinstance(answer, Answer)
    assert answer.status == 304


@pytest.mark.parametrize("torn", [b"", b"ne", b"new and more", b"odd"])
def test_a_file_that_is_not_what_the_manifest_says_is_not_sent(tmp_path: Path, torn: bytes) -> None:
    """Other bytes than the manifest speaks of are given to nobody, until they are those."""
    publish(tmp_path, a=b"new")
    write(tmp_path, "a.atom", torn)
    publication = load(tmp_path)
    with pytest.raises(Unmatched):
        body_at(publication, "/a.atom")
    write(tmp_path, "a.atom", b"new")
    assert body_at(publication, "/a.atom") == b"new"


def test_a_file_that_is_gone_or_no_file_costs_its_own_path_only(tmp_path: Path) -> None:
    """A missing file and a directory in its place leave all others."""
    publish(tmp_path, a=b"a", b=b"b", c=b"c")
    (tmp_path / "a.atom").unlink()
    (tmp_path / "b.atom").unlink()
    (tmp_path / "b.atom").mkdir()
    publication = load(tmp_path)
    assert body_at(publication, "/c.atom") == b"c"
    for path in ("/a.atom", "/b.atom"):
        with pytest.raises(Unmatched):
            body_at(publication, path)


def test_a_size_beyond_all_memory_is_not_asked_for(tmp_path: Path) -> None:
    """A manifest that lies about a size costs that path only."""
    publish(tmp_path, a=b"a")
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    manifest["resources"][0]["size"] = 10**30
    write(tmp_path, "manifest.json", json.dumps(manifest).encode())
    with pytest.raises(Unmatched):
        body_at(load(tmp_path), "/a.atom")


@pytest.mark.parametrize("manifest", [None, b"", b'{"version":1,"reso', b'{"version":2}'])
def test_without_a_manifest_there_is_no_publication(tmp_path: Path, manifest: bytes | None) -> None:
    """No manifest, or none that can be read, is an error that names the directory."""
    publish(tmp_path, a=b"a")
    if manifest is None:
        (tmp_path / "manifest.json").unlink()
    else:
        write(tmp_path, "manifest.json", manifest)
    with pytest.raises(
        NoPublication, match=r"^no publication in .*: manifest\.json: .+$"
    ) as raised:
        load(tmp_path)
    assert str(tmp_path) in str(raised.value)


def test_a_directory_that_does_not_exist_is_no_publication(tmp_path: Path) -> None:
    """A server may start before the first build has made its output."""
    with pytest.raises(NoPublication):
        load(tmp_path / "output")


FEED = b"<feed>" + b"Again and again. " * 60 + b"</feed>"
# Not as we would code it, so that it can be told where bytes are from.
CODED = gzip.compress(FEED, 1, mtime=1)


def publish_coded(root: Path, files: Mapping[str, tuple[str, bytes]]) -> None:
    """Publish a feed, and files that are beside it by their paths: a media type and bytes."""
    write(root, "all.atom", FEED)
    for path, (_, body) in files.items():
        write(root, path, body)
    beside = [entry(path, body, media_type) for path, (media_type, body) in files.items()]
    write(root, "manifest.json", dump_manifest([entry("all.atom", FEED), *beside]))


def test_a_feed_is_not_coded_where_its_bytes_are_beside_it(tmp_path: Path) -> None:
    """The file's bytes are sent, under the tag of the coding, also in one not installed here."""
    brotli = "application/octet-stream", b"as it is"
    publish_coded(tmp_path, {"all.atom.gz": ("application/gzip", CODED), "all.atom.br": brotli})
    publication = load(tmp_path)
    fields = fields_of(publication, "/all.atom", "gzip")
    bodies = [body_at(publication, "/all.atom", coding) for coding in ("identity", "gzip", "br")]
    assert bodies == [FEED, CODED, b"as it is"]
    assert fields["etag"] == entity_tag(hashlib.sha256(FEED).hexdigest())[:-1] + '-gzip"'
    assert fields["content-length"] == str(len(CODED))


@pytest.mark.parametrize("harm", ["gone", "other"])
def test_a_feed_is_coded_where_what_is_beside_it_is_not_as_listed(
    tmp_path: Path, harm: str
) -> None:
    """Only bytes that the manifest speaks of are sent."""
    publish_coded(tmp_path, {"all.atom.gz": ("application/gzip", CODED)})
    if harm == "gone":
        (tmp_path / "all.atom.gz").unlink()
    else:
        write(tmp_path, "all.atom.gz", gzip.compress(FEED + b"!", 1)[: len(CODED)])
    publication = load(tmp_path)
    body = body_at(publication, "/all.atom", "gzip") or b""
    assert (gzip.decompress(body), body == CODED) == (FEED, False)
    assert fields_of(publication, "/all.atom", "gzip")["content-length"] == str(len(body))


def test_nobody_is_answered_with_what_is_for_web_servers(tmp_path: Path) -> None:
    """Coded files and what configures hosts are no answers, even where they are not there."""
    text = "text/plain; charset=utf-8", b"# For nginx."
    files = {host.file: text for host in hosts().values()}
    publish_coded(tmp_path, files | {"all.atom.gz": ("application/gzip", CODED)})
    (tmp_path / "_headers").unlink()
    publication = load(tmp_path)
    assert body_at(publication, "/all.atom") == FEED
    assert not [path for path in (*files, "all.atom.gz") if publication.find(f"/{path}")]
