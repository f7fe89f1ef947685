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
        # The port first: who cannot listen has no reason to build.
        with closing(
            HttpServer(
                renewal.app,
                host or server.host,
                server.port if port is None else port,
                on_started=lambda url: _announce(url) if announces else None,
            )
        ) as http_server:
            announces = True
            upkeep = Upkeep(renewal, settings, every) if reload else None
            if upkeep is None:
                renewal.build_if_missing()
            else:
                renewal.load()
            # A rehearsal writes nothing that others could take over, nor a lock.
            if workers == 1 or settings.dry_run:
                _serve(http_server, upkeep)
                return
            parent = os.getpid()

            def work(is_first: bool) -> None:  # noqa: FBT001 - see Workers
                nonlocal announces
                announces = is_first
                state = configuration.state_directory
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


def _announce(url: str) -> None:
    say(f"serving at {url}")
