"""The state in PostgreSQL: the same tests as for files, and what only a database can do to us.

`FEEDS_LONG=1` runs all tests of catalogs and cycles there, not only those that tell most.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from cli_tools import BASE_URL, ENVIRONMENT, Serving, document, eventually, feeds_command, serving
from conftest import NOW, POSTGRESQL, Workshop, files_of
from daemons import PATIENCE, Daemon, free_port, listens, program
from databases import PostgreSQL
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import create_engine

from feeds.catalog import (
    DeletedEntry,
    Unsearchable,
    drop_index,
    edition_of,
    has_index,
    histories_in,
    look_into_catalog,
    new_index,
    open_catalog,
    schema,
    search,
    state_of_catalog,
)
from feeds.catalog.ledger import Claim
from feeds.catalog.sqlite import connect as connect_file
from feeds.config.state import State
from feeds.errors import ConfigurationError, Locked, NewerCatalog, Superseded
from feeds.model import Entry, Found, Query, Searchable, Source, Term, database
from feeds.publish.directory import DirectoryDestination
from feeds.refresh.lock import Lead, sole_publisher
from feeds.refresh.record import note_failure, read_record

ROOT = Path(__file__).parents[2]
TELLING = (
    *("catalog_coverage", "catalog_channels", "catalog_ledger", "catalog_tombstones"),
    *("refresh_incremental", "refresh_leaving", "refresh_record", "refresh_rehearsal"),
    *("refresh_remembering", "refresh_retired"),
)
ALL = ("catalog_*", "refresh_*", "serve_queries", "serve_delta", "pages_feed")
CHOSEN = sorted(
    file.stem
    for name in (ALL if os.environ.get("FEEDS_LONG") else TELLING)
    for file in ROOT.glob(f"tests/test_{name}.py")
)
SCHEMAS = count()


@pytest.fixture
def state(postgresql: PostgreSQL, tmp_path: Path) -> State:
    """Give a state in a schema of its own."""
    url = f"{postgresql.url}?schema=s{os.getpid()}_{next(SCHEMAS)}"
    return State(tmp_path / "local", database(url))


@pytest.fixture
def workshop(state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """Give a workshop whose catalog is in the database."""
    assert state.database
    monkeypatch.setenv(POSTGRESQL, state.database.url.partition("?")[0])
    made = Workshop(tmp_path / "workshop")
    for name in "abc":
        made.news(f"{name}.md")
    return made


def run(state: State, *statements: str) -> list[tuple[object, ...]]:
    """Do something to a schema by the database's own means, and give what the last one found."""
    assert state.database
    engine = create_engine("postgresql+psycopg" + state.database.conninfo[len("postgresql") :])
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET search_path TO {state.database.schema}")
        for statement in statements:
            found = connection.exec_driver_sql(statement)
        rows = [tuple(row) for row in found] if found.returns_rows else []
    engine.dispose()
    return rows


# --- The same as in a file -----------------------------------------------------------


@pytest.mark.parametrize("name", CHOSEN)
def test_what_is_true_of_a_catalog_in_a_file_is_true_there(
    postgresql: PostgreSQL, name: str
) -> None:
    """The tests of catalogs, cycles and queries pass when they use the database."""
    file = ROOT / f"tests/{name}.py"
    tried = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", file],
        cwd=ROOT,
        env={**os.environ, POSTGRESQL: postgresql.url},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert tried.returncode == 0, tried.stdout[-8_000:]
    assert " passed" in tried.stdout.splitlines()[-1]


def test_the_same_is_published(workshop: Workshop) -> None:
    """A build by a database publishes the bytes that one by a file does."""
    workshop.build()
    assert workshop.kept.database
    assert workshop.afresh() == workshop.files()


def test_texts_of_any_length_have_room(workshop: Workshop) -> None:
    """No id, path, topic or provider is too long for the database that is not so for a file."""
    chance = Random(1)  # noqa: S311 - no secret
    long = ["".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(80)) for _ in range(24)]
    workshop.news("a.md", guid=f"urn:x:{''.join(long)[:1900]}", topics=["".join(long)[:1500]])
    deep = {"title": "Deep", "excerpt": "", "webUrl": "https://paper.example/deep"}
    workshop.news(f"{'/'.join(long[:16])}/b.md", provider_name="".join(long)[:1500], **deep)
    workshop.news("c.md", webUrl=f"https://paper.example/{'/'.join(map(str, range(440)))}")
    workshop.build(indexes=True)
    workshop.edit("a.md", excerpt="Other.")
    workshop.edit("c.md", excerpt="Other.")
    workshop.build(indexes=True)
    assert len(workshop.ids()) == 4
    assert len(search(workshop.kept, Query(), 9).entries) == 4
    # The manifest tells when each came, which a build from nothing does not know.
    fresh, there = workshop.afresh(), workshop.files()
    assert fresh | {"manifest.json": b""} == there | {"manifest.json": b""}


