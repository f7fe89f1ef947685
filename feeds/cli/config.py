"""`feeds config`: what can be configured."""

import click

from feeds.config.schema import configuration_schema_text


def print_schema() -> None:
    """Print the JSON Schema of feeds.yaml."""
    click.echo(configuration_schema_text(), nl=False)
