"""`feeds config`: what can be configured."""

from feeds.cli.talk import exit_code, write
from feeds.config.schema import configuration_schema_text


def print_schema() -> None:
    """Print the JSON Schema of feeds.yaml."""
    with exit_code():
        write(configuration_schema_text().removesuffix("\n"))
