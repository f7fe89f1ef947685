"""`feeds build`: one cycle."""

import time

import click

from feeds.cli.options import Settings
from feeds.cli.settings import load_settings, moment
from feeds.cli.talk import (
    ProgressBar,
    escaped,
    exit_code,
    log_to_stderr,
    say,
    say_findings,
    summary,
)
from feeds.cli.wiring import make_plan
from feeds.config.types import Site
from feeds.refresh import Report, refresh


def build(settings: Settings) -> None:
    """Build the feeds that changed, publish them, and say what was done."""
    log_to_stderr()
    started = time.monotonic()
    with exit_code():
        configuration = load_settings(settings)
        now = moment(settings)
        plan = make_plan(configuration, settings, now)
        with ProgressBar() as progress:
            report = refresh(plan, now, progress)
        if settings.base_url is None and not settings.config_file():
            say(f"links lead to {Site().base_url}; --base-url says where the output is served")
        say_findings(report.findings)
        if settings.dry_run:
            _show_difference(report)
        say(summary(report, time.monotonic() - started, rehearsal=settings.dry_run))


def _show_difference(report: Report) -> None:
    """Print what a build would change, one thing a line."""
    for word, paths in (
        ("add", report.added),
        ("change", report.changed),
        ("remove", report.deleted),
    ):
        for path in paths:
            click.echo(f"{word} {path}")
    for key, path in report.entries_out.items():
        click.echo(f"entry out {escaped(path)} {escaped(key)}")
    click.echo(f"entries in {report.entries_in}, out {len(report.entries_out)}")
    click.echo(f"bytes {report.bytes_written}")