# --- Searching -----------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *(
            "wind",
            "windy",
            "window",
            "power",
            "Power's",
            "e-mail",
            "example.org",
            "C++",
            "x_y",
            "_",
        ),
        *("Tōkyō", "tokyo", "STRASSE", "straße", "Ångström", "angstrom", "naïve", "İstanbul"),
        *(
            "東京",
            "東",
            "京都",
            "力",
            "ไทย",
            "кино",
            "Ёлка",
            "ёлка",
            "e\u0301t\u00e9",
            "ﬁn",
            "½",
            "12",
            "1.5",
        ),
        *("a'b", '"', "\\", "=e", "=long", ":*", "&", "|", "!", "'", "🙂", "\u0301", "Ⅷ", "ـ"),
    ]
)
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)


@st.composite
def terms(draw: st.DrawFn) -> Term:
    words = draw(st.lists(WORDS.filter(lambda word: '"' not in word), min_size=1, max_size=3))
    return Term(tuple(words), draw(st.booleans()), draw(st.booleans()))


QUERIES = st.builds(
    Query,
    terms=st.lists(terms(), max_size=3).map(tuple),
    topics=st.sets(st.sampled_from("abz")).map(sorted).map(tuple),
    has_every=st.booleans(),
    provider=st.sampled_from(["", "", "p.example"]),
    min_quality=st.sampled_from([None, None, 0, 3, 50, 2_000]),
)


def entry(number: int, text: str) -> Entry:
    """Give an entry."""
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    address = f"https://paper.example/{number}"
    return Entry(
        id=f"urn:x:{number}",
        title=text or "T",
        url=address,
        published=moment,
        updated=moment,
        summary="",
        content="",
        authors=(),
        source=Source(address, "S"),
    )


def searchables(texts: list[str]) -> list[Searchable]:
    """Give entries with these texts, in channels and of a quality by their numbers."""
    return [
        Searchable(
            (number, f"urn:s:{number}" if number % 3 == 0 else None),
            1_000 + number // 2,
            frozenset({1} | ({2} if number % 2 else set()) | ({3} if number % 4 == 0 else set())),
            None if number % 5 == 0 else number * 7,
            text,
            entry(number, text),
        )
        for number, text in enumerate(texts)
    ]


def fill(state: State, texts: list[str], gone: set[int]) -> None:
    """Make an index of texts, of which some are dropped again."""
    with new_index(state) as index:
        index.add(searchables(texts))
        index.keep_channels(
            [("topics/a", 2, "A"), ("topics/b", 3, "B"), ("providers/p.example", 1, "P")]
        )
        index.drop(gone, [])
        index.note({"edition": "e", "changed": "2026-11-01T00:00:00+00:00"})


def found(state: State, query: Query, limit: int) -> Found | str:
    try:
        return search(state, query, limit)
    except Unsearchable as error:
        return str(error)


@settings(
    max_examples=int(os.environ.get("SEARCHES", "60")),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    texts=st.lists(TEXTS, max_size=9),
    gone=st.sets(st.integers(0, 8), max_size=2),
    queries=st.lists(QUERIES, min_size=1, max_size=8),
    limit=st.integers(1, 6),
)
def test_the_same_is_found(
    state: State,
    tmp_path: Path,
    texts: list[str],
    gone: set[int],
    queries: list[Query],
    limit: int,
) -> None:
    """Whatever is asked of whatever texts, both indexes give the same entries in one order."""
    (tmp_path / "file").mkdir(exist_ok=True)
    in_file = State(tmp_path / "file")
    for each in (state, in_file):
        fill(each, texts, gone)
    for query in queries:
        assert found(state, query, limit) == found(in_file, query, limit), query


