"""`feeds build`: what it writes, what it says, and how it ends."""

import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from cli_tools import (
    BASE_URL,
    NOW,
    OF_HOSTS,
    beside,
    build,
    closing_line,
    contents,
    document,
    feeds_command,
    is_for_readers,
    stamps,
)
from click.testing import CliRunner
from filelock import FileLock

from feeds.cli import main

# All feeds but archives, whose files for web servers are beside them.
HEAD = re.compile(r"(?!.*/archive/|manifest).*\.(?:atom|rss|json)")
CLOSING = re.compile(
    r"\d+ documents \(\d+ read, \d+ held back\);"
    r" \d+ skipped(?: \(\d+ [a-z0-9-]+(?:, \d+ [a-z0-9-]+)*\))?;"
    r" \d+ articles(?:, \d+ not due)?; \d+ feeds;"
    r" \d+ files (?:to be )?written, \d+ unchanged, \d+ (?:to be )?deleted; \d+\.\d s"
)
STAGE = re.compile(r"([a-z]+) +\d+\.\d\d s +(\d+\.\d)%")


def two_articles(folder: Path) -> Path:
    """Write a corpus of two articles."""
    document(folder / "corpus", "ebb.md")
    document(folder / "corpus", "deep/flow.md", topics="[Tides, Moon]")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a corpus of two articles."""
    return two_articles(tmp_path)


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory with such a corpus and its publication, for all tests to copy."""
    folder = two_articles(tmp_path_factory.mktemp("publication"))
    assert build(folder).returncode == 0
    return folder


@pytest.fixture
def built(publication: Path, tmp_path: Path) -> Path:
    """Give a directory with a corpus of two articles and its publication."""
    shutil.copytree(publication, tmp_path, dirs_exist_ok=True)
    return tmp_path


# --- Without any configuration ----------------------------------------------------------------


def test_corpus_and_output_are_enough(folder: Path) -> None:
    """With a corpus and an output alone, feeds are published, and where links lead is said."""
    run = feeds_command("build", "--corpus", "corpus", "--output", "site", cwd=folder)
    assert (run.returncode, run.stdout) == (0, "")
    first, last = run.stderr.splitlines()
    assert first == (
        "links lead to http://127.0.0.1:8000; --base-url says where the output is served"
    )
    assert last.startswith("2 documents (2 read, 0 held back); 0 skipped; 2 articles; 12 feeds; ")
    assert CLOSING.fullmatch(last)
    assert sorted(path.name for path in folder.iterdir()) == ["corpus", "site", "site.state"]
    assert b'href="http://127.0.0.1:8000/all.atom"' in (folder / "site/all.atom").read_bytes()


def resources(output: Path) -> int:
    """Count what there must be of two articles: feeds, archives, pages, lists, all for servers."""
    files = contents(output)
    return 52 + len(beside(files, filter(HEAD.fullmatch, files))) + len(OF_HOSTS)


@pytest.mark.case(42)
def test_a_second_build_says_that_it_wrote_nothing(folder: Path) -> None:
    """Without a change, nothing is read or written, and the closing line says so."""
    output = folder / "output"
    assert build(folder).returncode == 0
    before = stamps(output)
    run = build(folder)
    assert stamps(output) == before
    assert closing_line(run).startswith("2 documents (0 read, 0 held back); 0 skipped; 2 articles;")
    assert f"; 0 files written, {resources(output)} unchanged, 0 deleted; " in closing_line(run)


def test_several_corpora_are_one_publication(folder: Path) -> None:
    """Documents of a second corpus are known by its name and their paths in it."""
    document(folder / "more", "ebb.md", webUrl="https://other.example/ebb")
    run = build(folder, "--corpus", folder / "more")
    assert run.returncode == 0
    text = (folder / "output/all.atom").read_text(encoding="utf-8")
    paths = re.findall(r"<entry><id>tag:feeds.example.org,2026:([^<]+)</id>", text)
    assert sorted(paths) == ["deep/flow.md", "ebb.md", "more/ebb.md"]


# --- Options and configuration ----------------------------------------------------------------


CONFIGURATION = """
site:
  title: The Configured
  base_url: https://configured.example
corpus: ../corpus
output: ../configured
limit: 1
"""


def configure(folder: Path, text: str = CONFIGURATION) -> Path:
    """Write a configuration."""
    file = folder / "config" / "feeds.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("options", [[], ["--config", "config"], ["--config", "config/feeds.yaml"]])
