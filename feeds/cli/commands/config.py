"""What can be typed of `feeds config`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

import click


@click.group("config", short_help="Show what can be configured.")
def config() -> None:
    """Show what can be configured."""


@config.command("schema")
def _schema() -> None:
    """Print the JSON Schema of feeds.yaml."""
    from feeds.cli.config import print_schema

    print_schema()
