"""`feeds serve`: a server that keeps its feeds current."""

import signal
from contextlib import closing
from multiprocessing import active_children

from feeds.cli.options import Settings
from feeds.cli.renewal import Renewal
from feeds.cli.settings import load_settings
from feeds.cli.talk import exit_code, log_to_stderr, say
from feeds.cli.upkeep import Upkeep
from feeds.serve.server import HttpServer


def serve(
    settings: Settings, *, host: str | None, port: int | None, every: float | None, reload: bool
) -> None:
    """Serve what is published, and with `reload` make it anew as scheduled.

    `every` is an interval in seconds that overrules what is configured.
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
                on_started=_announce,
            )
        ) as http_server:
            if reload:
                _serve_current(renewal, http_server, Upkeep(renewal, settings, every))
            else:
                renewal.build_if_missing()
                http_server.run()


def _serve_current(renewal: Renewal, http_server: HttpServer, upkeep: Upkeep) -> None:
    renewal.load()
    signal.signal(signal.SIGHUP, upkeep.reread)
    upkeep.start()
    try:
        http_server.run()
    finally:
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
