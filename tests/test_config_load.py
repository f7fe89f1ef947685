"""A configuration file becomes frozen types, or all its problems at once."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from feeds.config import (
    Configuration,
    Minimum,
    ProviderSettings,
    Related,
    Site,
    Topic,
    Where,
    configuration_schema,
    load_configuration,
    parse_configuration,
)
from feeds.config.load import MOST_BYTES
from feeds.config.state import State
from feeds.config.types import Digests
from feeds.errors import ConfigurationError
from feeds.model import Database

REPOSITORY = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data" / "config"
DEFECTS = sorted(path.stem for path in DATA.glob("*.yaml"))
FOLDER = Path("/srv/feeds/config")
PROBLEM = re.compile(r"x\.yaml:[1-9][0-9]*:[1-9][0-9]*: config: .+")


def parse(text: str) -> Configuration:
    return parse_configuration(text, origin="x.yaml", folder=FOLDER)


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        parse(text)
    return caught.value.problems


def load_problems(file: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(file)
    return caught.value.problems


# --- What is wrong -------------------------------------------------------------------


@pytest.mark.case(45)
@pytest.mark.parametrize("defect", DEFECTS)
def test_each_defect_gets_its_lines(defect: str) -> None:
    """A file with a defect gets exactly the lines beside it, whatever else is in it."""
    text = (DATA / f"{defect}.yaml").read_text(encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        parse_configuration(text, origin=f"{defect}.yaml", folder=FOLDER)
    expected = (DATA / f"{defect}.txt").read_text(encoding="utf-8").splitlines()
    assert list(caught.value.problems) == expected


def test_each_defect_has_its_lines() -> None:
    """No file of expected lines is without its defect."""
    assert sorted(path.stem for path in DATA.glob("*.txt")) == DEFECTS


def test_problems_of_all_kinds_come_at_once() -> None:
    """Wrong values, unknown keys and what does not fit together are told in one go, in order."""
    lines = problems_of((DATA / "many-problems.yaml").read_text(encoding="utf-8"))
    places = [tuple(map(int, line.split(":")[1:3])) for line in lines]
    assert len(lines) == 6
    assert places == sorted(places)


def test_a_problem_is_where_the_key_is_missing_from() -> None:
    """A problem of a default that the file does not write stands at the root of the file."""
    assert problems_of("corpus: .") == (
        'x.yaml:1:1: config: output: is inside the corpus "/srv/feeds/config"',
    )


# --- What is right -------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}", "~", "site:\ncorpus:\ntopics:\n"])
def test_nothing_written_is_the_default(text: str) -> None:
    """A file that sets nothing, or names sections without anything in them, is the default."""
    assert parse(text) == Configuration(output=FOLDER / "output")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    """Relative paths become absolute under the file's directory, absolute ones stay."""
    file = tmp_path / "config" / "feeds.yaml"
    file.parent.mkdir()
    file.write_text("corpus: [../news, /srv/posts]\noutput: ../public\nstate: ../a/../b\n")
    configuration = load_configuration(file)
    assert [source.path for source in configuration.corpus] == [
        tmp_path / "news",
        Path("/srv/posts"),
    ]
    assert configuration.output == tmp_path / "public"
    assert configuration.state == tmp_path / "b"


def test_places_in_buckets_are_addresses() -> None:
    """What has the scheme of a store is no path, and known without a slash at its end."""
    configuration = parse(
        "corpus: ['s3://news/articles/', {path: 'gs://news', dialect: news}, 'az://old/é/a b']\n"
        "output: s3://news/feeds\n"
    )
    places = [source.path for source in configuration.corpus]
    assert places == ["s3://news/articles", "gs://news", "az://old/é/a b"]
    assert configuration.output == "s3://news/feeds"
    assert parse("corpus: s3://news").corpus[0].path == "s3://news"


