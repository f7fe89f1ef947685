"""Jobs in PostgreSQL by Procrastinate: given, done, found again and ended.

Whoever uses this is told that it cannot be used at present by `QueueGone`, and tries again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeAlias

from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.schema import SchemaManager
from procrastinate.sync_psycopg_connector import wrap_exceptions

from feeds.errors import DatabaseFailed
from feeds.model import Database
from feeds.queue import statements
from feeds.queue.patience import Patience, pauses
from feeds.queue.values import Order, pack_order, unpack_order

# A connection as psycopg has it, which nobody here needs to know but Procrastinate.
Session: TypeAlias = Any

_TASK = "read"
# A moment that is past by the clock of any host.
_PAST = datetime(1970, 1, 1, tzinfo=UTC)
# Classes of states (PostgreSQL, Appendix A) that pass by: connections, resources, shutdowns, and
# a server that may only be read until another takes over.
_PASSING = frozenset({"08", "25", "40", "53", "57"})
_RAISED = "P0001"
# Whoever was paused for too long finds that he is not on the list of workers any more.
_STRUCK_OFF = "23503"
# Seconds for a connection to be made.
_CONNECTING = 5.0
# How often it is tried to store what was read: for some two minutes.
_ATTEMPTS = 10
# Hosts that vanish without a word are noticed within a minute.
_KEPT_ALIVE = {"keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 4}


class QueueGone(Exception):
    """The queue cannot be used at present; the message says why."""


class JobChanged(Exception):
    """A job is not in the state any more in which it was seen."""


class Queue:
    """A queue of its name in a database, between `open` and `close`, or in a block."""

    def __init__(
        self, database: Database, name: str, patience: Patience | None = None, size: int = 2
    ) -> None:
        self.database = database
        self.name = name
        self.patience = patience or Patience()
        # What goes wrong is said by whoever uses this, a line each.
        for logger in ("procrastinate", "psycopg"):
            logging.getLogger(logger).setLevel(logging.CRITICAL)
        self._size = size
        self._connecting: dict[str, Any] = {
            **_KEPT_ALIVE,
            "connect_timeout": int(_CONNECTING),
            "fallback_application_name": "feeds",
        }
        self._connector = PsycopgConnector(
            conninfo=database.conninfo,
            kwargs=self._connecting,
            configure=_configure,
            min_size=0,
            max_size=size,
            timeout=_CONNECTING,
        )
        self._app = App(connector=self._connector)
        self._manager = self._app.job_manager = _Manager(self._connector, database, name)

    def anew(self) -> Self:
        """Give another one like this, which is not open."""
        return type(self)(self.database, self.name, self.patience, self._size)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Connect, and make the tables where there are none.

        Raises `QueueGone`, and `DatabaseFailed` where the tables are those of another version.
        """
        await self._connector.open_async()
        try:
            with told(self.database):
                connection = await self.connect()
                async with connection, connection.transaction():
                    await _prepare(connection, self.database)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Give back all connections."""
        await self._connector.close_async()

    async def connect(self) -> Session:
        """Make a connection for whoever needs one for himself. Raises `QueueGone`."""
        with told(self.database):
            kind = self._connector.pool.connection_class
            connection = await kind.connect(self.database.conninfo, **self._connecting)
            await _configure(connection)
            return connection

    async def ask(self, statement: str, **arguments: object) -> list[dict[str, Any]]:
        """Give the rows that a statement gives."""
        with told(self.database):
            rows: list[dict[str, Any]] = await self._connector.execute_query_all_async(
                statement, **arguments
            )
            return rows

    async def tell(self, statement: str, **arguments: object) -> None:
        """Have a statement done that gives nothing."""
        with told(self.database):
            await self._connector.execute_query_async(statement, **arguments)

    # --- For whoever waits ---------------------------------------------------------

    async def give(self, orders: Sequence[Order], *, first: bool = False) -> list[int]:
        """Have workers do what is ordered, `first` of all where that is said; give the jobs."""
        jobs = [
            Job(
                queue=self.name,
                task_name=_TASK,
                priority=int(first),
                lock=None,
                queueing_lock=None,
                task_kwargs=pack_order(order),
            )
            for order in orders
        ]
        with told(self.database):
            given = await self._manager.batch_defer_jobs_async(jobs)
        return [job.id for job in given if job.id is not None]

    async def stalled(self) -> set[int]:
        """Give the jobs whose workers are gone."""
        with told(self.database):
            jobs = await self._manager.get_stalled_jobs(
                queue=self.name, seconds_since_heartbeat=self.patience.stalled
            )
        return {job.id for job in jobs if job.id is not None}

    async def give_again(self, job: int) -> None:
        """Have another worker do a job before all others. Raises `JobChanged`."""
        with told(self.database):
            await self._manager.retry_job_by_id_async(job, retry_at=_PAST, priority=1)

    async def attendance(self) -> tuple[int, int]:
        """Count the workers of this queue that are there, and those of all queues."""
        seconds = self.patience.stalled
        (row,) = await self.ask(statements.ATTENDING, queue=self.name, seconds=seconds)
        return row["ours"], row["of_all"]

    # --- For workers ---------------------------------------------------------------

    async def work(self, do: Callable[[Order], Awaitable[bytes]], concurrency: int) -> None:
        """Do jobs, so many at once, until this is cancelled; what is begun is then finished.

        A job whose run is over is dropped, and one that cannot be finished in time is given back.
        What is raised by `do` ends its job. Raises `QueueGone` where PostgreSQL is.
        """

        async def read(context: JobContext, /, **arguments: Any) -> None:  # noqa: ANN401 - as JSON is
            job, order = context.job.id or 0, unpack_order(arguments)
            (row,) = await self.ask(statements.IS_OVER, run=order.run)
            if row["is_over"]:
                await self.tell(statements.DROP, job=job)
            else:
                self._manager.contents[job] = await do(order)

        self._app.tasks.pop(_TASK, None)
        self._app.task(name=_TASK, pass_context=True)(read)
        with told(self.database):
            await self._app.run_worker_async(
                queues=[self.name],
                concurrency=concurrency,
                fetch_job_polling_interval=self.patience.heartbeat,
                shutdown_graceful_timeout=self.patience.stopping,
                install_signal_handlers=False,
                update_heartbeat_interval=self.patience.heartbeat,
                stalled_worker_timeout=self.patience.stalled,
            )
        # It ends without having been asked to where it has lost its connection.
        raise QueueGone("PostgreSQL is gone: the connection was lost")


class _Manager(JobManager):
    """Ends a job together with what came of it, where it is still the worker's who did it."""

    def __init__(self, connector: PsycopgConnector, database: Database, queue: str) -> None:
        super().__init__(connector)
        self.database = database
        self._queue = queue
        self.contents: dict[int, bytes] = {}

    async def register_worker(self) -> int:
        """Have a worker known, and of which queue it is."""
        worker = await super().register_worker()
        await self.connector.execute_query_async(
            statements.ATTEND, worker=worker, queue=self._queue
        )
        return worker

    async def finish_job(
        self,
        job: Job,
        status: Status,
        delete_job: bool,  # noqa: ARG002, FBT001 - Procrastinate hands it over; whoever waits does
    ) -> None:
        """End a job, or give back one that was not finished, as soon as PostgreSQL is there."""
        arguments: dict[str, Any] = {"job": job.id, "worker": job.worker_id}
        content = self.contents.pop(job.id or 0, None)
        if status is Status.ABORTED:
            statement, arguments["at"] = statements.GIVE_BACK, _PAST
        else:
            statement, arguments["status"] = statements.END, status.value
        if content is not None:
            statement, arguments["content"] = statements.END_WITH, content
        with suppress(JobChanged):
            await self._have_done(statement, arguments)

    async def _have_done(self, statement: str, arguments: dict[str, Any]) -> None:
        for pause in islice(pauses(), _ATTEMPTS):
            with suppress(QueueGone), told(self.database):
                await self.connector.execute_query_async(statement, **arguments)
                return
            await asyncio.sleep(pause)


