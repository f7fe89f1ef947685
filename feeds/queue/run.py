"""A run of a builder: what it has ordered counts for as long as it is there."""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from feeds.queue import statements
from feeds.queue.jobs import Queue, QueueGone, Session, told


class Known(NamedTuple):
    """A job as it is: its status, and what came of it where that is there."""

    status: str
    content: bytes | None


class Run:
    """Holds a run by a session of its own, which also hears that jobs ended.

    With the session the run is over, however that ends; one that is lost is begun anew.
    """

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._session: Session | None = None
        self.number = 0

    async def hold(self) -> None:
        """Have the run held, and drop what is left of runs that are over.

        Raises `QueueGone`.
        """
        if self._session is not None and not self._session.closed:
            return
        self._session = await self._queue.connect()
        try:
            with told(self._queue.database):
                await self._begin(self._session)
        except BaseException:
            await self._session.close()
            raise

    async def _begin(self, session: Session) -> None:
        if not self.number:
            row = await (await session.execute(statements.NEXT_RUN)).fetchone()
            self.number = row[0] if row else 0
        await session.execute(statements.HOLD_RUN, {"run": self.number})
        await session.execute(f"LISTEN {statements.channel(self.number)}")
        await session.execute(statements.DROP_OVER)

    async def wait(self, seconds: float) -> None:
        """Wait until a job has ended, and no longer than that. Raises `QueueGone`."""
        session = self._held()
        with told(self._queue.database):
            async for _ in session.notifies(timeout=seconds, stop_after=1):
                pass

    async def take(self, jobs: Sequence[int]) -> dict[int, Known]:
        """Give those of some jobs that are there, and drop those of which something came.

        Raises `QueueGone`.
        """
        session = self._held()
        with told(self._queue.database):
            # As text, what was read would have twice the bytes.
            rows = await session.execute(statements.TAKE, {"jobs": list(jobs)}, binary=True)
            return {job: Known(status, content) async for job, status, content in rows}

    def _held(self) -> Session:
        if self._session is None:
            raise QueueGone("there is no session")
        return self._session

    async def end(self) -> None:
        """Drop what was ordered and is not done."""
        if self._session is None:
            return
        with suppress(QueueGone):
            await self._queue.tell(statements.DROP_RUN, run=self.number)
        await self._session.close()
        self._session = None
