"""What can be typed of `feeds stats`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

from pathlib import Path
from typing import Any

import click

from feeds.cli.options import Settings, configuration_options


@click.command("stats", short_help="Show the corpus, or who reads the feeds, in numbers.")
@configuration_options
@click.option("--now", metavar="ISO8601", help="Count weeks up to this instant.")
@click.option("--feed", default="", metavar="PATH", help="Of logs, count this feed only.")
@click.option(
    "--top",
    type=click.IntRange(1),
    default=10,
    metavar="N",
    help="Of logs, show so many feeds and readers.  [default: 10]",
)
@click.option("--json", "as_json", is_flag=True, help="Show them in JSON.")
@click.argument(
    "files",
    nargs=-1,
    metavar="[FILE]...",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
)
def stats(
    files: tuple[Path, ...],
    as_json: bool,  # noqa: FBT001 - click hands it over by its name
    feed: str,
    top: int,
    **options: Any,  # noqa: ANN401 - click hands over what the options declare
) -> None:
    """Show the corpus and what is published of it, or who reads the feeds, in numbers.

    Documents by state, articles and their weeks, stories, coverage, findings by code, files
    by kind, and how many articles topics and providers have, as of the last build; and how the
    server's feeds were polled in the last 48 hours, and by whom. Exits with 2 where there was no
    build.

    FILE… are access logs, - for standard input: of these, polls by feed and by reader, how many
    were a 304, bytes sent and saved, how long clients wait between polls, and how many
    subscribers there are, as counted and as claimed. Known are the combined format of nginx,
    Apache and others, JSON in lines, and CloudFront's, as they are or compressed. Nothing is
    written, and no address is kept. Where there is a configuration, it says which paths are feeds.
    Exits with 1 where a log could not be read to its end, with 130 where it was interrupted; what
    was read is told all the same.
    """
    if not files:
        if feed:
            raise click.UsageError("--feed is about logs: name one")
        from feeds.cli.stats import stats as run

        run(Settings(**options), as_json=as_json)
        return
    from feeds.cli.logs import Wishes, logs

    logs(Settings(**options), files, Wishes(feed, top, as_json))
