"""The doors: commands, and the only place where the real clock and disk are wired in."""

from feeds.cli.commands import main

__all__ = ["main"]
