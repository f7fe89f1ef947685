"""`feeds retire`: let the feeds of a channel end, or go on."""

from feeds.cli.options import Settings
from feeds.cli.settings import load_settings, moment
from feeds.cli.talk import escaped, exit_code, log_to_stderr, say
from feeds.refresh.former import retire as retire_channel


def retire(settings: Settings, stem: str, *, undo: bool) -> None:
    """Note that the feeds at a stem have ended, or go on, and say what comes of it."""
    log_to_stderr()
    with exit_code():
        configuration = load_settings(settings, corpus_needed=False)
        retire_channel(configuration, stem, moment(settings), undo=undo)
        what = "goes on" if undo else "is retired"
        say(f"{escaped(stem)} {what}; the next build, or the server's next refresh, publishes that")