async def _configure(connection: Session) -> None:
    await connection.set_autocommit(True)
    await connection.execute(statements.SEARCH_HERE)


async def _prepare(connection: Session, database: Database) -> None:
    """Make what is not there; one does at a time. Raises `DatabaseFailed`."""
    await connection.execute(statements.LOCK_SCHEMA)
    row = await (await connection.execute(statements.IS_THERE)).fetchone()
    version = _version()
    if row and row[0]:
        found = await (await connection.execute(statements.VERSION)).fetchone()
        if not found or found[0] != version:
            raise DatabaseFailed(
                database,
                f"the schema {statements.SCHEMA} is of version {found and found[0]}, and this"
                f" program's is {version}: once no other version runs, drop the schema, which"
                " holds nothing that lasts",
            )
        return
    await connection.execute(statements.CREATE_SCHEMA)
    await connection.execute(SchemaManager.get_schema())
    await connection.execute(statements.CREATE)
    await connection.execute(statements.NAME_VERSION, {"name": version})


def _version() -> str:
    """Give the version of our tables, and of the newest change to those of Procrastinate."""
    migrations = Path(SchemaManager.get_migrations_path()).glob("*.sql")
    newest = max(file.name.partition("_")[0] for file in migrations)
    return f"{statements.TABLES}-{newest}"


@contextmanager
def told(database: Database) -> Iterator[None]:
    """Raise `QueueGone` for what passes by, and `DatabaseFailed` for what does not."""
    try:
        with wrap_exceptions():
            yield
    except ConnectorException as error:
        cause = error.__cause__ or error
        state = getattr(cause, "sqlstate", None) or ""
        reason = next(iter(str(cause).splitlines()), type(cause).__name__)
        if state == _RAISED:
            raise JobChanged(reason) from None
        if state == _STRUCK_OFF:
            raise QueueGone("this worker was taken for gone") from None
        if not state or state[:2] in _PASSING:
            raise QueueGone(f"PostgreSQL is gone: {reason}") from None
        raise DatabaseFailed(database, reason) from None
