"""The reference and the man pages say what the program does, key by key and option by option."""

import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cli_tools import ROOT, feeds_command
from click.testing import CliRunner
from http_reference import PAGE, http_text
from reference import MANUAL, all_commands, made_files

from feeds.cli import main
from feeds.config import Configuration, parse_configuration
from feeds.config.places import Places
from feeds.config.reference import Key, configuration_keys
from feeds.config.showing import settings_in_force
from feeds.errors import FeedsError
from feeds.syntax import parse_yaml

KEYS = configuration_keys()
SHIPPED = (ROOT / "config/feeds.yaml").read_text(encoding="utf-8")
# How roff writes what it would take for something else.
OF_ROFF = {
    "\\-": "-",
    "\\(aq": "'",
    "\\(ga": "`",
    "\\(ha": "^",
    "\\(ti": "~",
    "\\&": "",
    "\\e": "\\",
}


def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


# --- Nothing has drifted ------------------------------------------------------------------


@pytest.mark.parametrize("path", made_files())
def test_what_is_made_is_up_to_date(path: str) -> None:
    """Each file that is made of the program is what it makes now; else: make reference."""
    assert text_of(path) == made_files()[path]


def test_what_a_server_answers_is_up_to_date() -> None:
    """The page on HTTP says what a server answers now, status by status; else: make reference."""
    assert text_of(PAGE) == http_text()


def test_there_is_no_page_of_a_command_that_is_gone() -> None:
    """Each man page is that of a command, and each command has one."""
    pages = {path.relative_to(ROOT).as_posix() for path in MANUAL.iterdir()}
    assert pages == {path for path in made_files() if path.startswith("docs/man/")}
    assert {f"docs/man/feeds-{name}.1" for name in main.commands} < pages


# --- Commands -----------------------------------------------------------------------------


def squeezed(text: str) -> str:
    """Leave out all white space, since each kind of page breaks its lines elsewhere."""
    return "".join(text.split())


def in_markdown(words: tuple[str, ...]) -> str:
    """Give what the page of all commands says of one, without the marks of Markdown."""
    title = " ".join(["feeds", *words])
    _, _, rest = text_of("docs/reference/commands.md").partition(f"\n## `{title}`\n")
    return html.unescape(re.sub(r"\\(.)", r"\1", rest.partition("\n## ")[0].replace("`", "")))


def in_roff(words: tuple[str, ...]) -> str:
    """Give what the man page of a command says, without what is for roff."""
    text = text_of(f"docs/man/{'-'.join(['feeds', *words])}.1")
    text = re.sub(r"\\\[u([0-9A-F]+)\]", lambda match: chr(int(match[1], 16)), text)
    text = re.sub(r"^\.(?:B|SH|PP|TP|TH) ?", "", text, flags=re.MULTILINE)
    return re.sub(r"\\(?:-|&|e|\(..)", lambda match: OF_ROFF[match[0]], text)


@pytest.mark.parametrize("words", all_commands(), ids=" ".join)
def test_help_page_and_reference_agree(words: tuple[str, ...]) -> None:
    """Each sentence and each option that --help shows is in the reference and in the man page."""
    run = CliRunner().invoke(main, [*words, "--help"], prog_name="feeds", terminal_width=80)
    usage, *blocks = re.split(r"\n\n|\n(?=  (?=\S))|\n(?=[A-Z][a-z ]+:\n)", run.stdout.rstrip())
    said = [squeezed(usage.removeprefix("Usage: "))]
    said += [squeezed(re.sub(r"^[A-Z][a-z ]+:$", "", block)) for block in blocks]
    assert len(said) > 3
    for page in (in_markdown(words), in_roff(words)):
        page_says = squeezed(page).replace("|", "")
        for each in said:
            assert each.replace("|", "") in page_says, each


@pytest.mark.parametrize("page", sorted(MANUAL.glob("*.1")), ids=lambda page: page.stem)
def test_man_pages_are_sound(page: Path) -> None:
    """Where groff is installed, it warns of nothing in a page."""
    if not (groff := shutil.which("groff")):
        pytest.skip("groff is not installed")
    command = [groff, "-man", "-ww", "-z", "-Tutf8", page]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_each_exit_code_is_explained() -> None:
    """The codes of all errors that end a run are in the table, which has no other but 0."""
    page = text_of("docs/reference/commands.md")
    table = page.partition("\n## Exit codes\n")[2].partition("\n## ")[0]
    waiting: list[type[FeedsError]] = [FeedsError]
    for error in waiting:
        waiting += error.__subclasses__()
    codes = {error.exit_code for error in waiting}
    assert {int(row) for row in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == {0, *codes}


# --- The configuration --------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_each_example_is_a_configuration_that_has_the_key(key: Key) -> None:
    """The example of a key is in the reference, is read without a complaint, and sets the key."""
    page = text_of("docs/reference/configuration.md")
    entry = page.partition(f"# `{key.name}`\n")[2].partition("\n#")[0]
    assert f"```yaml\n{key.example}```" in entry
    assert f"\n- Type: {key.kind}\n- Default: {key.default}\n" in entry
    parse_configuration(key.example, origin="example", folder=Path("/config"))
    values = Places(key.example).plain(parse_yaml(key.example))
    for name in key.path:
        assert isinstance(values, dict)
        found = list(values.values())[-1] if name.isupper() else values[name.removesuffix("[]")]
        values = found[0] if name.endswith("[]") else found
    assert values not in (None, "")


def test_each_key_is_in_the_reference() -> None:
    """What `feeds config show` shows of the defaults, and what ships as a comment, is explained."""
    names = {key.name for key in KEYS}
    shown = {setting.key for setting in settings_in_force(Configuration(), None)}
    # Each of these has a name that is no key, and stands for itself.
    readers = {key for key in shown if key.startswith("html.readers.")}
    assert readers
    assert shown - readers <= names
    assert "html.readers" in names
    keys = {name for key in KEYS for name in key.path}
    written = set(re.findall(r"^ *#?(?:- )?([a-z_]+):", SHIPPED, re.MULTILINE))
    topics_and_feeds = {"c"}
    assert written - topics_and_feeds <= keys


def test_each_key_is_in_the_configuration_that_ships() -> None:
    """Whoever copies the configuration that ships finds every key in it."""
    for key in KEYS:
        name = key.path[-1].removesuffix("[]")
        assert re.search(rf"(?:^|[ #{{]){name}:", SHIPPED, re.MULTILINE), key.name


def test_the_reference_is_printed() -> None:
    """`feeds config reference` prints what docs/reference has."""
    run = feeds_command("config", "reference")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == text_of("docs/reference/configuration.md")
