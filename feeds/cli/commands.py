"""What can be typed; what a command works with is loaded when it runs, so that help is quick."""

# ruff: noqa: PLC0415 - see above

import atexit
import gc
from pathlib import Path
from typing import Any

import click

from feeds import __version__
from feeds.cli.loading import loading
from feeds.cli.options import Settings, build_options, configuration_options, refused_to_root


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="feeds")
def main() -> None:
    """Turn a corpus of Markdown files into Atom, RSS and JSON feeds, and serve them."""
    # Whatever is there when the process ends goes with it: to look for garbage in it once more
    # takes a quarter of what it took to load it.
    atexit.register(gc.freeze)


@main.command("build", short_help="Build the feeds that changed and publish them.")
@configuration_options
@build_options
@refused_to_root
@click.option("--timings", is_flag=True, help="Show how long each stage took.")
def _build(
    timings: bool,  # noqa: FBT001 - click hands it over by its name
    **options: Any,  # noqa: ANN401 - click hands over what the options declare
) -> None:
    """Build the feeds that changed and publish them.

    Exits with 0 when the feeds are published or nothing changed, 1 with --strict when a
    document has an error, 2 when the configuration is wrong, 3 when a guard refused, 4 when
    something could not be written, 75 when another publisher is at work.
    """
    with loading():
        from feeds.cli.build import build

    build(Settings(**options), timings=timings)


@main.command("serve", short_help="Serve the feeds and keep them current.")
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
@click.option("--no-reload", is_flag=True, help="Build only what is missing, and never again.")
def _serve(
    host: str | None,
    port: int | None,
    every: float | None,
    workers: int,
    no_reload: bool,  # noqa: FBT001 - click hands it over by its name
    **options: Any,  # noqa: ANN401 - see above
) -> None:
    """Serve the feeds and keep them current.

    What is published is served at once, then refreshed on schedule; a refresh that fails
    leaves it as it is.
    """
    from feeds.cli.serve import serve

    serve(
        Settings(**options),
        host=host,
        port=port,
        every=every,
        reload=not no_reload,
        workers=workers,
    )


@main.command("check", short_help="Say what is wrong with the corpus and the configuration.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The directory of feeds.yaml.  [default: ./config]",
)
@click.option("--now", metavar="ISO8601", help="Check as of this instant.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
def _check(config: Path | None, now: str | None, paths: tuple[Path, ...]) -> None:
    """Say what is wrong with the corpus and the configuration; write nothing.

    PATH… are documents or directories of documents instead of the configured corpus.
    Exits with 1 when there are findings, 2 when the configuration is wrong.
    """
    from feeds.cli.check import check

    check(Settings(config=config, now=now, force=True, dry_run=True), paths)


@main.command("retire", short_help="Let a feed end, or go on.")
@refused_to_root
@click.option("--undo", is_flag=True, help="Let the feed go on.")
@click.option("--now", metavar="ISO8601", help="Retire as of this instant.")
@click.option(
    "--state", type=click.Path(path_type=Path), metavar="PATH", help="Where the catalog is kept."
)
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="PATH", help="Where the feeds are written."
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The directory of feeds.yaml.  [default: ./config]",
)
@click.argument("stem")
def _retire(
    stem: str,
    undo: bool,  # noqa: FBT001 - click hands it over by its name
    **options: Any,  # noqa: ANN401 - see above
) -> None:
    """Let the feeds of a topic, a provider or a feed by conditions end, or go on.

    STEM is their path without a suffix, such as topics/energy. From the next build on they
    answer 410: for thirty days with a last document that says so, then without. Exits with
    2 when there is no such feed, 75 when another publisher is at work.
    """
    from feeds.cli.retire import retire

    retire(Settings(**options), stem, undo=undo)


@main.group("config", short_help="Show what can be configured.")
def _config() -> None:
    """Show what can be configured."""


@_config.command("schema")
def _schema() -> None:
    """Print the JSON Schema of feeds.yaml."""
    from feeds.cli.config import print_schema

    print_schema()
