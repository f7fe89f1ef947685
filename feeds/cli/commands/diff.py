"""What can be typed of `feeds diff`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

from typing import Any

import click

from feeds.cli.options import Settings, configuration_options


@click.command("diff", short_help="Show what a build would change.")
@configuration_options
@click.option("--now", metavar="ISO8601", help="Compare with a build as of this instant.")
@click.option("--json", "as_json", is_flag=True, help="Show it in JSON.")
def diff(
    as_json: bool,  # noqa: FBT001 - click hands it over by its name
    **options: Any,  # noqa: ANN401 - click hands over what the options declare
) -> None:
    """Show what a build would change, and write nothing.

    For each feed the entries that would come (+), go (-) or change (!), then ids that would
    be others, then files with their bytes before and after. What a guard would refuse is
    shown, too. Exits with 0 when nothing would change, 1 when anything would, 2 when the
    configuration is wrong.
    """
    from feeds.cli.diff import diff as run

    run(Settings(**options, force=True, dry_run=True), as_json=as_json)
