"""Where a configuration has resources go."""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from feeds.config.types import Configuration
from feeds.formats import feed_formats
from feeds.model import Published
from feeds.publish.bucket import BucketDestination
from feeds.publish.destination import Clock, Destination
from feeds.publish.directory import DirectoryDestination
from feeds.publish.policy import Policy
from feeds.publish.unserved import CODED_FILES
from feeds.store import open_store

# Raised with every change of what is said, so that it is said anew of all objects.
_SAID = 1

# Whoever publishes has time.
_PATIENCE = timedelta(seconds=60)


def destination_of(
    configuration: Configuration, clock: Clock, patience: timedelta = _PATIENCE
) -> Destination:
    """Give the place where a configuration publishes; a `clock` tells the real time.

    With a store that does not answer there is `patience` for so long. Raises
    `ConfigurationError` where that is a bucket, and nothing is installed that knows one.
    """
    output = configuration.output
    if isinstance(output, Path):
        return DirectoryDestination(output)
    freshness = configuration.freshness, configuration.server.max_age, _SAID
    return BucketDestination(
        open_store(output, patience),
        configuration.state_directory,
        clock,
        _Said(configuration, clock),
        sha256(repr(freshness).encode()).hexdigest(),
        timedelta(seconds=configuration.server.takeover),
    )


class _Said:
    """What a store is to say of objects, by a configuration."""

    def __init__(self, configuration: Configuration, clock: Clock) -> None:
        formats = feed_formats()
        self._policy = Policy(configuration, formats)
        self._types = {form.suffix: form.media_type for form in formats}
        self._clock = clock

    def __call__(self, path: str, media_type: str) -> Mapping[str, str]:
        """Give what is said of an object at a path.

        Of a feed's bytes in a content coding, it is what is said of the feed, so that a CDN may
        give them to who takes that coding.
        """
        coding = ""
        for each, (suffix, coded_type) in CODED_FILES.items():
            if path.endswith(suffix) and media_type == coded_type:
                path, coding = path.removesuffix(suffix), each
                media_type = self._types[f".{path.rpartition('.')[2]}"]
        entry = Published(path, media_type, "", 0, "", self._clock())
        said = self._policy.said(entry, self._clock())
        fields = {"Content-Type": media_type, "Cache-Control": said.cache_control}
        return {**fields, "Content-Encoding": coding} if coding else fields
