"""`feeds build`: one cycle."""

import time
from typing import Any

import click

from feeds.cli.options import Settings, build_options, configuration_options, load_settings
from feeds.cli.talk import ProgressBar, exit_code, log_to_stderr, say, say_findings, summary
from feeds.cli.wiring import make_plan
from feeds.config.types import Site
from feeds.refresh import Report, refresh


@click.command("build")
@configuration_options
@build_options
def command(**options: Any) -> None:  # noqa: ANN401 - click hands over what the options declare
    """Build the feeds that changed and publish them.

    Exits with 0 when the feeds are published or nothing changed, 1 with --strict when a
    document was skipped, 2 when the configuration is wrong, 3 when a guard refused, 4 when
    something could not be written, 75 when another publisher is at work.
    """
    log_to_stderr()
    settings = Settings(**options)
    started = time.monotonic()
    progress = ProgressBar()
    with exit_code():
        configuration = load_settings(settings)
        if configuration.site.base_url == Site().base_url and not settings.config_folder():
            say(f"links lead to {Site().base_url}; --base-url says where the output is served")
        now = settings.moment()
        report = refresh(make_plan(configuration, settings, now), now, progress)
        progress.close()
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
        click.echo(f"entry out {path} {key}")
    click.echo(f"entries in {report.entries_in}, out {len(report.entries_out)}")
    click.echo(f"bytes {report.bytes_written}")