def test_a_configuration_is_found(folder: Path, options: list[str]) -> None:
    """The configuration is ./config, a directory, or a file, its paths relative to itself."""
    configure(folder)
    run = feeds_command("build", *options, cwd=folder)
    assert run.returncode == 0
    assert "links lead" not in run.stderr
    text = (folder / "configured/all.atom").read_text(encoding="utf-8")
    assert "<title>The Configured</title>" in text
    assert text.count("<entry>") == 1
    assert (folder / "configured.state/catalog.sqlite").is_file()


def test_a_file_of_another_name_is_the_configuration(folder: Path) -> None:
    """A file that is named is read, not the feeds.yaml that lies beside it."""
    file = configure(folder)
    other = file.with_name("other.yaml")
    file.rename(other)
    configure(folder, "site: {title: Not this one}\ncorpus: ../corpus\n")
    run = feeds_command("build", "--config", other, cwd=folder)
    assert run.returncode == 0
    assert b"<title>The Configured</title>" in (folder / "configured/all.atom").read_bytes()


def test_a_corpus_that_is_named_needs_no_configuration(folder: Path) -> None:
    """With --corpus, a configuration that happens to lie there is not looked at."""
    configure(folder, "limit: [broken")
    run = feeds_command("build", "--corpus", "corpus", "--output", "o", cwd=folder)
    assert run.returncode == 0


def test_options_overrule_the_configuration(folder: Path) -> None:
    """What the command line says wins: corpus, output, state, base URL and limit."""
    configure(folder)
    document(folder / "other", "one.md")
    document(folder / "other", "two.md")
    places = ("--corpus", "other", "--output", "o", "--state", "s", "--limit", 2)
    run = feeds_command("build", "--config", "config", *places, "--base-url", BASE_URL, cwd=folder)
    assert run.returncode == 0
    text = (folder / "o/all.atom").read_text(encoding="utf-8")
    assert "<title>The Configured</title>" in text
    assert f'href="{BASE_URL}/all.atom"' in text
    assert text.count("<entry>") == 2
    assert "one.md" in text
    assert "ebb.md" not in text
    assert (folder / "s/catalog.sqlite").is_file()
    assert not (folder / "configured").exists()


def test_now_decides_what_is_due(folder: Path) -> None:
    """As of an earlier instant, an article is counted as not due, and later it is out."""
    document(folder / "corpus", "spring.md", publishedDateTime="2026-12-01T00:00:00Z")
    assert "; 2 articles, 1 not due; " in closing_line(build(folder))
    assert "; 3 articles; " in closing_line(build(folder, "--now", "2026-12-01"))
    assert "; 3 articles; " in closing_line(build(folder, "--now", "9999-12-31T23:59:59Z"))


# --- 1: strict --------------------------------------------------------------------------------


def test_skipped_documents_are_reported(folder: Path) -> None:
    """A bad document costs itself: it is named, counted by its code, and the run succeeds."""
    document(folder / "corpus", "bad.md", publishedDateTime='"2026-13-45"')
    document(folder / "corpus", "worse.md", title="")
    run = build(folder)
    assert run.returncode == 0
    date, title, _ = run.stderr.splitlines()
    assert date == (
        'bad.md:3:20: date-invalid: publishedDateTime: "2026-13-45" is not a date; document skipped'
    )
    assert re.fullmatch(r"worse\.md:2:1: title-missing: title: .+; document skipped", title)
    assert "; 2 skipped (1 date-invalid, 1 title-missing); 2 articles; " in closing_line(run)
    assert CLOSING.fullmatch(closing_line(run))


