"""What can be typed of `feeds backup`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

from pathlib import Path
from typing import Any

import click

from feeds.cli.options import Settings, publication_options


@click.command("backup", short_help="Copy the catalog, wherever it is, to a file.")
@click.option("--state", metavar="PATH", help="Where the catalog is kept, or its URL.")
@publication_options
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
def backup(
    directory: Path,
    **options: Any,  # noqa: ANN401 - click hands over what the options declare
) -> None:
    """Copy the catalog, wherever it is, to catalog.sqlite in DIRECTORY.

    It is what was last committed, whoever publishes meanwhile. As the state of a
    configuration, DIRECTORY goes on with it: so a publication moves from a database back into
    a directory. Exits with 2 where there is no catalog that can be read, or one in DIRECTORY
    already, 4 when it cannot be written.
    """
    from feeds.cli.backup import backup as run

    run(Settings(**options), directory)
