"""What can be typed of `feeds push`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

from typing import Any

import click

from feeds.cli.options import Settings, configuration_options, refused_to_root


@click.command("push", short_help="Tell hubs and caches what has changed.")
@configuration_options
@refused_to_root
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=30,
    metavar="SECONDS",
    help="For how long to go on while anything is left.  [default: 30]",
)
@click.option("--dry-run", is_flag=True, help="Tell nobody; show what would be told to whom.")
@click.option("--json", "as_json", is_flag=True, help="Show how they stand in JSON.")
def push(
    wait: float,
    as_json: bool,  # noqa: FBT001 - click hands it over by its name
    **options: Any,  # noqa: ANN401 - click hands over what the options declare
) -> None:
    """Tell WebSub hubs, and what purges caches, what of the publication has changed.

    A server does that itself, and a build for some seconds; what is left is tried here at once.
    Shows how many changes each has been told and how many wait, and why. Exits with 0 when
    nothing is left, 1 when something is, 2 when the configuration is wrong.
    """
    from feeds.cli.push import push as run

    run(Settings(**options), wait, as_json=as_json)
