"""What can be typed of `feeds build`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

from typing import Any

import click

from feeds.cli.loading import loading
from feeds.cli.options import Settings, build_options, configuration_options, refused_to_root


@click.command("build", short_help="Build the feeds that changed and publish them.")
@configuration_options
@build_options
@refused_to_root
@click.option("--timings", is_flag=True, help="Show how long each stage took.")
def build(
    timings: bool,  # noqa: FBT001 - click hands it over by its name
    **options: Any,  # noqa: ANN401 - click hands over what the options declare
) -> None:
    """Build the feeds that changed and publish them.

    Exits with 0 when the feeds are published or nothing changed, 1 with --strict when a
    document has an error, 2 when the configuration is wrong, 3 when a guard refused, 4 when
    something could not be written, 75 when another publisher is at work.
    """
    with loading():
        from feeds.cli.build import build as run

    run(Settings(**options), timings=timings)
