"""What the first issue must show, on documents of our own and, where CI has them, on the seeds."""

import base64
import gzip
import html
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import feedparser
import pytest
import yaml
from cli_tools import (
    BASE_URL,
    OF_HOSTS,
    Run,
    Serving,
    beside,
    build,
    closing_line,
    contents,
    is_for_readers,
    manifest,
    serving,
    stamps,
)
from feed_rules import complaints

OWN = Path(__file__).parent / "data" / "seeds_like"
CORPORA = [OWN, *(Path(folder) for folder in [os.environ.get("FEEDS_SEEDS")] if folder)]
SUFFIXES = ("atom", "rss", "json")
ASSETS = ("style.css", "lists.css", "choose.js", "copy.js", "search.js")
OF_PAGES = ("index.html", "feeds.data", *ASSETS)
# Pages that list all of a kind of feeds, in three orders, and their OPML.
OF_KINDS = {
    f"{kind}/{name}"
    for kind in ("topics", "providers")
    for name in ("feeds.opml", "index.html", "by/activity/index.html", "by/date/index.html")
}
# Below this, a piece of a secret could stand somewhere by chance.
PIECE = 24


@dataclass(frozen=True)
class Source:
    """What a document says, read by other means than ours."""

    name: str
    fields: dict[str, Any] = field(repr=False)

    @property
    def is_published(self) -> bool:
        """Whether it may be in feeds: the curated dialect does not say, and means yes."""
        return bool(self.fields.get("published", True))

    @property
    def url(self) -> str:
        """Where the article is."""
        return str(self.fields.get("webUrl") or self.fields["link"]["href"])

    @property
    def month(self) -> str:
        """The month of its date, in whose document archives have it."""
        return str(self.fields.get("publishedDateTime") or self.fields["date"])[:7]

    @property
    def topics(self) -> list[str]:
        """The names of its topics."""
        return list(self.fields.get("topics") or self.fields["categoryLabel"])

    @property
    def provider(self) -> str:
        """The domain that published it."""
        provider = self.fields.get("provider")
        return str(provider["domain"] if provider else self.fields["link"]["brand"])

    @property
    def related(self) -> list[tuple[str, str]]:
        """Title and address of what it refers to, where the address is whole."""
        items = [(item["title"], item["webUrl"]) for item in self.fields.get("related", ())]
        offers = self.fields.get("relatedOfferings", ())
        items += [(item["label"], item["permalink"]) for item in offers]
        return [item for item in items if item[1].startswith("https://")]


