"""`feeds serve`: processes that answer, and one that keeps current what they answer."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from feeds.cli.browsing import open_soon
from feeds.cli.options import Service, Settings
from feeds.cli.pushing import Pushing
from feeds.cli.renewal import Renewal
from feeds.cli.settings import load_settings
from feeds.cli.takeover import Takeover
from feeds.cli.talk import exit_code, log_to_stderr, say
from feeds.cli.upkeep import Upkeep
from feeds.cli.workers import Worker, Workers
from feeds.serve.server import HttpServer

# Seconds for which one thread of a process that answers has the interpreter while others wait.
_TURN = 0.000_5


def serve(settings: Settings, service: Service) -> None:
    """Serve what is published by some workers, and make it anew as scheduled where that is wanted.

    It is made anew in a process of its own, so that nobody who asks waits for that.
    """
    log_to_stderr()
    with exit_code():
        configuration = load_settings(settings)
        renewal = Renewal(configuration, settings)
        takeover = Takeover(configuration, settings)
        server = configuration.server
        herald = _Herald(opens=service.opens)
        # The port first: who cannot listen has no reason to build.
        with closing(
            HttpServer(
                takeover.app,
                service.host or server.host,
                server.port if service.port is None else service.port,
                operator_port=server.status,
                on_started=herald.announce,
            )
        ) as http_server:
            if http_server.operator_at:
                takeover.operate(http_server.operator_at)
                herald.tells = f"status at http://127.0.0.1:{http_server.operator_at[1]}/status/"
            # Made once here, too, so that a mistake in what it needs ends the program.
            if service.reload:
                Upkeep(renewal, settings, service.every)
            else:
                renewal.build_if_missing()
            begun = _Begun(http_server, takeover, herald, os.getpid(), is_current=service.reload)
            each = [Worker("worker", begun.answer)] * service.workers
            if service.reload:
                # A thread that is made before a fork takes itself for one that has ended.
                anew = partial(Upkeep, renewal, settings, service.every)
                each.append(Worker("refresher", partial(begun.refresh, anew)))
            if configuration.is_pushed and not settings.dry_run:
                pushing = Pushing(configuration, settings)
                each.append(Worker("pusher", partial(begun.push, pushing)))
            Workers(each, http_server.close).run()


@dataclass(frozen=True)
class _Begun:
    """What all processes begin with; `parent` is the first, and one refreshes if `is_current`."""

    http_server: HttpServer
    takeover: Takeover
    herald: "_Herald"
    parent: int
    is_current: bool

    def answer(self, *, is_first: bool, is_told: bool) -> None:
        """Serve what is published, whoever publishes it."""
        self.herald.is_silent = not is_first
        if self.is_current:
            signal.signal(signal.SIGHUP, self.takeover.reread)
        if is_told:
            self.takeover.reread()
        # What takes over a publication has a thread of its own, which requests wait for.
        sys.setswitchinterval(_TURN)
        self.takeover.look()
        self.takeover.start(self.parent)
        counting = self.takeover.counting()
        counting.start()
        self.http_server.run()
        counting.finish()

    def refresh(self, make: Callable[[], Upkeep], *, is_first: bool, is_told: bool) -> None:  # noqa: ARG002 - see Work
        """Publish as scheduled."""
        self.http_server.close()
        make().run(self.parent, is_told=is_told)

    def push(self, pushing: Pushing, *, is_first: bool, is_told: bool) -> None:  # noqa: ARG002 - see Work
        """Tell hubs and caches what has changed, whoever publishes it."""
        self.http_server.close()
        pushing.run(self.parent, is_told=is_told)


class _Herald:
    """Says where the server is, and shows it if it `opens` a browser, unless another does.

    What it `tells` besides comes after that.
    """

    is_silent = False
    tells = ""

    def __init__(self, *, opens: bool) -> None:
        self._opens = opens

    def announce(self, url: str) -> None:
        if self.is_silent:
            return
        say(f"serving at {url}")
        if self.tells:
            say(self.tells)
        if self._opens:
            open_soon(url)
