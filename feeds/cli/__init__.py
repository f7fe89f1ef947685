"""The doors: commands, and the only place where the real clock and disk are wired in."""

from importlib import import_module

import click

from feeds import __version__

_COMMANDS = {
    "build": "Build the feeds that changed and publish them.",
    "check": "Say what is wrong with the corpus and the configuration.",
    "config": "Show what can be configured.",
    "serve": "Serve the feeds and keep them current.",
}


class _Commands(click.Group):
    """Commands whose modules are imported when they run, so that help comes at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"feeds.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="feeds")
def main() -> None:
    """Turn a corpus of Markdown files into Atom, RSS and JSON feeds, and serve them."""