def test_a_text_of_any_length_is_found_by_all_of_it(state: State, tmp_path: Path) -> None:
    """Words beyond what a vector has room for are found, and in a row only where they are so."""
    many = " ".join(f"word{number}" for number in range(30_000))
    texts = [
        f"{many} the very end",
        "the end " * 400 + "of it all",
        "x" * 5_000 + " long",
        *(f"short {number} the end" for number in range(12)),
    ]
    in_file = State(tmp_path)
    for each in (state, in_file):
        fill(each, texts, set())
    for words in (["very", "end"], ["end", "very"], ["word29999", "the"], ["of", "it"], ["long"]):
        for is_excluded in (False, True):
            for limit in (1, 2, 50):
                query = Query(terms=(Term(tuple(words), is_excluded),))
                assert found(state, query, limit) == found(in_file, query, limit), query
    query = Query(terms=(Term(("very", "end")),))
    assert [one.id for one in search(state, query, 9).entries] == ["urn:x:0"]


def test_an_index_that_is_made_is_seen_when_it_is_whole_there(state: State) -> None:
    """Until then the one before answers, and what is given up leaves nothing."""
    fill(state, ["wind"], set())
    everything = Query()
    with ExitStack() as stack:
        stack.enter_context(pytest.raises(KeyError))
        index = stack.enter_context(new_index(state))
        index.add(searchables(["moon", "sun"]))
        assert [one.title for one in search(state, everything, 9).entries] == ["wind"]
        raise KeyError
    assert [one.title for one in search(state, everything, 9).entries] == ["wind"]
    fill(state, ["moon"], set())
    assert [one.title for one in search(state, everything, 9).entries] == ["moon"]
    drop_index(state)
    assert (has_index(state), edition_of(state)) == (False, None)


# --- What lasts ----------------------------------------------------------------------


def as_version(version: int) -> str:
    """Say that a catalog is of another version."""
    return f"UPDATE leader SET version = {version}"  # noqa: S608 - a number


def give(state: State, *paths: str) -> dict[str, str]:
    """Give ids to some paths."""
    with open_catalog(state) as catalog:
        claims = [Claim(path, f"new/{path}", None, "", 1) for path in paths]
        return {item.path: item.id for item in catalog.ledger("x.example,2026").give(claims)}


def test_an_older_version_is_made_anew_in_one_transaction(state: State) -> None:
    """Ids, channels and what went are taken over, or nothing is changed, and all else goes."""
    give(state, "a.md")
    with open_catalog(state) as catalog:
        made = catalog.channels.ensure([("topic", "ai"), ("topic", "b")])
        catalog.channels.give_stems({made["topic", "ai"]: "topics/ai"})
        catalog.tombstones.add([DeletedEntry(made["topic", "ai"], "urn:x:1", 0, 1)])
        catalog.remember("x", "1")
    older = as_version(schema.VERSION - 1)
    run(state, "UPDATE ids SET id = 'urn:old'", "DELETE FROM channels WHERE name = 'b'", older)
    with pytest.raises(KeyError), open_catalog(state):
        raise KeyError
    assert run(state, "SELECT version FROM leader") == [(schema.VERSION - 1,)]
    assert run(state, "SELECT value FROM settings WHERE name = 'x'") == [("1",)]
    with pytest.raises(ConfigurationError, match="of another version"), look_into_catalog(state):
        pass
    assert give(state, "a.md") == {"a.md": "urn:old"}
    with open_catalog(state) as catalog:
        assert catalog.setting("x") is None
        assert [(row.name, row.stem) for row in catalog.channels.all()] == [("ai", "topics/ai")]
        new = catalog.channels.ensure([("topic", "c")])
        assert new["topic", "c"] not in made.values() or new["topic", "c"] == made["topic", "b"]
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        assert [one.id for one in catalog.tombstones.recent(made["topic", "ai"], epoch)] == [
            "urn:x:1"
        ]
    assert run(state, "SELECT version FROM leader") == [(schema.VERSION,)]


def test_a_newer_catalog_is_refused(state: State) -> None:
    """It is left as it is, and told in a line that has no password."""
    give(state, "a.md")
    run(state, as_version(schema.VERSION + 1))
    with pytest.raises(NewerCatalog, match=r"postgresql://feeds@.* is of version \d+, and this"):
        give(state, "a.md")
    assert run(state, "SELECT path FROM ids") == [("a.md",)]


