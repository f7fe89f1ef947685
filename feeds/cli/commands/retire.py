"""What can be typed of `feeds retire`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

from typing import Any

import click

from feeds.cli.options import Settings, publication_options, refused_to_root


def _stems(context: click.Context, _argument: click.Parameter, incomplete: str) -> list[str]:
    """Give the stems that a shell may offer."""
    from feeds.cli.stems import published_stems

    stems = published_stems(context.params.get("config"), context.params.get("output"))
    return [stem for stem in stems if stem.startswith(incomplete)]


@click.command("retire", short_help="Let a feed end, or go on.")
@refused_to_root
@click.option("--undo", is_flag=True, help="Let the feed go on.")
@click.option("--now", metavar="ISO8601", help="Retire as of this instant.")
@click.option("--state", metavar="PATH", help="Where the catalog is kept, or its URL.")
@publication_options
@click.argument("stem", shell_complete=_stems)
def retire(
    stem: str,
    undo: bool,  # noqa: FBT001 - click hands it over by its name
    **options: Any,  # noqa: ANN401 - click hands over what the options declare
) -> None:
    """Let the feeds of a topic, a provider or a feed by conditions end, or go on.

    STEM is their path without a suffix, such as topics/energy. From the next build on they
    answer 410: for thirty days with a last document that says so, then without. Exits with
    2 when there is no such feed, 75 when another publisher is at work.
    """
    from feeds.cli.retire import retire as run

    run(Settings(**options), stem, undo=undo)
