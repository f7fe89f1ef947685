"""`feeds config`: what can be configured."""

import click


@click.group("config")
def command() -> None:
    """Show what can be configured."""


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of feeds.yaml."""
    from feeds.config.schema import configuration_schema_text  # noqa: PLC0415 - slow to load

    click.echo(configuration_schema_text(), nl=False)
