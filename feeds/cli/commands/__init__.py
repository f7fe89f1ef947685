"""What can be typed, a file for each command; what a command does is beside this package."""

import atexit
import gc

import click

from feeds import __version__
from feeds.cli.commands.backup import backup
from feeds.cli.commands.build import build
from feeds.cli.commands.check import check
from feeds.cli.commands.completion import completion
from feeds.cli.commands.config import config
from feeds.cli.commands.diff import diff
from feeds.cli.commands.explain import explain
from feeds.cli.commands.init import init
from feeds.cli.commands.list import list_feeds
from feeds.cli.commands.push import push
from feeds.cli.commands.retire import retire
from feeds.cli.commands.serve import serve
from feeds.cli.commands.show import show
from feeds.cli.commands.stats import stats
from feeds.cli.commands.why import why
from feeds.cli.commands.worker import worker
from feeds.cli.options import talkative


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="feeds")
def main() -> None:
    """Turn a corpus of Markdown files into Atom, RSS and JSON feeds, and serve them."""
    # Whatever is there when the process ends goes with it: to look for garbage in it once more
    # takes a quarter of what it took to load it.
    atexit.register(gc.freeze)


for command in (
    *(init, build, serve, worker, check, explain, why, diff, list_feeds, show, stats, push),
    *(retire, backup, config, completion),
):
    main.add_command(command)
talkative(main)
