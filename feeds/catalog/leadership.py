"""Who leads: one process among all hosts, by an advisory lock of PostgreSQL and a token.

The lock is that of a session, and free as soon as this ends: at once when its process does, and
within seconds when its host does, since both sides ask whether the other is still there. Whoever
takes it raises the token, so that nothing more is committed by who led before and was held up. One
that goes on leading gives signs of life, and its sessions are ended where these stay away.
"""

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, exc

from feeds.catalog.postgresql import connect, make, name_of_process, told
from feeds.errors import ConfigurationError, Locked
from feeds.model import Database

LEADER: Final = "leader"
"""What the one is called who publishes."""

# Seconds between signs of life, and after which who gives none has lost its place.
_BEAT = 2.0
_LONG = 30
# Milliseconds that the end of its sessions may take.
_ENDING = 2_000
_WAIT_AT_MOST = "SET lock_timeout = {}"
_TRY = "SELECT pg_try_advisory_lock(%s)"
_RAISE = """
    UPDATE leader SET holder = %s, process = %s,
    seen = CASE WHEN %s THEN clock_timestamp() ELSE 'infinity' END,
    token = greatest(token + 1, extract(epoch FROM clock_timestamp())::bigint)
"""
_SEE = "UPDATE leader SET seen = clock_timestamp() WHERE token = %s"
_UNSEEN = "SELECT process FROM leader WHERE seen < clock_timestamp() - make_interval(secs => %s)"
_END = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = %s AND usename = current_user
"""
_HOLDER = "SELECT holder FROM leader"
_IS_HELD = """
    SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted
    AND (classid::bigint << 32) | objid::bigint = %s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
_KEY_BITS = 63


class Leadership:
    """The lock of one role, as long as its session lasts; `holder` names who has it.

    Of who leads, `token` is the one that commits are held to; one that `stays` gives signs of life
    from the first moment on, without which another may take the place. Raises `Locked` where
    another has the lock, `DatabaseFailed`, and `ConfigurationError` where sessions are not ours
    alone.
    """

    def __init__(self, database: Database, role: str, holder: str, *, stays: bool = False) -> None:
        self._database = database
        self._role = role
        self._holder = holder
        self._stays = stays
        self._stack = ExitStack()
        self._is_over = threading.Event()
        self.token = 0
        try:
            with told(database):
                self._session = self._stack.enter_context(_session(database))
                self._take()
        except BaseException:
            self.release()
            raise
        _HELD.add(self)
        if stays:
            # A process that begins as a copy of this one has no part in a thread.
            threading.Thread(target=self._be_seen, name="leader", daemon=True).start()

    def check(self) -> None:
        """See that the lock is still held. Raises `DatabaseFailed` and `Locked`."""
        with told(self._database):
            if self._role != LEADER:
                self._follow()
            self._session.exec_driver_sql("SELECT 1")

    def release(self) -> None:
        """Give the lock back at once; the end of its session would do so, too, but later."""
        _HELD.discard(self)
        self._is_over.set()
        # One that is broken has ended.
        with suppress(Exception):
            self._session.exec_driver_sql("SELECT pg_advisory_unlock_all()")
        with suppress(Exception):
            self._stack.close()

    def leave(self) -> None:
        """Have no part in the session, in a process that began as a copy of the one that has it."""
        with suppress(Exception):
            os.close(self._session.connection.driver_connection.fileno())  # type: ignore[union-attr]

    def _take(self) -> None:
        key = _key(self._database, self._role)
        if self._role != LEADER:
            self._follow()
        is_ours = self._try(key)
        if not is_ours and self._role == LEADER and self._end_unseen():
            is_ours = self._wait(key)
        if not is_ours:
            raise Locked(f"another publisher leads: {self._told_holder()}")
        with _session(self._database) as other:
            if other.exec_driver_sql(_TRY, (key,)).scalar_one():
                raise ConfigurationError((_POOLED.format(self._database),))
        if self._role == LEADER:
            who = self._holder, name_of_process(), self._stays
            self._session.exec_driver_sql(_RAISE, who)
            query = "SELECT token FROM leader"
            self.token = self._session.exec_driver_sql(query).scalar_one()

    def _try(self, key: int) -> bool:
        return bool(self._session.exec_driver_sql(_TRY, (key,)).scalar_one())

    def _wait(self, key: int) -> bool:
        """Wait for as long as sessions take that have been told to end."""
        self._session.exec_driver_sql(_WAIT_AT_MOST.format(_ENDING))
        try:
            self._session.exec_driver_sql("SELECT pg_advisory_lock(%s)", (key,))
        except exc.OperationalError:
            return False
        self._session.exec_driver_sql(_WAIT_AT_MOST.format(0))
        return True

    def _end_unseen(self) -> bool:
        """End all sessions of a leader that lives and does nothing: what it was about is undone."""
        process = self._session.exec_driver_sql(_UNSEEN, (_LONG,)).scalar_one_or_none()
        if process:
            self._session.exec_driver_sql(_END, (process,))
        return bool(process)

    def _be_seen(self) -> None:
        # The driver's own connection is one that threads may share.
        connection = self._session.connection.driver_connection
        # Who leads looks itself whether the session is still there.
        with suppress(Exception):
            while connection is not None and not self._is_over.wait(_BEAT):
                connection.execute(_SEE, (self.token,))

    def _follow(self) -> None:
        """See that who leads is the one that we are with, or nobody. Raises `Locked`."""
        key = _key(self._database, LEADER)
        if self._session.exec_driver_sql(_IS_HELD, (key,)).scalar_one():
            holder = self._told_holder()
            if holder != self._holder:
                raise Locked(f"another publisher leads: {holder}")

    def _told_holder(self) -> str:
        return str(self._session.exec_driver_sql(_HOLDER).scalar_one())


_POOLED = (
    "config: state: {}: sessions here are not ours alone: name PostgreSQL itself, or a pooler that"
    " pools sessions and not transactions"
)

_HELD: "weakref.WeakSet[Leadership]" = weakref.WeakSet()


def _leave_all() -> None:
    for each in [*_HELD]:
        each.leave()
    _HELD.clear()


# A copy of this process that outlives it would hold the lock.
os.register_at_fork(after_in_child=_leave_all)


@contextmanager
def _session(database: Database) -> Iterator[Connection]:
    """Give a session of its own, in which each statement is a transaction."""
    with connect(database) as connection:
        make(connection, database)
        yield connection.execution_options(isolation_level="AUTOCOMMIT")


def _key(database: Database, role: str) -> int:
    """Give the key of a lock, which belongs to a schema of a database."""
    digest = sha256(f"feeds {database.schema} {role}".encode()).digest()
    return int.from_bytes(digest[:8]) >> (64 - _KEY_BITS)
