"""`feeds serve`: processes that answer, and one that keeps current what they answer."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from feeds.cli.aside import aside
from feeds.cli.browsing import open_soon
from feeds.cli.counting import Beginning, begin
from feeds.cli.options import Service, Settings
from feeds.cli.pushing import Pushing
from feeds.cli.renewal import Renewal
from feeds.cli.settings import load_settings
from feeds.cli.takeover import Takeover, end_with
from feeds.cli.talk import exit_code, log_to_stderr, say
from feeds.cli.upkeep import Upkeep
from feeds.cli.workers import Worker, Workers
from feeds.config.server import Server
from feeds.errors import ConfigurationError
from feeds.serve.server import HttpServer

# Seconds for which a server that never builds waits for its index.
_INDEXING = 600.0
# Seconds for which one thread of a process that answers has the interpreter while others wait.
_TURN = 0.000_5


def serve(settings: Settings, service: Service) -> None:
    """Serve what is published by some workers, and make it anew as scheduled where that is wanted.

    It is made anew in a process of its own, so that nobody who asks waits for that; so is what is
    measured told.
    """
    log_to_stderr()
    with exit_code(), ExitStack() as stack:
        configuration = load_settings(settings)
        renewal = Renewal(configuration, settings)
        # A rehearsal changes nothing, and counts nothing.
        state = None if settings.dry_run else configuration.state_directory
        beginning = begin(service.workers, state)
        takeover = Takeover(configuration, settings, beginning)
        herald = _Herald(opens=service.opens)
        # The ports first: who cannot listen has no reason to build.
        http_server = _http_server(configuration.server, service, takeover, herald)
        stack.callback(http_server.close)
        metrics = _metrics_server(configuration.server, takeover)
        if metrics:
            stack.callback(metrics.close)
            herald.tells.append(f"metrics at {metrics.url}/metrics")
        # Made once here, too, so that a mistake in what it needs ends the program.
        if service.reload:
            Upkeep(renewal, settings, service.every)
        elif isinstance(configuration.output, Path):
            renewal.build_if_missing()
            # Whoever answers later begins as a copy of this process, which is to be small.
            aside(renewal.index_if_missing, _nothing, _INDEXING)
        begun = _Begun(
            http_server, metrics, takeover, herald, os.getpid(), is_current=service.reload
        )
        each = [Worker("worker", begun.answer)] * service.workers
        if metrics:
            each.append(Worker("metrics", begun.measure))
        if service.reload:
            # A thread that is made before a fork takes itself for one that has ended.
            renewed = partial(_upkeep, renewal, settings, service.every, beginning)
            each.append(Worker("refresher", partial(begun.refresh, renewed)))
        if configuration.is_pushed and not settings.dry_run:
            pushing = Pushing(configuration, settings)
            each.append(Worker("pusher", partial(begun.push, pushing)))
        Workers(each, begun.close).run()


def _nothing() -> None:
    """Leave an index that takes too long as it is: it is seen when it is whole."""


def _http_server(
    server: Server, service: Service, takeover: Takeover, herald: "_Herald"
) -> HttpServer:
    """Make what answers readers, and whoever runs the server where that is wanted."""
    http_server = HttpServer(
        takeover.app,
        service.host or server.host,
        server.port if service.port is None else service.port,
        operator_port=server.status,
        on_started=herald.announce,
    )
    if http_server.operator_at:
        takeover.operate(http_server.operator_at)
        port = http_server.operator_at[1]
        herald.tells.append(f"status at http://127.0.0.1:{port}/status/")
    return http_server


def _metrics_server(server: Server, takeover: Takeover) -> HttpServer | None:
    """Make what tells Prometheus of all processes, where that is wanted.

    Raises `ConfigurationError` where nothing is installed that can.
    """
    if server.metrics_at is None:
        return None
    try:
        from feeds.serve.exposition import Metrics  # noqa: PLC0415 - need not be installed
    except ModuleNotFoundError:
        message = "config: server.metrics: needs prometheus-client: pip install 'feeds[metrics]'"
        raise ConfigurationError((message,)) from None
    return HttpServer(Metrics(takeover.status), *server.metrics_at)


def _upkeep(
    renewal: Renewal, settings: Settings, every: float | None, beginning: Beginning
) -> Upkeep:
    renewal.counts = beginning.run_writer("refresher")
    return Upkeep(renewal, settings, every)


@dataclass(frozen=True)
class _Begun:
    """What all processes begin with; `parent` is the first, and one refreshes if `is_current`."""

    http_server: HttpServer
    metrics: HttpServer | None
    takeover: Takeover
    herald: "_Herald"
    parent: int
    is_current: bool

    def close(self) -> None:
        """Give back all ports."""
        for server in filter(None, (self.http_server, self.metrics)):
            server.close()

    def answer(self, *, is_first: bool, is_told: bool) -> None:
        """Serve what is published, whoever publishes it."""
        self.herald.is_silent = not is_first
        if self.metrics:
            self.metrics.close()
        self._heed(is_told=is_told)
        # What takes over a publication has a thread of its own, which requests wait for.
        sys.setswitchinterval(_TURN)
        self.takeover.look()
        self.takeover.start(self.parent)
        counting = self.takeover.counting()
        counting.start()
        self.http_server.run()
        counting.finish()

    def measure(self, *, is_first: bool, is_told: bool) -> None:  # noqa: ARG002 - see Work
        """Tell what is measured in all processes."""
        if self.metrics:
            self.http_server.close()
            self._heed(is_told=is_told)
            end_with(self.parent, self.takeover.follow)
            self.metrics.run()

    def refresh(self, make: Callable[[], Upkeep], *, is_first: bool, is_told: bool) -> None:  # noqa: ARG002 - see Work
        """Publish as scheduled."""
        self.close()
        make().run(self.parent, is_told=is_told)

    def push(self, pushing: Pushing, *, is_first: bool, is_told: bool) -> None:  # noqa: ARG002 - see Work
        """Tell hubs and caches what has changed, whoever publishes it."""
        self.close()
        pushing.run(self.parent, is_told=is_told)

    def _heed(self, *, is_told: bool) -> None:
        """Have the configuration read again when that is wanted, or was before this process."""
        if self.is_current:
            signal.signal(signal.SIGHUP, self.takeover.reread)
        if is_told:
            self.takeover.reread()


class _Herald:
    """Says where the server is, and shows it if it `opens` a browser, unless another does.

    What it `tells` besides comes after that.
    """

    is_silent = False

    def __init__(self, *, opens: bool) -> None:
        self._opens = opens
        self.tells: list[str] = []

    def announce(self, url: str) -> None:
        if self.is_silent:
            return
        say(f"serving at {url}")
        for line in self.tells:
            say(line)
        if self._opens:
            open_soon(url)
