"""`feeds diff`: what a build would change."""

import sys
from collections.abc import Iterator
from dataclasses import replace

import click

from feeds.cli.machines import write_json
from feeds.cli.options import Settings
from feeds.cli.settings import load_settings, moment
from feeds.cli.talk import ProgressBar, escaped, exit_code, log_to_stderr, write
from feeds.cli.wiring import make_plan
from feeds.corpus.scanned import ReadersHere
from feeds.processes import Crew, available
from feeds.refresh.difference import Difference, EntryChange, FeedChange, rehearse


def diff(settings: Settings, *, as_json: bool) -> None:
    """Show what a build would change, and write nothing; end with 1 where it is anything."""
    log_to_stderr()
    with exit_code():
        configuration = load_settings(settings)
        now = moment(settings)
        with ProgressBar() as progress, Crew(available()) as crew:
            plan = replace(make_plan(configuration, settings, now), readers=ReadersHere(crew))
            difference = rehearse(plan, now, progress)
        if as_json:
            write_json(difference)
        else:
            for line in _lines(difference):
                write(line)
    sys.exit(1 if difference.is_any else 0)


def _lines(difference: Difference) -> Iterator[str]:
    """Write feeds as a unified diff has files, then ids, then all files with their bytes."""
    sizes = {file.path: file for file in difference.files}
    for feed in difference.feeds:
        file = sizes[feed.path]
        yield click.style(f"--- {_name(feed.path, file.before)}", bold=True)
        yield click.style(f"+++ {_name(feed.path, file.after)}", bold=True)
        yield from _entries(feed)
    for changed in difference.ids:
        yield f"id {escaped(changed.path)}: {escaped(changed.before)} -> {escaped(changed.after)}"
    for file in difference.files:
        yield f"file {escaped(file.path)}: {file.before} -> {file.after} bytes"


def _name(path: str, size: int) -> str:
    return f"{escaped(path)}\t{size} bytes" if size else "/dev/null"


def _entries(feed: FeedChange) -> Iterator[str]:
    for sign, colour, entries in (
        ("-", "red", feed.go),
        ("+", "green", feed.come),
        ("!", "yellow", feed.change),
    ):
        for entry in entries:
            yield click.style(f"{sign} {_entry(entry)}", fg=colour)


def _entry(entry: EntryChange) -> str:
    ids = entry.id if entry.was is None else f"{entry.was} -> {entry.id}"
    return escaped(f"{entry.title} ({ids})")
