"""What can be typed of `feeds worker`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

from typing import Any

import click

from feeds.cli.options import Settings, configuration_options, refused_to_root


@click.command("worker", short_help="Read documents for builders on any host.")
@configuration_options
@refused_to_root
@click.option(
    "--concurrency",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Jobs at once, each in a process of its own.  [default: one for each processor]",
)
def worker(
    concurrency: int | None,
    **options: Any,  # noqa: ANN401 - click hands over what the options declare
) -> None:
    """Read documents as builders order it, until SIGTERM.

    Builders order it in the database where their state is, if their configuration has workers
    read. Run any number of them, on any hosts that see the corpus, with the configuration and
    the version of the builder: what others order is left to others. A worker that is to stop
    finishes what it has begun, for 20 seconds at most; at a second signal it ends at once. Exits
    with 0 when it was told to stop, 2 when the configuration is wrong, 4 when the database
    refuses what is asked of it.
    """
    from feeds.cli.worker import work

    work(Settings(**options), concurrency)