def test_paths_are_relative_to_the_directory_that_a_link_leads_to(tmp_path: Path) -> None:
    """Through a link to its directory, `..` leads where the system leads it."""
    (tmp_path / "real" / "config").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real" / "config")
    (tmp_path / "real" / "config" / "feeds.yaml").write_text("corpus: ../news\n")
    configuration = load_configuration(tmp_path / "link" / "feeds.yaml")
    assert configuration.corpus[0].path == tmp_path / "real" / "news"


def test_one_text_stands_for_a_list() -> None:
    """A text is a list of one where a list is expected, and a corpus may be only its path."""
    configuration = parse(
        "corpus: ../news\n"
        "topics: {ai: {label: AI, aliases: A.I.}}\n"
        "feeds: {best: {title: Best, where: {topic: ai, quality: {min: -1}}}}\n"
    )
    assert [source.path for source in configuration.corpus] == [Path("/srv/feeds/news")]
    assert configuration.topics["ai"].aliases == ("A.I.",)
    assert configuration.feeds["best"].where == Where(topic=("ai",), quality=Minimum(min=-1))


def test_types_come_from_the_schema() -> None:
    """Text stays as it was written whatever YAML makes of it, and a number may be quoted."""
    configuration = parse('site: {title: 3.10, description: no}\nlimit: "20"\nreload: {every: 60}')
    assert configuration.site == Site(title="3.10", description="no")
    assert (configuration.limit, configuration.reload.every) == (20, 60)


@pytest.mark.parametrize("text", ["true", "True", "TRUE", '"true"'])
def test_a_switch_is_read_from_its_text(text: str) -> None:
    """A switch is true or false as YAML writes them, and off where nothing is written."""
    configuration = parse(
        f"corpus: [{{path: a, repair_mojibake: {text}}}, {{path: b, repair_mojibake: false}}, c]\n"
        "related: {limit: 0, unpublished: }\n"
    )
    switches = [source.repair_mojibake for source in configuration.corpus]
    assert switches == [True, False, False]
    assert configuration.related == Related(limit=0, unpublished=False)


def test_digests_are_daily_or_weekly_or_never() -> None:
    """What is not written, or has nothing under it, is never."""
    configuration = parse(
        "digests: {all: weekly}\n"
        "topics: {a: {label: A, digest: daily}, b: {label: B, digest: }, c: {label: C}}\n"
        "feeds: {best: {title: Best, digest: weekly, where: {topic: a}}}\n"
    )
    assert configuration.digests == Digests(all="weekly", entries=10)
    assert [topic.digest for topic in configuration.topics.values()] == ["daily", None, None]
    assert configuration.feeds["best"].digest == "weekly"


def test_what_a_site_says_of_itself() -> None:
    """Rights are one line, pictures and hubs are addresses, and one hub may stand alone."""
    site = parse(
        "site:\n  rights: |\n    \u00a9 2026\n    Example\n  icon: https://x.example/i.png\n"
        "  logo: HTTP://X.example/l.png\n  hubs: https://hub.example\n"
    ).site
    assert site.rights == "\u00a9 2026 Example"
    assert (site.icon, site.logo) == ("https://x.example/i.png", "http://x.example/l.png")
    assert site.hubs == ("https://hub.example",)


def test_a_name_with_nothing_under_it_is_known() -> None:
    """A provider or topic with nothing under it is there, with its defaults."""
    assert parse("providers:\n  example.org:\n").providers == {"example.org": ProviderSettings()}


def test_providers_are_called_by_their_domain() -> None:
    """A provider's key, and a condition on providers, are brought to the domain's one form."""
    configuration = parse(
        "providers: {WWW.Example.ORG: {name: Example}}\n"
        "feeds: {best: {title: Best, where: {provider: Müller.example}}}\n"
    )
    assert list(configuration.providers) == ["example.org"]
    assert configuration.feeds["best"].where.provider == ("xn--mller-kva.example",)


