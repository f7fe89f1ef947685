"""What a worker does: it is sent work and jobs by its parent, and sends what comes of them."""

import gc
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

READY = b""
"""What a worker sends before anything else."""

_is_worker = False
"""True in a worker only."""


# On a machine that has much else to do, a job waits for a processor longer than it needs it.
_WAITING = 4


def limit_time(seconds: float) -> None:
    """Have this process end once a processor was busy with the same job for so many seconds.

    Nor does it wait for one, or for anything, longer than four times as many. Each call begins
    anew. Whoever is no worker takes the time that it takes.
    """
    if _is_worker:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, _WAITING * seconds)


def serve(
    connection: Connection, work: Callable[[Any], Any] | None, others: Iterable[Connection]
) -> None:
    """Do what is sent until the parent ends; `work` on each job, until other work is sent.

    `others` are connections of the parent's that were copied with it. The answers wait here until
    the parent takes them, so that it need not keep up.
    """
    global _is_worker  # noqa: PLW0603 - a timer is the process's own, too
    _is_worker = True
    for other in others:
        other.close()
    # What is there now is never garbage, and to look at it would have it copied.
    gc.freeze()
    _heed_nothing()
    # Before any job could end us: who has said this has begun what he was given.
    try:
        connection.send_bytes(READY)
    except OSError:
        os._exit(1)  # the parent has ended meanwhile
    messages, answers = SimpleQueue[bytes](), SimpleQueue[bytes]()
    for target, queue in ((_receive, messages), (_send, answers)):
        threading.Thread(target=target, args=(connection, queue), daemon=True).start()
    while True:
        is_job, content = pickle.loads(messages.get())  # noqa: S301 - from our own parent
        if is_job:
            answers.put(_answer(work, content))
        else:
            work = content


def _heed_nothing() -> None:
    """Leave interrupts to the parent; a limit that is reached ends the process.

    No code of ours ends it then: what takes so long may never come back to any.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, signal.SIG_DFL)


def _answer(work: Callable[[Any], Any] | None, job: Any) -> bytes:  # noqa: ANN401 - of any kind
    """Do a job and give what came of it, or what was raised, packed to be sent."""
    if work is None:
        raise RuntimeError("a worker was sent no work")
    try:
        return pickle.dumps((True, work(job)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - raised again where the answer is asked for
        error.add_note(traceback.format_exc())
        return pickle.dumps((False, _sent(error)), pickle.HIGHEST_PROTOCOL)
    finally:
        limit_time(0)


def _sent(error: Exception) -> Exception:
    """Give an exception as it can be sent: not all can be made anew of their arguments."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - whatever its class does
        return RuntimeError("\n".join(error.__notes__))
    return error


def _receive(connection: Connection, messages: "SimpleQueue[bytes]") -> None:
    with suppress(EOFError, OSError):
        while True:
            messages.put(connection.recv_bytes())
    # The main thread waits for work that nobody will send, or does what nobody will take.
    os._exit(1)


def _send(connection: Connection, answers: "SimpleQueue[bytes]") -> None:
    with suppress(OSError):
        while True:
            connection.send_bytes(answers.get())