@pytest.mark.case(41)
def test_documents_that_stay_as_they_were_are_reported(built: Path) -> None:
    """What is bad now and was good is named and counted by itself, by each build and by a check."""
    before = stamps(built / "output")
    document(built / "corpus", "ebb.md", publishedDateTime="soon")
    document(built / "corpus", "new.md", title="")
    for read in (3, 0):
        run = build(built)
        date, title, closing = run.stderr.splitlines()
        assert date.startswith('ebb.md:3:20: date-invalid: publishedDateTime: "soon" is ')
        assert date.endswith("; its last good version stays")
        assert title.endswith("; document skipped")
        assert closing.startswith(
            f"3 documents ({read} read, 0 held back); 1 skipped (1 title-missing);"
            " 1 kept at the last good version (1 date-invalid); 2 articles; "
        )
        assert (run.returncode, stamps(built / "output")) == (0, before)
    assert build(built, "--strict").returncode == 1
    (built / "config").mkdir()
    (built / "config/feeds.yaml").write_text("corpus: ../corpus\noutput: ../output\n")
    check = feeds_command("check", "--now", NOW, cwd=built)
    assert (check.returncode, check.stderr) == (1, "2 findings\n")
    assert check.stdout.splitlines() == [date, title]
    run = build(built, "--config", "config", "--dry-run")
    assert run.stderr.splitlines()[:2] == [date, title]


def test_strict_publishes_nothing_once_a_document_has_an_error(built: Path) -> None:
    """With --strict, an error ends the run with 1 and leaves what is published."""
    output = built / "output"
    before = stamps(output)
    document(built / "corpus", "new.md")
    document(built / "corpus", "bad.md", publishedDateTime="soon")
    run = build(built, "--strict")
    assert run.returncode == 1
    assert run.stderr.startswith("bad.md:3:20: date-invalid: publishedDateTime: ")
    assert closing_line(run).startswith("feeds: ")
    assert "nothing was published" in closing_line(run)
    assert stamps(output) == before
    (built / "corpus/bad.md").unlink()
    assert build(built, "--strict").returncode == 0
    assert b"new.md" in (output / "all.atom").read_bytes()


def test_a_warning_does_not_stop_a_strict_build(folder: Path) -> None:
    """A field that is dropped costs no document, so that --strict goes on."""
    document(folder / "corpus", "ebb.md", images="[{url: cat.jpg}]")
    run = build(folder, "--strict")
    assert run.returncode == 0
    assert "ebb.md:8:16: url-relative: images[0].url: " in run.stderr