@pytest.fixture
def published(workshop: Workshop) -> Workshop:
    """Give a workshop that has published by a file what another catalog would give other ids."""
    workshop.build(state=workshop.state)
    workshop.move("a.md", to="moved/a.md")
    workshop.delete("b.md")
    workshop.topics("Tides", "Ebb")
    workshop.build(state=workshop.state, force=True)
    assert workshop.afresh() != workshop.files()
    return workshop


def all_in(state: State) -> set[tuple[object, ...]]:
    """Give all that a catalog has, each row with the name of its table."""
    with look_into_catalog(state) as catalog:
        return {(table.name, *row) for table, _, rows in catalog.all_rows() for row in rows}


def test_a_catalog_moves_from_a_file_with_all_that_it_has(published: Workshop) -> None:
    """The first cycle reads no document and writes no byte, as foretold; the file stays as it was.

    What is new after that has keys of its own.
    """
    file = published.state / "catalog.sqlite"
    before, was = published.stamps(), file.read_bytes()
    foretold = published.build(rehearsal=True)
    report = published.build()
    assert foretold == report
    assert (report.read, report.added, report.changed, report.deleted) == (0, (), (), ())
    assert published.stamps() == before
    assert file.read_bytes() == was
    assert all_in(published.kept) == all_in(State(published.state))
    published.topics("Tides", "Flow")
    published.build()
    assert published.stems("topics") == {
        *("topics/ebb", "topics/energy", "topics/flow", "topics/tides"),
    }


def test_a_catalog_moves_once(published: Workshop) -> None:
    """What a file says later, or again, is not asked for."""
    published.build()
    published.move("moved/a.md", to="again/a.md")
    published.build()
    now = all_in(published.kept)
    published.build(state=published.state, destination=DirectoryDestination(published.root / "x"))
    published.build()
    assert all_in(published.kept) == now


def test_a_catalog_moves_whatever_becomes_of_the_cycle(published: Workshop) -> None:
    """It is not moved again after one that failed, and the file is as it was."""
    file = published.state / "catalog.sqlite"
    was = file.read_bytes()
    with pytest.raises(KeyError), open_catalog(published.kept):
        raise KeyError
    assert all_in(published.kept) == all_in(State(published.state))
    assert file.read_bytes() == was
    file.unlink()
    assert published.build().changed == ()


def test_a_record_that_moves_and_cannot_be_read_costs_no_promise(published: Workshop) -> None:
    """All else is made anew, with the ids that were given."""
    with connect_file(published.state / "catalog.sqlite") as connection:
        connection.exec_driver_sql("UPDATE records SET record = 'no JSON'")
        connection.commit()
    before = {*published.ids().values()}
    published.edit("moved/a.md", title="Other")
    published.build()
    assert {*published.ids().values()} == before


def test_of_an_older_file_promises_move(published: Workshop) -> None:
    """The same as if its tables had been renewed there before."""
    with connect_file(published.state / "catalog.sqlite") as connection:
        connection.exec_driver_sql(f"PRAGMA user_version = {schema.VERSION - 1}")
        connection.commit()
    before = published.stamps()
    report = published.build()
    assert (report.read, report.changed, dict(report.ids_changed)) == (3, (), {})
    assert published.stamps() == before


def test_of_a_damaged_file_moves_what_can_be_read(published: Workshop) -> None:
    """That costs no cycle, and no promise that is whole."""
    file = published.state / "catalog.sqlite"
    whole = file.read_bytes()
    with connect_file(file, read_only=True) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'records'"
        page = connection.exec_driver_sql(query).scalar_one()
    size = int.from_bytes(whole[16:18])
    file.write_bytes(whole[: (page - 1) * size] + b"\xff" * size + whole[page * size :])
    before = published.files()
    published.build()
    assert published.files() == before


def test_a_record_that_cannot_be_read_costs_no_promise(workshop: Workshop) -> None:
    """The next attempt makes the catalog anew, with the ids that were given."""
    workshop.build()
    before = workshop.ids()
    run(workshop.kept, "UPDATE ids SET id = 'urn:kept' WHERE path = 'a.md'")
    run(workshop.kept, "UPDATE records SET record = '{'")
    workshop.edit("a.md", title="Other")
    workshop.build()
    assert workshop.ids()["Other"] == "urn:kept"
    assert len(workshop.ids()) == len(before)


