"""What can be typed of `feeds init`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

from pathlib import Path

import click

from feeds.cli.options import refused_to_root


@click.command("init", short_help="Write a directory that works at once.")
@refused_to_root
@click.option("--title", metavar="TEXT", help="The publication's name.")
@click.option("--base-url", metavar="URL", help="Where the output will be served.")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
def init(folder: Path, title: str | None, base_url: str | None) -> None:
    """Write a directory that works at once: a configuration, articles, a workflow.

    DIR is the directory, this one without it. Where it is that of a site by Jekyll (_posts) or
    Hugo (content), the configuration is for its documents, and nothing else is written. No file
    that is there is touched: exits with 2 where one is in the way.
    """
    from feeds.cli.init import init as run

    run(folder, title=title, base_url=base_url)
