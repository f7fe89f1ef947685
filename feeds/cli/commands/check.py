"""What can be typed of `feeds check`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

from pathlib import Path
from typing import Any

import click

from feeds.cli.options import Anywhere, Settings

_CODES = "CODE[,CODE]"


@click.command("check", short_help="Say what is wrong with the corpus and the configuration.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The directory of feeds.yaml.  [default: ./config]",
)
@click.option("--now", metavar="ISO8601", help="Check as of this instant.")
@click.option(
    "--select",
    multiple=True,
    metavar=_CODES,
    help="Show these findings only; url stands for all codes that begin so.",
)
@click.option("--ignore", multiple=True, metavar=_CODES, help="Show all but these findings.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    help="How findings are written.  [default: text]",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even when there are findings.")
@click.option("--fix", is_flag=True, help="Mend in place what can be mended for sure.")
@click.option("--diff", is_flag=True, help="Show what --fix would change; write nothing.")
@click.argument("paths", nargs=-1, type=Anywhere(path_type=Path, exists=True))
def check(
    config: Path | None,
    now: str | None,
    paths: tuple[Path | str, ...],
    **wishes: Any,  # noqa: ANN401 - click hands over what the options declare
) -> None:
    """Say what is wrong with the corpus and the configuration; write nothing, but with --fix.

    PATH… are documents or directories of documents, or addresses of such in a bucket, instead
    of the configured corpus.
    feeds explain CODE says what a finding means. Exits with 1 when there are findings (with
    --fix, when some are left; with --diff, when there is something to fix), 2 when the
    configuration or a code is wrong, 4 when a document could not be written.
    """
    from feeds.cli.check import Wishes, check as run

    run(Settings(config=config, now=now, force=True, dry_run=True), paths, Wishes(**wishes))