@dataclass(frozen=True)
class Shown:
    """A corpus, what was built of it, and what was said of that."""

    folder: Path
    sources: tuple[Source, ...]
    run: Run

    @property
    def corpus(self) -> Path:
        """The documents."""
        return self.folder / "corpus"

    @property
    def output(self) -> Path:
        """What is published."""
        return self.folder / "output"

    @property
    def published(self) -> list[Source]:
        """The documents that may be in feeds."""
        return [source for source in self.sources if source.is_published]

    def channels(self) -> dict[str, set[str]]:
        """Map the stems of the feeds that there must be to the documents that each must have."""
        expected: dict[str, set[str]] = {}
        for source in self.published:
            topics = [f"topics/{topic.lower().replace(' ', '-')}" for topic in source.topics]
            for stem in ["all", f"providers/{source.provider}", *topics]:
                expected.setdefault(stem, set()).add(source.name)
        return expected

    def again(self, folder: Path) -> "Shown":
        """Copy all of it, so that a test may change it; nothing is new to the copy."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Shown(folder, self.sources, build(folder, "--state", folder / "state"))


def read(file: Path) -> Source:
    front_matter = file.read_text(encoding="utf-8").split("\n---\n")[0]
    return Source(file.name, yaml.safe_load(front_matter))


@pytest.fixture(scope="module", params=CORPORA, ids=lambda folder: folder.name)
def shown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """Build a corpus as issue 2 says, with its state beside its output."""
    folder = tmp_path_factory.mktemp("shown")
    shutil.copytree(request.param, folder / "corpus")
    sources = tuple(read(file) for file in sorted((folder / "corpus").iterdir()))
    run = build(folder, "--state", folder / "state")
    assert run.returncode == 0, run.stderr
    return Shown(folder, sources, run)


@pytest.fixture(scope="module")
def server(shown: Shown) -> Iterator[Serving]:
    """Serve what was built, without a refresh."""
    arguments = ("--corpus", shown.corpus, "--output", shown.output, "--state")
    with serving(*arguments, shown.folder / "state", "--no-reload", cwd=shown.folder) as running:
        assert running.url
        yield running


# --- 2: what is published, and what never is --------------------------------------------


def documents_of(ids: list[str]) -> list[str]:
    return [key.rpartition(":")[2] for key in ids]


def ids_of(output: Path, stem: str, suffix: str) -> list[str]:
    data = (output / f"{stem}.{suffix}").read_bytes()
    if suffix == "json":
        return [item["id"] for item in json.loads(data)["items"]]
    return [entry.id for entry in feedparser.parse(data).entries]


def test_three_of_five_are_published(shown: Shown) -> None:
    """Of the five documents, the three that are published are, and the run says so."""
    names = [source.name[:3] for source in shown.published]
    assert names == ["000", "001", "004"]
    assert len(shown.sources) == 5
    assert closing_line(shown.run).startswith(
        "5 documents (5 read, 2 held back); 0 skipped; 3 articles; "
    )


def test_feeds_are_those_of_all_topics_and_providers(shown: Shown) -> None:
    """There is a feed of all, of each topic and each provider, in three formats, and no other.

    Besides these there are lists, a page and a document for each month of each feed, pages of
    months of all and of topics, and the week's best of each topic with its page; and for web
    servers, the bytes of feeds in codings, and what configures hosts.
    """
    feeds = {f"{stem}.{suffix}" for stem in shown.channels() for suffix in SUFFIXES}
    months = {source.name: source.month for source in shown.sources}
    others = {"feeds.opml", "index.html", "manifest.json", "help/index.html", *ASSETS} | OF_KINDS
    others |= {"search/index.html", "search/feeds.data"}
    for stem, names in shown.channels().items():
        archives = {f"{stem}/archive/{months[name]}" for name in names}
        others |= {f"{path}.atom" for path in archives}
        if not stem.startswith("providers/"):
            others |= {f"{path}/index.html" for path in (f"{stem}/archive", *archives)}
    topics = [stem for stem in shown.channels() if stem.startswith("topics/")]
    best = {f"{stem}/top.{suffix}" for stem in topics for suffix in SUFFIXES}
    files = contents(shown.output)
    pages = {f"{stem}/index.html" for stem in shown.channels()}
    pages |= {f"{stem}/top/index.html" for stem in topics}
    others |= best | beside(files, feeds | best) | OF_HOSTS | pages
    assert all(gzip.decompress(files[f"{path}.gz"]) == files[path] for path in feeds)
    assert set(contents(shown.output)) == feeds | others
    assert set(manifest(shown.output)) == feeds | others - {"manifest.json"}
    written = len(feeds) + len(others) - 1
    assert f"; {len(feeds)} feeds; {written} files written, " in closing_line(shown.run)


def test_feeds_carry_exactly_what_belongs_to_them(shown: Shown) -> None:
    """Each feed has the published documents of its topic or provider and nothing held back."""
    for stem, names in shown.channels().items():
        for suffix in SUFFIXES:
            found = documents_of(ids_of(shown.output, stem, suffix))
            assert sorted(found) == sorted(names), f"{stem}.{suffix}"


def test_nothing_of_what_is_held_back_is_published(shown: Shown) -> None:
    """Neither title, address nor name of a document that is held back is in any output."""
    everything = b"".join(contents(shown.output).values())
    for source in shown.sources:
        if not source.is_published:
            for text in (source.name, source.fields["title"], source.url):
                assert text.encode() not in everything
                assert html.escape(text).encode() not in everything


def test_every_related_link_has_relation_title_and_address(shown: Shown) -> None:
    """In the bytes of Atom, each related item is a link with rel, title and href, in order."""
    by_name = {source.name: source.related for source in shown.published}
    assert sum(map(len, by_name.values())) > 3
    for stem, names in shown.channels().items():
        text = (shown.output / f"{stem}.atom").read_text(encoding="utf-8")
        found: dict[str, list[tuple[str, str]]] = {}
        for entry in re.findall(r"<entry>.*?</entry>", text, re.DOTALL):
            name = documents_of(re.findall(r"<id>([^<]+)</id>", entry))[0]
            found[name] = []
            for link in re.findall(r"<link\b[^>]*>", entry):
                attributes = dict(re.findall(r'(\w+)="([^"]*)"', link))
                if attributes["rel"] == "related":
                    parts = (attributes["title"], attributes["href"])
                    found[name].append((html.unescape(parts[0]), html.unescape(parts[1])))
        assert found == {name: by_name[name] for name in names}, stem


def pieces(secret: str) -> Iterator[bytes]:
    """Give parts of a secret in every dress that it could get out in."""
    runs = re.findall(rf"[A-Za-z0-9]{{{PIECE},}}", secret)
    steps = range(0, len(secret) - PIECE, PIECE)
    for piece in [*runs, *(secret[start : start + PIECE] for start in steps)]:
        raw = piece.encode()
        yield raw
        yield quote(piece, safe="").encode()
        yield piece.replace("/", "\\/").encode()
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for skipped in range(3):
            whole = raw[skipped:][: (len(raw) - skipped) // 3 * 3]
            yield base64.b64encode(whole)
            yield base64.urlsafe_b64encode(whole)


def secrets(shown: Shown) -> set[bytes]:
    values = [source.fields["secured"] for source in shown.sources if "secured" in source.fields]
    assert len(values) >= 4
    assert all(len(value) > 300 for value in values)
    return set(chain.from_iterable(pieces(value) for value in values))


def assert_free(where: str, data: bytes, kept: set[bytes]) -> None:
    if any(piece in data for piece in kept):
        # Without a traceback, which would show it.
        pytest.fail(f"a secret is in {where}", pytrace=False)


def test_secrets_would_be_found(shown: Shown) -> None:
    """The search for secrets finds them in the corpus itself, plain and in base64."""
    kept = secrets(shown)
    for source in shown.sources:
        if "secured" in source.fields:
            secret = source.fields["secured"].encode()
            for data in (secret, secret.hex().encode(), base64.b64encode(b"x" + secret)):
                assert any(piece in data for piece in kept)


def test_no_secret_is_in_output_state_or_talk(shown: Shown) -> None:
    """No part of a secured value is in output, catalog or talk, nor its base64 or hex."""
    kept = secrets(shown)
    for folder in (shown.output, shown.folder / "state"):
        files = contents(folder)
        assert files
        for name, data in files.items():
            assert_free(name, data, kept)
    assert_free("talk", (shown.run.stdout + shown.run.stderr).encode(), kept)


def test_no_secret_is_served(shown: Shown, server: Serving) -> None:
    """No part of a secured value is in what a server answers or says, errors among it."""
    kept = secrets(shown)
    paths = [*manifest(shown.output), "", "manifest.json", "readyz", "healthz", "none"]
    paths += [source.name for source in shown.sources]
    for path in paths:
        for method in ("GET", "HEAD", "POST"):
            reply = server.get(f"/{quote(path)}", method)
            assert_free(path, repr(reply.headers).encode() + reply.body, kept)
    assert_free("talk", server.said.encode(), kept)


def test_no_secret_is_said_of_broken_documents(shown: Shown, tmp_path: Path) -> None:
    """Whatever is wrong with a document, no command says the value of its secured."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    secret = next(source for source in shown.sources if "secured" in source.fields)
    value = secret.fields["secured"]
    whole = (shown.corpus / secret.name).read_text(encoding="utf-8")
    for name, secured in {
        "unclosed": f'secured: "{value}',
        "colon": f"secured: {value}: {value}",
        "twice": f"secured: {value}\nsecured: {value}",
        "list": f"secured: [{value}, {value}",
        "mapping": f"secured: {{{value}: {value}}}",
        "key": f"secured:\n  ? {value}\n  : {value}\n  ? {value}\n  : {value}",
        "anchor": f"secured: &a {value}",
        "tag": f"secured: !{value} x",
        "escape": f'secured: "\\q{value}"',
        "tab": f"secured:\n\t{value}",
        "bytes": f"secured: {value}\udcff",
    }.items():
        text = re.sub(r"(?m)^secured:.*$", lambda _, new=secured: new, whole)
        assert text != whole
        (corpus / f"{name}.md").write_text(text, encoding="utf-8", errors="surrogateescape")
    run = build(tmp_path, "--force")
    assert run.stderr.count("document skipped") > 5
    assert_free("talk", (run.stdout + run.stderr).encode(), secrets(shown))
    for name, data in contents(tmp_path).items():
        if not name.startswith("corpus/"):
            assert_free(name, data, secrets(shown))


