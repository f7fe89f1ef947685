"""`feeds worker`: reads documents for builders, wherever these are."""

import asyncio
import os
import signal
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from feeds.cli.options import Settings
from feeds.cli.reading import queue_of
from feeds.cli.settings import load_settings, moment
from feeds.cli.talk import exit_code, log_to_stderr, say
from feeds.cli.wiring import make_corpora
from feeds.corpus.scanned import ReadersHere
from feeds.processes import Crew, available

_SIGNALS = (signal.SIGTERM, signal.SIGINT)

if TYPE_CHECKING:
    from feeds.queue.working import Worker


def work(settings: Settings, concurrency: int | None) -> None:
    """Read documents until a signal to stop, and then finish what is begun."""
    log_to_stderr()
    with exit_code(), ExitStack() as stack:
        configuration = load_settings(settings)
        number = concurrency or available()
        queue = queue_of(configuration, settings, number)
        from feeds.queue.working import Worker  # noqa: PLC0415 - need not be installed

        corpora = make_corpora(configuration, settings, moment(settings))
        # Begun first, while this process is alone with itself, so that all are copies of it.
        crews = [stack.enter_context(Crew(1, standing=1)) for _ in range(number)]
        worker = Worker(queue, corpora, [ReadersHere(crew) for crew in crews])
        asyncio.run(_run(worker))
        say(f"read {worker.documents} documents in {worker.jobs} jobs")
        if worker.is_busy:
            # What was given back is still being read by a thread, which would be waited for.
            sys.stderr.flush()
            os._exit(0)


async def _run(worker: "Worker") -> None:
    """Have a worker read until a first signal to stop; a second one ends the process."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if stopping.is_set():
            os._exit(1)
        say("stopping when what is begun is read; a second signal ends it now")
        stopping.set()

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)
    await worker.run(stopping)
