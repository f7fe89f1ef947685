"""How what is served is made anew."""

import gc
import logging
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from feeds.cli.options import Settings
from feeds.cli.reading import readers_of
from feeds.cli.settings import moment, real_time
from feeds.cli.standing_by import StandingBy
from feeds.cli.talk import ProgressBar, change_lines, finding_line, summary
from feeds.cli.wiring import make_plan
from feeds.config.types import Configuration
from feeds.errors import ConfigurationError, DatabaseFailed, FeedsError, Locked, Refused
from feeds.model import Finding
from feeds.pages import look_findings
from feeds.processes import Crew, available
from feeds.publish.listing import load_listing
from feeds.refresh import Carried, Plan, Progress, refresh
from feeds.refresh.command import Command, hindrances
from feeds.refresh.indexing import index_if_missing
from feeds.refresh.lock import Lead
from feeds.refresh.places import destination_of
from feeds.refresh.record import note_failure
from feeds.schedule import Run
from feeds.serve.runs import RunWriter

_log = logging.getLogger("feeds")

# After this time, what was being written is looked at again.
_SOON = timedelta(seconds=2)


class Renewal:
    """Makes what is published anew, by `configuration`; a `crew` reads documents.

    How often, and how that ended, is kept in `counts` where there are any.
    """

    def __init__(self, configuration: Configuration, settings: Settings) -> None:
        self.configuration = configuration
        self.crew = Crew(available(), standing=1)
        self._settings = settings
        # Made once here, so that a mistake in a dialect ends the program before it serves.
        self._plan = self._planned(configuration, moment(settings))
        self._carried = Carried()
        self._changes = _Changes()
        self._due: datetime | None = None
        self._command: Command | None = None
        # Only a first build takes long while somebody looks on.
        self._progress: AbstractContextManager[Progress] = ProgressBar()
        self._hindrances: tuple[Finding, ...] = ()
        self.counts: RunWriter | None = None
        self._logged: frozenset[Finding] = frozenset()
        self._lead = Lead(stays=True)
        self._standing_by = StandingBy()
        self._is_new = False

    def take(self, configuration: Configuration) -> Configuration:
        """Go by another configuration from the next refresh on, and give the one before.

        Raises `ConfigurationError` for a dialect that is not there or is none.
        """
        self._plan = self._planned(configuration, moment(self._settings))
        before, self.configuration = self.configuration, configuration
        return before

    def _planned(self, configuration: Configuration, now: datetime) -> Plan:
        readers = readers_of(configuration, self._settings, self.crew)
        return replace(make_plan(configuration, self._settings, now), readers=readers)

    def build_if_missing(self) -> None:
        """Build once if what is published is not whole.

        Raises what a build raises, if nothing at all is published: else that is served, and
        whoever publishes meanwhile makes it whole.
        """
        destination = destination_of(self.configuration, real_time)
        try:
            listing = load_listing(destination.manifest() or b"")
        except ValueError:
            listing = None
        try:
            if listing is None:
                with self.crew:
                    self._refresh()
            elif not destination.holds(listing):
                with self.crew:
                    self._attempt(Run.SCAN)
        finally:
            # This process does not build again.
            self._lead.give_up()

    def index_if_missing(self) -> None:
        """Have what was published last searched, where it is not and should be."""
        if not self._settings.dry_run:
            state = self.configuration.state_at
            index_if_missing(self.configuration, state, moment(self._settings), _unseen)

    def refresh(self, run: Run) -> datetime | None:
        """Run one cycle; what goes wrong is logged.

        Gives when the next article falls due, as far as it is known, or when a document is to
        be looked at again. Where every refresh is for one instant, none ever does.
        """
        with _at_most(self.configuration.reload.limit):
            if (again := self._take_lead()) is not None:
                return again
            run = Run.SCAN if self._is_new else run
        if run is Run.SCAN:
            self._run_command()
        with _at_most(self.configuration.reload.limit):
            again = self._attempt(run)
        return again or (None if self._settings.now else self._due)

    def note_changes(self, places: Iterable[str]) -> None:
        """Have the next refresh look at these places, from whatever thread."""
        self._changes.note(places)

    def end_command(self) -> None:
        """End the command that is going on, if there is one."""
        if self._command is not None:
            self._command.kill()

    def _run_command(self) -> None:
        """Run what is configured before a scan; a rehearsal changes nothing, no corpus either.

        No build runs it: whoever starts one starts what comes before, and its result depends
        on the corpus that it is given and nothing else.
        """
        reload = self.configuration.reload
        self._hindrances = ()
        if reload.command and not self._settings.dry_run:
            folder = self._settings.config_folder() or Path()
            self._command = Command(reload.command, folder, reload.timeout)
            self._hindrances = hindrances(self._command.run())

    def _take_lead(self) -> datetime | None:
        """Lead, where hosts share a database; gives when to try again where that cannot be.

        Who leads anew does not know what changed meanwhile.
        """
        if self._settings.dry_run:
            return None
        try:
            self._is_new |= self._lead.take(self.configuration.state_at)
        except (DatabaseFailed, Locked) as error:
            return self._standing_by.after(error, real_time())
        self._standing_by.over()
        return None

    def _attempt(self, run: Run) -> datetime | None:
        """Run one cycle; gives when to try again where the database was lost meanwhile."""
        try:
            with _counted(self.counts):
                self._refresh(run)
        except DatabaseFailed as error:
            return self._standing_by.after(error, real_time())
        except (FeedsError, OSError) as error:
            if isinstance(error, Refused):
                self._log_news(error.findings)
            if isinstance(error, ConfigurationError) and not self._settings.dry_run:
                # No cycle has begun that would have noted it.
                state = self.configuration.state_at
                note_failure(state, moment(self._settings), error)
            _log.error("refresh failed, the last publication stands: %s", error)
        return None

    def _refresh(self, run: Run = Run.SCAN) -> None:
        started = time.monotonic()
        now = moment(self._settings)
        if run is Run.SCAN:
            # Between scans, nobody looks whether dialects are others.
            self._plan = self._planned(self.configuration, now)
        with self._changes.taken() as changes:
            looks_at = None if run is Run.SCAN else changes
            plan = replace(
                self._plan,
                looks_at=looks_at,
                carried=self._carried,
                hindrances=self._hindrances,
                indexes=True,
                lead=self._lead,
            )
            with self._progress as progress, nullcontext() if run is Run.SCAN else _no_collection():
                report = refresh(plan, now, progress)
        self._progress, self._is_new = nullcontext(_unseen), False
        if run is Run.SCAN:
            # What is carried on is no garbage: to look through it again and again takes longer
            # than an edit.
            gc.collect()
            gc.freeze()
        self._due = report.due
        if report.unsettled:
            self._changes.note(report.unsettled)
            soon = now + _SOON
            self._due = min(self._due or soon, soon)
        self._log_news(report.findings)
        for line in change_lines(report) if _log.isEnabledFor(logging.DEBUG) else ():
            _log.debug("%s", line)
        seconds = time.monotonic() - started
        _log.info("%s", summary(report, seconds, rehearsal=self._settings.dry_run))

    def _log_news(self, findings: Iterable[Finding]) -> None:
        """Log what costs a document or news, but not again what the last cycle logged."""
        errors = [finding for finding in findings if finding.severity == "error"]
        errors += (*self._hindrances, *look_findings(self._plan.look))
        for finding in errors:
            if finding not in self._logged:
                _log.warning("%s", finding_line(finding))
        self._logged = frozenset(errors)


@contextmanager
def _counted(counts: RunWriter | None) -> Iterator[None]:
    """Count a refresh where that is wanted, how it ends and after how long."""
    if counts is None:
        yield
        return
    began, ended_by = time.monotonic(), None
    counts.begin_refresh()
    try:
        yield
    except Exception as error:
        ended_by = error
        raise
    finally:
        counts.end_refresh(ended_by, time.monotonic() - began)


def _unseen(_stage: str, _done: int, _total: int) -> None:
    """Show nobody how far the work is."""


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """Have the system end this process where something takes longer, whatever that is.

    Nothing less ends what waits for a disk that is gone, or holds the interpreter.
    """
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Let garbage lie while somebody waits; an edit leaves little."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Changes:
    """Places at which something changed, until a refresh has looked at them."""

    def __init__(self) -> None:
        self._places: set[str] = set()
        self._lock = Lock()

    def note(self, places: Iterable[str]) -> None:
        with self._lock:
            self._places.update(places)

    @contextmanager
    def taken(self) -> Iterator[frozenset[str]]:
        """Give the places; after a failure they are there again, with what came meanwhile."""
        with self._lock:
            places, self._places = frozenset(self._places), set()
        try:
            yield places
        except BaseException:
            self.note(places)
            raise
