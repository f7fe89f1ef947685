"""What can be typed of `feeds stats`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

from typing import Any

import click

from feeds.cli.options import Settings, configuration_options


@click.command("stats", short_help="Show the corpus and what is published in numbers.")
@configuration_options
@click.option("--now", metavar="ISO8601", help="Count weeks up to this instant.")
@click.option("--json", "as_json", is_flag=True, help="Show them in JSON.")
def stats(
    as_json: bool,  # noqa: FBT001 - click hands it over by its name
    **options: Any,  # noqa: ANN401 - click hands over what the options declare
) -> None:
    """Show the corpus and what is published of it in numbers.

    Documents by state, articles and their weeks, stories, coverage, findings by code, files
    by kind, and how many articles topics and providers have, as of the last build; and how the
    server's feeds were polled in the last 48 hours. Exits with 2 where there was no build.
    """
    from feeds.cli.stats import stats as run

    run(Settings(**options), as_json=as_json)
