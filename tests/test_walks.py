"""What the documentation shows is what comes of it, page by page; nothing is shown untried."""

import json
import re
import shutil
import subprocess
from collections import Counter
from contextlib import closing
from pathlib import Path

import click
import pytest
from cli_tools import ROOT
from conftest import Workshop
from reader import make_reader
from reference import all_commands
from walking import Walk, blocks

from feeds.cli import main
from feeds.config import parse_configuration
from feeds.config.reference import configuration_keys
from feeds.corpus.dialect import parse_dialect

DOCS = ROOT / "docs"
PAGES = sorted(file.relative_to(DOCS).as_posix() for file in DOCS.rglob("*.md"))
WALKED = {
    "recipes/checking.md",
    "recipes/digests.md",
    "recipes/feed-by-rule.md",
    "recipes/from-hugo.md",
    "recipes/from-jekyll.md",
    "readers.md",
    "recipes/moving.md",
    "recipes/taking-back.md",
    "tutorial.md",
}

# Made of the program itself, which tests/test_reference.py and tests/test_findings.py hold to it.
MADE = {
    "findings.md",
    "reference/commands.md",
    "reference/configuration.md",
    "reference/http.md",
    "reference/metrics.md",
    "reference/status.md",
}

# Page, language and number of blocks → the tests that run them, or what of this file does.
TRIED = {
    ("architecture.md", "text", 1): "tests/test_walks.py",
    ("dialects.md", "yaml", 1): "tests/test_walks.py",
    ("push.md", "sh", 2): "tests/test_push_page.py",
    ("push.md", "text", 1): "tests/test_push_page.py",
    ("push.md", "yaml", 4): "tests/test_push_page.py",
    ("recipes/before-a-bucket.md", "nginx", 1): "tests/servers/proxied.py",
    ("recipes/behind-nginx.md", "nginx", 1): "tests/servers/fronts.py",
    ("recipes/behind-varnish.md", "vcl", 1): "tests/servers/fronts.py",
    ("recipes/caddy.md", "caddy", 1): "tests/servers/hosting.py",
    ("recipes/container.md", "sh", 1): "tests/test_operations.py",
    ("recipes/container.md", "yaml", 2): "tests/test_operations.py",
    ("recipes/github-pages.md", "yaml", 1): "tests/test_cli_init.py",
    ("recipes/logs.md", "nginx", 1): "tests/test_access_forms.py",
    ("recipes/netlify.md", "yaml", 1): "tests/test_walks.py",
    ("recipes/nginx.md", "nginx", 1): "tests/servers/hosting.py",
    ("recipes/own-look.md", "", 1): "tests/test_pages_look.py",
    ("recipes/own-look.md", "jinja", 2): "tests/test_pages_look.py",
    ("recipes/s3.md", "js", 1): "tests/test_walks.py",
    ("recipes/s3.md", "sh", 1): "tests/test_publish_hosting.py",
    ("scale.md", "yaml", 1): "tests/test_deploy.py",
    ("watching.md", "yaml", 1): "tests/test_watching.py",
}
NOT_RUN = {
    ("operations.md", "sh", 1): "it installs into the system of whoever runs it",
    ("recipes/behind-varnish.md", "sh", 1): "it takes port 80; fronts.py runs the configuration",
    ("recipes/caddy.md", "sh", 1): "it reloads a server of the system",
    ("recipes/logs.md", "caddy", 1): "it writes where a system has its logs; caddy.jsonl is one",
    ("recipes/logs.md", "sh", 3): "it needs logs of the system, or of an account",
    ("recipes/nginx.md", "sh", 1): "it reloads a server of the system",
    (
        "scale.md",
        "sh",
        2,
    ): "it needs an engine of containers; test_deploy.py reads what it is given",
    ("watching.md", "nginx", 1): "it needs a file of users; behind-nginx.md is run by fronts.py",
    ("watching.md", "sh", 1): "it asks a server at its port; test_cli_serve_status.py asks another",
}


(INSTALL,) = re.findall(
    r"```sh\npython3 -m venv.*?```\n", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
)


FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
# Blocks without a fence, or with one within a list, which mkdocs does not know: none is found by
# its language.
HIDDEN = re.compile(r"(?:\A|\n\n)(?: {4}|\t)\S|^\s+```", re.MULTILINE)


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def block(page: str, language: str, number: int = 0) -> str:
    """Give the text of a block of a page, by its language."""
    return [each.text for each in blocks(text_of(page)) if each.language == language][number]


# --- Everything that is shown ------------------------------------------------------------


@pytest.mark.parametrize("page", sorted(WALKED - {"tutorial.md"}))
def test_a_page_can_be_walked(tmp_path: Path, page: str) -> None:
    """Whoever does what a page shows, in its order, gets what it shows."""
    assert any(each.language == "sh" for each in blocks(text_of(page)))
    Walk(tmp_path / "home").go(text_of(page))