# --- 3: what changes, and what does not ---------------------------------------------------


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    assert before.keys() == after.keys()
    return {path for path in before if before[path] != after[path]}


def test_a_second_build_writes_nothing_and_says_so(shown: Shown, tmp_path: Path) -> None:
    """Without a change, no document is read and no file of the output is touched."""
    copy = shown.again(tmp_path)
    before = stamps(copy.output)
    run = build(copy.folder, "--state", tmp_path / "state")
    assert run.returncode == 0
    assert stamps(copy.output) == before
    resources = len(manifest(copy.output))
    assert closing_line(run).startswith("5 documents (0 read, 2 held back); 0 skipped; 3 articles;")
    assert f"; 0 files written, {resources} unchanged, 0 deleted; " in closing_line(run)


def edit(corpus: Path, name: str, pattern: str, new: str) -> None:
    file = corpus / name
    text = file.read_text(encoding="utf-8")
    edited = re.sub(pattern, new, text, count=1, flags=re.MULTILINE)
    assert edited != text
    file.write_text(edited, encoding="utf-8")


def test_a_new_title_rewrites_the_feeds_that_carry_it(shown: Shown, tmp_path: Path) -> None:
    """One edited title rewrites exactly the feeds and pages with it, and the manifest."""
    copy = shown.again(tmp_path)
    before, stamped = contents(copy.output), stamps(copy.output)
    edit(copy.corpus, copy.published[0].name, r"^title: .*$", 'title: "Another title altogether"')
    run = build(copy.folder, "--state", tmp_path / "state")
    carrying = {stem for stem, names in copy.channels().items() if copy.published[0].name in names}
    assert carrying < set(copy.channels())
    month = f"/archive/{copy.published[0].month}.atom"
    expected = {f"{stem}.{suffix}" for stem in carrying for suffix in SUFFIXES}
    expected |= {stem + month for stem in carrying}
    after = contents(copy.output)
    assert all(b"Another title altogether" in after[path] for path in expected)
    expected |= beside(after, (path for path in expected if not path.endswith(month)))
    expected |= {f"{stem}/index.html" for stem in carrying}
    # Pages with its headline: those of its month, and those that list feeds.
    in_months = {stem for stem in carrying if not stem.startswith("providers/")}
    expected |= {f"{stem}{month.removesuffix('.atom')}/index.html" for stem in in_months}
    expected |= {path for path in OF_KINDS if path.endswith(".html")} | {"index.html"}
    assert changed(before, after) == expected | {"manifest.json"}
    touched = {path for path, stamp in stamps(copy.output).items() if stamped[path] != stamp}
    assert touched == {str(copy.output / path) for path in expected | {"manifest.json"}}
    assert f"; {len(expected)} files written, " in closing_line(run)
    assert "5 documents (1 read, 2 held back)" in closing_line(run)


