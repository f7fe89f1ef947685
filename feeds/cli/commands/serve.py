"""What can be typed of `feeds serve`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

from typing import Any

import click

from feeds.cli.options import (
    Service,
    Settings,
    build_options,
    configuration_options,
    refused_to_root,
)


@click.command("serve", short_help="Serve the feeds and keep them current.")
@configuration_options
@build_options
@refused_to_root
@click.option("--host", metavar="ADDRESS", help="The address to listen on.  [default: 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The port to listen on.  [default: 8000]"
)
@click.option(
    "--every",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Seconds between the beginnings of two refreshes.  [default: 300]",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    metavar="N",
    help="Processes that answer; one more refreshes.  [default: 1]",
)
@click.option(
    "--watch",
    is_flag=True,
    help="Read changes of the corpus as soon as they are seen; pages say what is wrong.",
)
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@click.option(
    "--no-reload",
    is_flag=True,
    help="Build only what is missing, and in a bucket nothing.",
)
def serve(
    host: str | None,
    port: int | None,
    every: float | None,
    workers: int,
    no_reload: bool,  # noqa: FBT001 - click hands it over by its name
    opens: bool,  # noqa: FBT001 - click hands it over by its name
    **options: Any,  # noqa: ANN401 - click hands over what the options declare
) -> None:
    """Serve the feeds and keep them current.

    What is published is served at once, then refreshed on schedule; a refresh that fails
    leaves it as it is.
    """
    from feeds.cli.serve import serve as run

    settings = Settings(**options)
    if no_reload and settings.watch:
        raise click.UsageError("--watch reads what --no-reload leaves alone: give one of the two")
    run(settings, Service(host, port, every, workers, reload=not no_reload, opens=opens))
