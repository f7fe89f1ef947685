"""The user's own templates in the places of ours."""

import re
from copy import copy
from pathlib import Path

import pytest
from cli_tools import NOW, ROOT, document, eventually, feeds_command, feeds_here, serving
from conftest import Workshop, is_whole

from feeds.errors import ConfigurationError
from feeds.findings import explanation
from feeds.pages import load_look
from feeds.refresh import Carried

RECIPE = (ROOT / "docs/recipes/own-look.md").read_text(encoding="utf-8")
SHOWN = dict(
    re.findall(r"^`templates/(\S+)`\n\n```jinja\n(.*?)```", RECIPE, re.MULTILINE | re.DOTALL)
)
CARD = '<article id="{{ entry.id }}"><h3>Mine: {{ entry.title }}</h3></article>'


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a publication with pages, of two articles."""
    workshop.configure("html: {pages: true}\n")
    for name in ("a", "b"):
        workshop.news(f"{name}.md")
    workshop.build()
    return workshop


def write(workshop: Workshop, name: str, text: str) -> Path:
    """Write a template of the user's."""
    file = workshop.root / "templates" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def build(workshop: Workshop, **changes: object) -> list[str]:
    """Build with the user's templates, and give the findings as lines."""
    look = load_look(workshop.root / "templates")
    findings = workshop.build(look=look, **changes).findings
    return [f"{item.path}: {item.code}: {item.message}" for item in findings]


def page(workshop: Workshop, path: str = "all/index.html") -> str:
    """Read a page that is published."""
    return (workshop.output / path).read_text(encoding="utf-8")


def pages(workshop: Workshop) -> dict[str, str]:
    """Read all pages."""
    return {path: page(workshop, path) for path in workshop.files() if path.endswith(".html")}


def refusal(workshop: Workshop) -> str:
    """Build with templates that are refused, see that nothing changed, and give the message."""
    before = workshop.stamps()
    with pytest.raises(ConfigurationError) as raised:
        build(workshop)
    assert workshop.stamps() == before
    assert build_as_ours(workshop) == 0
    return str(raised.value)


def build_as_ours(workshop: Workshop) -> int:
    """Build without any template, and count the bytes that were written."""
    return workshop.build().bytes_written


@pytest.mark.parametrize("carried", [None, Carried()], ids=["new process", "same process"])
def test_a_template_stands_for_ours(news: Workshop, carried: Carried | None) -> None:
    """All that is written by it is written anew, and no more; without it, all is as before."""
    news.carried = carried
    before = news.files()
    write(news, "card.html", CARD)
    assert build(news) == []
    assert page(news).count("<h3>Mine: Title_of_") == 2
    changed = {path for path, body in news.files().items() if body != before[path]}
    stems = ("all", "topics/energy", "providers/paper.example")
    assert changed == {"manifest.json", *(f"{stem}/index.html" for stem in stems)}
    assert is_whole(news)
    build_as_ours(news)
    assert {**news.files(), "manifest.json": b""} == {**before, "manifest.json": b""}


@pytest.mark.parametrize("carried", [None, Carried()], ids=["new process", "same process"])
def test_every_page_is_written_anew(workshop: Workshop, carried: Carried | None) -> None:
    """What all pages have around them is another on each, whatever it is made of and when."""
    workshop.configure("html: {pages: true}\ntop: {entries: 5}\ndigests: {all: daily}\n")
    workshop.carried = carried
    for day in (1, 30):
        workshop.news(f"{day}.md", publishedDateTime=f"2026-10-{day:02}T08:00:00Z")
    workshop.build()
    before = pages(workshop)
    write(
        workshop,
        "layout.html",
        '{% extends "feeds/layout.html" %}{% block below %}Mine{% endblock %}',
    )
    build(workshop)
    assert [path for path, text in pages(workshop).items() if "Mine" not in text] == []
    build_as_ours(workshop)
    assert pages(workshop) == before


def test_cards_of_a_template_are_taken_from_pages(news: Workshop) -> None:
    """As those of ours are: an edit renders one entry."""
    write(news, "card.html", CARD)
    build(news)
    news.edit("a.md", title="Other")
    look = load_look(news.root / "templates")
    assert news.build(look=look).entries_rendered == 1
    assert page(news).count("<h3>Mine: ") == 2
    assert "<h3>Mine: Other" in page(news)