def test_what_is_never_emitted_rewrites_nothing(shown: Shown, tmp_path: Path) -> None:
    """Another secured value and another heat are read, and no file of the output is touched."""
    copy = shown.again(tmp_path)
    before = stamps(copy.output)
    name = copy.published[0].name
    edit(copy.corpus, name, r"^secured: .*$", 'secured: "another secret"')
    edit(copy.corpus, name, r"^heat: .*$", "heat: 3")
    run = build(copy.folder, "--state", tmp_path / "state")
    assert stamps(copy.output) == before
    assert "5 documents (1 read, 2 held back)" in closing_line(run)
    assert "; 0 files written, " in closing_line(run)


# --- 4: what readers make of it -------------------------------------------------------------


def test_feedparser_finds_nothing_wrong(shown: Shown) -> None:
    """Every Atom and RSS feed is read without a complaint, as what it is."""
    for stem in shown.channels():
        for suffix, version in (("atom", "atom10"), ("rss", "rss20")):
            parsed = feedparser.parse((shown.output / f"{stem}.{suffix}").read_bytes())
            assert (parsed.bozo, parsed.version) == (False, version), f"{stem}.{suffix}"
            assert parsed.feed.title
            assert parsed.entries


def test_feedparser_finds_nothing_wrong_over_http(shown: Shown, server: Serving) -> None:
    """Over HTTP the same holds, with the media types that the server gives."""
    for stem in shown.channels():
        for suffix, version in (("atom", "atom10"), ("rss", "rss20")):
            parsed = feedparser.parse(f"{server.url}/{stem}.{suffix}")
            assert (parsed.status, parsed.bozo, parsed.version) == (200, False, version)
            again = feedparser.parse(f"{server.url}/{stem}.{suffix}", etag=parsed.etag)
            assert (again.status, again.entries) == (304, [])


