"""`feeds init`: a directory that works at once, and nothing that was there touched."""

import json
import re
from contextlib import chdir
from pathlib import Path

import pytest
import yaml
from cli_tools import ROOT, contents, eventually, feeds_command, serving
from click.testing import CliRunner, Result

from feeds.cli import main

SAMPLES = {
    "config/feeds.yaml",
    "config/feeds.schema.json",
    "corpus/bicycle-kitchen.md",
    "corpus/lighthouse-lens-turns-again.md",
    "corpus/tide-clock.md",
    ".github/workflows/publish.yml",
    ".gitignore",
    "README.md",
    "requirements.txt",
}
OF_A_SITE = {"config/feeds.yaml", "config/feeds.schema.json"}


def init(folder: Path, *arguments: str) -> Result:
    with chdir(folder):
        return CliRunner().invoke(main, ["init", *arguments])


def site_of(folder: Path) -> dict[str, str]:
    text = (folder / "config/feeds.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text)["site"])


def post(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True)
    text = "---\ntitle: Ebb\ndate: 2026-05-01\n---\nBody.\n"
    (folder / name).write_text(text, encoding="utf-8")


# --- What is written ----------------------------------------------------------------------


def test_a_new_directory_works_at_once(tmp_path: Path) -> None:
    """What is written has no findings, and is served with two articles, one of them related."""
    run = init(tmp_path, "site")
    assert (run.exit_code, run.stdout) == (0, "")
    assert run.stderr.splitlines()[-1] == "next: cd site && feeds serve"
    site = tmp_path / "site"
    assert contents(site).keys() == SAMPLES
    check = feeds_command("check", cwd=site)
    assert (check.returncode, check.stderr) == (0, "nothing is wrong\n")
    with serving(cwd=site) as server:
        eventually(lambda: server.get("/").status == 200, "a page")
        items = json.loads(server.get("/all.json").body)["items"]
    assert [item["title"] for item in items] == [
        "After forty years the lens of Crane Point turns again",
        "A bicycle kitchen in the old fire station",
    ]
    assert "workshopnotes.example/prisms" in json.dumps(items[0])
    assert "explains it to somebody else" in items[1]["content_html"]


def test_the_schema_is_where_the_configuration_says(tmp_path: Path) -> None:
    """Editors find the schema beside the file, whose first line names it, without a network."""
    assert init(tmp_path).exit_code == 0
    first = (tmp_path / "config/feeds.yaml").read_text(encoding="utf-8").splitlines()[0]
    name = first.removeprefix("# yaml-language-server: $schema=")
    shipped = (ROOT / "config/feeds.schema.json").read_bytes()
    assert (tmp_path / "config" / name).read_bytes() == shipped


def test_wishes_are_in_what_is_written(tmp_path: Path) -> None:
    """A title, whatever is in it, and an address are configured, and ids are made from a host."""
    title = 'The "Tide": 50% off #1'
    run = init(tmp_path, "--title", title, "--base-url", "https://tide.example/news")
    assert run.stderr.splitlines()[-1] == "next: feeds serve"
    site = site_of(tmp_path)
    assert site["title"] == title
    assert site["base_url"] == "https://tide.example/news"
    assert re.fullmatch(r"tide\.example,\d{4}-\d\d-\d\d", site["id_authority"])
    assert (tmp_path / "README.md").read_text(encoding="utf-8").startswith(f"# {title}\n")
    workflow = (tmp_path / ".github/workflows/publish.yml").read_text(encoding="utf-8")
    assert "- run: feeds build\n" in workflow
    assert feeds_command("check", cwd=tmp_path).returncode == 0


def test_the_workflow_is_that_of_the_recipe(tmp_path: Path) -> None:
    """What is written for GitHub Pages is what the recipe shows, with every action at a version."""
    assert init(tmp_path).exit_code == 0
    text = (tmp_path / ".github/workflows/publish.yml").read_text(encoding="utf-8")
    recipe = (ROOT / "docs/recipes/github-pages.md").read_text(encoding="utf-8")
    assert f"```yaml\n{text}```\n" in recipe
    assert "secrets." not in text
    steps = yaml.safe_load(text)["jobs"]["publish"]["steps"]
    uses = [step["uses"] for step in steps if "uses" in step]
    assert len(uses) == 6
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", each) for each in uses)


def test_what_the_workflow_runs_publishes(tmp_path: Path) -> None:
    """The workflow's build publishes what its next step hands over, at the address of Pages."""
    assert init(tmp_path).exit_code == 0
    workflow = yaml.safe_load((tmp_path / ".github/workflows/publish.yml").read_bytes())
    steps = workflow["jobs"]["publish"]["steps"]
    (line,) = [step["run"] for step in steps if step.get("run", "").startswith("feeds ")]
    address = "https://me.example/pages/"
    words = line.replace('"${{ steps.pages.outputs.base_url }}"', address).split()
    assert feeds_command(*words[1:], cwd=tmp_path).returncode == 0
    paths = [step["with"]["path"] for step in steps if "path" in step.get("with", {})]
    assert paths == ["output.state", "output"]
    assert all((tmp_path / path).is_dir() for path in paths)
    assert "https://me.example/pages/all.json" in (tmp_path / "output/all.json").read_text()
    ignored = (tmp_path / ".gitignore").read_text(encoding="utf-8").split()
    assert {f"/{path}/" for path in paths} <= set(ignored)


# --- What is there already ----------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_nothing_is_overwritten(tmp_path: Path, name: str) -> None:
    """A file that is in the way is named, stays as it is, and nothing else is written."""
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("mine", encoding="utf-8")
    run = init(tmp_path)
    assert run.exit_code == 2
    assert run.stderr == f"feeds: {name} is in the way\nfeeds: nothing was written\n"
    assert contents(tmp_path) == {name: b"mine"}


def test_there_is_no_force(tmp_path: Path) -> None:
    """A second time ends as the first file that is in the way says, whatever is typed."""
    assert init(tmp_path).exit_code == 0
    before = contents(tmp_path)
    assert init(tmp_path).exit_code == 2
    assert init(tmp_path, "--force").exit_code == 2
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--base-url", "ftp://x.example"), "--title or --base-url: "),
        (("--title", ""), "--title: is empty"),
    ],
)
def test_a_wish_that_cannot_be_is_told(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    """A title or an address that a configuration may not have ends with 2; nothing is written."""
    run = init(tmp_path, *options)
    assert run.exit_code == 2
    assert run.stderr.startswith(said)
    assert not list(tmp_path.iterdir())


# --- Sites of others ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "file", "text", "output"),
    [
        (
            "_posts/2026-05-01-ebb.md",
            "_config.yml",
            "title: Tides\nurl: https://tide.example\nbaseurl: /\n",
            "_feeds",
        ),
        (
            "content/posts/ebb.md",
            "hugo.toml",
            "title = 'Tides'\nbaseURL = 'https://tide.example/'\n",
            "output",
        ),
    ],
)
def test_a_site_gets_a_configuration_for_its_documents(
    tmp_path: Path, name: str, file: str, text: str, output: str
) -> None:
    """The posts of a Jekyll or Hugo site are published under its name and address, as they are."""
    post(tmp_path, name)
    (tmp_path / file).write_text(text, encoding="utf-8")
    before = contents(tmp_path)
    run = init(tmp_path)
    assert run.exit_code == 0
    assert f"add /{output}/ and /{output}.state/ to .gitignore\n" in run.stderr
    assert contents(tmp_path).keys() == before.keys() | OF_A_SITE
    site = site_of(tmp_path)
    assert (site["title"], site["base_url"]) == ("Tides", "https://tide.example/")
    assert feeds_command("build", cwd=tmp_path).returncode == 0
    (item,) = json.loads((tmp_path / output / "all.json").read_bytes())["items"]
    assert item["title"] == "Ebb"
    assert item["url"].startswith("https://tide.example/")


@pytest.mark.parametrize("text", ["[", "- a\n", "title: [a]\nurl: nowhere\n", None])
def test_what_a_site_says_of_itself_need_make_no_sense(tmp_path: Path, text: str | None) -> None:
    """Where a site's configuration is missing or broken, ours has its defaults."""
    post(tmp_path, "_posts/2026-05-01-ebb.md")
    if text is not None:
        (tmp_path / "_config.yml").write_text(text, encoding="utf-8")
    assert init(tmp_path, "--title", "Tides").exit_code == 0
    assert site_of(tmp_path) == {"title": "Tides", "base_url": "http://127.0.0.1:8000"}
    assert feeds_command("check", cwd=tmp_path).returncode == 0
