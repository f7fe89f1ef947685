"""What can be typed of `feeds config`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

from typing import Any

import click

from feeds.cli.options import Settings, configuration_options


@click.group("config", short_help="Show what can be configured, and what is.")
def config() -> None:
    """Show what can be configured, and what is."""


@config.command("show", short_help="Print each key with its value in force.")
@configuration_options
@click.option("--origin", is_flag=True, help="Say before each where the value comes from.")
def _show(
    origin: bool,  # noqa: FBT001 - click hands it over by its name
    **options: Any,  # noqa: ANN401 - click hands over what the options declare
) -> None:
    """Print each key with its value in force: that of an option, of the file, or its default.

    With --origin each line begins with the option, with file, line and column, or with the
    word default, and a tab.
    """
    from feeds.cli.config import show

    show(Settings(**options), origin=origin)


@config.command("schema", short_help="Print the JSON Schema of feeds.yaml.")
def _schema() -> None:
    """Print the JSON Schema of feeds.yaml."""
    from feeds.cli.config import print_schema

    print_schema()


@config.command("reference", short_help="Explain each key of feeds.yaml, in Markdown.")
def _reference() -> None:
    """Print what each key of feeds.yaml is for, with type, default and an example, in Markdown."""
    from feeds.cli.config import print_reference

    print_reference()