def test_feeds_keep_the_validators_rules(shown: Shown) -> None:
    """No rule of the W3C's validator, its warnings included, or of JSON Feed is broken."""
    paths = [path for path in manifest(shown.output) if not path.endswith(OF_PAGES)]
    paths = list(filter(is_for_readers, paths))
    assert len(paths) > len(SUFFIXES)
    for path in paths:
        body = (shown.output / path).read_bytes()
        assert complaints(body, f"{BASE_URL}/{path}") == [], path


def test_json_feeds_are_json_feeds(shown: Shown) -> None:
    """Every JSON feed has what version 1.1 asks for, and says where it is."""
    for stem in shown.channels():
        feed = json.loads((shown.output / f"{stem}.json").read_bytes())
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["feed_url"] == f"{BASE_URL}/{stem}.json"
        assert feed["title"]
        for item in feed["items"]:
            assert isinstance(item["id"], str)
            assert item["content_html"] or item["content_text"]


def test_formats_agree(shown: Shown) -> None:
    """In its three formats a feed has the same articles in the same order, newest first."""
    for stem in shown.channels():
        atom, rss, items = (ids_of(shown.output, stem, suffix) for suffix in SUFFIXES)
        assert atom == rss == items, stem
        parsed = feedparser.parse((shown.output / f"{stem}.atom").read_bytes())
        published = [entry.published_parsed for entry in parsed.entries]
        assert published == sorted(published, reverse=True)


def test_entries_lead_to_their_articles(shown: Shown) -> None:
    """Title and address of every entry are those of its document, in every format."""
    sources = {source.name: source for source in shown.published}
    for suffix in ("atom", "rss"):
        parsed = feedparser.parse((shown.output / f"all.{suffix}").read_bytes())
        for entry in parsed.entries:
            source = sources[entry.id.rpartition(":")[2]]
            assert html.unescape(entry.title) == source.fields["title"]
            assert entry.link == source.url
            assert {tag.term for tag in entry.tags} >= set(source.topics)
    for item in json.loads((shown.output / "all.json").read_bytes())["items"]:
        source = sources[item["id"].rpartition(":")[2]]
        assert (item["title"], item["url"]) == (source.fields["title"], source.url)


# --- 5: the same bytes everywhere -----------------------------------------------------------


def test_the_same_bytes_in_any_process(shown: Shown, tmp_path: Path) -> None:
    """Hash seed, order and times of files, time zone and directory change no byte."""
    built: list[dict[str, bytes]] = []
    for number, zone in enumerate(("Pacific/Kiritimati", "America/St_Johns")):
        folder = tmp_path / f"{number}"
        (folder / "corpus").mkdir(parents=True)
        names = [source.name for source in shown.sources]
        for moment, name in enumerate(reversed(names) if number else names):
            copy = shutil.copyfile(shown.corpus / name, folder / "corpus" / name)
            os.utime(copy, (1_700_000_000 + moment, 1_700_000_000 + moment))
        seed = {"PYTHONHASHSEED": str(number + 1), "TZ": zone}
        run = build(folder, env=seed)
        assert run.returncode == 0
        built.append(contents(folder / "output"))
    assert built[0] == built[1] == contents(shown.output)


def test_what_is_served_is_what_is_published(shown: Shown, server: Serving) -> None:
    """The server answers with what is for readers, at the same paths, and with nothing else."""
    for path, data in contents(shown.output).items():
        reply = server.get(f"/{path}")
        if is_for_readers(path) and path != "manifest.json":
            assert reply.body == data
        else:
            assert (reply.status, reply.body) == (404, b"not found\n")
    assert urlsplit(server.url).hostname == "127.0.0.1"