def test_texts_are_one_line() -> None:
    """Line breaks and doubled spaces in names and descriptions become single spaces."""
    configuration = parse(
        "site:\n  description: >\n    One\n\n    two.\ntopics: {a: {label: ' A  B'}}"
    )
    assert configuration.site.description == "One two."
    assert configuration.topics == {"a": Topic(label="A B")}


@pytest.mark.parametrize(
    ("url", "shown", "schema"),
    [
        ("postgresql://u:s3@h/d", "postgresql://u@h/d", "feeds"),
        ("postgres://u@h1:1,h2:2/d?schema=news", "postgres://u@h1:1,h2:2/d?schema=news", "news"),
        ("postgresql:///d?host=/run/x&password=s3", "postgresql:///d?host=/run/x", "feeds"),
        ("postgresql://u:s3/s3@h/d", "postgresql://u@h/d", "feeds"),
        ("postgresql://u:s3?s3@h/d", "postgresql://", "feeds"),
    ],
)
def test_a_database_is_told_without_its_password(url: str, shown: str, schema: str) -> None:
    """Whoever writes a password wrongly is not shown it either; what libpq knows is kept."""
    configuration = parse(f"state: {url}")
    found = configuration.state_at
    assert isinstance(found.database, Database)
    assert (str(found), repr(found.database)) == (shown, f"Database({shown!r})")
    assert "s3" not in repr(configuration)
    assert found.database.schema == schema
    assert "schema=" not in found.database.conninfo
    assert found.folder == configuration.state_directory == Path("/srv/feeds/config/output.state")


def test_what_a_host_keeps_for_itself_may_be_elsewhere() -> None:
    """`local` moves that, and not the catalog where this is in a directory."""
    configuration = parse("state: ../s\nlocal: ../l")
    assert configuration.state_directory == Path("/srv/feeds/l")
    assert configuration.state_at == State(Path("/srv/feeds/s"))
    configuration = parse("state: postgresql://h/d\nlocal: ../l")
    assert configuration.state_at.folder == Path("/srv/feeds/l")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("state: postgresql://h/d?schema=A", "config: state: has the schema"),
        ("state: postgresql://h/d?schema=pg_x", "config: state: has the schema"),
        ('state: "postgresql://h/a b"', "config: state: is no URL of a database"),
        ("state: [x]", "config: state: must be text, not"),
        ("local: output/x", "config: local: is inside the output"),
    ],
)
def test_a_state_that_is_none_is_told(text: str, problem: str) -> None:
    """A schema is a plain name, a URL has no blanks, and nothing is kept where it is published."""
    with pytest.raises(ConfigurationError) as raised:
        parse(text)
    assert problem in str(raised.value)


def test_state_follows_the_output_when_it_is_not_set() -> None:
    """The state is beside the output unless the file says where."""
    assert parse("output: ../public").state_directory == Path("/srv/feeds/public.state")
    assert parse("state: ../s").state_directory == Path("/srv/feeds/s")


# --- Files ---------------------------------------------------------------------------


@pytest.mark.case(45)
def test_a_missing_file_is_a_problem_of_the_configuration(tmp_path: Path) -> None:
    """A file that is not there, or is a directory, is told as any other problem is."""
    missing = tmp_path / "feeds.yaml"
    assert load_problems(missing) == (
        f"{missing}:1:1: config: cannot be read: No such file or directory",
    )
    assert load_problems(tmp_path) == (f"{tmp_path}:1:1: config: cannot be read: Is a directory",)


