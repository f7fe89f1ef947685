"""PostgreSQL: how it is connected to, what is ours alone there, and what is told of its failures.

Besides the tables of the catalog, the schema has two that are not made anew with these: `leader`,
whose one row says of which version the catalog is, who leads and how often anything was changed,
and `kept`, what all hosts are to see besides.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, exc

from feeds.errors import ConfigurationError, DatabaseFailed
from feeds.model import Database

# Seconds within which both sides know that the host of the other is gone.
_USUAL = {
    "application_name": "feeds",
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
_SETTINGS = {
    "jit": "off",
    # A cycle renders for as long as it takes.
    "idle_in_transaction_session_timeout": "0",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
_OLDEST = 13
_MAKE = (
    """CREATE TABLE leader (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        version integer NOT NULL DEFAULT 0,
        token bigint NOT NULL DEFAULT 0,
        holder text NOT NULL DEFAULT '',
        changes bigint NOT NULL DEFAULT 0
    )""",
    "INSERT INTO leader DEFAULT VALUES",
    "CREATE TABLE kept (name text PRIMARY KEY, data bytea NOT NULL)",
)
# What makes tables at the same time waits here.
_MAKING = 7_034_225_951_170_049
_INSUFFICIENT_PRIVILEGE = "42501"


def known(database: Database) -> Database:
    """Give a database whose URL can be understood. Raises `ConfigurationError` for another."""
    _engine(database)
    return database


@contextmanager
def connect(database: Database, *, reads: bool = False) -> Iterator[Connection]:
    """Connect to a database, whose schema of ours names need not be told of.

    Who only reads sees all as it was at one moment.
    Raises `ConfigurationError` where the URL is none, or the database is none for us.
    """
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if reads else {}
    with _engine(database).connect() as connection:
        yield connection.execution_options(**options)


@contextmanager
def told(database: Database) -> Iterator[None]:
    """Raise `DatabaseFailed` for what in the block is the database's fault, or its operator's."""
    try:
        yield
    except exc.DBAPIError as error:
        if not is_failure(error):
            raise
        raise DatabaseFailed(database, reason_of(error)) from None


def is_failure(error: exc.DBAPIError) -> bool:
    """Tell what the database cannot do from what nobody should have asked of it."""
    if isinstance(error, exc.OperationalError | exc.InterfaceError | exc.InternalError):
        return True
    return getattr(error.orig, "sqlstate", None) == _INSUFFICIENT_PRIVILEGE


def reason_of(error: exc.DBAPIError) -> str:
    """Give what a database says of an error, in a line."""
    lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
    return lines[0] if lines else type(error.orig).__name__


def is_made(connection: Connection) -> bool:
    """Whether there is anything of ours."""
    query = "SELECT to_regclass('leader') IS NOT NULL"
    return bool(connection.exec_driver_sql(query).scalar_one())


def make(connection: Connection, database: Database) -> None:
    """Make the schema, and what is ours alone there, if it is not there yet."""
    if is_made(connection):
        connection.rollback()
        return
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_MAKING,))
    there = "SELECT to_regnamespace(%s) IS NOT NULL"
    if not connection.exec_driver_sql(there, (database.schema,)).scalar_one():
        connection.exec_driver_sql(f'CREATE SCHEMA "{database.schema}"')
    if not is_made(connection):
        for statement in _MAKE:
            connection.exec_driver_sql(statement)
    connection.commit()


def is_current(connection: Connection, token: int | None) -> bool:
    """Whether the token of who leads is still the one given; who raises it waits until we end.

    Without one, it is not about who leads.
    """
    query = "SELECT 1 FROM leader WHERE token = %s FOR SHARE"
    return token is None or connection.exec_driver_sql(query, (token,)).first() is not None


@lru_cache(maxsize=8)
def _engine(database: Database) -> Engine:
    # A session that is kept would be another's, too, in a process that begins as a copy.
    engine = create_engine("postgresql+psycopg://", poolclass=NullPool)
    given = _given(database)

    @event.listens_for(engine, "do_connect")
    def _by_url(_dialect: object, _record: object, _words: list[str], fields: Any) -> None:  # noqa: ANN401 - what psycopg takes
        fields.update(_USUAL | given | {"client_encoding": "utf8"})

    @event.listens_for(engine, "connect")
    def _begin(connection: psycopg.Connection[Any], _: object) -> None:
        _check(connection.info)
        settings = _SETTINGS | {"search_path": database.schema}
        calls = ", ".join(["set_config(%s, %s, false)"] * len(settings))
        connection.autocommit = True
        connection.execute(f"SELECT {calls}", [each for item in settings.items() for each in item])  # type: ignore[call-overload,unused-ignore]
        connection.autocommit = False

    return engine


def _given(database: Database) -> dict[str, Any]:
    """Give what a URL says; of what libpq has to say of a wrong one a part may be a password."""
    try:
        given = conninfo_to_dict(database.conninfo)
    except psycopg.Error:
        given = {"port": "none"}
    ports = str(given.get("port", "")).split(",")
    # Where a password has a slash, part of it is taken for a port, and part for a name.
    if not all(port.isdecimal() for port in ports if port) or "@" in str(given.get("dbname", "")):
        message = f"config: state: {database} is no URL that libpq can read (/ in it is %2F, @ %40)"
        raise ConfigurationError((message,))
    return given


def _check(info: psycopg.ConnectionInfo) -> None:
    if info.server_version < _OLDEST * 10_000:
        message = f"config: state: PostgreSQL {_OLDEST} or newer is needed"
        raise ConfigurationError((message,))
    if (encoding := info.parameter_status("server_encoding")) != "UTF8":
        message = f"config: state: the database must be in UTF8, and is in {encoding}"
        raise ConfigurationError((message,))