def test_who_follows_the_tutorial_has_readers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At its end, a program that people read feeds with has the articles of a topic."""
    walk = Walk(tmp_path / "home")
    # How the program is installed is README's, which .ci/newcomer does.
    assert INSTALL in text_of("tutorial.md")
    walk.go(text_of("tutorial.md").replace(INSTALL, ""))
    # Its own copy of feedparser needs a module that feedparser does without by now.
    monkeypatch.setenv("READER_NO_VENDORED_FEEDPARSER", "1")
    output = str(walk.folder / "output")
    with closing(make_reader(":memory:", feed_root=output, plugins=())) as reader:
        reader.add_feed("topics/repair.atom")
        reader.update_feeds()
        assert [entry.title for entry in reader.get_entries()] == [
            "The tide mill grinds its first flour",
            "A school for mending nets",
            "The lantern boat sails again",
        ]


FOOTING = "```sh\nmkdir -p news\nfeeds init news/harbour\ncd news/harbour\n```\n\n"
WRONG = {
    "other output": "```sh\nfeeds check\n```\n\n```text\n1 finding\n```\n",
    "no command": "```sh\nfeeds nonsense\n```\n",
    "another end": "It ends with 1:\n\n```sh\nfeeds check\n```\n",
    "no file to read": "```sh\ncat nowhere\n```\n",
    "no directory": "```sh\ncd nowhere\n```\n",
    "no configuration": "`config/feeds.yaml`:\n\n```yaml\nx: 1\n```\n\n```sh\nfeeds build\n```\n",
    "a file without a name": "A file without a name:\n\n```yaml\nlimit: 1\n```\n",
    "an address that is not there": "```sh\nfeeds serve\n```\n\nOpen <http://127.0.0.1:8000/nothing>.\n",
    "nothing to look at": "```sh\nfeeds serve\n```\n\nNothing is looked at.\n",
}


@pytest.mark.parametrize("page", WRONG.values(), ids=WRONG)
def test_a_page_that_is_wrong_cannot_be_walked(tmp_path: Path, page: str) -> None:
    """What comes out otherwise, ends otherwise, or is not there stops whoever follows a page."""
    right = "```sh\nfeeds check\n```\n\n```text\nnothing is …\n```\n"
    walk = Walk(tmp_path / "home")
    walk.go(FOOTING + right)
    with pytest.raises((AssertionError, OSError, ValueError)):
        walk.go(page)


def test_no_block_is_shown_untried() -> None:
    """Each block of every page is run by a test, or there is a reason why it cannot be."""
    found = Counter(
        (page, each.language)
        for page in PAGES
        if page not in WALKED | MADE
        for each in blocks(text_of(page))
    )
    expected: Counter[tuple[str, str]] = Counter()
    for page, language, number in (*TRIED, *NOT_RUN):
        expected[page, language] += number
    assert found == expected
    for page in PAGES:
        if page not in MADE:
            assert not HIDDEN.search(re.sub(FENCED, "", text_of(page))), page
    assert not blocks((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("page", "language", "number"), TRIED)
def test_what_tries_a_block_knows_its_page(page: str, language: str, number: int) -> None:
    """The tests that are said to run blocks of a page name it, or its server."""
    assert number
    text = (ROOT / TRIED[page, language, number]).read_text(encoding="utf-8")
    assert Path(page).name in text or f'"{Path(page).stem}"' in text


# --- Single blocks ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "number"), [("recipes/netlify.md", 0), ("recipes/container.md", 1)]
)
def test_a_configuration_can_be_read(page: str, number: int) -> None:
    """What a recipe has in `feeds.yaml` is read without a complaint, and says something."""
    shown = block(page, "yaml", number)
    folder = Path("/etc/feeds")
    assert parse_configuration(shown, origin=page, folder=folder) != parse_configuration(
        "", origin=page, folder=folder
    )


def test_fields_of_a_dialect_can_be_written_as_mappings() -> None:
    """The example of fields is that of a dialect which can be read."""
    lines = [f"  {line}" for line in block("dialects.md", "yaml").splitlines()]
    usual = (
        "recognised_by: [[headline]]\nfields:\n  title: headline\n  url: link\n  published: day\n"
    )
    dialect = parse_dialect("example", usual + "\n".join(lines))
    assert {"topics", "images"} <= dialect.sources.keys()


def test_the_way_of_the_data_is_that_of_the_house() -> None:
    """Each type that is shown there is one of the program's, and each place is where it says."""
    program = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "feeds").rglob("*.py"))
    for line in block("architecture.md", "text").splitlines():
        *_, places = re.split(r"  +", line)
        for place in re.findall(r"[a-z_]+/(?:[a-z_]+\.py)?", places):
            assert (ROOT / "feeds" / place).exists(), place
        for name in re.findall(r"^(?: {2})?([A-Z][a-z]\w+)", line):
            assert re.search(rf"^class {name}s?\b", program, re.MULTILINE), name


