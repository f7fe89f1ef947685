"""What can be typed of `feeds why`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

from typing import Any

import click

from feeds.cli.options import Settings, configuration_options


@click.command("why", short_help="Say why an article is, or is not, in which feeds.")
@configuration_options
@click.option("--now", metavar="ISO8601", help="Ask as of this instant.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.argument("asked", metavar="FILE_OR_URL")
def why(
    asked: str,
    as_json: bool,  # noqa: FBT001 - click hands it over by its name
    **options: Any,  # noqa: ANN401 - click hands over what the options declare
) -> None:
    """Say, rule by rule, why an article is, or is not, in which feeds.

    FILE_OR_URL is a document's path, from here or below its corpus, or an article's address
    or id. What was published last is told; nothing is written, and no publisher is waited for.
    Exits with 0 when any feed has the article, 1 when none has, 2 when there is none.
    """
    from feeds.cli.why import why as run

    run(Settings(**options), asked, as_json=as_json)
