"""What names a place in a bucket."""

import re

STORES = ("s3", "gs", "az")
"""The schemes of addresses of buckets: Amazon S3 and all that speak as it does, Google, Azure."""

_NO_NAMES = frozenset({"", ".", ".."})
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def is_address(text: str) -> bool:
    """Whether a text names a place in a bucket, such as `s3://bucket/prefix`."""
    scheme, colon, _ = text.partition("://")
    return bool(colon) and scheme in STORES


def is_sound(path: str) -> bool:
    """Whether a key can be that of an object: each part of it is a name that leads nowhere else."""
    return _NO_NAMES.isdisjoint(path.split("/")) and not _CONTROLS.search(path)
