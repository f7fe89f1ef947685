"""`feeds completion`: what makes a shell complete what is typed."""

import click
from click.shell_completion import get_completion_class

from feeds.cli.talk import exit_code, write

_PROGRAM = "feeds"
_VARIABLE = "_FEEDS_COMPLETE"


def completion(shell: str, program: click.Command) -> None:
    """Print the script with which a shell completes the command lines of a program."""
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    with exit_code():
        write(found(program, {}, _PROGRAM, _VARIABLE).source().strip())