def test_a_cycle_that_goes_on_keeps_nobody_from_looking(workshop: Workshop) -> None:
    """Who looks sees what was committed last, who asks for changes sees none before a commit."""
    workshop.build()
    workshop.edit("a.md", title="Other")
    workshop.build()
    state = workshop.kept
    before = state_of_catalog(state)
    with open_catalog(state) as catalog:
        catalog.channels.ensure([("topic", "new")])
        with look_into_catalog(state) as seen:
            assert "new" not in {row.name for row in seen.channels.all()}
        assert histories_in(state, ["all.atom"]).keys() == {"all.atom"}
        assert state_of_catalog(state) == before
    assert state_of_catalog(state) != before


def test_all_hosts_see_how_a_refresh_ended(state: State, tmp_path: Path) -> None:
    """What is noted is in the database, and in no directory of a host."""
    note_failure(state, NOW, ValueError("x"))
    other = State(tmp_path / "other", state.database)
    record = read_record(other)
    assert record is not None
    assert record.failure == "x"
    assert not state.folder.exists()


# --- Who leads -----------------------------------------------------------------------


def test_one_leads_and_each_raises_the_token(state: State, tmp_path: Path) -> None:
    """Another one is refused, told who leads, and has a higher token once it is free."""
    other = State(tmp_path / "other", state.database)
    with sole_publisher(state) as first:
        with pytest.raises(Locked, match=f"another publisher leads: .*:{state.folder}"):
            Lead().take(other)
        assert run(state, "SELECT token FROM leader") == [(first,)]
    with sole_publisher(other) as second:
        assert second > first > 0


def test_a_lead_that_stays_is_held_between_cycles(workshop: Workshop, tmp_path: Path) -> None:
    """It is one token for all of them, until it is given up."""
    lead, other = Lead(stays=True), State(tmp_path / "other", workshop.database)
    workshop.build(lead=lead)
    with pytest.raises(Locked), sole_publisher(other):
        pass
    assert not lead.take(workshop.kept)
    lead.give_up()
    with sole_publisher(other):
        pass
    assert lead.take(workshop.kept)
    lead.give_up()


def test_a_lead_that_stays_is_seen_from_the_first_moment_on(state: State) -> None:
    """One that is held up at once can be followed; one that is held for a cycle gives no signs."""
    seen = "SELECT isfinite(seen) FROM leader"
    lead = Lead(stays=True)
    lead.take(state)
    assert run(state, seen) == [(True,)]
    lead.give_up()
    with sole_publisher(state):
        assert run(state, seen) == [(False,)]


def test_who_was_followed_commits_nothing_more(workshop: Workshop) -> None:
    """A publisher that lost its session, and does not know it, is stopped at its next commit."""
    workshop.build()
    state = workshop.kept
    end = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    before = run(state, "SELECT * FROM settings ORDER BY name")
    lead = Lead(stays=True)
    is_held = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"

    def be_followed() -> None:
        with lead.taken(state) as token, open_catalog(state, token) as old:
            run(state, end)
            eventually(lambda: not run(state, is_held), "the end of a session")
            with sole_publisher(state) as newer:
                assert newer > token
            old.remember("x", "by who was followed")
            old.commit()

    with pytest.raises(Superseded):
        be_followed()
    assert run(state, "SELECT * FROM settings ORDER BY name") == before
    with lead.taken(state) as token, open_catalog(state, token) as catalog:
        catalog.remember("x", "by who leads")
    lead.give_up()


def test_an_index_is_left_to_who_leads(state: State) -> None:
    """Nothing is searched that somebody made who was followed."""
    with sole_publisher(state) as token:
        pass
    with sole_publisher(state):
        pass
    with pytest.raises(Superseded), new_index(state, token) as index:
        index.note({"edition": "old", "changed": "2026-11-01T00:00:00+00:00"})
    assert not has_index(state)


HOLDING = """
import os, sys, time
from pathlib import Path
from random import Random
from feeds.config.state import State
from feeds.model import database
from feeds.refresh.lock import Lead

lead = Lead(stays=True)
lead.take(State(Path(sys.argv[2]), database(sys.argv[1])))
if os.fork() == 0:
    time.sleep(60)
print("held", flush=True)
time.sleep(60)
"""


