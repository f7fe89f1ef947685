"""What a host of files is configured with, in each syntax."""

import re

import pytest
from cli_tools import ROOT

from feeds.config.checks import HOSTS_OF_FILES
from feeds.formats import directory_formats, feed_formats
from feeds.model import FormerAddresses, Gone, Redirect
from feeds.publish.hosting import Hosted, Kind, hosts
from feeds.publish.policy import Tags

ATOM = Kind(".atom", "", "application/atom+xml; charset=utf-8", (("Cache-Control", "max-age=9"),))
PAGE = Kind(".html", "", "text/html; charset=utf-8", (("Vary", "Accept-Encoding"),))
OLD = Kind(".atom", "archive", ATOM.media_type, (("Cache-Control", "max-age=99"),))
FORMER = FormerAddresses(
    (
        Redirect('a "b" ${c} 100%', "https://feeds.example/all.atom?x=$y", 302),
        Redirect("topics/ml/*", "https://feeds.example/topics/machine-learning/", 301),
        Redirect("topics/ml/top.atom", "https://feeds.example/all.atom", 301),
    ),
    (Gone("topics/x.atom", "gone/topics/x.atom"), Gone("topics/x/*")),
)
MOVED = (("Cache-Control", "max-age=9"),)


def text(
    name: str, former: FormerAddresses = FORMER, prefix: str = "", tags: Tags | None = None
) -> list[str]:
    """Write the configuration of a host, in lines."""
    hosted = Hosted(prefix, (OLD, ATOM, PAGE), former, MOVED, tags)
    return [line.strip() for line in hosts()[name].text(hosted).splitlines()]


def test_hosts_are_found_by_name() -> None:
    """Each room is one way to configure a host, and the configuration knows their names."""
    assert sorted(hosts()) == sorted(HOSTS_OF_FILES)


def test_no_file_of_a_host_can_be_a_resource() -> None:
    """They are at the top, where nothing else begins with an underscore, each its own."""
    files = [host.file for host in hosts().values()]
    assert len(set(files)) == len(files)
    assert all(re.fullmatch(r"_[a-z.]+", file) for file in files)


@pytest.mark.parametrize("name", sorted(HOSTS_OF_FILES))
def test_each_begins_with_what_it_is_for(name: str) -> None:
    """Who finds it in the output can tell, and every syntax knows remarks."""
    assert text(name)[0].startswith("# For ")


def test_redirects_have_a_line_each() -> None:
    """Paths and targets are encoded, directories come last, and what cannot be said is left out."""
    assert text("redirects")[1:] == [
        "/a%20%22b%22%20%24%7Bc%7D%20100%25 https://feeds.example/all.atom?x=%24y 302",
        "/topics/ml/top.atom https://feeds.example/all.atom 301",
        "/topics/x.atom /gone/topics/x.atom 404",
        "/topics/ml/* https://feeds.example/topics/machine-learning/:splat 301",
    ]
    assert text("redirects", FormerAddresses())[1:] == []


def test_headers_have_a_block_for_each_kind() -> None:
    """A type stands where its suffix is, a page's also at slashes, and no Vary comes twice."""
    page = "Content-Type: text/html; charset=utf-8"
    assert text("headers", prefix="/news")[1:] == [
        "/news/*.atom",
        "Content-Type: application/atom+xml; charset=utf-8",
        "Cache-Control: max-age=9",
        "/news/*.html",
        page,
        "/news/",
        page,
        "/news/*/",
        page,
    ]


def test_nginx_quotes_what_it_is_given() -> None:
    """Quotes are escaped, targets have no variables, and exact places are told from others."""
    lines = text("nginx")
    assert 'location = "/a \\"b\\" ${c} 100%" {' in lines
    assert 'return 302 "https://feeds.example/all.atom?x=%24y";' in lines
    assert 'location ^~ "/topics/ml/" {' in lines
    assert 'error_page 410 "/gone/topics/x.atom";' in lines
    archive = lines.index('location ~ "/archive/[^/]+\\\\.atom$" {')
    assert archive < lines.index('location ~ "\\\\.atom$" {')


def test_caddy_quotes_what_it_is_given() -> None:
    """Patterns are raw, no brace begins a placeholder, and archives come before other feeds."""
    lines = text("caddy")
    assert r'@moved0 path_regexp moved0 `^/a\ "b"\ \$\x7bc\x7d\ 100%$`' in lines
    assert "redir * https://feeds.example/all.atom?x=%24y 302" in lines
    assert "redir * https://feeds.example/topics/machine-learning/{re.moved1.1} 301" in lines
    archive = lines.index(r"path_regexp `/archive/[^/]+\.atom$`")
    assert archive < lines.index(r"path_regexp `\.atom$`")


def test_tags_are_found_by_what_was_asked_for() -> None:
    """Each kind of resource carries them, nothing else does, and without tags nobody is told."""
    tags = Tags("(all|topics/[^/]+?)(?:/.*|\\.atom)$", "topics/by/")
    lines = text("nginx", tags=tags, prefix="/news")
    chosen = lines.index("set $feeds_tag lists;")
    assert lines[chosen + 1 : chosen + 3] == [
        'if ($uri ~ "^/news/(all|topics/[^/]+?)(?:/.*|\\\\.atom)$") { set $feeds_tag $1; }',
        'if ($uri ~ "^/news/topics/by/") { set $feeds_tag lists; }',
    ]
    # Those of the three kinds, and pages that are asked for by their directories.
    assert lines.count('add_header Cache-Tag "$feeds_tag" always;') == 4
    assert lines.count('add_header Surrogate-Key "$feeds_tag" always;') == 4
    lines = text("caddy", tags=tags, prefix="/news")
    chosen = lines.index("map {http.request.orig_uri.path} {feeds_tag} {")
    assert lines[chosen + 1 : chosen + 4] == [
        "`~^/news/topics/by/` lists",
        '`~^/news/(all|topics/[^/]+?)(?:/.*|\\.atom)$` "${1}"',
        "default lists",
    ]
    assert lines.count("header Cache-Tag {feeds_tag}") == 3
    for name in HOSTS_OF_FILES:
        assert not [line for line in text(name) if "tag" in line.lower()]


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_a_path_in_the_base_url_stands_before_all_others(name: str) -> None:
    """Where the publication is not at the root of its host, no place is."""
    written = "\n".join(text(name, prefix="/news"))
    assert "/news/topics/ml/" in written
    assert '"/topics' not in written
    assert "`^/topics" not in written


def test_the_recipe_for_a_bucket_has_the_types_of_all_formats() -> None:
    """Each suffix is uploaded with the type that the manifest has for it."""
    text = (ROOT / "docs/recipes/s3.md").read_text(encoding="utf-8")
    uploads = dict(re.findall(r"^upload (\.[a-z]+) +'([^']+)'$", text, re.MULTILINE))
    feeds = {form.suffix: form.media_type for form in feed_formats()}
    lists = {f".{form.path.rpartition('.')[2]}": form.media_type for form in directory_formats()}
    assert uploads == feeds | lists | {".html": "text/html; charset=utf-8"}
