"""`feeds serve`: a server that keeps its feeds current."""

import os
import signal
from contextlib import closing
from multiprocessing import active_children

from feeds.cli.options import Settings
from feeds.cli.renewal import Renewal
from feeds.cli.settings import load_settings
from feeds.cli.succession import Succession
from feeds.cli.talk import exit_code, log_to_stderr, say
from feeds.cli.upkeep import Upkeep
from feeds.cli.workers import Workers
from feeds.serve.server import HttpServer


def serve(
    settings: Settings,
    *,
    host: str | None,
    port: int | None,
    every: float | None,
    reload: bool,
    workers: int = 1,
) -> None:
    """Serve what is published, and with `reload` make it anew as scheduled.

    `every` is an interval in seconds that overrules what is configured. Of several `workers`,
    one makes it anew.
    """
    log_to_stderr()
    with exit_code():
        configuration = load_settings(settings)
        renewal = Renewal(configuration, settings)
        server = configuration.server
        herald = _Herald()
        # The port first: who cannot listen has no reason to build.
        with closing(
            HttpServer(
                renewal.app,
                host or server.host,
                server.port if port is None else port,
                on_started=herald.announce,
            )
        ) as http_server:
            upkeep = Upkeep(renewal, settings, every) if reload else None
            if upkeep is None:
                renewal.build_if_missing()
            else:
                renewal.load()
            # A rehearsal writes nothing that others could take over, nor a lock.
            if workers == 1 or settings.dry_run:
                _serve(http_server, upkeep)
            else:
                _serve_by(workers, http_server, renewal, upkeep, herald)


def _serve_by(
    workers: int,
    http_server: HttpServer,
    renewal: Renewal,
    upkeep: Upkeep | None,
    herald: "_Herald",
) -> None:
    """Serve until a signal, by several processes."""
    parent, state = os.getpid(), renewal.configuration.state_directory

    def work(is_first: bool) -> None:  # noqa: FBT001 - see Workers
        herald.is_silent = not is_first
        _serve(http_server, upkeep, Succession(renewal, upkeep, state, parent))

    Workers(workers, work).run()


def _serve(
    http_server: HttpServer, upkeep: Upkeep | None, succession: Succession | None = None
) -> None:
    """Serve until a signal, with upkeep from now on, or when its turn comes."""
    if upkeep is not None:
        signal.signal(signal.SIGHUP, upkeep.reread)
    if succession is not None:
        succession.start()
    elif upkeep is not None:
        upkeep.start()
    try:
        http_server.run()
    finally:
        if succession is not None:
            succession.stop()
        if upkeep is not None:
            _end(upkeep)


def _end(upkeep: Upkeep) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if not upkeep.stop():
        _end_children()
        upkeep.stop()


def _end_children() -> None:
    """End the processes that share in reading; the end of ours would wait for all they have."""
    for child in active_children():
        child.terminate()


class _Herald:
    """Says where the server is, unless another worker does."""

    is_silent = False

    def announce(self, url: str) -> None:
        if not self.is_silent:
            say(f"serving at {url}")
