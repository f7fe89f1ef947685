"""The servers of this folder start, do what is asked of them, and stand being paused and killed."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import obstore
import pytest
from databases import PostgreSQL
from obstore.exceptions import AlreadyExistsError, GenericError, PreconditionError
from obstore.store import S3Store
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from stores import KEY, REGION, SECRET, Ceph, Moto, Rclone, Server

WRONG = "0123456789abcdef0123456789abcdef"
PAUSED_SECONDS = 1


def opened(server: Server, retries: int = 0) -> S3Store:
    """Open the bucket of a server, which is asked once, unless it is to be asked again."""
    return S3Store(
        "feeds",
        prefix="tried",
        endpoint=server.url,
        access_key_id=KEY,
        secret_access_key=SECRET,
        region=REGION,
        client_options={"allow_http": True, "timeout": f"{PAUSED_SECONDS}s"},
        retry_config={"max_retries": retries, "retry_timeout": timedelta(seconds=30)},
    )


def body(store: S3Store, key: str) -> bytes:
    return bytes(obstore.get(store, key).bytes())


@pytest.fixture(params=["ceph", "moto"])
def heeding(request: pytest.FixtureRequest) -> Server:
    """Give each server that heeds conditions."""
    server: Server = request.getfixturevalue(request.param)
    return server


def test_a_condition_is_heeded(heeding: Server) -> None:
    """What is there is not created, and not replaced by who knows another version of it."""
    store = opened(heeding)
    first = obstore.put(store, "a.atom", b"one", mode="create")
    with pytest.raises(AlreadyExistsError):
        obstore.put(store, "a.atom", b"two", mode="create")
    for wrong in (WRONG, f'"{WRONG}"'):
        with pytest.raises(PreconditionError):
            obstore.put(store, "a.atom", b"two", mode={"e_tag": wrong})
        with pytest.raises(PreconditionError):
            obstore.put(store, "missing", b"two", mode={"e_tag": wrong})
    assert body(store, "a.atom") == b"one"
    known = (first["e_tag"] or "").strip('"')
    obstore.put(store, "a.atom", b"two", mode={"e_tag": known})
    assert body(store, "a.atom") == b"two"


@pytest.mark.case(69)
def test_ceph_takes_a_tag_only_without_its_quotation_marks(ceph: Ceph, moto: Moto) -> None:
    """As RFC 9110 writes it, Ceph knows no tag, and others do."""
    refusing, taking = opened(ceph), opened(moto)
    for store in (refusing, taking):
        obstore.put(store, "quoted", b"one")
    tag = obstore.head(taking, "quoted")["e_tag"]
    assert tag == obstore.head(refusing, "quoted")["e_tag"]
    with pytest.raises(PreconditionError):
        obstore.put(refusing, "quoted", b"two", mode={"e_tag": tag})
    obstore.put(taking, "quoted", b"two", mode={"e_tag": tag})


@pytest.mark.case(68)
def test_rclone_ignores_conditions(rclone: Rclone) -> None:
    """What must be refused as a store writes whatever it is sent."""
    store = opened(rclone)
    for content in (b"one", b"two"):
        obstore.put(store, "a.atom", content, mode="create")
    obstore.put(store, "a.atom", b"three", mode={"e_tag": WRONG})
    assert body(store, "a.atom") == b"three"


def test_one_of_many_writers_wins(heeding: Server) -> None:
    """Of eight who know the same version, one replaces it, and of eight who know none, too."""
    for turn in range(4):
        key = f"raced/{turn}"
        assert race(heeding, key, "create") == 1
        tag = (obstore.head(opened(heeding), key)["e_tag"] or "").strip('"')
        assert race(heeding, key, tag) == 1


def race(server: Server, key: str, condition: str) -> int:
    """Have eight write at once, each something else, and give how many of them could."""
    written: list[int] = []
    starting = threading.Barrier(8)

    def write(number: int) -> None:
        # Ceph tells some of those who race for an object that it does not know what is wrong.
        store = opened(server, retries=9)
        mode = condition if condition == "create" else {"e_tag": condition}
        starting.wait()
        try:
            obstore.put(store, key, f"{condition} {number}".encode(), mode=mode)
        except (AlreadyExistsError, PreconditionError):
            return
        written.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(written)


def test_the_gateway_stands_being_killed(ceph: Ceph) -> None:
    """What was written is there after kill -9, and nothing is answered in between."""
    store = opened(ceph)
    obstore.put(store, "killed", b"kept")
    ceph.kill()
    with pytest.raises(GenericError):
        body(store, "killed")
    ceph.start()
    assert body(store, "killed") == b"kept"


def test_the_gateway_stands_being_paused(ceph: Ceph) -> None:
    """It answers nothing while it is stopped, and goes on after that."""
    store = opened(ceph)
    obstore.put(store, "paused", b"kept")
    ceph.pause()
    try:
        with pytest.raises(GenericError):
            body(store, "paused")
    finally:
        ceph.resume()
    assert body(opened(ceph), "paused") == b"kept"


@pytest.fixture
def database() -> Iterator[PostgreSQL]:
    """Give a cluster that nobody else uses."""
    with PostgreSQL() as server:
        yield server


def asked(server: PostgreSQL, statement: str) -> list[int]:
    """Say something to the database in a connection of its own, and give what comes back."""
    options = {"connect_timeout": 2, "options": "-c statement_timeout=2s"}
    address = server.url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(address, connect_args=options)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return list(result.scalars()) if result.returns_rows else []
    finally:
        engine.dispose()


def test_postgresql_stands_being_killed_and_paused(database: PostgreSQL) -> None:
    """What was committed is there after kill -9 and after a pause; meanwhile nobody is answered."""
    asked(database, "CREATE TABLE kept (number integer)")
    asked(database, "INSERT INTO kept VALUES (1)")
    database.kill()
    with pytest.raises(OperationalError):
        asked(database, "SELECT number FROM kept")
    database.start()
    assert asked(database, "SELECT number FROM kept") == [1]
    database.pause()
    try:
        with pytest.raises(OperationalError):
            asked(database, "SELECT number FROM kept")
    finally:
        database.resume()
    assert asked(database, "SELECT number FROM kept") == [1]
    database.stop()
    database.start()
    assert asked(database, "SELECT number FROM kept") == [1]


def test_each_database_is_of_its_own(postgresql: PostgreSQL, tmp_path: Path) -> None:
    """A further database has nothing of the first one."""
    further = postgresql.make(tmp_path.name.replace("-", "_"))
    assert further != postgresql.url
    assert asked(postgresql, "SELECT count(*) FROM pg_database WHERE datname LIKE 'feeds'") == [1]