def test_the_function_for_a_bucket_leads_everybody_on(tmp_path: Path) -> None:
    """Where node is installed, the function redirects, says what is gone, and finds pages."""
    if not (node := shutil.which("node")):
        pytest.skip("node is not installed")
    paths = ["/feed.xml", "/topics/rail.atom", "/topics/energy/", "/", "/all.atom"]
    file = tmp_path / "function.js"
    asked = f"{json.dumps(paths)}.map(uri => handler({{request: {{uri}}}}))"
    file.write_text(f"{block('recipes/s3.md', 'js')}\nconsole.log(JSON.stringify({asked}));")
    run = subprocess.run([node, file], capture_output=True, text=True, timeout=60, check=True)
    moved, gone, *others = json.loads(run.stdout)
    assert (moved["statusCode"], gone["statusCode"]) == (301, 410)
    assert moved["headers"]["location"]["value"] == "https://feeds.example.org/all.rss"
    assert [each["uri"] for each in others] == ["/topics/energy/index.html", "/", "/all.atom"]


def test_what_is_published_is_where_it_is_said_to_be(tmp_path: Path) -> None:
    """Each path in the table of what is published is one that something is published at."""
    workshop = Workshop(tmp_path / "workshop")
    workshop.configure(
        "topics: {energy: {label: Energy, digest: weekly}}\nfeeds: {good: {title: Good, where:"
        " {topic: energy}}}\ndigests: {all: daily}\ntop: {entries: 5}\nhtml: {pages: true}\n"
        "limit: 1\npages: 2\n"
    )
    for day in (1, 2):
        workshop.news(f"{day}.md", publishedDateTime=f"2026-10-0{day}T08:00:00Z")
    workshop.build()
    paths = workshop.manifest()
    table = text_of("feeds.md").partition("## Where\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    spans_of_cells = [path for cell in cells for path in re.findall(r"`([^`]+)`", cell)]
    # The first of a row is whole, others may be a suffix in its place.
    shown = [path for path in spans_of_cells if not path.startswith(".")]
    assert len(shown) > 12
    for path in shown:
        pattern = re.escape(path.removeprefix("/"))
        pattern = re.sub("STEM", "[a-z./]+", re.sub("SLUG|NAME|DOMAIN", "[a-z.]+", pattern))
        pattern += "index\\.html" if path.endswith("/") else ""
        assert any(re.fullmatch(pattern, each) for each in paths), path


# --- Words in backticks -------------------------------------------------------------------


def spans(*, made: bool = False) -> list[tuple[str, str]]:
    """Give what stands in backticks, and in lines of `sh`, with its page."""
    pages = [DOCS / page for page in PAGES if made or page not in MADE]
    pages += [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    found = []
    for file in pages:
        text = file.read_text(encoding="utf-8")
        shown = [each.lines for each in blocks(text) if each.language == "sh"]
        bare = re.sub(FENCED, "", text)
        found += [(file.name, line) for lines in shown for line in lines]
        found += [(file.name, span) for span in re.findall(r"`([^`\n]+)`", bare)]
    return found


def test_commands_and_options_that_are_named_are_there() -> None:
    """Whatever begins with `feeds` in the documentation is a command, with options that it has."""
    known = set(all_commands())
    tried = 0
    for page, span in spans():
        words = span.removeprefix("$ ").split("#")[0].split()
        if words[:1] != ["feeds"] or len(words) < 2 or not re.fullmatch("[a-z]+", words[1]):
            continue
        name = tuple(words[1:3]) if tuple(words[1:3]) in known else (words[1],)
        assert name in known, f"{page}: {span}"
        command: click.Command = main
        for word in name:
            assert isinstance(command, click.Group)
            command = command.commands[word]
        options = {
            option for param in command.params for option in param.opts + param.secondary_opts
        }
        said = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        assert said <= options | {"--help"}, f"{page}: {span}"
        tried += 1
    assert tried > 50


def test_keys_of_the_configuration_that_are_named_are_there() -> None:
    """Whatever begins with the name of a section in the documentation is a key, or below one."""
    keys = [tuple(part.removesuffix("[]") for part in key.path) for key in configuration_keys()]
    # The name of one section is that of the program, too.
    sections = {key[0] for key in keys if len(key) > 1} - {"feeds"}
    tried = 0
    for page, span in spans():
        name = span.partition(":")[0]
        parts = tuple(name.split("."))
        if len(parts) > 1 and parts[0] in sections and re.fullmatch(r"[A-Za-z_.]+", name):
            assert any(key[: len(parts)] == parts for key in keys), f"{page}: {span}"
            tried += 1
    assert tried > 10