# --- 2: usage and configuration ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--limit", "0"], "0 is not in the range 1<=x<=100"),
        (["--limit", "101"], "101 is not in the range 1<=x<=100"),
        (["--limit", "many"], "'many' is not a valid integer"),
        (["--now", "yesterday"], '--now: "yesterday" is not a date'),
        (["--now", ""], '--now: "" is not a date'),
        (["--now", "2026-02-30"], '--now: "2026-02-30" is not a date'),
        (["--base-url", "ftp://feeds.example"], '--base-url: "ftp://feeds.example" is neither'),
        (["--base-url", "feeds.example"], '--base-url: "feeds.example" is'),
        (["--base-url", "https://u:p@feeds.example"], "--base-url: "),
        (["--state", "output/state"], "state: is inside the output, where it would be published"),
        (["--state", "output"], "state: is inside the output, where it would be published"),
        (["--output", "corpus/site"], "output: is inside the corpus"),
        (["--output", "."], "corpus: is inside the output"),
        (["--output", "/"], "output: is the root of the file system"),
        (["--corpus", "corpus/deep"], "overlaps with "),
        (["--corpus", "corpus"], "overlaps with "),
        (["--corpus", "a/name", "--corpus", "b/name"], "the name name is another corpus's"),
        (["--corpus", "elsewhere/deep"], "the name deep is that of a directory in "),
        (["--config", "nowhere"], "feeds.yaml:1:1: config: cannot be read: "),
        (["more"], "Got unexpected extra argument"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_touches_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    """What cannot be meant ends with 2 and says why, before anything is touched."""
    monkeypatch.chdir(folder)
    before = contents(folder)
    arguments = ["build", "--corpus", "corpus", "--output", "output", *options]
    run = CliRunner().invoke(main, arguments)
    assert run.exit_code == 2, run.output
    assert said in run.stderr
    assert run.stdout == ""
    assert contents(folder) == before
    assert [path.name for path in folder.iterdir()] == ["corpus"]


def test_no_corpus_is_wrong_usage(tmp_path: Path) -> None:
    """Without a corpus, somebody has to name one."""
    run = feeds_command("build", "--output", "output", cwd=tmp_path)
    assert run.returncode == 2
    assert run.stderr == "no corpus: name one on the command line, or in config/feeds.yaml\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.case(45)
def test_a_broken_configuration_tells_everything_at_once(folder: Path) -> None:
    """All problems of a configuration come at once, each with its line, and nothing is touched."""
    configure(folder, "sit: {}\ncorpus: ../corpus\nlimit: many\nsite:\n  base_url: nowhere\n")
    run = feeds_command("build", cwd=folder)
    assert (run.returncode, run.stdout) == (2, "")
    places = [line.split(": ")[:3] for line in run.stderr.splitlines()]
    assert places == [
        ["config/feeds.yaml:1:1", "config", "sit"],
        ["config/feeds.yaml:3:8", "config", "limit"],
        ["config/feeds.yaml:5:13", "config", "site.base_url"],
    ]
    assert sorted(path.name for path in folder.iterdir()) == ["config", "corpus"]


@pytest.mark.case(45)
def test_a_broken_dialect_is_a_broken_configuration(folder: Path) -> None:
    """A dialect that is none ends the run with 2 and a line that names its file."""
    configure(folder)
    (folder / "config/dialects").mkdir()
    (folder / "config/dialects/own.yaml").write_text("fields: []\n", encoding="utf-8")
    run = feeds_command("build", cwd=folder)
    assert run.returncode == 2
    assert re.match(r"config/dialects/own\.yaml:\d+:\d+: ", run.stderr)


@pytest.mark.case(45)
def test_a_dialect_that_there_is_not_is_a_broken_configuration(folder: Path) -> None:
    """A corpus of an unknown dialect ends the run with 2 and names those that there are."""
    configure(folder, "corpus: [{path: ../corpus, dialect: martian}]\n")
    run = feeds_command("build", cwd=folder)
    assert run.returncode == 2
    assert "no dialect martian; there are " in run.stderr
    assert "jekyll" in run.stderr


# --- 3: guards --------------------------------------------------------------------------------


def refused(folder: Path, said: str) -> None:
    """Build, be refused, and find everything as it was; --force gets it through."""
    output = folder / "output"
    before = stamps(output)
    run = build(folder)
    assert run.returncode == 3
    assert said in run.stderr
    assert "Traceback" not in run.stderr
    assert stamps(output) == before


def many(folder: Path) -> Path:
    """Publish forty articles."""
    for number in range(40):
        document(folder / "corpus", f"{number}.md")
    assert build(folder).returncode == 0
    return folder / "output"


@pytest.mark.case(38)
def test_an_empty_corpus_is_refused(built: Path) -> None:
    """Where all documents are gone, the last publication stands until somebody insists."""
    output = built / "output"
    shutil.rmtree(built / "corpus")
    (built / "corpus").mkdir()
    refused(built, "feeds: there are no documents in ")
    assert build(built, "--force").returncode == 0
    assert b"<entry>" not in (output / "all.atom").read_bytes()


@pytest.mark.case(38)
def test_a_missing_corpus_is_refused(built: Path) -> None:
    """Where the corpus itself is gone, the last publication stands, whoever insists."""
    shutil.rmtree(built / "corpus")
    refused(built, "feeds: cannot read the corpus ")
    assert build(built, "--force").returncode == 3


@pytest.mark.case(38)
def test_a_mass_deletion_is_refused(tmp_path: Path) -> None:
    """Where more than a fifth of the entries would go, nothing goes until somebody insists."""
    output = many(tmp_path)
    for number in range(20):
        (tmp_path / "corpus" / f"{number}.md").unlink()
    refused(tmp_path, "feeds: 20 of 40 published entries would go")
    run = build(tmp_path, "--force")
    assert (run.returncode, (output / "all.atom").read_bytes().count(b"<entry>")) == (0, 20)


@pytest.mark.case(38)
def test_a_mass_change_of_ids_is_refused(tmp_path: Path) -> None:
    """Where more than a fifth of the ids would change, subscribers are not flooded."""
    many(tmp_path)
    for number in range(20):
        document(tmp_path / "corpus", f"{number}.md", guid=f"urn:example:{number}")
    refused(tmp_path, "would go or change their ids; --force accepts that")


@pytest.mark.case(46)
def test_a_catalog_of_a_newer_program_is_left_alone(built: Path) -> None:
    """Who runs an older program by mistake is told so, and nothing is touched."""
    connection = sqlite3.connect(built / "output.state/catalog.sqlite")
    connection.execute("PRAGMA user_version = 1000")
    connection.commit()
    connection.close()
    before = contents(built)
    run = build(built)
    assert run.returncode == 2
    assert "is of version 1000, and this program knows version" in closing_line(run)
    assert contents(built) == before


# --- 4 and 75: the disk, and another publisher ------------------------------------------------


@pytest.mark.case(37)
def test_an_output_that_cannot_be_written_is_an_error(folder: Path) -> None:
    """Where the output cannot be a directory, the run ends with 4 and says which file."""
    (folder / "output").write_text("mine", encoding="utf-8")
    run = build(folder)
    assert run.returncode == 4
    assert closing_line(run).startswith(f"feeds: cannot write {folder}/output")
    assert (folder / "output").read_text(encoding="utf-8") == "mine"


@pytest.mark.case(37)
def test_a_state_that_cannot_be_written_is_an_error(folder: Path) -> None:
    """Where the state cannot be a directory, the run ends with 4 and publishes nothing."""
    (folder / "state").write_text("mine", encoding="utf-8")
    run = build(folder, "--state", folder / "state")
    assert run.returncode == 4
    assert run.stderr.startswith(f"feeds: cannot write {folder}/state")
    assert not (folder / "output").exists()


@pytest.mark.case(37)
def test_a_feed_that_cannot_be_replaced_leaves_the_others(built: Path) -> None:
    """Where a directory stands in a feed's place, the run ends with 4."""
    output = built / "output"
    (output / "all.atom").unlink()
    (output / "all.atom").mkdir()
    run = build(built)
    assert run.returncode == 4
    assert closing_line(run).startswith("feeds: cannot write ")
    (output / "all.atom").rmdir()
    assert build(built).returncode == 0
    assert b"ebb.md" in (output / "all.atom").read_bytes()


@pytest.mark.case(43)
def test_a_second_publisher_is_turned_away(built: Path) -> None:
    """While another publisher holds the lock, the run ends with 75 and touches nothing."""
    output = built / "output"
    before = stamps(output)
    document(built / "corpus", "new.md")
    with FileLock(built / "output.state/lock"):
        run = build(built)
    assert run.returncode == 75
    assert run.stderr == f"feeds: another publisher is at work on {built}/output.state\n"
    assert stamps(output) == before
    assert build(built).returncode == 0


# --- A rehearsal ------------------------------------------------------------------------------


def test_a_rehearsal_says_what_would_be_written(folder: Path) -> None:
    """--dry-run gives the paths as data on standard output, and leaves no trace."""
    run = build(folder, "--dry-run")
    assert run.returncode == 0
    lines = run.stdout.splitlines()
    paths = [line.split()[1] for line in lines if line.startswith("add ")]
    assert list(filter(is_for_readers, paths))[:3] == ["all.atom", "all.rss", "all.json"]
    assert set(paths) >= {"all.atom.gz", *OF_HOSTS}
    assert "entry in ebb.md tag:feeds.example.org,2026:ebb.md" in lines
    assert lines[-2] == "entries in 2, out 0, ids changed 0"
    assert re.fullmatch(r"bytes [1-9]\d{3,}", lines[-1])
    assert f"; {len(paths)} files to be written, 0 unchanged, 0 to be deleted; " in closing_line(
        run
    )
    assert [path.name for path in folder.iterdir()] == ["corpus"]
    assert build(folder).returncode == 0
    assert len(paths) == resources(folder / "output")


DIFFERENCE = """\
add topics/stars.atom
add topics/stars.rss
add topics/stars.json
add topics/stars/index.html
add topics/stars/archive/index.html
add topics/stars/archive/2026-05.atom
add topics/stars/archive/2026-05/index.html
add topics/stars/top.atom
add topics/stars/top.rss
add topics/stars/top.json
add topics/stars/top/index.html
change all.atom
change all.rss
change all.json
change all/index.html
change providers/paper.example.atom
change providers/paper.example.rss
change providers/paper.example.json
change providers/paper.example/index.html
change topics/moon.atom
change topics/moon.rss
change topics/moon.json
change topics/moon/index.html
change topics/tides.atom
change topics/tides.rss
change topics/tides.json
change topics/tides/index.html
change all/archive/2026-05.atom
change all/archive/2026-05/index.html
change providers/paper.example/archive/2026-05.atom
change topics/moon/archive/2026-05.atom
change topics/moon/archive/2026-05/index.html
change topics/tides/archive/2026-05.atom
change topics/tides/archive/2026-05/index.html
change feeds.opml
change search/feeds.data
change topics/feeds.opml
change index.html
change topics/index.html
change topics/by/activity/index.html
change topics/by/date/index.html
change providers/index.html
change providers/by/activity/index.html
change providers/by/date/index.html
remove feeds/by/activity/index.html
remove feeds/by/date/index.html
remove feeds/feeds.opml
remove feeds/index.html
remove feeds/moon.atom
remove feeds/moon.json
remove feeds/moon.rss
remove feeds/moon/index.html
entry in new/star.md tag:configured.example,2026:new/star.md
entry out deep/flow.md tag:configured.example,2026:deep/flow.md
id ebb.md tag:configured.example,2026:ebb.md -> urn:example:ebb
entries in 1, out 1, ids changed 1
"""


def test_a_rehearsal_says_what_would_change(folder: Path) -> None:
    """--dry-run names feeds, entries and ids that would change, and nothing that stays."""
    site = CONFIGURATION.replace("limit: 1", "related: {limit: 0}")
    site += "compressed: false\nhosting: []\n"
    configure(folder, site + "feeds: {moon: {title: Moon, where: {topic: Moon}}}\n")
    tide = {"provider": "{name: The Other, domain: other.example}", "topics": "[Sea]"}
    document(folder / "corpus", "tide.md", webUrl="https://other.example/tide", **tide)
    assert feeds_command("build", "--now", NOW, cwd=folder).returncode == 0
    before = contents(folder / "configured")
    configure(folder, site)
    (folder / "corpus/deep/flow.md").unlink()
    document(folder / "corpus", "ebb.md", guid="urn:example:ebb")
    document(folder / "corpus", "new/star.md", topics="[Stars]")
    there = stamps(folder)
    run = feeds_command("build", "--now", NOW, "--dry-run", cwd=folder)
    assert (run.returncode, stamps(folder)) == (0, there)
    assert feeds_command("build", "--now", NOW, cwd=folder).returncode == 0
    after = contents(folder / "configured")
    assert run.stdout == with_bytes(DIFFERENCE, before, after)


def with_bytes(difference: str, before: dict[str, bytes], after: dict[str, bytes]) -> str:
    """Add to each line about a file its bytes before and after, and a line with their sum."""
    lines = [line.split() for line in difference.splitlines()]
    written = sum(len(after[path]) for word, path, *_ in lines if word in {"add", "change"})
    sizes = {
        "add": lambda path: f" {len(after[path])}",
        "change": lambda path: f" {len(before[path])} -> {len(after[path])}",
        "remove": lambda path: f" {len(before[path])}",
    }
    whole = (
        " ".join(line) + (sizes[line[0]](line[1]) if line[0] in sizes else "") for line in lines
    )
    return "\n".join([*whole, f"bytes {written}", ""])


def test_a_rehearsal_with_nothing_to_do_says_so(built: Path) -> None:
    """--dry-run of what is published already is two lines of noughts."""
    again = build(built, "--dry-run")
    assert again.stdout.splitlines() == ["entries in 0, out 0, ids changed 0", "bytes 0"]


def test_a_rehearsal_forges_no_line(folder: Path) -> None:
    """The name of a document that goes cannot end the line of data that it stands on."""
    document(folder / "corpus", "a\nentries in 99, out 0.md", webUrl="https://paper.example/a")
    assert build(folder).returncode == 0
    (folder / "corpus/a\nentries in 99, out 0.md").unlink()
    lines = build(folder, "--dry-run").stdout.splitlines()
    assert [line for line in lines if line.startswith("entries in ")] == [
        "entries in 0, out 1, ids changed 0"
    ]


# --- Where the time goes ---------------------------------------------------------------


def test_timings_are_of_all_stages_and_add_up(folder: Path) -> None:
    """With --timings each stage is named once with its share, and the shares are the whole."""
    talk = build(folder, "--timings").stderr.splitlines()
    stages = [found for line in talk if (found := STAGE.fullmatch(line))]
    assert [stage[1] for stage in stages] == [
        *("starting", "scanning", "reading", "identifying", "settling", "relating"),
        *("gathering", "placing", "naming"),
        *("verifying", "rendering", "archiving", "publishing"),
    ]
    assert abs(sum(float(stage[2]) for stage in stages) - 100) < 1
    assert not any(STAGE.fullmatch(line) for line in build(folder).stderr.splitlines())
