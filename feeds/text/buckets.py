"""Addresses of places in buckets: `s3://bucket/prefix` and what others have for it."""

import re

from feeds.text.clean import shown

SCHEMES = ("s3", "gs", "az")
"""The schemes of addresses of buckets: Amazon S3 and all that speak as it does, Google, Azure."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,221}")
_NO_NAMES = frozenset({"", ".", ".."})
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def is_address(text: str) -> bool:
    """Whether a text names a place in a bucket, such as `s3://bucket/prefix`."""
    return text.partition("://")[0] in SCHEMES and "://" in text


def check_address(text: str) -> str:
    """Give the address of a place in a bucket without a slash at its end.

    Raises `ValueError`, whose message never has in it what could be a password.
    """
    if set(text) & set("@?#"):
        raise ValueError("has more than a bucket and a prefix; keys belong in the environment")
    if not is_address(text):
        known = ", ".join(f"{scheme}://bucket/prefix" for scheme in SCHEMES)
        raise ValueError(f"{shown(text)} is no place in a bucket; there are {known}")
    address = text.removesuffix("/")
    name, *parts = address.partition("://")[2].split("/")
    if not _NAME.fullmatch(name):
        raise ValueError(f"{shown(text)} does not name a bucket")
    # In an address, a percent sign would stand for something else.
    if not all(map(is_sound, parts)) or "%" in address:
        raise ValueError(f"{shown(text)} has a prefix that is no path")
    return address


def is_sound(path: str) -> bool:
    """Whether each part of a path has a name, which is none that leads elsewhere."""
    return _NO_NAMES.isdisjoint(path.split("/")) and not _CONTROLS.search(path)
