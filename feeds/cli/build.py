"""`feeds build`: one cycle."""

import gc
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from feeds.cli.loading import loading
from feeds.cli.options import Settings
from feeds.cli.reading import readers_of
from feeds.cli.settings import load_settings, moment
from feeds.cli.stopwatch import Stopwatch
from feeds.cli.talk import (
    ProgressBar,
    change_lines,
    complain,
    detail,
    escaped,
    exit_code,
    log_to_stderr,
    say,
    say_findings,
    summary,
    write,
)
from feeds.cli.wiring import make_corpora, make_plan
from feeds.config.site import Site
from feeds.config.types import Configuration
from feeds.corpus.scanned import DocumentReaders, Scanned, reading_ahead
from feeds.processes import Crew, available

if TYPE_CHECKING:
    from feeds.refresh import Progress, Report

# A build makes millions of things that refer to nothing in a circle: to look for circles as often
# as the interpreter does took a sixteenth of its time.
_COLLECTIONS = (100_000, 50, 100)

# Seconds for which hubs and caches are told what has changed; what is left has to wait.
_PUSHING = 5.0


def build(settings: Settings, *, timings: bool = False) -> None:
    """Build the feeds that changed, publish them, and say what was done."""
    log_to_stderr()
    started = time.monotonic()
    gc.set_threshold(*_COLLECTIONS)
    with exit_code():
        configuration = load_settings(settings)
        now = moment(settings)
        with ProgressBar() as progress, Crew(available()) as crew:
            readers = readers_of(configuration, settings, crew)
            with _ahead(configuration, settings, now, readers) as begun:
                stopwatch = Stopwatch(progress)
                report = _refresh(configuration, settings, now, (readers, begun), stopwatch)
        if settings.base_url is None and not settings.config_file():
            say(f"links lead to {Site().base_url}; --base-url says where the output is served")
        say_findings(report.findings)
        if settings.dry_run:
            for line in _difference(report):
                write(line)
        else:
            for line in change_lines(report):
                detail(line)
        for line in stopwatch.lines() if timings else ():
            complain(line)
        say(summary(report, time.monotonic() - started, rehearsal=settings.dry_run))
        if configuration.is_pushed and not settings.dry_run:
            _push(configuration, settings)


def _ahead(
    configuration: Configuration, settings: Settings, now: datetime, readers: DocumentReaders
) -> AbstractContextManager[Sequence[Scanned]]:
    """Have documents be read, where nothing is known yet, while the rest of the program loads."""
    state = configuration.state_at
    if state.database or state.folder.exists():
        return nullcontext(())
    return reading_ahead(make_corpora(configuration, settings, now), readers)


def _refresh(
    configuration: Configuration,
    settings: Settings,
    now: datetime,
    reading: tuple[DocumentReaders, Sequence[Scanned]],
    progress: "Progress",
) -> "Report":
    # ruff: noqa: PLC0415 - documents are read meanwhile
    readers, begun = reading
    with loading():
        from feeds.refresh import refresh

        if begun:
            from feeds import formats, pages

            formats.load()
            pages.load()
    plan = replace(make_plan(configuration, settings, now), begun=begun, readers=readers)
    return refresh(plan, now, progress)


def _push(configuration: Configuration, settings: Settings) -> None:
    """Tell hubs and caches what has changed, for as long as somebody at a terminal may wait."""
    from feeds.cli.pushing import push_for

    push_for(configuration, settings, _PUSHING)


def _difference(report: "Report") -> Iterator[str]:
    """Give a line for each thing that a build would change, then two that sum it up.

    An entry that gets another id neither comes nor goes here: it has a line of its own.
    """
    for word, paths in (
        ("add", report.added),
        ("change", report.changed),
        ("remove", report.deleted),
    ):
        for path in paths:
            yield f"{word} {path} {_bytes(*report.sizes[path])}"
    ids = {key for both in report.ids_changed.values() for key in both}
    coming = [(path, key) for key, path in report.entries_new.items() if key not in ids]
    going = [(path, key) for key, path in report.entries_out.items() if key not in ids]
    for word, entries in (("in", coming), ("out", going)):
        for path, key in entries:
            yield f"entry {word} {escaped(path)} {escaped(key)}"
    for path, (before, after) in report.ids_changed.items():
        yield f"id {escaped(path)} {escaped(before)} -> {escaped(after)}"
    yield f"entries in {len(coming)}, out {len(going)}, ids changed {len(report.ids_changed)}"
    yield f"bytes {report.bytes_written}"


def _bytes(before: int, after: int) -> str:
    return f"{before} -> {after}" if before and after else f"{before or after}"
