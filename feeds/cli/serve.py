"""`feeds serve`: a server that keeps its feeds current."""

import logging
import time
from dataclasses import replace
from typing import Any

import click

from feeds.cli.options import Settings, build_options, configuration_options, load_settings
from feeds.cli.talk import exit_code, finding_line, log_to_stderr, say, summary
from feeds.cli.wiring import make_plan
from feeds.config.types import Configuration
from feeds.errors import FeedsError
from feeds.refresh import refresh
from feeds.schedule import start_schedule
from feeds.serve.app import FeedsApp, Served
from feeds.serve.publication import NoPublication, Publication
from feeds.serve.server import run_server

_log = logging.getLogger("feeds")


@click.command("serve")
@configuration_options
@build_options
@click.option("--host", metavar="ADDRESS", help="The address to listen on.  [default: 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The port to listen on.  [default: 8000]"
)
@click.option(
    "--every",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Seconds between the beginnings of two refreshes.  [default: 300]",
)
@click.option("--no-reload", is_flag=True, help="Build only what is missing, and never again.")
def command(**options: Any) -> None:  # noqa: ANN401 - click hands over what the options declare
    """Serve the feeds and keep them current.

    What is published is served at once, then refreshed on schedule; a refresh that fails
    leaves it as it is.
    """
    log_to_stderr()
    host, port = options.pop("host"), options.pop("port")
    every, no_reload = options.pop("every"), options.pop("no_reload")
    settings = Settings(**options)
    with exit_code():
        configuration = load_settings(settings)
        server = configuration.server
        server = replace(
            server, host=host or server.host, port=server.port if port is None else port
        )
        configuration = replace(configuration, server=server)
        site = _Site(configuration, settings)
        if no_reload:
            site.build_if_missing()
            run_server(site.app, server.host, server.port, on_started=_announce)
            return
        site.load()
        period = every or configuration.reload.every
        schedule = start_schedule(site.refresh, period, first_now=True)
        try:
            run_server(site.app, server.host, server.port, on_started=_announce)
        finally:
            schedule.stop()


class _Site:
    """The publication that is served, and how it is made anew."""

    def __init__(self, configuration: Configuration, settings: Settings) -> None:
        self._configuration = configuration
        self._settings = settings
        # Made once here, so that a mistake in a dialect ends the program before it serves.
        make_plan(configuration, settings, settings.moment())
        self._served = Served()
        self.app = FeedsApp(self._served)

    def load(self) -> bool:
        """Take over what is published, and say whether there is anything."""
        try:
            publication = Publication.load(
                self._configuration.output,
                self._configuration.server.max_age,
                self._served.publication,
            )
        except NoPublication:
            return False
        self._served.swap(publication)
        return True

    def build_if_missing(self) -> None:
        """Build once if nothing is published; raises what a build raises."""
        if not self.load():
            self._refresh()

    def refresh(self) -> None:
        """Run one cycle and serve what it published; what goes wrong is logged."""
        try:
            self._refresh()
        except FeedsError as error:
            _log.error("refresh failed, the last publication stands: %s", error)

    def _refresh(self) -> None:
        started = time.monotonic()
        now = self._settings.moment()
        plan = make_plan(self._configuration, self._settings, now)
        report = refresh(plan, now, lambda *_: None)
        self.load()
        for finding in report.findings:
            if finding.severity == "error":
                _log.warning("%s", finding_line(finding))
        _log.info("%s", summary(report, time.monotonic() - started))


def _announce(url: str) -> None:
    say(f"serving at {url}")
