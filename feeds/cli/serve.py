"""`feeds serve`: a server that keeps its feeds current."""

import logging
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from multiprocessing import active_children
from pathlib import Path

from feeds.cli.options import Settings
from feeds.cli.settings import load_settings, moment
from feeds.cli.talk import exit_code, finding_line, log_to_stderr, say, summary
from feeds.cli.wiring import make_plan
from feeds.config.types import Configuration
from feeds.errors import FeedsError, Refused
from feeds.model import Finding
from feeds.refresh import refresh
from feeds.refresh.command import Command
from feeds.schedule import Cron, Every, Rhythm, Run, start_schedule
from feeds.serve.app import FeedsApp, Served
from feeds.serve.publication import NoPublication, Publication
from feeds.serve.server import HttpServer

_log = logging.getLogger("feeds")


def serve(
    settings: Settings, *, host: str | None, port: int | None, every: float | None, reload: bool
) -> None:
    """Serve what is published, and with `reload` make it anew every so many seconds."""
    log_to_stderr()
    with exit_code():
        configuration = load_settings(settings)
        site = _Site(configuration, settings)
        server = configuration.server
        # The port first: who cannot listen has no reason to build.
        with closing(
            HttpServer(
                site.app,
                host or server.host,
                server.port if port is None else port,
                on_started=_announce,
            )
        ) as http_server:
            if reload:
                _serve_current(site, http_server, _rhythm(configuration, every))
            else:
                site.build_if_missing()
                http_server.run()


def _serve_current(site: "_Site", http_server: HttpServer, rhythm: Rhythm) -> None:
    site.load()
    schedule = start_schedule(site.refresh, rhythm, first_now=True)
    try:
        http_server.run()
    finally:
        if not schedule.stop():
            site.end_command()
            _end_children()
            schedule.stop()


def _rhythm(configuration: Configuration, every: float | None) -> Rhythm:
    """Give the rhythm that is configured, unless the command line names an interval."""
    reload = configuration.reload
    if every is None and reload.cron is not None:
        return Cron(reload.cron, configuration.time_zone)
    return Every(reload.every if every is None else every)


def _end_children() -> None:
    """End the processes that share in reading; the end of ours would wait for all they have."""
    for child in active_children():
        child.terminate()


class _Site:
    """The publication that is served, and how it is made anew."""

    def __init__(self, configuration: Configuration, settings: Settings) -> None:
        self._configuration = configuration
        self._settings = settings
        # Made once here, so that a mistake in a dialect ends the program before it serves.
        make_plan(configuration, settings, moment(settings))
        self._served = Served()
        self._due: datetime | None = None
        self._command: Command | None = None
        self._hindrances: tuple[Finding, ...] = ()
        self._logged: frozenset[Finding] = frozenset()
        self.app = FeedsApp(self._served)

    def load(self) -> bool:
        """Take over what is published, and say whether it is there and whole."""
        try:
            publication = Publication.load(
                self._configuration.output,
                self._configuration.server.max_age,
                self._served.publication,
            )
        except NoPublication:
            return False
        self._served.swap(publication)
        return not publication.unmatched

    def build_if_missing(self) -> None:
        """Build once if what is published is not whole; raises what a build raises."""
        if not self.load():
            self._refresh()

    def refresh(self, run: Run) -> datetime | None:
        """Run one cycle and serve what it published; what goes wrong is logged.

        Gives when the next article falls due, as far as it is known. Where every refresh is
        for one instant, none ever does.
        """
        try:
            if run is Run.SCAN:
                self._run_command()
            self._refresh(run)
        except FeedsError as error:
            if isinstance(error, Refused):
                self._log_news(error.findings)
            _log.error("refresh failed, the last publication stands: %s", error)
        return None if self._settings.now else self._due

    def end_command(self) -> None:
        """End the command that is going on, if there is one."""
        if self._command is not None:
            self._command.kill()

    def _run_command(self) -> None:
        """Run what is configured before a scan; a rehearsal changes nothing, no corpus either.

        No build runs it: whoever starts one starts what comes before, and its result depends
        on the corpus that it is given and nothing else.
        """
        reload = self._configuration.reload
        self._hindrances = ()
        if reload.command and not self._settings.dry_run:
            folder = self._settings.config_folder() or Path()
            self._command = Command(reload.command, folder, reload.timeout)
            self._hindrances = self._command.run()

    def _refresh(self, run: Run = Run.SCAN) -> None:
        started = time.monotonic()
        now = moment(self._settings)
        plan = make_plan(self._configuration, self._settings, now)
        plan = replace(plan, scans=run is Run.SCAN)
        report = refresh(plan, now, lambda *_: None)
        self.load()
        self._due = report.due
        self._log_news(report.findings)
        seconds = time.monotonic() - started
        _log.info("%s", summary(report, seconds, rehearsal=self._settings.dry_run))

    def _log_news(self, findings: Iterable[Finding]) -> None:
        """Log what costs a document or news, but not again what the last cycle logged."""
        errors = [finding for finding in findings if finding.severity == "error"]
        errors += self._hindrances
        for finding in errors:
            if finding not in self._logged:
                _log.warning("%s", finding_line(finding))
        self._logged = frozenset(errors)


def _announce(url: str) -> None:
    say(f"serving at {url}")
