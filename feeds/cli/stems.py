"""What a shell may offer where a stem is to be typed."""

from pathlib import Path

from feeds.cli.options import Settings
from feeds.cli.settings import load_settings, real_time
from feeds.config.moved import FEED_SUFFIXES, is_stem
from feeds.errors import FeedsError
from feeds.publish.listing import load_listing
from feeds.refresh.places import destination_of


def published_stems(config: Path | None, output: Path | str | None) -> list[str]:
    """Give where the feeds are that are published; nothing where that cannot be known."""
    try:
        settings = Settings(config=config, output=output)
        configuration = load_settings(settings, corpus_needed=False)
        listing = load_listing(destination_of(configuration, real_time).manifest() or b"")
    except (FeedsError, OSError, ValueError):
        return []
    found = {
        resource.path.removesuffix(suffix)
        for resource in listing
        for suffix in FEED_SUFFIXES
        if resource.path.endswith(suffix)
    }
    return sorted(filter(is_stem, found))
