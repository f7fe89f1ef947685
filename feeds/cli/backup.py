"""`feeds backup`: copy the catalog to a file."""

from pathlib import Path

from feeds.catalog import save_catalog
from feeds.cli.options import Settings
from feeds.cli.settings import load_settings
from feeds.cli.talk import escaped, exit_code, log_to_stderr, say


def backup(settings: Settings, folder: Path) -> None:
    """Copy the catalog to a file in a directory, and say which."""
    log_to_stderr()
    with exit_code():
        configuration = load_settings(settings, corpus_needed=False)
        file = save_catalog(configuration.state_at, folder)
        say(f"{escaped(str(file))} has what {configuration.state_at} knows")
