"""How pages are written: the one place that knows Jinja."""

from functools import cache
from typing import TYPE_CHECKING

from feeds.text.amounts import share_in_words, size_in_words
from feeds.text.clean import shorten
from feeds.text.dates import in_words, moment_in_words, rfc3339

if TYPE_CHECKING:
    from jinja2 import Environment, Template

PAGE_TYPE = "text/html; charset=utf-8"
"""The media type of pages."""

PAGE_FILE = "index.html"
"""The file of a page, in the directory that its address names."""

# Languages that are written from right to left, by their primary subtag (RFC 5646).
_FROM_THE_RIGHT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
)


_TEMPLATES = ("card", "directory", "feed", "help", "line", "month", "search", "years")


def load() -> None:
    """Load what pages are written with, which otherwise the first one waits for."""
    for name in _TEMPLATES:
        template(f"{name}.html")


def direction(language: str | None) -> str:
    """Give the direction in which a language is written, as HTML has it."""
    primary = (language or "").partition("-")[0].lower()
    return "rtl" if primary in _FROM_THE_RIGHT else "ltr"


@cache
def template(name: str) -> "Template":
    """Give a template by the name of its file."""
    return _environment().get_template(name)


@cache
def _environment() -> "Environment":
    # ruff: noqa: PLC0415 - most cycles make no page, and need not wait for Jinja to load
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("feeds.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "direction": direction,
        "in_words": in_words,
        "moment": rfc3339,
        "moment_in_words": moment_in_words,
        "percent": share_in_words,
        "shorten": shorten,
        "size": size_in_words,
    }
    return environment
