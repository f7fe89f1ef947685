"""`feeds explain`: what the code of a finding means."""

import textwrap
from collections.abc import Iterator

from feeds.cli.talk import exit_code, write
from feeds.errors import ConfigurationError
from feeds.findings import explanations, reference, unknown

_WIDTH = 88


def explain(code: str | None, *, all_of_them: bool) -> None:
    """Print what a code means, or a line for each, or the whole reference."""
    with exit_code():
        if all_of_them:
            write(reference().removesuffix("\n"))
        elif code is None:
            for line in _list():
                write(line)
        elif code in explanations():
            write(_page(code))
        else:
            raise ConfigurationError((f"feeds: {unknown(code)}",))


def _list() -> Iterator[str]:
    known = explanations().values()
    code, severity = (max(len(each.code) for each in known), len("error or warning"))
    for each in known:
        yield f"{each.code:{code}}  {each.severity:{severity}}  {each.summary}"


def _page(code: str) -> str:
    """Give the text of a code, its paragraphs wrapped and its examples as they are."""
    paragraphs = explanations()[code].text.strip("\n").split("\n\n")
    return "\n\n".join((code, *map(_wrapped, paragraphs)))


def _wrapped(paragraph: str) -> str:
    return paragraph if paragraph.startswith("    ") else textwrap.fill(paragraph, _WIDTH)