@pytest.mark.case(45)
def test_a_file_that_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are not guessed at; the line of the first is named."""
    file = tmp_path / "feeds.yaml"
    file.write_bytes(b"site:\n  title: Caf\xe9\n")
    assert load_problems(file) == (f"{file}:2:1: config: is not UTF-8 at byte 18",)


def test_a_file_has_a_greatest_size(tmp_path: Path) -> None:
    """A file of more than 4 MiB is refused without being parsed."""
    file = tmp_path / "feeds.yaml"
    file.write_bytes(b"#" * (MOST_BYTES + 1))
    assert load_problems(file) == (f"{file}:1:1: config: is larger than 4194304 bytes",)


def test_a_file_may_have_any_line_ends(tmp_path: Path) -> None:
    """A byte order mark and CRLF change neither what is read nor where a problem is."""
    file = tmp_path / "feeds.yaml"
    file.write_bytes(b"\xef\xbb\xbflimit: 20\r\nreload:\r\n  every: 60\r\n")
    configuration = load_configuration(file)
    assert (configuration.limit, configuration.reload.every) == (20, 60)
    file.write_bytes(b"\xef\xbb\xbflimit: 20\r\nrelaod:\r\n  every: 60\r\n")
    assert load_problems(file) == (
        f"{file}:2:1: config: relaod: unknown key; did you mean `reload`?",
    )


# --- The file that ships -------------------------------------------------------------


def test_the_shipped_configuration_loads() -> None:
    """The example of the repository is what `make serve` needs."""
    configuration = load_configuration(REPOSITORY / "config" / "feeds.yaml")
    assert configuration.site.authority == "feeds.example.org,2026"
    assert [source.path for source in configuration.corpus] == [REPOSITORY / "feeds" / "sample"]
    assert configuration.output == REPOSITORY / "output"
    assert configuration.topics["machine-learning"].parent == "artificial-intelligence"
    assert configuration.feeds["editors-choice"].where.quality == Minimum(min=70)
    assert configuration.reload.every <= 10, "a person who edits an article waits for it"


def test_the_shipped_configuration_shows_every_key() -> None:
    """Each key of the schema stands in the example, active or as a remark to be uncommented."""
    text = (REPOSITORY / "config" / "feeds.yaml").read_text(encoding="utf-8")
    keys = {key for section in sections() for key in section}
    assert {key for key in keys if not re.search(rf"\b{key}:", text)} == set()


def test_the_shipped_remarks_are_the_defaults() -> None:
    """Every key that the example has as a remark can be uncommented, and says the default."""
    text = (REPOSITORY / "config" / "feeds.yaml").read_text(encoding="utf-8")
    configuration = parse(re.sub(r"(?m)^( *)#(?=\S)(?! )", r"\1", text))
    default = Configuration()
    assert configuration.limits == default.limits
    assert configuration.server == default.server
    for key in ("limit", "pages", "html", "time_zone", "related"):
        assert getattr(configuration, key) == getattr(default, key), key
    assert configuration.corpus[0].repair_mojibake is default.related.unpublished is False
    assert list(configuration.providers) == ["example.org"]
    assert configuration.feeds["editors-choice"].where.type == ("article", "video")


def sections() -> list[dict[str, object]]:
    schema = json.loads(json.dumps(configuration_schema()))
    return [part["properties"] for part in (schema, *schema["$defs"].values())]


# --- Any text ------------------------------------------------------------------------

KEYS = sorted({key for section in sections() for key in section})
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["ai", "../x", ".", "en", "example.org", "https://example.org/", "UTC"])
)
VALUES = st.recursive(
    LEAVES,
    lambda values: (
        st.lists(values, max_size=3)
        | st.dictionaries(
            st.sampled_from([*KEYS, "ai", "example.org"]) | st.text(max_size=5), values, max_size=5
        )
    ),
    max_leaves=20,
)


def is_told_or_understood(text: str) -> bool:
    try:
        parse(text)
    except ConfigurationError as error:
        return all(PROBLEM.fullmatch(line) and line.isprintable() for line in error.problems)
    return True


@given(st.text())
def test_any_text_is_understood_or_told(text: str) -> None:
    """Whatever the text, the outcome is a configuration or lines that cannot be forged."""
    assert is_told_or_understood(text)


@given(st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_any_values_are_understood_or_told(values: dict[str, object]) -> None:
    """Whatever stands under the keys, the outcome is a configuration or lines about it."""
    assert is_told_or_understood(json.dumps(values, ensure_ascii=False, indent=1))
