"""A listening socket and the server behind it; which is uvicorn's."""

import asyncio
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from types import FrameType

import uvicorn

from feeds.errors import FeedsError
from feeds.serve.connections import Connections, most_connections
from feeds.serve.protocol import PlainFirst

AsgiApp = Callable[..., Awaitable[None]]

GRACE_SECONDS = 8
"""Seconds for requests in flight; with what comes after them, a stop takes less than ten."""

_BACKLOG = 2048

# Bytes that the system holds for each connection, of what is sent and of what comes. Without a
# limit, a few hundred clients that do not read have all the memory that it has for this.
_MOST_UNSENT = 65_536
_MOST_UNREAD = 65_536

# Connections that are taken before any of them is counted; what waits is the system's to hold.
_AT_ONCE = 100
# Seconds between looks for connections that are overdue.
_LOOK = 1.0
_LOOPBACK = "127.0.0.1"
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class CannotListen(FeedsError):
    """The address is in use, not ours, or none."""

    exit_code = 4

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"cannot listen on {_authority(host, port)}: {reason}")


class HttpServer:
    """A server that holds its port from the beginning, so that `url` is known before it runs.

    Port 0 takes a free one. With an `operator_port`, it listens at that of the loopback address,
    too: `operator_at` is where. `on_started` is called with `url`, in the thread of the event
    loop, once requests are answered. Raises CannotListen.
    """

    def __init__(
        self,
        app: AsgiApp,
        host: str,
        port: int,
        *,
        operator_port: int | None = None,
        on_started: Callable[[str], None] | None = None,
    ) -> None:
        self._sockets = [_listen(host, port)]
        self.url = f"http://{_authority(*self._sockets[0].getsockname()[:2])}"
        self.operator_at: tuple[str, int] | None = None
        if operator_port is not None:
            self._sockets.append(self._listen_besides(operator_port))
            self.operator_at = self._sockets[1].getsockname()
        self._server = _Server(_config(app), self.url, on_started)

    def run(self) -> None:
        """Serve until `stop`, SIGTERM or SIGINT; requests in flight are finished for 8 seconds.

        Signals are heeded in the main thread only; what they did before is put back after.
        """
        with closing(self), self._signals():
            self._server.run(sockets=self._sockets)

    def close(self) -> None:
        """Give the port back, also where the server never ran."""
        for listening in self._sockets:
            listening.close()

    def _listen_besides(self, port: int) -> socket.socket:
        try:
            return _listen(_LOOPBACK, port)
        except CannotListen:
            self.close()
            raise

    def stop(self) -> None:
        """End `run` as SIGTERM does, from whatever thread."""
        self._server.should_exit = True

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Let a stop signal be an ordinary end.

        uvicorn heeds signals by itself but raises them once more when it has stopped, for
        the handlers that were there before: they would kill us with the work half done.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._heed) for number in _STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _heed(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()


class _Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, url: str, on_started: Callable[[str], None] | None
    ) -> None:
        super().__init__(config)
        self._url = url
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.server_state = self._guests = Connections(most_connections())
        await super().startup(sockets)
        for listening in sockets or ():
            listening.listen(_BACKLOG)
        self._watching = asyncio.create_task(self._watch())
        if self._on_started is not None:
            self._on_started(self._url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        self._watching.cancel()
        with suppress(asyncio.CancelledError):
            await self._watching

    async def _watch(self) -> None:
        """Have nobody keep the server waiting, also while it waits for those in flight."""
        while True:
            await asyncio.sleep(_LOOK)
            self._guests.give_up_overdue(asyncio.get_running_loop().time())


def _listen(host: str, port: int) -> socket.socket:
    try:
        return _bound(host, port)
    except OSError as error:
        raise CannotListen(host, port, error.strerror or str(error)) from error
    except (OverflowError, TypeError, UnicodeError) as error:
        raise CannotListen(host, port, str(error)) from error


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends without delay only where a socket says that it is TCP; where it does not,
    # each answer waits some 40 ms for the client to acknowledge its head.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections are made with what this one says.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _MOST_UNREAD)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _MOST_UNSENT)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _config(app: AsgiApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        # h11, which it is built on, bounds a request's head; httptools does not.
        http=PlainFirst,
        loop="asyncio",
        ws="none",
        lifespan="off",
        interface="asgi3",
        # Whoever starts us says where logs go.
        log_config=None,
        # At a lower level, anybody could fill the log by sending what is no request.
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=True,
        # From loopback, everybody's X-Forwarded-For would be believed.
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=_AT_ONCE,
    )