def test_a_lead_dies_with_its_process(state: State, tmp_path: Path) -> None:
    """After a kill -9 the next one leads within a second, whatever copies of the process live."""
    assert state.database
    words = [sys.executable, "-c", HOLDING, state.database.url, str(tmp_path / "other")]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, env=ENVIRONMENT, process_group=0, text=True
    ) as holder:
        try:
            assert holder.stdout
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(Locked), sole_publisher(state):
                pass
            holder.kill()
            killed = time.monotonic()
            eventually(lambda: can_lead(state), "nobody follows", 10)
            assert time.monotonic() - killed < 5
        finally:
            os.killpg(holder.pid, signal.SIGKILL)


def can_lead(state: State) -> bool:
    try:
        with sole_publisher(state):
            return True
    except Locked:
        return False


@contextmanager
def pooling(postgresql: PostgreSQL, mode: str) -> Iterator[int]:
    """Run PgBouncer in front of the database, and give its port."""
    # Folders of tests can be entered by nobody but who runs them.
    with TemporaryDirectory(prefix="pgbouncer-") as folder:
        Path(folder).chmod(0o755)
        yield from _pooling(postgresql, Path(folder), mode)


def _pooling(postgresql: PostgreSQL, folder: Path, mode: str) -> Iterator[int]:
    bouncer, port = program("pgbouncer"), free_port()
    file = folder / "pgbouncer.ini"
    users = folder / "users"
    users.write_text('"feeds" ""\n')
    file.write_text(
        f"[databases]\nfeeds = host=127.0.0.1 port={postgresql.port}\n[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = trust\nauth_file = {users}\n"
        f"pool_mode = {mode}\nunix_socket_dir =\nignore_startup_parameters = extra_float_digits\n"
    )
    user = "postgres" if os.geteuid() == 0 else None
    daemon = Daemon([bouncer, file], folder / "pgbouncer.log", lambda: listens(port), user=user)
    daemon.start()
    try:
        yield port
    finally:
        daemon.kill()


@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_a_pooler_of_transactions_is_refused(
    postgresql: PostgreSQL, state: State, mode: str
) -> None:
    """Where sessions are shared a lock is nobody's; where they are pooled, it is as without."""
    assert state.database
    give(state, "a.md")
    with pooling(postgresql, mode) as port:
        url = state.database.url.replace(f":{postgresql.port}/", f":{port}/")
        pooled = State(state.folder, database(url))
        if mode == "session":
            with sole_publisher(pooled) as token:
                assert token
            return
        with pytest.raises(ConfigurationError, match="pools sessions and not transactions"):
            Lead().take(pooled)


# --- A database that is away ---------------------------------------------------------


@dataclass
class Hosts:
    """Hosts that share a database and a corpus, each with an output of its own."""

    folder: Path
    url: str

    def configured(self, name: str) -> tuple[object, ...]:
        """Give the options of a host."""
        return (
            *("--corpus", self.folder / "corpus", "--output", self.folder / name),
            *("--base-url", BASE_URL, "--state", self.url),
        )

    def serving(self, name: str) -> "Iterator[Serving]":
        """Run a server on a host."""
        return serving(*self.configured(name), "--every", "1", cwd=self.folder)  # type: ignore[return-value]


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[PostgreSQL]:
    """Give a database that may be stopped."""
    del tmp_path
    with PostgreSQL() as server:
        yield server


@pytest.fixture
def hosts(alone: PostgreSQL, tmp_path: Path) -> Hosts:
    """Give hosts with a corpus of two articles."""
    for name in ("ebb.md", "flow.md"):
        document(tmp_path / "corpus", name)
    return Hosts(tmp_path, alone.url)


def test_a_build_without_its_database_ends_with_4(hosts: Hosts, alone: PostgreSQL) -> None:
    """It says so in one line, which has no password."""
    hosts.url = hosts.url.replace("feeds@", "feeds:s3cr3t@")
    run = feeds_command("build", *hosts.configured("output"), cwd=hosts.folder)
    assert run.returncode == 0, run.stderr
    before = files_of(hosts.folder / "output")
    alone.stop()
    document(hosts.folder / "corpus", "tide.md")
    run = feeds_command("build", *hosts.configured("output"), cwd=hosts.folder)
    assert run.returncode == 4
    assert run.stderr.splitlines()[-1].startswith("feeds: cannot use postgresql://feeds@127.0.0.1")
    assert len(run.stderr.splitlines()) == 1
    assert "s3cr3t" not in run.stderr
    assert files_of(hosts.folder / "output") == before


