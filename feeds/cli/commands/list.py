"""What can be typed of `feeds list`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

from pathlib import Path

import click

from feeds.cli.options import Settings, publication_options


@click.command("list", short_help="List the feeds that are published.")
@publication_options
@click.option("--json", "as_json", is_flag=True, help="List in JSON.")
@click.option("--all", "with_former", is_flag=True, help="List those that ended or moved, too.")
@click.option(
    "--kind",
    type=click.Choice(["all", "rule", "topic", "provider", "best", "digest"]),
    help="List feeds of one kind.",
)
def list_feeds(
    kind: str | None,
    with_former: bool,  # noqa: FBT001 - click hands it over by its name
    as_json: bool,  # noqa: FBT001 - as above
    config: Path | None,
    output: Path | None,
) -> None:
    """List the feeds that are published: stem, title, entries, newest entry, last change.

    Where no terminal reads them, lines have tabs: kind, stem, title, entries, the newest
    entry's date, the feed's, and what became of it. Exits with 2 where nothing is published.
    """
    from feeds.cli.list import list_feeds as run

    run(Settings(config=config, output=output), kind, with_former=with_former, as_json=as_json)
