"""What can be typed of `feeds show`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

from pathlib import Path

import click

from feeds.cli.options import Settings, publication_options


@click.command("show", short_help="Show a feed in the terminal.")
@publication_options
@click.option("--json", "as_json", is_flag=True, help="Show it in JSON.")
@click.option(
    "--raw", type=click.Choice(["atom", "rss", "json"]), help="Print the document as it is."
)
@click.option(
    "--number",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    metavar="N",
    help="Entries to show.",
)
@click.argument("feed")
def show(
    feed: str,
    number: int,
    raw: str | None,
    as_json: bool,  # noqa: FBT001 - click hands it over by its name
    config: Path | None,
    output: Path | None,
) -> None:
    """Show a feed that is published: its title, address and entries.

    FEED is a stem such as topics/energy, a path with suffix, or a title, nearly right.
    Exits with 2 when there is no such feed.
    """
    from feeds.cli.show import show as run

    run(Settings(config=config, output=output), feed, number=number, raw=raw, as_json=as_json)