def test_a_publication_moves_by_one_line(hosts: Hosts) -> None:
    """Where the output stays, `state` is all that changes, and the log says what came of it."""
    before = hosts.configured("output")
    run = feeds_command("build", *before[: before.index("--state")], cwd=hosts.folder)
    assert run.returncode == 0, run.stderr
    run = feeds_command("build", *before, cwd=hosts.folder)
    said = run.stderr.splitlines()
    assert f"/feeds goes on with what {hosts.folder}/output.state/catalog.sqlite knew" in said[0]
    assert "2 documents (0 read" in said[-1]
    assert "0 files written" in said[-1]


def test_a_publication_moves_back(hosts: Hosts) -> None:
    """A copy of what the database knows is gone on with by a directory, as if it had always been.

    Nobody but the copy knows where a document was that was moved meanwhile.
    """
    assert feeds_command("build", *hosts.configured("output"), cwd=hosts.folder).returncode == 0
    (hosts.folder / "corpus/ebb.md").rename(hosts.folder / "corpus/moved.md")
    assert feeds_command("build", *hosts.configured("output"), cwd=hosts.folder).returncode == 0
    before = files_of(hosts.folder / "output")
    run = feeds_command("backup", "--state", hosts.url, "back", cwd=hosts.folder)
    assert (run.returncode, run.stderr) == (0, f"back/catalog.sqlite has what {hosts.url} knows\n")
    options = hosts.configured("output")[:-1]
    run = feeds_command("build", *options, hosts.folder / "back", cwd=hosts.folder)
    assert "2 documents (0 read" in run.stderr
    assert files_of(hosts.folder / "output") == before


def test_a_server_outlives_its_database(hosts: Hosts, alone: PostgreSQL) -> None:
    """It goes on answering, tries again, and publishes what is new once the database is back."""
    with hosts.serving("output") as server:
        server.until("2 articles")
        alone.kill()
        document(hosts.folder / "corpus", "tide.md")
        server.until("refresh failed, the last publication stands: cannot use postgresql://")
        assert server.get("/all.json").status == 200
        alone.start()
        server.until("3 articles")
        assert "Traceback" not in server.said


def test_another_host_follows_a_leader_that_is_killed(hosts: Hosts) -> None:
    """It says once that it stands by, and publishes within seconds of the other one's end."""
    with hosts.serving("one") as one:
        one.until("2 articles")
        with hosts.serving("two") as two:
            two.until("this host stands by")
            time.sleep(4)
            assert two.said.count("this host stands by") == 1
            assert not (hosts.folder / "two/manifest.json").exists()
            os.killpg(one.process.pid, signal.SIGKILL)
            begin = time.monotonic()
            two.until("2 articles")
            assert time.monotonic() - begin < 20
            assert "Traceback" not in two.said


def test_another_host_follows_a_leader_that_is_paused(hosts: Hosts) -> None:
    """It ends that one's sessions; when that one goes on, it stands by and publishes nothing."""
    with hosts.serving("one") as one:
        one.until("2 articles")
        with hosts.serving("two") as two:
            two.until("this host stands by")
            os.killpg(one.process.pid, signal.SIGSTOP)
            # What refreshes has the least of a processor.
            eventually(lambda: "2 articles" in two.said, "a leader", 5 * PATIENCE)
            document(hosts.folder / "corpus", "tide.md")
            os.killpg(one.process.pid, signal.SIGCONT)
            two.until("3 articles")
            one.until("this host stands by")
            assert "3 articles" not in one.said
            assert "Traceback" not in one.said + two.said


def test_what_is_wrong_with_a_url_is_one_line(tmp_path: Path) -> None:
    """It ends with 2, and shows no part of what may be a password."""
    document(tmp_path / "corpus", "ebb.md")
    for url in (
        "postgresql://feeds:s3cr3t@127.0.0.1:12x/feeds",
        "postgresql://feeds:s3/cr3t@127.0.0.1/feeds",
        "postgresql://feeds:s3cr3t@127.0.0.1/feeds?unheard=of",
        "postgresql://feeds:s3cr3t@127.0.0.1/feeds?schema=A%20b",
    ):
        run = feeds_command("build", *Hosts(tmp_path, url).configured("output"), cwd=tmp_path)
        assert (run.returncode, len(run.stderr.splitlines())) == (2, 1), run
        assert "cr3t" not in run.stderr