def test_an_edited_template_is_followed(news: Workshop) -> None:
    """Its text counts, not its name or time."""
    file = write(news, "card.html", CARD)
    build(news)
    file.write_text(CARD.replace("Mine", "Ours"), encoding="utf-8")
    build(news)
    assert page(news).count("<h3>Ours: ") == 2


def test_templates_are_built_on_ours(news: Workshop) -> None:
    """One finds what it stands for, and others of the user's."""
    write(
        news,
        "help.html",
        '{% extends "feeds/help.html" %}{% block head %}{% include "x.html" %}'
        "{{ super() }}{% endblock %}",
    )
    write(news, "x.html", "<!-- from {{ site.title }} -->")
    write(news, "style.css", "p { color: {{ red }} }")
    assert build(news) == []
    assert "<!-- from Example News -->" in page(news, "help/index.html")
    assert "What is a feed?" in page(news, "help/index.html")
    assert (news.output / "style.css").read_text() == "p { color: {{ red }} }"


@pytest.mark.parametrize(
    ("name", "text", "line", "reason"),
    [
        ("card.html", "<p>\n{% if %}", 2, "Expected an expression, got 'end of statement block'"),
        (
            "card.html",
            CARD + "\n\n{{ entri.title }}",
            3,
            "'entri' is undefined; did you mean entry?",
        ),
        ("card.html", CARD + "\n{{ entry.titel }}", 2, "has no attribute 'titel'"),
        ("card.html", CARD + "\n{{ entry.title / 2 }}", 2, "unsupported operand"),
        ("card.html", CARD + '\n{% include "none.html" %}', 2, "there is no template none.html"),
        ("card.html", CARD + "{{ entry.__class__ }}", 1, "access to attribute '__class__'"),
        ("help.html", "{{ site.title.format.__globals__ }}", 1, "access to attribute"),
        ("help.html", "{{ range(10 ** 9)|list }}", 1, "Range too big"),
        ("card.html", "<p>{{ entry.title }}</p>", 1, "a card begins with <article id="),
        ("card.html", '<article id="x"></article>', 1, "a card begins with <article id="),
        ("card.html", CARD * 2, 1, "a card begins with <article id="),
        ("card.html", CARD + "<!-- end of cards -->", 1, "a card begins with <article id="),
        ("feed.html", "<p>{{ feed.title }}</p>", 1, "has <!-- cards --> once"),
        ("feed.html", "<!-- cards -->\n<!-- cards -->", 1, "has <!-- cards --> once"),
        ("feed.html", "<!-- cards --><!-- end of cards -->", 1, "has <!-- cards --> once"),
        ("help.html", "{{ page }}", 1, "'page' is undefined"),
        ("layout.html", "{{ 1 }}\n{{ 1 + nothing }}", 2, "'nothing' is undefined"),
        ("directory.html", "{% for x in y %}{% endfor %}", 1, "'y' is undefined"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    news: Workshop, name: str, text: str, line: int, reason: str
) -> None:
    """It ends a build with file, line and reason, and leaves what is published as it was."""
    file = write(news, name, text)
    said = refusal(news)
    assert said.startswith(f"{file}:{line}:1: config: ")
    assert reason in said


def test_all_that_are_no_templates_are_told_at_once(news: Workshop) -> None:
    """Each has a line, those that are no text among them."""
    write(news, "card.html", "{% if %}")
    write(news, "feed.html", "{{")
    write(news, "style.css", "").write_bytes(b"\xff")
    (news.root / "templates/help.html").mkdir()
    with pytest.raises(ConfigurationError) as raised:
        load_look(news.root / "templates")
    places = sorted(Path(line.partition(":")[0]).name for line in raised.value.problems)
    assert places == ["card.html", "feed.html", "help.html", "style.css"]


def test_a_mistake_is_told_by_whatever_process() -> None:
    """An error comes whole from one that shares the work."""
    error = ConfigurationError(("one", "two"))
    assert (copy(error).problems, str(copy(error))) == (error.problems, str(error))


def test_what_stands_for_nothing_is_told(news: Workshop) -> None:
    """A name that is nearly ours is a warning; what others include, or is no template, is none."""
    file = write(news, "crad.html", CARD)
    write(news, "help.html", "{% include 'part.html' %}")
    write(news, "part.html", "")
    write(news, "README.txt", "")
    write(news, ".card.html.swp", "")
    [told] = build(news)
    assert told == (
        f"{file}: template-unknown: stands for no file of ours, and no template includes it;"
        " did you mean card.html?"
    )
    assert explanation("template-unknown").severity == "warning"


def test_what_a_template_takes_may_be_known_late(news: Workshop) -> None:
    """Nothing is warned of where names of templates are made as they are rendered."""
    write(news, "help.html", "{% include 'part-' ~ 1 ~ '.html' %}")
    write(news, "part-1.html", "Part one")
    assert build(news) == []
    assert page(news, "help/index.html") == "Part one"


# --- The commands --------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a configuration, an article and room for templates."""
    document(tmp_path, "corpus/a.md")
    (tmp_path / "config/templates").mkdir(parents=True)
    text = "site: {base_url: 'https://f.example'}\ncorpus: ../corpus\noutput: ../output\n"
    (tmp_path / "config/feeds.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_recipe_is_true(folder: Path) -> None:
    """What it shows changes the pages as it says, and it names all that there is to replace."""
    assert SHOWN.keys() == {"layout.html", "card.html"}
    for name, text in SHOWN.items():
        (folder / "config/templates" / name).write_text(text, encoding="utf-8")
    run = feeds_command("build", "--now", NOW, cwd=folder)
    assert run.returncode == 0, run.stderr
    for path in ("", "help/", "topics/tides/"):
        body = (folder / f"output/{path}index.html").read_text(encoding="utf-8")
        assert "Printed in Thornby." in body
        assert f'href="{"../" * path.count("/")}help/"' in body
    [card] = re.findall(r"<article id=.*?</article>", body, re.DOTALL)
    assert card.index("<time") < card.index("<h3")
    ours = {file.name for file in (ROOT / "feeds/pages/templates").iterdir()}
    named = re.findall(r"^\|( `.*?` )\|", RECIPE, re.MULTILINE)
    assert set(re.findall("`(.*?)`", "".join(named))) == ours


def test_commands_say_what_is_wrong_with_templates(folder: Path) -> None:
    """A mistake ends a build with 2; `check` warns of a name of which nothing is made."""
    file = folder / "config/templates/crad.html"
    file.write_text("", encoding="utf-8")
    run = feeds_here("check", "--now", NOW, cwd=folder)
    assert (run.returncode, run.stdout.count("template-unknown")) == (1, 1)
    assert "config/templates/crad.html: template-unknown" in run.stdout
    file.rename(file.with_name("card.html"))
    run = feeds_here("build", "--now", NOW, cwd=folder)
    assert run.returncode == 2
    assert "config/templates/card.html:1:1: config: a card begins with" in run.stderr
    assert not (folder / "output").exists()


def test_a_server_follows_templates(folder: Path) -> None:
    """An edit is on its pages after the next scan; a mistake is told, and the last pages stand."""
    file = folder / "config/templates/card.html"
    with serving("--every", 0.2, cwd=folder) as server:
        eventually(lambda: b"The story a" in server.get("/all/").body, "the first publication")
        file.write_text(CARD, encoding="utf-8")
        eventually(lambda: b"Mine: The story a" in server.get("/all/").body, "the template")
        file.write_text("{{ nothing }}", encoding="utf-8")
        server.until("refresh failed, the last publication stands: ")
        server.until("card.html:1:1: config: 'nothing' is undefined")
        assert b"Mine: The story a" in server.get("/all/").body
        file.write_text(CARD.replace("Mine", "Ours"), encoding="utf-8")
        eventually(lambda: b"Ours: The story a" in server.get("/all/").body, "the mended template")


def test_what_a_server_finds_is_written_by_templates(folder: Path) -> None:
    """An answer to a query looks like the pages that are published."""
    text = '{% extends "feeds/search.html" %}{% block above %}Mine{% endblock %}'
    (folder / "config/templates/search.html").write_text(text, encoding="utf-8")
    with serving("--no-reload", cwd=folder) as server:
        assert server.url
        for query in ("", "?q=tides"):
            assert b"Mine" in server.get(f"/search/{query}").body
        assert b"Tides" in server.get("/search/?q=tides").body
