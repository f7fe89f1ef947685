"""Writes docs/reference/http.md: a server is asked all that the page tells of."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

from cli_tools import ROOT
from conftest import DAY, NOW, Workshop
from test_serve_wire import exchange, serving

from feeds.catalog import histories_in
from feeds.formats import feed_formats
from feeds.http.compression import LEAST_BYTES
from feeds.http.head import MOST_BYTES, MOST_FIELDS, MOST_LINE
from feeds.pages import Look
from feeds.publish.policy import Policy
from feeds.refresh.former import retire
from feeds.selection.queries import BEST, MOST_CHARACTERS, MOST_TERMS, MOST_TOPICS
from feeds.serve.connections import MOST_DESCRIPTORS, MOST_KEPT, OTHER_DESCRIPTORS
from feeds.serve.protocol import FOR_A_HEAD, FOR_SOME_MORE, SOME_MORE
from feeds.serve.publication import Publication, Terms
from feeds.serve.queries import Queries
from feeds.serve.served import Served
from feeds.serve.server import GRACE_SECONDS

PAGE = "docs/reference/http.md"
TEXT = ROOT / "tests/http_reference.md"
CONFIGURATION = """\
site: {title: Example News, base_url: https://feeds.example, id_authority: "feeds.example,2026"}
topics: {rail: {label: Rail}}
moved:
  feed.xml: all.rss
  feeds/sports: {to: topics/energy, temporary: true}
html: {pages: true}
compressed: true
hosting: [nginx]
"""
_MOST_EXAMPLES = 3
_PLAIN = "Host: feeds.example\r\n\r\n"

# What depends on when and on what is published, not on what the server goes by.
_OF_THE_MOMENT = re.compile(r"^(content-length|last-modified): .*$", re.MULTILINE)

Row = tuple[str, ...]


@dataclass(frozen=True)
class Reply:
    """What came back: the status, the head as it was sent, and its fields by their names."""

    status: int
    head: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Site:
    """A server of a publication; `tags` are those that its feed of everything had, the last last.

    `paths` are those of its resources.
    """

    url: str
    tags: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    def ask(self, path: str, *fields: str, method: str = "GET") -> Reply:
        """Ask for a path with some fields."""
        lines = (f"{method} {path} HTTP/1.1", "Host: feeds.example", *fields, "Connection: close")
        return self.send("\r\n".join((*lines, "", "")))

    def send(self, request: str) -> Reply:
        """Send what may be a request."""
        head = exchange(self.url, request.encode("latin-1")).partition(b"\r\n\r\n")[0].decode()
        first, *lines = head.split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines)
        return Reply(int(first.split()[1]), self.without_tags("\n".join([first, *lines])), fields)

    def without_tags(self, text: str) -> str:
        """Write names for entity tags."""
        for tag, name in zip(self.tags, ("BEFORE", "TAG"), strict=False):
            text = text.replace(tag.strip('"'), name)
        return text


# --- What is asked ------------------------------------------------------------------------


@contextmanager
def _site() -> Iterator[Site]:
    """Serve what there is to tell of: a feed with a past state, what has moved, and what ended."""
    with TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder) / "workshop")
        workshop.configure(CONFIGURATION)
        tags = []
        for month, topics in (("09", ["Energy", "Rail"]), ("10", ["Energy", "Steam"])):
            body = f"<p>{f'What is said in the month {month}. ' * 60}</p>"
            date = f"2026-{month}-01T08:00:00Z"
            workshop.curated(f"{month}.md", body, date=date, categoryLabel=topics)
            workshop.build()
            tags.append(str(workshop.manifest()["all.atom"]["etag"]))
        own = {"output": workshop.output, "state": workshop.state}
        retire(replace(workshop.configuration, **own), "topics/rail", NOW, undo=False)
        workshop.build(indexes=True)
        policy = Policy(workshop.configuration, feed_formats())
        histories = partial(histories_in, workshop.kept)
        queries = Queries(replace(workshop.configuration, **own), Look(), policy)
        terms = Terms(policy, NOW + DAY, histories=histories, queries=queries)
        publication = Publication.load(workshop.output, terms)
        with serving(Served(publication)) as url:
            yield Site(url, tuple(tags), tuple(workshop.manifest()))


def _published(site: Site) -> Iterator[Row]:
    """Tell of all that is published, kind by kind; a kind is what is answered alike."""
    kinds: dict[Row, list[str]] = {}
    for path in site.paths:
        asked = "/" + path.removesuffix("index.html")
        reply = site.ask(asked)
        if reply.status == HTTPStatus.OK:
            kind = [reply.fields[name] for name in ("content-type", "cache-control")]
            shared = reply.fields.get("access-control-allow-origin")
            kinds.setdefault((*kind, "may read it" if shared else "may not"), []).append(asked)
    for (media_type, fresh, scripts), paths in kinds.items():
        shown = sorted(paths, key=lambda path: (path.count("/"), path))[:_MOST_EXAMPLES]
        yield ", ".join(f"`{path}`" for path in shown), f"`{media_type}`", f"`{fresh}`", scripts


def _conditions(site: Site) -> Iterator[Row]:
    tag, changed = site.tags[-1], site.ask("/all.atom").fields["last-modified"]
    opaque = tag.strip('"')
    for field in (
        f"If-None-Match: {tag}",
        f"If-None-Match: W/{tag}",
        f'If-None-Match: "{opaque}-gzip"',
        f'If-None-Match: "other", {tag}',
        "If-None-Match: *",
        'If-None-Match: "other"',
        f"If-Modified-Since: {changed}",
        "If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT",
        "Range: bytes=0-99",
    ):
        shown = site.without_tags(field).replace(changed, "LAST-MODIFIED")
        yield f"`{shown}`", str(site.ask("/all.atom", field).status)
    both = ('If-None-Match: "other"', f"If-Modified-Since: {changed}")
    yield (
        f"`{both[0]}`, `If-Modified-Since: LAST-MODIFIED`",
        str(site.ask("/all.atom", *both).status),
    )


def _codings(site: Site) -> Iterator[Row]:
    yield "none", _with_fields(site, site.ask("/all.atom"), "content-encoding", "etag")
    for value in (
        "gzip",
        "gzip, deflate, br, zstd",
        "gzip, zstd",
        "br;q=0.1, gzip",
        "*",
        "identity",
        "gzip;q=0, identity;q=0, *;q=0",
    ):
        reply = site.ask("/all.atom", f"Accept-Encoding: {value}")
        yield f"`{value}`", _with_fields(site, reply, "content-encoding", "etag")


def _parts(site: Site) -> Iterator[Row]:
    own = site.tags[0].strip('"') + "-im"
    for fields in (
        ("A-IM: feed",),
        ("A-IM: feed", f'If-None-Match: "{own}"'),
        ("A-IM: feed", f'If-None-Match: "{own}"', "Via: 1.1 cache"),
        ("A-IM: feed", f'If-None-Match: "{own}"', "User-Agent: rss2email/3.14"),
        (f'If-None-Match: "{own}"',),
    ):
        shown = ", ".join(f"`{site.without_tags(field)}`" for field in fields)
        reply = site.ask("/all.atom", *fields)
        yield shown, _with_fields(site, reply, "im", "delta-base", "etag", "cache-control")


def _queries(site: Site) -> Iterator[Row]:
    for path in (
        "/search.atom?q=month",
        "/search.atom?q=MONTH++said",
        "/search.atom?min_quality=80&q=month",
        "/search.atom?q=month&topic=energy",
        "/search.json?provider=review.example",
        "/topics/steam+energy.rss",
        "/topics/energy,steam.rss?provider=review.example",
        "/topics/energy,energy.rss",
        "/topics/energy+steam/",
        "/topics/energy+nothing.atom",
        "/search.atom",
        "/search.atom?q=month&page=2",
        "/topics/energy+steam,iron.atom",
    ):
        yield _asked(site, path, "location", "cache-control")


def _methods(site: Site) -> Iterator[Row]:
    for method, path in (
        ("GET", "/all.atom"),
        ("HEAD", "/all.atom"),
        ("OPTIONS", "/all.atom"),
        ("OPTIONS", "/"),
        ("POST", "/all.atom"),
        ("PUT", "/nothing"),
        ("DELETE", "/healthz"),
    ):
        yield _asked(site, path, "allow", method=method)


def _missing(site: Site) -> Iterator[Row]:
    for path in (
        "/nothing",
        "/all",
        "/all.atom.gz",
        "/_nginx.conf",
        "/manifest.json",
        "/feed.xml",
        "/feeds/sports.json",
        "/topics/rail.atom",
        "/topics/rail/archive/2026-09.atom",
        "/healthz",
        "/readyz",
    ):
        yield _asked(site, path, "location", "content-type", "cache-control")


def _before() -> Iterator[Row]:
    with serving(Served()) as url:
        for path in ("/all.atom", "/", "/readyz", "/healthz"):
            yield _asked(Site(url), path, "retry-after", "cache-control")


def _refused(site: Site) -> Iterator[Row]:
    first = "GET /all.atom HTTP/1.1\r\n"
    for what, request in (
        ("lines that end with LF alone", f"{first}{_PLAIN}".replace("\r\n", "\n")),
        ("a folded line", f"{first}X: a\r\n b\r\n{_PLAIN}"),
        ("a control character", f"{first}X: a\0b\r\n{_PLAIN}"),
        ("a space before a colon", f"{first}X : a\r\n{_PLAIN}"),
        ("two lengths", f"{first}Content-Length: 0\r\nContent-Length: 0\r\n{_PLAIN}"),
        (
            "a length with chunks",
            f"{first}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n{_PLAIN}",
        ),
        ("no Host", f"{first}\r\n"),
        ("two of them", f"{first}Host: feeds.example\r\n{_PLAIN}"),
        ("one that is none", f"{first}Host: a b\r\n\r\n"),
        ("a target on another host than Host", f"GET http://b.example/ HTTP/1.1\r\n{_PLAIN}"),
        ("another version than HTTP/1", f"GET / HTTP/2.0\r\n{_PLAIN}"),
        ("a request line that is too long", f"GET /{'a' * MOST_LINE} HTTP/1.1\r\n{_PLAIN}"),
        ("too many fields", first + "X: a\r\n" * MOST_FIELDS + _PLAIN),
    ):
        yield what, str(site.send(request).status)


# --- What is written ----------------------------------------------------------------------


def http_text() -> str:
    """Ask a server all that the page tells of, and write the page in Markdown."""
    with _site() as site:
        answer, page = site.ask("/all.atom"), site.ask("/")
        unchanged = site.ask("/all.atom", f"If-None-Match: {site.tags[-1]}")
        policy = "content-security-policy"
        return Template(TEXT.read_text(encoding="utf-8")).substitute(
            answer=_head(answer),
            published=_rows(_published(site)),
            sandbox=answer.fields[policy],
            page_policy=page.fields[policy],
            conditions=_rows(_conditions(site)),
            unchanged=_head(unchanged),
            codings=_rows(_codings(site)),
            least=LEAST_BYTES,
            parts=_rows(_parts(site)),
            queries=_rows(_queries(site)),
            most_characters=MOST_CHARACTERS,
            most_terms=MOST_TERMS,
            most_topics=MOST_TOPICS,
            best=BEST,
            methods=_rows(_methods(site)),
            preflight=_head(site.ask("/all.atom", method="OPTIONS")),
            missing=_rows(_missing(site)),
            before=_rows(_before()),
            refused=_rows(_refused(site)),
            **_limits(),
        )


def _limits() -> dict[str, str]:
    return {
        "most_line": f"{MOST_LINE:,}",
        "most_bytes": f"{MOST_BYTES:,}",
        "most_fields": f"{MOST_FIELDS:,}",
        "for_a_head": f"{FOR_A_HEAD:g}",
        "for_some_more": f"{FOR_SOME_MORE:g}",
        "some_more": f"{SOME_MORE:,}",
        "most_connections": f"{MOST_DESCRIPTORS - OTHER_DESCRIPTORS:,}",
        "other_descriptors": f"{OTHER_DESCRIPTORS:,}",
        "most_kept": f"{MOST_KEPT // 2**20:,} MiB",
        "grace": f"{GRACE_SECONDS:g}",
    }


def _rows(rows: Iterable[Row]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _asked(site: Site, path: str, *names: str, method: str = "GET") -> Row:
    return f"`{method} {path}`", _with_fields(site, site.ask(path, method=method), *names)


def _with_fields(site: Site, reply: Reply, *names: str) -> str:
    """Write a status, and those of some fields that came with it."""
    found = [f"`{name}: {reply.fields[name]}`" for name in names if name in reply.fields]
    return site.without_tags("; ".join([str(reply.status), *found]))


def _head(reply: Reply) -> str:
    """Write a head without what is of the moment."""
    lines = [line for line in reply.head.split("\n") if line.lower() != "connection: close"]
    return _OF_THE_MOMENT.sub(r"\1: …", "\n".join(lines))
