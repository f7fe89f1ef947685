"""What documents say never decides over where a file is, beyond a safe name of its own."""

import os
import re
import socket
from itertools import chain
from pathlib import Path

import pytest
from cli_tools import build, closing_line, contents, document
from conftest import Workshop, files_of

SAFE = re.compile(r"(topics|providers)/[a-z0-9][a-z0-9.-]{0,252}(/.*)?|all(/.*)?|[a-z_.]+")
OURS = ["index", "feed", "healthz", "opml", "all", "feeds", "manifest.json", "topics", "archive"]
PATHS = ["..", "../x", "/etc", "a/b", "a\\b", ".", "-", "%2e%2e", "CON", "x" * 300, "\U0001f600"]
ALIKE = [("AI", "ai", "\uff21\uff29"), ("caf\u00e9", "cafe\u0301"), ("Stra\u00dfe", "STRASSE")]
UNLIKE = ["C", "C++", "C#", "\u00c7", "(C)", "C."]


def write(workshop: Workshop, names: list[str]) -> None:
    """Write a document of each topic, which has a name of its own."""
    for number, name in enumerate(names):
        workshop.news(f"{number}.md", topics=[name], title=f"News_{number}")


def by_title(workshop: Workshop) -> dict[str, set[str]]:
    """Give the topics' feeds that each entry is in."""
    feeds: dict[str, set[str]] = {}
    for stem in workshop.stems("topics"):
        for item in workshop.feed(stem)["items"]:
            feeds.setdefault(item["title"], set()).add(stem)
    return feeds


@pytest.mark.case(27, 29)
def test_a_name_is_no_path(workshop: Workshop) -> None:
    """Topics named like paths, devices, nothing and our own files have feeds, each of its own."""
    names = [*PATHS, *OURS, "\0", ""]
    write(workshop, names)
    before = files_of(workshop.root).keys()
    workshop.build()
    new = files_of(workshop.root).keys() - before
    assert {path.partition("/")[0] for path in new} == {"output", "state"}
    published = workshop.files()
    assert [path for path in published if not SAFE.fullmatch(path)] == []
    root = workshop.output.resolve()
    assert all((workshop.output / path).resolve().is_relative_to(root) for path in published)
    feeds = by_title(workshop)
    stems = [feeds[f"News_{number}"] for number, name in enumerate(names) if name]
    assert all(len(each) == 1 for each in stems)
    assert len(set(chain.from_iterable(stems))) == len(stems)
    assert f"News_{len(names) - 1}" not in feeds


DOMAINS = {"CON": "con", "\U0001f600": "xn--e28h"}
NO_DOMAINS = ["", "\0", "a b.example", "//x", "file:///etc/passwd"]


@pytest.mark.case(27)
@pytest.mark.parametrize("domain", [*PATHS, *NO_DOMAINS])
def test_a_provider_is_no_path(workshop: Workshop, domain: str) -> None:
    """A provider's domain that is none is that of the article, with a warning."""
    workshop.news("a.md", provider={"name": "The Paper", "domain": domain})
    report = workshop.build()
    expected = DOMAINS.get(domain, "paper.example")
    assert workshop.stems("providers") == {f"providers/{expected}"}
    codes = {finding.code for finding in report.findings}
    assert codes <= {"domain-invalid", "text-illegal"}
    assert bool(codes) == (domain not in {*DOMAINS, ""})
    assert [path for path in workshop.files() if not SAFE.fullmatch(path)] == []


@pytest.mark.case(28)
def test_names_are_one_feed_only_if_they_are_alike(tmp_path: Path) -> None:
    """In every order the same names have the same files, and no two differ in case only."""
    names = [*chain.from_iterable(ALIKE), *UNLIKE]
    found = []
    for order in (names, names[::-1]):
        workshop = Workshop(tmp_path / str(len(found)))
        for name in order:
            number = names.index(name)
            workshop.news(f"{number}.md", topics=[name], title=f"News_{number}")
        workshop.build()
        found.append(by_title(workshop))
        paths = [path.casefold() for path in workshop.files()]
        assert len({*paths}) == len(paths)
    assert found[0] == found[1]
    stems = [found[0][f"News_{number}"] for number in range(len(names))]
    assert len(set(chain.from_iterable(stems))) == len(ALIKE) + len(UNLIKE)
    assert stems[0] == stems[1] == stems[2]


@pytest.mark.case(25, 26)
def test_no_address_ends_a_line(tmp_path: Path) -> None:
    """An address that would forge a header, or tell a password, costs its document only."""
    corpus = tmp_path / "corpus"
    document(corpus, "ebb.md")
    document(corpus, "forged.md", webUrl='"https://paper.example/\\r\\nSet-Cookie: x=1"')
    document(corpus, "secret.md", webUrl="https://ada:canary-4711@paper.example/")
    document(corpus, "port.md", webUrl="https://paper.example:99999/")
    document(corpus, "space.md", webUrl='"https://paper.example/a b\\"<>"')
    document(corpus, "other.md", webUrl="https://m\u00fcnchen.example/")
    run = build(tmp_path)
    assert run.returncode == 0, run.stderr
    assert "3 skipped (1 url-credentials, 2 url-invalid); 3 articles" in closing_line(run)
    files = contents(tmp_path / "output")
    assert not [path for path, body in files.items() if b"Set-Cookie" in body or b"4711" in body]
    assert "4711" not in run.stderr
    assert b"https://paper.example/a%20b%22%3C%3E" in files["all.atom"]
    assert b"https://xn--mnchen-3ya.example/" in files["all.atom"]


@pytest.mark.case(30)
def test_what_lies_in_a_corpus_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build comes to its end whatever lies in its corpus, and publishes the documents."""
    corpus = tmp_path / "corpus"
    document(corpus, "ebb.md")
    document(corpus, "two\nlines: all is well.md", title="")
    (corpus / "passwd.md").symlink_to("/etc/passwd")
    (corpus / "loop").symlink_to(".")
    (corpus / "inside.md").symlink_to("ebb.md")
    (corpus / "itself.md").symlink_to("itself.md")
    os.mkfifo(corpus / "pipe.md")
    monkeypatch.chdir(corpus)  # since the address of a socket must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.md")
    (corpus / os.fsdecode(b"caf\xe9.md")).write_text("")
    (corpus / "folder.md").mkdir()
    run = build(tmp_path)
    assert run.returncode == 0, run.stderr
    assert "2 documents (2 read, 0 held back); 2 skipped" in closing_line(run)
    told = {line.partition(": ")[0] for line in run.stderr.splitlines()[:-1]}
    links = {"passwd.md", "loop", "inside.md", "itself.md"}
    others = {"pipe.md", "socket.md", "caf\\udce9.md", "two\\nlines"}
    assert told == links | others
    files = contents(tmp_path / "output")
    assert not [path for path, body in files.items() if b"root:" in body]
